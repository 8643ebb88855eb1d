"""The score table as a workbook for the file: an Evaluation in, one .xlsx out. No scoring here: sums and rates are formulas."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from evallib.analysis.tables import cited, facts_by_topic, parts_of
from evallib.data.whole import whole
from evallib.data.workbook_seal import carry, cells_seal, read_book
from evallib.data.workbook_sheet import Column, Number, Sheet, number_format, packed
from evallib.kit import CATALOGUE
from evallib.model.evaluation import Evaluation
from evallib.model.made_ids import is_made
from evallib.model.seals import seals_of
from evallib.model.table_words import CHOICES
from evallib.model.units import SHARE, Unit, Units, convert, parse_decimal
from evallib.model.words import Lang, filled, joined, listed, words
from evallib.say.drafts import said_of_draft
from evallib.say.numbers import money, plain, section_number
from evallib.say.prose import with_numbers
from evallib.say.reconciliation import counted, verdict, worth
from evallib.say.sentences import sentence
from evallib.say.workings import (
    STATUSES,
    formula_text,
    formula_working,
    goal_text,
    indicator_clause,
    indicator_evidence,
    indicator_note,
    indicator_rule,
    indicator_value,
    indicator_working,
    reached_text,
    target_working,
    total_text,
)
from evallib.score.reconcile import reconcile


def _measured(value: Decimal | None, unit: Unit, lang: Lang, formula: str = "") -> tuple[Number | None, str | None]:
    """A value as a number with its unit apart, as `quantity` writes it: 万元 in Chinese, yuan in English, a percentage as such."""
    if not unit.symbol:
        return None, None
    if unit == SHARE or unit.symbol == "%":
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
    for said in said_of_draft(e):
        s.note(said[lang])
    if e.tried:
        s.note(sentence("changes.tried", said=joined(t.said for t in e.tried))[lang])
    s.note(e.record.name[lang], s.t("scores.department"))
    s.note(e.catalogue.year(e.record.year)[lang], s.t("scores.year"))
    top = s.next
    if e.has_total:
        s.note("", s.t("scores.total"))
    elif e.open:
        s.note(f"{total_text(e)} / {plain(e.points)}", s.t("scores.open", needs=listed(e.indicator(id).name for id in e.open.lacking)))
    if e.grade:
        s.note(e.grade[lang], s.t("scores.grade"))
    s.note(f"{fw.words[lang]} ({fw.id}/{fw.first_year})", s.t("scores.framework"))
    points, of_points = plain(c.points_scored), plain(c.points)
    covered = s.t("scores.covered", scored=c.indicators_scored, indicators=c.indicators, points_scored=points, points=of_points)
    s.note(covered + words(fw.note, fw.note_en)[lang], s.t("scores.note"))
    if made_up := e.record.find_profile("synthetic", lang):
        s.note(made_up, s.t("scores.synthetic"))
    s.head()
    groups, closing = {g.id: g.name[lang] for g in e.groups}, list[int]()
    extras: list[str] = []

    def close(level: str, names: tuple[str, str], points: Decimal, score: Decimal, formulas: tuple[str, str]) -> None:
        rate = Number(score / points if points else None, formula="G{row}/D{row}")
        s.add(*names, "", Number(points, fmt, formulas[0]), "", "", Number(score, fmt, formulas[1]), rate, level=level)

    for d in e.dimensions:
        first, members = s.next, [i for i in e.indicators if i.dimension == d.id]
        for i in members:
            target = e.target(i.target) if i.target else None
            is_number = target is None or target.is_number
            value = _measured(i.value, i.unit, lang) if is_number else (indicator_value(e, i, lang), "")
            changed = s.t("scores.changed", score=str(i.formula_score)) if i.method == "overridden" else ""
            s.add(
                d.name[lang], groups[i.group], i.name[lang], Number(i.points, fmt), *value,
                Number(i.score, fmt), Number(i.score_rate, formula="G{row}/D{row}"), STATUSES[i.status][lang], s.t(f"method.{i.method}"),
                CHOICES[i.basis][lang], indicator_rule(e, i, lang), indicator_working(e, i, lang) + changed, indicator_clause(e, i, lang),
                indicator_evidence(e, i, lang) or None,
            )  # fmt: skip
        if members:
            rows = [first + n for n, i in enumerate(members) if i.counted and not i.extra]
            counted = f"SUM(D{first}:D{s.next - 1})" if len(rows) == len(members) else _added("D", rows)
            close("part", (d.name[lang], s.t("scores.subtotal")), d.points, d.score, (counted, f"SUM(G{first}:G{s.next - 1})"))
            extras += [f"G{first + n}" for n, i in enumerate(members) if i.extra and i.counted]
            closing.append(s.next - 1)
    if not e.has_total:
        return
    sums = sum((d.points for d in e.dimensions), Decimal(0)), sum((d.score for d in e.dimensions), Decimal(0))
    close("total", (s.t("total"), ""), *sums, (_added("D", closing), _added("G", closing)))
    if sums[0] != e.points:
        more = "+".join(extras)
        regular = f"(G{s.next - 1}-({more}))" if more else f"G{s.next - 1}"
        scaled = f"ROUND({regular}*D{s.next}/D{s.next - 1},{fw.rounding.scores})" + (f"+{more}" if more else "")
        close("total", (s.t("scores.scaled"), ""), e.points, e.total, ("", scaled))
    s.put(top, 2, Number(e.total, f'{fmt}" / {plain(e.points)}"', f"G{s.next - 1}"), bold=True)


def _framework(s: Sheet, e: Evaluation, lang: Lang) -> None:
    fw, fmt, tops = e.framework, "0." + "0" * e.framework.rounding.scores, list[int]()
    s.note(f"{fw.words[lang]} ({fw.id}/{fw.first_year})")
    s.head()
    members = {one.id: [i for i in e.indicators if i.group == one.id] for one in fw.sections}
    starts, row = dict[str, int](), s.next
    for one in fw.sections:
        starts[one.id], row = row, row + 1 + len(members[one.id])
    for one in fw.sections:
        own = ("", "", s.t("framework.own_indicators")) if one.own_rule else ()
        names = (
            (one.words[lang], "")
            if not one.within
            else (next(d for d in fw.dimensions if d.id == fw.homes[one.id]).words[lang], one.words[lang])
        )
        below, counted = (
            [starts[b.id] for b in fw.sections if b.within == one.id],
            [i for i in members[one.id] if i.counted and not i.extra],
        )
        rows = [s.next + 1 + n for n, i in enumerate(members[one.id]) if i in counted]
        own_sum = f"SUM(D{rows[0]}:D{rows[-1]})" if rows and len(rows) == len(members[one.id]) else _added("D", rows)
        inside = "+".join(filter(None, (own_sum, _added("D", below))))
        if not one.within:
            tops.append(s.next)
        points = next(found.points for found in e.sections if found.id == one.id)
        s.add(*names, "", Number(points, fmt, inside), CHOICES[one.basis][lang], *own, level="group" if one.within else "part")
        for i in members[one.id]:
            s.add(
                *names, i.name[lang], Number(i.points, fmt), CHOICES[i.basis][lang], indicator_rule(e, i, lang),
                indicator_clause(e, i, lang), indicator_note(e, i, lang),
            )  # fmt: skip
    s.add(s.t("total"), "", "", Number(fw.points, fmt, _added("D", tops)), level="total")
    if fw.grades:
        s.heading(s.t("framework.grades"))
    for grade in fw.grades:
        said = s.t("framework.grade_from", points=plain(grade.at_least)) if grade.at_least else s.t("framework.grade_below")
        s.note(said, grade.words[lang])
    s.heading(s.t("framework.scoring"))
    not_applicable = s.t(f"framework.{fw.treatment.not_applicable}")
    s.note(s.t("framework.rounding", places=fw.rounding.scores, not_applicable=not_applicable))
    s.heading(s.t("framework.what_is_published"))
    s.note(words(fw.note, fw.note_en)[lang])


_SHARES = {False: "D{row}/C{row}", True: "IF(D{row}>C{row},C{row}/D{row},1+(C{row}-D{row})/C{row})"}
"""How far a target is reached, by whether lower is better: see `TargetResult.reached_share`."""


def _targets(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.note(s.t("targets.completion") + s.t("by_id"))
    s.head()
    for t in e.targets:
        row, (target, unit) = next(r for r in e.record.targets if r.indicator == t.id), _measured(t.target, t.unit, lang)
        held = (target, _measured(t.actual, t.unit, lang)[0], unit) if t.is_number else (goal_text(t, lang), reached_text(t, lang), "")
        s.add(
            t.name[lang], CHOICES[t.operator][lang], *held,
            Number(t.reached_share, formula=_SHARES[t.lower_is_better] if t.is_number and t.completion_rate is not None else ""),
            None if t.met is None else s.t("targets.met") if t.met else s.t("targets.not_met"),
            CHOICES["judged" if t.judged else "measured"][lang], target_working(e, t, lang), row.reason_words[lang] or None,
            row.remedy_words[lang] or None, row.evidence_words[lang] or None,
            e.record.title_of(row.source)[lang], section_number(row.section, lang) or None,
        )  # fmt: skip


def _facts(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.note(s.t("facts.sums") + s.t("by_id"))
    lines, start = [(topic, line) for topic, some in facts_by_topic(e) for line in some], s.head()
    cells = {(line.value.fact, line.value.year): f"D{start + n}" for n, (_, line) in enumerate(lines)}
    for topic, line in lines:
        fact, parts = line.value, parts_of(e, line.value)
        formula = "".join(sign.replace("−", "-") + cells[part.fact, part.year] for sign, part in parts).removeprefix("+")
        if any(part.unit.factor != fact.unit.factor for _, part in parts):
            formula = ""
        made_of = " ".join(f"{sign} {part.name[lang]}" for sign, part in parts).removeprefix("+ ")
        note = s.t("facts.computed", parts=made_of) if parts else fact.note[lang]
        documents = "; ".join(dict.fromkeys(e.record.title_of(o.source)[lang] for o in fact.origins))
        places = "; ".join(dict.fromkeys(section_number(o.section, lang) for o in fact.origins if o.section))
        measured, year = _measured(fact.value, fact.unit, lang, formula), Number(Decimal(fact.year), "0")
        s.add(topic[lang], fact.name[lang], year, *measured, documents, places, note, level="group" if parts else "")


def _rates(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.head()
    for f in e.formulas:
        used = listed(i.name for i in e.indicators if i.formula == f.id)[lang]
        s.add(f.name[lang], *_measured(f.value, f.unit, lang), formula_text(e, f, lang), formula_working(e, f, lang), used or None)


def _findings(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.note(s.t("by_id" if e.record.findings else "findings.none"))
    s.head()
    for f in e.record.findings:
        made_of = [
            a.words + words(f" {money(a.value)}" if a.value is not None else " —")
            for a in e.record.finding_amounts
            if a.finding == f.finding
        ]
        if f.quantity is not None and f.unit_price is not None:
            made_of.append(words(f"{plain(f.quantity)} × {money(f.unit_price)} = {money(f.quantity * f.unit_price)}"))
        if f.paid is not None:
            made_of.append(sentence("workbook.findings.paid", amount=money(f.paid)))
        number_of, document = e.record.number_of, e.record.title_of(f.source)[lang]
        advice = (r for r in e.record.recommendations if r.id == f.recommendation)
        advised = "".join(f"{number_of('recommendations', r.id)} {r.title_words[lang]}" for r in advice)
        clauses = joined(cited(e, *clause) for clause in f.cited)[lang]
        about = [c.words for c in e.record.contradictions if c.kind == "number" and f.finding in c.subjects]
        s.add(
            s.t("findings.number", id=number_of("findings", f.finding)), f.kind_words[lang],
            f.words[lang] + "".join(s.t("findings.contradiction", said=said) for said in about), Number(f.amount, "#,##0.00"),
            Number(f.amount if f.at_issue is None else f.at_issue, "#,##0.00"), joined(made_of)[lang], f.voucher or None,
            clauses or None, e.indicator(f.indicator).name[lang], advised or None, document,
            section_number(f.section, lang) or None,
        )  # fmt: skip


def _reconciliation(s: Sheet, e: Evaluation, lang: Lang) -> None:
    rows = sorted(reconcile(e), key=lambda r: r.verdict == "agrees")
    s.note(s.t("reconciliation.counted", counts=counted(rows)) + s.t("by_id"))
    s.head()
    grades = {g.name: g.words[lang] for g in e.framework.grades}
    for r in rows:
        figures: list[str | Number | None] = []
        for text in (r.published, r.computed):
            number = None if text is None else parse_decimal(text)
            figures.append(grades.get(text or "", text) if number is None else Number(number, number_format(Decimal(text or 0))))
        s.add(
            r.name[lang], *figures, _unit(e.catalogue.units, r.unit, lang), verdict(r)[lang], worth(r)[lang],
            e.record.title_of(r.source)[lang], section_number(r.section, lang) or None,
            level="" if r.verdict == "agrees" else "open",
        )  # fmt: skip
    if e.record.contradictions:
        s.heading(s.t("reconciliation.contradictions"))
    for c in sorted(e.record.contradictions, key=lambda c: c.kind):
        section = section_number(c.section, lang)
        said = s.t("reconciliation.contradiction", printed=c.printed, other=c.other, said=c.words, section=section)
        s.note(said, CHOICES[c.kind][lang])


def _sources(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.head()
    for d in e.record.sources:
        year = None if d.year is None else Number(Decimal(d.year), "0")
        s.add(None if is_made(d.source) else d.source, d.words[lang], d.number or None, d.producer or None, year, CHOICES[d.kind][lang])
    cited_here = {i.source for i in e.in_force.values()}
    for c in (*e.framework.sources, *(c for c in e.catalogue.part.sources if c.id in cited_here and c not in e.framework.sources)):
        if e.record.find_source(c.id) is None:
            s.add(c.id, c.words[lang], c.number or None, None, Number(Decimal(c.year), "0"), s.t("sources.of_the_framework"))
    s.heading(s.t("sources.files"))
    for file in e.record.files:
        s.note(file.sha256, file.name)
    s.note(f"evallib {e.version} · {e.framework.id}/{e.framework.first_year}")


def score_workbook(e: Evaluation, lang: Lang) -> bytes:
    """The workbook of an evaluation as bytes: see `write_score_workbook`."""
    book, results, content, e = Workbook(), dict[str, dict[str, Decimal]](), seals_of(e).content, with_numbers(e)
    book.remove(book.worksheets[0])
    makers = (_scores, _framework, _targets, _facts, _rates, _findings, _reconciliation, _sources)
    subject = sentence("workbook.subject", name=e.record.name, year=e.catalogue.year(e.record.year))[lang]
    subject += sentence("workbook.trial")[lang] if e.tried else ""
    subject = sentence("draft.titled", title=subject)[lang] if e.draft else subject
    sheets = tomllib.loads((CATALOGUE / "words" / "score_workbook.toml").read_text(encoding="utf-8"))
    money_unit = e.catalogue.units.money.name
    for n, (of, make) in enumerate(zip(sheets.values(), makers, strict=True), 1):
        columns = [Column(filled(zh, en, {"money": money_unit})[lang], widest, *to) for zh, en, widest, *to in of["columns"]]
        sheet = Sheet(book, words(*of["name"])[lang], of["frozen"], columns, subject, lang)
        make(sheet, e, lang)
        results[f"xl/worksheets/sheet{n}.xml"] = sheet.finish()
    made = b""
    for _ in range(2):  # what is sealed is what is read back
        carry(book, content, cells_seal(read_book(made).cells) if made else "")
        made = packed(book, subject, f"evallib {e.version}", results)
    return made


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
    content = score_workbook(evaluation, lang)
    with whole(path) as file:
        file.write_bytes(content)
