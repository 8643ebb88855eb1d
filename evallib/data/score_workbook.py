"""The score table as a workbook for the file: an Evaluation in, one .xlsx out. No scoring here: sums and rates are formulas."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from evallib.analysis.tables import cited, facts_by_topic, parts_of
from evallib.data.whole import whole
from evallib.data.workbook_sheet import Number, Sheet, number_format, packed
from evallib.model.evaluation import Evaluation
from evallib.model.table_words import CHOICES
from evallib.model.units import SHARE, Unit, Units, convert, parse_decimal
from evallib.model.words import Lang, Words, joined, words
from evallib.say.numbers import money, plain, section_number
from evallib.say.workings import (
    STATUSES,
    formula_text,
    formula_working,
    indicator_clause,
    indicator_evidence,
    indicator_note,
    indicator_rule,
    indicator_working,
    target_working,
)
from evallib.score.reconcile import KINDS, VERDICTS, reconcile

_WORDS: dict[str, Words] = {
    "computed": words("计算", "computed"), "judged": words("评定", "judged"), "overridden": words("调整", "overridden"),
    "published": words("公布", "published"), "reconstructed": words("重构", "reconstructed"), "own": words("自设", "own"),
}  # fmt: skip
_BY_ID = words("“来源”一列是“来源文件”表中的文件编号，“章节”是该文件中的位置。",
               "“Source” names a document by its id on the sheet Sources; “Section” is the place in it.")  # fmt: skip

# A sheet's name, how many columns stay in view, and all columns: heads, the widest each may get (longer text wraps), > for numbers.
_SHEETS: dict[str, tuple[Words, int, str]] = {
    "scores": (words("评分表", "Scores"), 3,
        "一级指标|Dimension|10; 二级指标|Group|12; 三级指标|Indicator|18; 分值|Points|7>; 实际值|Value|14>; 单位|Unit|7^; 得分|Score|7>; "
        "得分率|Score rate|9>; 状态|Status|10^; 方式|Method|10^; 分值依据|Basis|13^; 规则|Rule|20; 评分过程|Working|30; 依据|Clause|18; "
        "佐证|Evidence|30"),
    "framework": (words("指标体系", "Framework"), 3,
        "一级指标|Dimension|10; 二级指标|Group|16; 三级指标|Indicator|24; 分值|Points|7>; 分值依据|Basis|13^; 规则|Rule|36; "
        "依据|Clause|42; 说明|Note|26"),
    "targets": (words("目标与实际", "Targets"), 1,
        "指标|Indicator|24; 方向|Operator|8^; 目标值|Target|14>; 实际值|Actual|14>; 单位|Unit|7^; 完成率|Completion|10>; 是否达标|Met|8^; "
        "实际值依据|Actual by|10^; 计算过程|Working|34; 佐证|Evidence|34; 来源|Source|10; 章节|Section|12"),
    "facts": (words("基础数据", "Facts"), 2,
        "主题|Topic|20; 数据项|Fact|34; 年度|Year|6^; 数值|Value|16>; 单位|Unit|7^; 来源|Source|10; 章节|Section|12; 说明|Note|44"),
    "rates": (words("比率", "Rates"), 1,
        "比率|Rate|26; 数值|Value|10>; 单位|Unit|7^; 公式|Formula|44; 计算过程|Working|50; 用于指标|Used for|26"),
    "findings": (words("问题", "Findings"), 1,
        "编号|No.|12; 类别|Kind|16; 问题|Finding|34; 凭证金额（{zh}）|Amount ({en})|14>; 涉及金额（{zh}）|At issue ({en})|15>; "
        "金额说明|Made up of|16; 凭证|Voucher|14; 违反条款|Clauses|34; 涉及指标|Indicator|14; 建议|Recommendation|18; 来源|Source|8; "
        "章节|Section|10"),
    "reconciliation": (words("核对", "Reconciliation"), 1,
        "公布数字|Published figure|36; 公布值|Published|16>; 重算值|Computed|16>; 单位|Unit|8^; 结果|Result|20; 说明|Reason|44; "
        "来源|Source|8; 章节|Section|12"),
    "sources": (words("来源文件", "Sources"), 1,
        "编号|Id|44; 名称|Title|50; 文号|Number|24; 制定单位|Issued by|30; 年份|Year|6^; 类别|Kind|12"),
}  # fmt: skip


def _measured(value: Decimal | None, unit: Unit, lang: Lang, formula: str = "") -> tuple[Number | None, str | None]:
    """A value as a number with its unit apart, as `quantity` writes it: 万元 in Chinese, yuan in English, a percentage as such."""
    if not unit.symbol:
        return None, None
    if unit is SHARE or unit.symbol == "%":
        return Number(None if value is None else convert(value, unit, SHARE), formula=formula), "%"
    scale = unit.scale if lang == "en" else 1
    value = None if value is None else value * scale
    cents = unit.is_money and unit.factor == scale
    return Number(value, number_format((value or Decimal(0)).normalize(), 2 * cents), formula), _name(unit, lang)


def _name(unit: Unit, lang: Lang) -> str:
    return unit.name.zh if lang == "zh" else unit.bare or unit.name.en


def _unit(units: Units, text: str, lang: Lang) -> str:
    unit = units.find(text) if text else None
    return unit.name[lang] if unit else text


def _added(column: str, rows: list[int]) -> str:
    return "+".join(f"{column}{row}" for row in rows)


def _scores(s: Sheet, e: Evaluation, lang: Lang) -> None:
    fw, c, fmt = e.framework, e.coverage, "0." + "0" * e.framework.rounding.scores
    s.note(e.record.name[lang], s.t("部门", "Department"))
    s.note(e.catalogue.year(e.record.year)[lang], s.t("年度", "Year"))
    if e.has_total:
        s.note("", s.t("总分", "Total"))
    if e.grade:
        s.note(e.grade[lang], s.t("等级", "Grade"))
    s.note(f"{fw.words[lang]} ({fw.id}/{fw.first_year})", s.t("指标体系", "Framework"))
    covered = s.t(f"已评 {c.indicators_scored} / {c.indicators} 项指标，", f"{c.indicators_scored} of {c.indicators} indicators scored, ")
    covered += f"{plain(c.points_scored)} / {plain(c.points)} " + s.t("分。", "points. ")
    s.note(covered + words(fw.note, fw.note_en)[lang], s.t("说明", "Note"))
    if made_up := e.record.find_profile("synthetic", lang):
        s.note(made_up, s.t("模拟数据", "Synthetic"))
    s.head()
    groups, closing = {g.id: g.name[lang] for g in e.groups}, list[int]()

    def close(level: str, names: tuple[str, str], points: Decimal, score: Decimal, formulas: tuple[str, str]) -> None:
        rate = Number(score / points if points else None, formula="G{row}/D{row}")
        s.add(*names, "", Number(points, fmt, formulas[0]), "", "", Number(score, fmt, formulas[1]), rate, level=level)

    for d in e.dimensions:
        first, members = s.next, [i for i in e.indicators if i.dimension == d.id]
        for i in members:
            changed = s.t("；公式得分 ", "; formula's score ") + f"{i.formula_score}" if i.method == "overridden" else ""
            s.add(
                d.name[lang], groups[i.group], i.name[lang], Number(i.points, fmt), *_measured(i.value, i.unit, lang),
                Number(i.score, fmt), Number(i.score_rate, formula="G{row}/D{row}"), STATUSES[i.status][lang], _WORDS[i.method][lang],
                _WORDS[i.basis][lang], indicator_rule(e, i, lang), indicator_working(e, i, lang) + changed, indicator_clause(e, i, lang),
                indicator_evidence(e, i, lang) or None,
            )  # fmt: skip
        if members:
            of_points, of_scores = f"D{first}:D{s.next - 1}", f"G{first}:G{s.next - 1}"
            counted = f'SUMIF({of_scores},">=0",{of_points})' if any(i.score is None for i in members) else f"SUM({of_points})"
            close("part", (d.name[lang], s.t("小计", "Subtotal")), d.points, d.score, (counted, f"SUM({of_scores})"))
            closing.append(s.next - 1)
    if not e.has_total:
        return
    sums = sum((d.points for d in e.dimensions), Decimal(0)), sum((d.score for d in e.dimensions), Decimal(0))
    close("total", (s.t("合计", "Total"), ""), *sums, (_added("D", closing), _added("G", closing)))
    if sums[0] != e.points:
        scaled = f"ROUND(G{s.next - 1}*D{s.next}/D{s.next - 1},{fw.rounding.scores})"
        close("total", (s.t("按满分折算", "Scaled"), ""), e.points, e.total, ("", scaled))
    s.put(4, 2, Number(e.total, f'{fmt}" / {plain(e.points)}"', f"G{s.next - 1}"), bold=True)


def _framework(s: Sheet, e: Evaluation, lang: Lang) -> None:
    fw, fmt, tops = e.framework, "0." + "0" * e.framework.rounding.scores, list[int]()
    s.note(f"{fw.words[lang]} ({fw.id}/{fw.first_year})")
    s.head()
    members = {g.id: [i for i in e.indicators if i.group == g.id] for g in fw.groups}
    for d in fw.dimensions:
        groups = [g for g in fw.groups if g.dimension == d.id]
        starts = [s.next + 1 + sum(1 + len(members[b.id]) for b in groups[:n]) for n in range(len(groups))]
        tops.append(s.next)
        s.add(d.words[lang], "", "", Number(d.points, fmt, _added("D", starts)), _WORDS[d.basis][lang], level="part")
        for g in groups:
            names = (d.words[lang], g.words[lang])
            added = f"SUM(D{s.next + 1}:D{s.next + len(members[g.id])})" if members[g.id] else ""
            own = ("", "", s.t("由部门自定指标", "the department's own indicators")) if g.own_rule else ()
            s.add(*names, "", Number(g.points, fmt, added), _WORDS[g.basis][lang], *own, level="group")
            for i in members[g.id]:
                s.add(
                    *names, i.name[lang], Number(i.points, fmt), _WORDS[i.basis][lang], indicator_rule(e, i, lang),
                    indicator_clause(e, i, lang), indicator_note(e, i, lang),
                )  # fmt: skip
    s.add(s.t("合计", "Total"), "", "", Number(fw.points, fmt, _added("D", tops)), level="total")
    if fw.grades:
        s.heading(s.t("等级", "Grades"))
    for grade in fw.grades:
        least = plain(grade.at_least)
        s.note(s.t(f"≥ {least} 分", f"from {least}") if grade.at_least else s.t("低于以上各等级", "below that"), grade.words[lang])
    s.heading(s.t("计分与舍入", "Scoring and rounding"))
    full, places = fw.treatment.not_applicable == "full", fw.rounding.scores
    s.note(s.t(
        f"每个指标独立计分，四舍五入保留 {places} 位小数，再相加得到总分；等级按总分确定。计分使用未舍入的比率；列示时保留两位小数。\n"
        "超额完成按满分计，不加分。基数为零的比率没有定义，不当作 0% 或 100%。缺少数据的指标不得分；不适用的指标"
        + ("给满分。" if full else "剔除后按满分折算。"),
        f"Each indicator is scored by itself, rounded half up to {places} decimals, then summed; the grade follows from the total. "
        "Scores use the unrounded rates; rates are shown with two decimals.\nOver-fulfilment counts as full and never more. A rate on a "
        "base of zero is not defined; it is neither 0% nor 100%. An indicator whose data is missing gets no points; one that does not "
        "apply is " + ("given full points." if full else "left out and the rest scaled back."),
    ))  # fmt: skip
    s.heading(s.t("哪些是公布的，哪些是重构的", "What is published and what is reconstructed"))
    s.note(words(fw.note, fw.note_en)[lang])


def _targets(s: Sheet, e: Evaluation, lang: Lang) -> None:
    lower = s.t(
        "完成率 = 实际值 ÷ 目标值；方向为“≤”的目标越低越好，完成率是占上限的比例。",
        "Completion = actual ÷ target; for “≤” lower is better, and completion is the share of the limit. ",
    )
    s.note(lower + _BY_ID[lang])
    s.head()
    for t in e.targets:
        row, (target, unit) = next(r for r in e.record.targets if r.indicator == t.id), _measured(t.target, t.unit, lang)
        s.add(
            t.name[lang], t.operator.replace(">=", "≥").replace("<=", "≤"), target, _measured(t.actual, t.unit, lang)[0], unit,
            Number(t.completion_rate, formula="D{row}/C{row}"),
            None if t.met is None else s.t("达标", "met") if t.met else s.t("未达标", "not met"),
            s.t("评定", "judged") if t.judged else s.t("计量", "measured"), target_working(e, t, lang), row.evidence_words[lang] or None,
            row.source, section_number(row.section, lang),
        )  # fmt: skip


def _facts(s: Sheet, e: Evaluation, lang: Lang) -> None:
    sums = s.t("合计和差额由所列数字算出。“—”表示已知缺数据。", "Sums are computed from their parts. “—” means known to be missing. ")
    s.note(sums + _BY_ID[lang])
    lines, start = [(topic, line) for topic, some in facts_by_topic(e) for line in some], s.head()
    cells = {(line.value.fact, line.value.year): f"D{start + n}" for n, (_, line) in enumerate(lines)}
    for topic, line in lines:
        fact, parts = line.value, parts_of(e, line.value)
        formula = "".join(sign.replace("−", "-") + cells[part.fact, part.year] for sign, part in parts).removeprefix("+")
        if any(part.unit.factor != fact.unit.factor for _, part in parts):
            formula = ""
        made_of = " ".join(f"{sign} {part.name[lang]}" for sign, part in parts).removeprefix("+ ")
        note = s.t("计算：", "computed: ") + made_of if parts else fact.note[lang]
        documents = "; ".join(dict.fromkeys(o.source for o in fact.origins))
        places = "; ".join(dict.fromkeys(section_number(o.section, lang) for o in fact.origins))
        measured, year = _measured(fact.value, fact.unit, lang, formula), Number(Decimal(fact.year), "0")
        s.add(topic[lang], fact.name[lang], year, *measured, documents, places, note, level="group" if parts else "")


def _rates(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.head()
    for f in e.formulas:
        used = joined([i.name for i in e.indicators if i.formula == f.id], "、", ", ")[lang]
        s.add(f.name[lang], *_measured(f.value, f.unit, lang), formula_text(e, f, lang), formula_working(e, f, lang), used or None)


def _findings(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.note(_BY_ID[lang] if e.record.findings else s.t("没有发现问题。", "Nothing was found."))
    s.head()
    for f in e.record.findings:
        made_of = [a.words + words(f" {money(a.value)}") for a in e.record.finding_amounts if a.finding == f.finding]
        if f.quantity is not None and f.unit_price is not None:
            made_of.append(words(f"{plain(f.quantity)} × {money(f.unit_price)} = {money(f.quantity * f.unit_price)}"))
        if f.paid is not None:
            made_of.append(words(f"实付 {money(f.paid)}", f"paid {money(f.paid)}"))
        advice = [f"{r.id} {r.title_words[lang]}" for r in e.record.recommendations if r.id == f.recommendation]
        clauses = s.t("；", "; ").join(cited(e, *clause)[lang] for clause in f.cited)
        about = [c.words[lang] for c in e.record.contradictions if c.kind == "number" and f.finding in c.subjects]
        s.add(
            s.t("问题 ", "finding ") + f.finding, f.kind_words[lang],
            f.words[lang] + "".join(s.t("\n原文矛盾：", "\nContradiction: ") + said for said in about), Number(f.amount, "#,##0.00"),
            Number(f.amount if f.at_issue is None else f.at_issue, "#,##0.00"), joined(made_of)[lang], f.voucher or None,
            clauses or None, e.indicator(f.indicator).name[lang], "".join(advice) or None, f.source, section_number(f.section, lang),
        )  # fmt: skip


def _reconciliation(s: Sheet, e: Evaluation, lang: Lang) -> None:
    rows = sorted(reconcile(e), key=lambda r: r.verdict == "agrees")
    count = Counter(r.verdict for r in rows)
    s.note(s.t("，", ", ").join(f"{name[lang]} {count[verdict]}" for verdict, name in VERDICTS.items()) + s.t("。", ". ") + _BY_ID[lang])
    s.head()
    grades = {g.name: g.words[lang] for g in e.framework.grades}
    for r in rows:
        figures: list[str | Number | None] = []
        for text in (r.published, r.computed):
            number = None if text is None else parse_decimal(text)
            figures.append(grades.get(text or "", text) if number is None else Number(number, number_format(Decimal(text or 0))))
        agrees = r.verdict == "agrees"
        why = KINDS[r.kind] if agrees else r.reason
        s.add(
            r.name[lang], *figures, _unit(e.catalogue.units, r.unit, lang), VERDICTS[r.verdict][lang], why[lang], r.source,
            section_number(r.section, lang),
            level="" if agrees else "open",
        )  # fmt: skip
    if e.record.contradictions:
        s.heading(s.t("原文自相矛盾之处（一律照原文保留）", "Where the report contradicts itself (all is kept as printed)"))
    for c in sorted(e.record.contradictions, key=lambda c: c.kind):
        said = f"{c.printed} ↔ {c.other}{s.t('：', ': ')}{c.words[lang]} [{section_number(c.section, lang)}]"
        s.note(said, CHOICES[c.kind][lang])


def _sources(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.head()
    for d in e.record.sources:
        year = None if d.year is None else Number(Decimal(d.year), "0")
        s.add(d.source, d.words[lang], d.number or None, d.producer or None, year, CHOICES[d.kind][lang])
    cited_here = {i.source for i in e.in_force.values()}
    for c in (*e.framework.sources, *(c for c in e.catalogue.part.sources if c.id in cited_here and c not in e.framework.sources)):
        if e.record.find_source(c.id) is None:
            s.add(c.id, c.words[lang], c.number or None, None, Number(Decimal(c.year), "0"), s.t("指标体系依据", "framework"))
    s.heading(s.t("读取的数据文件及其 SHA-256 校验和", "Data files read, with their SHA-256 checksums"))
    for file in e.record.files:
        s.note(file.sha256, file.name)
    s.note(f"evallib {e.version} · {e.framework.id}/{e.framework.first_year}")


def _workbook(e: Evaluation, lang: Lang) -> bytes:
    book, results = Workbook(), dict[str, dict[str, Decimal]]()
    book.remove(book.worksheets[0])
    makers = (_scores, _framework, _targets, _facts, _rates, _findings, _reconciliation, _sources)
    year, unit = e.catalogue.year(e.record.year), e.catalogue.units.money.name
    subject = words(f"{e.record.name.zh} {year.zh} 年度绩效评价", f"{e.record.name.en}: performance in {year.en}")
    for n, ((name, frozen, columns), make) in enumerate(zip(_SHEETS.values(), makers, strict=True), 1):
        sheet = Sheet(book, name, frozen, columns.format(zh=unit.zh, en=unit.en), subject, lang)
        make(sheet, e, lang)
        results[f"xl/worksheets/sheet{n}.xml"] = sheet.finish()
    return packed(book, subject[lang], f"evallib {e.version}", results)


def write_score_workbook(evaluation: Evaluation, path: Path, lang: Lang) -> None:
    """Write the appendix of the report as a workbook: scores, framework, targets, facts, rates, findings, reconciliation, sources.

    Sums and rates are formulas, stored with the evaluation's results so that previews show them too. The same evaluation gives
    the same bytes. Raises OSError where the file cannot be written or replaced (for instance because it is open
    in Excel); a workbook that was there before then stays as it was, and nothing half-written is left behind.

    >>> from evallib.data.years import evaluate_year
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_score_workbook(evaluate_year(Path("data"), "hrss", 2023).evaluation, Path(folder) / "hrss.xlsx", "en")
    ...     [file.name for file in Path(folder).iterdir()]
    ['hrss.xlsx']
    """
    content = _workbook(evaluation, lang)
    with whole(path) as file:
        file.write_bytes(content)
