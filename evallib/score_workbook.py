"""The score table as a workbook for the file: an Evaluation in, one .xlsx out. No scoring here: sums and rates are formulas."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.page import PageMargins
from openpyxl.writer.excel import ExcelWriter

from evallib.evaluation import Evaluation
from evallib.reconcile import KINDS, VERDICTS, reconcile
from evallib.record import CHOICES, parse_clauses
from evallib.tables import facts_by_topic, parts_of
from evallib.units import SHARE, UNITS, convert, money, parse_decimal, percent, plain, section_number
from evallib.words import Lang, Words, joined, words

_EPOCH = datetime(1980, 1, 1)  # the clock plays no part: the same evaluation gives the same bytes
_FORMULA = re.compile(rb'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v ?(?:/>|></v>)')  # as openpyxl writes it: without its result
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 32_767  # what a cell may hold, counted in UTF-16
_BANNED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SIDE = Side(style="thin", color="BFBFBF")
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FILLS = {level: PatternFill("solid", fgColor=colour) for level, colour in
          (("head", "D6E0EA"), ("total", "DDE5ED"), ("part", "E9EEF3"), ("group", "F5F7F9"), ("open", "FFF6E5"))}  # fmt: skip
_WORDS = {
    "scored": words("已评分", "scored"), "missing": words("缺数据", "missing"), "not_applicable": words("不适用", "not applicable"),
    "computed": words("计算", "computed"), "judged": words("评定", "judged"), "overridden": words("调整", "overridden"),
    "published": words("公布", "published"), "reconstructed": words("重构", "reconstructed"), "own": words("自设", "own"),
    "report": words("报告", "report"), "law": words("法规制度", "law"), "notice": words("通知", "notice"),
    "plan": words("规划与目标", "plan"), "ledger": words("台账", "ledger"),
}  # fmt: skip
_BY_ID = words("“来源”一列是“来源”表中的文件编号，“章节”是该文件中的位置。",
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
    "targets": (words("目标", "Targets"), 1,
        "指标|Indicator|24; 方向|Operator|8^; 目标值|Target|14>; 实际值|Actual|14>; 单位|Unit|7^; 完成率|Completion|10>; 是否达标|Met|8^; "
        "实际值依据|Actual by|10^; 计算过程|Working|34; 佐证|Evidence|34; 来源|Source|10; 章节|Section|12"),
    "facts": (words("基础数据", "Facts"), 2,
        "主题|Topic|20; 数据项|Fact|34; 年度|Year|6^; 数值|Value|16>; 单位|Unit|7^; 来源|Source|10; 章节|Section|12; 说明|Note|44"),
    "rates": (words("比率", "Rates"), 1, "比率|Rate|26; 数值|Value|10>; 公式|Formula|44; 计算过程|Working|50; 用于指标|Used for|26"),
    "findings": (words("问题", "Findings"), 1,
        "编号|No.|12; 类别|Kind|16; 问题|Finding|34; 凭证金额（元）|Amount (yuan)|14>; 涉及金额（元）|At issue (yuan)|15>; "
        "金额说明|Made up of|16; 凭证|Voucher|14; 违反条款|Clauses|34; 涉及指标|Indicator|14; 建议|Recommendation|18; 来源|Source|8; "
        "章节|Section|10"),
    "reconciliation": (words("核对", "Reconciliation"), 1,
        "公布数字|Published figure|36; 公布值|Published|16>; 重算值|Computed|16>; 单位|Unit|8^; 结果|Result|20; 说明|Reason|44; "
        "来源|Source|8; 章节|Section|12"),
    "sources": (words("来源", "Sources"), 1,
        "编号|Id|44; 名称|Title|50; 文号|Number|24; 制定单位|Issued by|30; 年份|Year|6^; 类别|Kind|12"),
}  # fmt: skip


@dataclass(frozen=True)
class _Number:
    """A number with its format and, where it follows from other cells, the formula that says how; `{row}` is its own row."""

    value: Decimal | None
    format: str = "0.00%"
    formula: str = ""

    def __str__(self) -> str:
        places = len(self.format.rstrip("%").partition(".")[2])
        return "—" if self.value is None else percent(self.value, places) if self.format.endswith("%") else plain(self.value, places)


def _format(value: Decimal, at_least: int = 0) -> str:
    places = min(max(at_least, len(f"{value:f}".partition(".")[2])), 6)
    return "#,##0" + ("." + "0" * places if places else "")


def _measured(value: Decimal | None, unit: str, lang: Lang, formula: str = "") -> tuple[_Number | None, str | None]:
    """A value as a number with its unit apart, as `quantity` writes it: 万元 in Chinese, yuan in English, shares as percent."""
    if not unit:
        return None, None
    measures = UNITS[unit].measures
    base = next(u.symbol for u in UNITS.values() if u.measures == measures and u.factor == 1)
    to = base if lang == "en" or measures == "share" else unit
    value = None if value is None else convert(value, unit, to)
    if to == SHARE:
        return _Number(value, formula=formula), "%"
    return _Number(value, _format((value or Decimal(0)).normalize(), 2 * (measures == "money")), formula), _unit(to, lang)


def _unit(unit: str, lang: Lang) -> str:
    name = UNITS[unit].name[lang] if unit in UNITS else unit
    return name if lang == "zh" or name.isascii() else ""  # 个 has no English


def _text(text: str) -> str:
    """A text that a cell can hold: nothing that XML or a reader's screen chokes on, and visibly cut where it is too long."""
    text = _BANNED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub("_x(?=[0-9A-Fa-f]{4}_)", "_x005F_x", text)  # which Excel would take for a code
    packed = text.encode("utf-16-le")
    return text if len(packed) <= 2 * _LONGEST else packed[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _width(text: str) -> int:
    """How wide a text's longest line is, in digits; Chinese counts double."""
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n"))


class _Sheet:
    """A sheet under construction: title, notes, a head, rows. It fits widths, sets up the print, and keeps formulas' results."""

    def __init__(self, book: Workbook, e: Evaluation, id: str, lang: Lang) -> None:
        name, self.frozen, columns = _SHEETS[id]
        zh, en, caps = zip(*(column.split("|") for column in columns.split("; ")), strict=True)
        self.heads, self.caps = zh if lang == "zh" else en, caps
        self.sheet: Any = book.create_sheet(name[lang])
        self.lang, self.font = lang, "微软雅黑" if lang == "zh" else "Calibri"
        self.results: dict[str, Decimal] = {}
        self.widths, self.spread = [0] * len(caps), list[tuple[int, int, int, str]]()
        self.next, self.top, self.last = 1, 0, 0
        year = self.t(f" {e.record.year} 年度绩效评价 · ", f": performance in {e.record.year} · ")
        self.heading(e.record.name[lang] + year + name[lang], 14)
        self.sheet.oddHeader.left.text = _text(f"{e.record.name[lang]} {e.record.year}")[:100].replace("\n", " ").replace("&", "&&")

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def put(self, row: int, column: int, value: str | _Number | None, bold: bool = False, size: int = 10, to: str = "left") -> Any:
        """One cell. Text stays text whatever it begins with; a missing value is a dash."""
        cell = self.sheet.cell(row, column)
        cell.font = Font(name=self.font, size=size, bold=bold)
        wrap = size == 10 and not isinstance(value, _Number)
        cell.alignment = Alignment(horizontal=to, vertical="top", wrap_text=wrap, indent=to == "right")
        if isinstance(value, _Number) and value.value is not None:
            cell.value = "=" + value.formula.replace("{row}", str(row)) if value.formula else value.value
            cell.number_format = value.format
            if value.formula:
                self.results[cell.coordinate] = value.value
        elif value != "":
            cell.value = text = "—" if value is None else _text(str(value))
            cell.data_type = "s"
            cell.quotePrefix = text[:1] in ("=", "+", "-", "@", "'", "\t")
        return cell

    def head(self) -> int:
        self.top = self.next
        self.add(*self.heads, level="head")
        return self.next

    def add(self, *values: str | _Number | None, level: str = "") -> None:
        """A row of the table: plain, `open` to question, a `group`, a `part`, the `total` or the `head`; blank to its end."""
        for n, cap in enumerate(self.caps):
            value = values[n] if n < len(values) else ""
            to = "center" if level == "head" or cap[-1] == "^" else "right" if cap[-1] == ">" else "left"
            cell = self.put(self.next, n + 1, value, bold=level in ("head", "part", "total"), to=to)
            cell.border, cell.fill = _FRAME, _FILLS.get(level, PatternFill())
            text = "—" if value is None else str(value)
            self.widths[n] = max(self.widths[n], _width(text))
            self.spread.append((self.next, n, n + 1, text))
        self.last = self.last if level == "total" else self.next
        self.next += 1

    def note(self, said: str | _Number, label: str = "") -> None:
        """A paragraph across the sheet, or beside a label."""
        first = 2 if label else 1
        self.put(self.next, 1, label, bold=True)
        self.widths[0] = max(self.widths[0], _width(label))
        self.put(self.next, first, said)
        self.sheet.merge_cells(start_row=self.next, end_row=self.next, start_column=first, end_column=len(self.caps))
        self.spread += [(self.next, 0, 1, label), (self.next, first - 1, len(self.caps), str(said))]
        self.next += 1

    def heading(self, text: str, size: int = 12) -> None:
        self.next += size == 12  # the title has no free row above it
        self.put(self.next, 1, text, bold=True, size=size)
        self.sheet.row_dimensions[self.next].height = 2 * size
        self.next += 1

    def finish(self) -> dict[str, Decimal]:
        """Widths, filter, frozen head and print set-up; the results of the formulas by cell."""
        sheet, room = self.sheet, [min(int(cap.rstrip("^>")), width) + 2.2 for cap, width in zip(self.caps, self.widths, strict=True)]
        for letter, width in zip(_LETTERS, room, strict=False):
            sheet.column_dimensions[letter].width = width
        for row, first, end, text in self.spread:
            lines = sum(1 + int(_width(line) * (1 if self.lang == "zh" else 0.87) / sum(room[first:end])) for line in text.split("\n"))
            height = 4 + lines * (14.5 if self.lang == "zh" else 13)  # set here, as not every program fits rows by itself
            sheet.row_dimensions[row].height = min(409, max(height, sheet.row_dimensions[row].height or 0))
        right = _LETTERS[len(room) - 1]
        sheet.auto_filter.ref, sheet.freeze_panes = f"A{self.top}:{right}{self.last}", f"{_LETTERS[self.frozen]}{self.top + 1}"
        sheet.print_title_rows, sheet.print_area = f"{self.top}:{self.top}", f"A1:{right}{self.next - 1}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 1, 0, True
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.print_options.horizontalCentered, sheet.sheet_view.showGridLines = True, False
        sheet.oddHeader.right.text, sheet.oddFooter.center.text = "&A", self.t("第 &P 页，共 &N 页", "Page &P of &N")
        return self.results


def _added(column: str, rows: list[int]) -> str:
    return "+".join(f"{column}{row}" for row in rows)


def _scores(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    fw, c, fmt = e.framework, e.coverage, "0." + "0" * e.framework.rounding.scores
    s.note(e.record.name[lang], s.t("部门", "Department"))
    s.note(str(e.record.year), s.t("年度", "Year"))
    s.note("", s.t("总得分", "Total"))
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
        rate = _Number(score / points if points else None, formula="G{row}/D{row}")
        s.add(*names, "", _Number(points, fmt, formulas[0]), "", "", _Number(score, fmt, formulas[1]), rate, level=level)

    for d in e.dimensions:
        first, members = s.next, [i for i in e.indicators if i.dimension == d.id]
        for i in members:
            changed = s.t("；公式得分 ", "; formula's score ") + f"{i.formula_score}" if i.method == "overridden" else ""
            s.add(
                d.name[lang], groups[i.group], i.name[lang], _Number(i.points, fmt), *_measured(i.value, i.unit, lang),
                _Number(i.score, fmt), _Number(i.score_rate, formula="G{row}/D{row}"), _WORDS[i.status][lang], _WORDS[i.method][lang],
                _WORDS[i.basis][lang], i.rule_text[lang], i.working[lang] + changed, i.source[lang], i.evidence[lang] or None,
            )  # fmt: skip
        if members:
            of_points, of_scores = f"D{first}:D{s.next - 1}", f"G{first}:G{s.next - 1}"
            counted = f'SUMIF({of_scores},">=0",{of_points})' if any(i.score is None for i in members) else f"SUM({of_points})"
            close("part", (d.name[lang], s.t("小计", "Subtotal")), d.points, d.score, (counted, f"SUM({of_scores})"))
            closing.append(s.next - 1)
    sums = sum((d.points for d in e.dimensions), Decimal(0)), sum((d.score for d in e.dimensions), Decimal(0))
    close("total", (s.t("合计", "Total"), ""), *sums, (_added("D", closing), _added("G", closing)))
    if sums[0] != e.points:
        scaled = f"ROUND(G{s.next - 1}*D{s.next}/D{s.next - 1},{fw.rounding.scores})"
        close("total", (s.t("按满分折算", "Scaled"), ""), e.points, e.total, ("", scaled))
    s.put(4, 2, _Number(e.total, f'{fmt}" / {plain(e.points)}"', f"G{s.next - 1}"), bold=True)


def _framework(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    fw, fmt, tops = e.framework, "0." + "0" * e.framework.rounding.scores, list[int]()
    s.note(f"{fw.words[lang]} ({fw.id}/{fw.first_year})")
    s.head()
    members = {g.id: [i for i in e.indicators if i.group == g.id] for g in fw.groups}
    for d in fw.dimensions:
        groups = [g for g in fw.groups if g.dimension == d.id]
        starts = [s.next + 1 + sum(1 + len(members[b.id]) for b in groups[:n]) for n in range(len(groups))]
        tops.append(s.next)
        s.add(d.words[lang], "", "", _Number(d.points, fmt, _added("D", starts)), _WORDS[d.basis][lang], level="part")
        for g in groups:
            names = (d.words[lang], g.words[lang])
            added = f"SUM(D{s.next + 1}:D{s.next + len(members[g.id])})" if members[g.id] else ""
            own = ("", "", s.t("由部门自定指标", "the department's own indicators")) if g.own_rule else ()
            s.add(*names, "", _Number(g.points, fmt, added), _WORDS[g.basis][lang], *own, level="group")
            for i in members[g.id]:
                s.add(
                    *names, i.name[lang], _Number(i.points, fmt), _WORDS[i.basis][lang], i.rule_text[lang], i.source[lang], i.note[lang]
                )  # fmt: skip
    s.add(s.t("合计", "Total"), "", "", _Number(fw.points, fmt, _added("D", tops)), level="total")
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


def _targets(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    lower = s.t("方向为“≤”的目标越低越好，完成率是实际值占上限的比例。", "For “≤” lower is better: completion is the share of the limit. ")
    s.note(lower + _BY_ID[lang])
    s.head()
    for t in e.targets:
        row, (target, unit) = next(r for r in e.record.targets if r.indicator == t.id), _measured(t.target, t.unit, lang)
        s.add(
            t.name[lang], t.operator.replace(">=", "≥").replace("<=", "≤"), target, _measured(t.actual, t.unit, lang)[0], unit,
            _Number(t.completion_rate, formula="D{row}/C{row}"),
            None if t.met is None else s.t("达标", "met") if t.met else s.t("未达标", "not met"),
            s.t("评定", "judged") if t.judged else s.t("计量", "measured"), t.working[lang], row.evidence_words[lang] or None,
            row.source, section_number(row.section, lang),
        )  # fmt: skip


def _facts(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    sums = s.t("合计和差额由所列数字算出。“—”表示已知缺数据。", "Sums are computed from their parts. “—” means known to be missing. ")
    s.note(sums + _BY_ID[lang])
    lines, start = [(topic, line) for topic, some in facts_by_topic(e) for line in some], s.head()
    cells = {(line.value.fact, line.value.year): f"D{start + n}" for n, (_, line) in enumerate(lines)}
    for topic, line in lines:
        fact, parts = line.value, parts_of(line.value)
        formula = "".join(sign.replace("−", "-") + cells[part.fact, part.year] for sign, part in parts).removeprefix("+")
        made_of = " ".join(f"{sign} {part.name[lang]}" for sign, part in parts).removeprefix("+ ")
        note = s.t("计算：", "computed: ") + made_of if parts else fact.note[lang]
        documents = "; ".join(dict.fromkeys(o.source for o in fact.origins))
        places = "; ".join(dict.fromkeys(section_number(o.section, lang) for o in fact.origins))
        measured, year = _measured(fact.value, fact.unit, lang, formula), _Number(Decimal(fact.year), "0")
        s.add(topic[lang], fact.name[lang], year, *measured, documents, places, note, level="group" if parts else "")


def _rates(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    s.head()
    for m in e.metrics:
        used = joined([i.name for i in e.indicators if i.metric == m.id], "、", ", ")[lang]
        s.add(m.name[lang], _Number(m.value), m.formula[lang], m.working[lang], used or None)


def _findings(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    s.note(_BY_ID[lang] if e.record.findings else s.t("没有发现问题。", "Nothing was found."))
    s.head()
    for f in e.record.findings:
        made_of = [a.words + words(f" {money(a.value)}") for a in e.record.finding_amounts if a.finding == f.finding]
        if f.quantity is not None and f.unit_price is not None:
            made_of.append(words(f"{plain(f.quantity)} × {money(f.unit_price)} = {money(f.quantity * f.unit_price)}"))
        if f.paid is not None:
            made_of.append(words(f"实付 {money(f.paid)}", f"paid {money(f.paid)}"))
        advice = [f"{r.id} {r.title_words[lang]}" for r in e.record.recommendations if r.id == f.recommendation]
        clauses = s.t("；", "; ").join(_clause(e, lang, *clause) for clause in parse_clauses(f.clauses))
        about = [c.words[lang] for c in e.record.contradictions if c.kind == "number" and f.finding in c.about.split()]
        s.add(
            s.t("问题 ", "finding ") + f.finding, f.kind_words[lang],
            f.words[lang] + "".join(s.t("\n原文矛盾：", "\nContradiction: ") + said for said in about), _Number(f.amount, "#,##0.00"),
            _Number(f.amount if f.at_issue is None else f.at_issue, "#,##0.00"), joined(made_of)[lang], f.voucher or None,
            clauses or None, e.indicator(f.indicator).name[lang], "".join(advice) or None, f.source, section_number(f.section, lang),
        )  # fmt: skip


def _clause(e: Evaluation, lang: Lang, source: str, article: str) -> str:
    """A clause as a reader cites it."""
    document = e.record.find_source(source)
    title, number = (document.words[lang], document.number) if document else (source, "")
    if lang == "zh":
        return f"《{title.strip('《》')}》{f'（{number}）' if number else ''}{article}"
    for zh, en in (("部分", "part"), ("条", "art."), ("款", "para."), ("项", "item")):
        article = re.sub(rf"第(\d+){zh}", rf", {en} \1", article)
    return f"{title}{f' ({number})' if number else ''}{article}"


def _reconciliation(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    rows = sorted(reconcile(e), key=lambda r: r.verdict == "agrees")
    count = Counter(r.verdict for r in rows)
    s.note(s.t("，", ", ").join(f"{name[lang]} {count[verdict]}" for verdict, name in VERDICTS.items()) + s.t("。", ". ") + _BY_ID[lang])
    s.head()
    grades = {g.name: g.words[lang] for g in e.framework.grades}
    for r in rows:
        figures: list[str | _Number | None] = []
        for text in (r.published, r.computed):
            number = None if text is None else parse_decimal(text)
            figures.append(grades.get(text or "", text) if number is None else _Number(number, _format(Decimal(text or 0))))
        agrees = r.verdict == "agrees"
        why = KINDS[r.kind] if agrees else r.reason
        s.add(
            r.name[lang], *figures, _unit(r.unit, lang), VERDICTS[r.verdict][lang], why[lang], r.source, section_number(r.section, lang),
            level="" if agrees else "open",
        )  # fmt: skip
    if e.record.contradictions:
        s.heading(s.t("原文自相矛盾之处（一律照原文保留）", "Where the report contradicts itself (all is kept as printed)"))
    for c in sorted(e.record.contradictions, key=lambda c: c.kind):
        said = f"{c.printed} ↔ {c.other}{s.t('：', ': ')}{c.words[lang]} [{section_number(c.section, lang)}]"
        s.note(said, CHOICES[c.kind][lang])


def _sources(s: _Sheet, e: Evaluation, lang: Lang) -> None:
    s.head()
    for d in e.record.sources:
        year = None if d.year is None else _Number(Decimal(d.year), "0")
        s.add(d.source, d.words[lang], d.number or None, d.producer or None, year, _WORDS[d.kind][lang])
    for c in e.framework.sources:
        if e.record.find_source(c.id) is None:
            s.add(c.id, c.words[lang], c.number or None, None, _Number(Decimal(c.year), "0"), s.t("指标体系依据", "framework"))
    s.heading(s.t("读取的数据文件及其 SHA-256 校验和", "Data files read, with their SHA-256 checksums"))
    for file in e.record.files:
        s.note(file.sha256, file.name)
    s.note(f"evallib {e.version} · {e.framework.id}/{e.framework.first_year}")


def _workbook(e: Evaluation, lang: Lang) -> bytes:
    book, results = Workbook(), dict[str, dict[str, Decimal]]()
    book.remove(book.worksheets[0])
    makers = (_scores, _framework, _targets, _facts, _rates, _findings, _reconciliation, _sources)
    for n, (id, make) in enumerate(zip(_SHEETS, makers, strict=True), 1):
        sheet = _Sheet(book, e, id, lang)
        make(sheet, e, lang)
        results[f"xl/worksheets/sheet{n}.xml"] = sheet.finish()
    title = words(f"{e.record.name.zh} {e.record.year} 年度绩效评价评分表", f"{e.record.name.en}: scores for {e.record.year}")[lang]
    book.properties = DocumentProperties(title=_text(title), creator=f"evallib {e.version}", created=_EPOCH, modified=_EPOCH)
    made, out = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(made, "w")).save()  # and not Workbook.save, which looks at the clock
    with ZipFile(made) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = ZipInfo(name, (_EPOCH.year, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            fill = partial(_with_result, results.get(name, {}))
            new.writestr(entry, _FORMULA.sub(fill, old.read(name)))
    return out.getvalue()


def _with_result(results: dict[str, Decimal], found: re.Match[bytes]) -> bytes:
    return found[1] + f"<v>{float(results[found[2].decode()])!r}</v>".encode()


def write_score_workbook(evaluation: Evaluation, path: Path, lang: Lang) -> None:
    """Write the appendix of the report as a workbook: scores, framework, targets, facts, rates, findings, reconciliation, sources.

    Sums and rates are formulas, stored with the evaluation's results so that previews show them too. The same evaluation gives
    the same bytes. Raises OSError where the folder is not there or the file cannot be replaced (for instance because it is open
    in Excel); a workbook that was there before then stays as it was, and nothing half-written is left behind.

    >>> from evallib.years import evaluate_year
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_score_workbook(evaluate_year(Path("data"), "hrss", 2023).evaluation, Path(folder) / "hrss.xlsx", "en")
    ...     [file.name for file in Path(folder).iterdir()]
    ['hrss.xlsx']
    """
    content = _workbook(evaluation, lang)
    with tempfile.TemporaryDirectory(prefix=".xlsx-", dir=path.parent) as work:
        file = Path(work) / "workbook.xlsx"
        file.write_bytes(content)
        file.replace(path)
