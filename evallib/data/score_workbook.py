"""The score table as a workbook for the file: an Evaluation in, one .xlsx out. No scoring here: sums and rates are formulas."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from operator import eq, ge, gt, le, lt
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from evallib.analysis.tables import cited, facts_by_topic, parts_of
from evallib.data.score_summary import COUNTS, add_summary, counts
from evallib.files.whole import whole
from evallib.files.workbook_seal import carry, cells_seal, read_book
from evallib.files.workbook_sheet import DIGITS, FIRST, Column, Link, Number, Sheet, number_format, packed
from evallib.kit import words_of
from evallib.model.evaluation import Evaluation, IndicatorResult, TargetResult
from evallib.model.made_ids import is_made
from evallib.model.seals import seals_of
from evallib.model.table_words import CHOICES
from evallib.model.units import SHARE, Unit, convert, parse_decimal
from evallib.model.words import Lang, filled, joined, listed, words
from evallib.say import reconciliation
from evallib.say.drafts import said_of_draft, waiting
from evallib.say.numbers import money, plain, section_number
from evallib.say.prose import with_numbers
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
    return unit.name.zh if lang == "zh" else unit.plural


def _scores(s: Sheet, e: Evaluation, lang: Lang) -> None:
    c, fmt = e.coverage, "0." + "0" * e.framework.rounding.scores
    for said in said_of_draft(e):
        s.notes.append(said[lang])
    if e.tried:
        s.notes.append(sentence("changes.tried", said=joined(t.said for t in e.tried))[lang])
    if made_up := e.record.find_profile("synthetic", lang):
        s.notes.append(made_up)
    if e.open:
        s.notes.append(s.t("scores.open", total=total_text(e), needs=listed(name for _, name, _ in waiting(e))))
    points, of_points = plain(c.points_scored), plain(c.points)
    s.notes.append(s.t("scores.covered", scored=c.indicators_scored, indicators=c.indicators, points_scored=points, points=of_points))
    s.notes.append(s.t("scores.how"))
    groups = {g.id: g.name[lang] for g in e.groups}
    names = {d.id: d.name[lang] for d in e.dimensions}
    for i in e.indicators:
        target = e.target(i.target) if i.target else None
        is_number = target is None or target.is_number
        value = _measured(i.value, i.unit, lang) if is_number else (indicator_value(e, i, lang), "")
        changed = s.t("scores.changed", score=str(i.formula_score)) if i.method == "overridden" else ""
        s.add(
            names[i.dimension], groups[i.group], i.name[lang], Number(i.points, fmt), *value,
            Number(i.score, fmt), Number(i.score_rate, formula="G{row}/D{row}"), _status(s, i), s.t(f"counts.{counts(i)}"),
            indicator_rule(e, i, lang), indicator_working(e, i, lang) + changed,
        )  # fmt: skip
    limit = DataValidation("custom", f"ABS(G{FIRST})<=D{FIRST}", errorStyle="warning", showErrorMessage=True, error=s.t("scores.above"))
    limit.add(f"G{FIRST}:G{max(s.next - 1, FIRST)}")
    choices = DataValidation("list", f'"{",".join(s.t(f"counts.{one}") for one in COUNTS)}"', showErrorMessage=True)
    choices.add(f"J{FIRST}:J{max(s.next - 1, FIRST)}")
    for rule in (limit, choices):
        s.sheet.add_data_validation(rule)


def _status(s: Sheet, i: IndicatorResult) -> str | Number:
    """What became of an indicator; of a score that is changed or taken out, what it was."""
    said = STATUSES[i.status][s.lang]
    if i.score is None:
        return said
    gone, other = (s.t(f"scores.{what}", score=str(i.score)) for what in ("taken_out", "other"))
    return Number(said, formula=f'IF(ISNUMBER(G{{row}}),IF(G{{row}}={i.score},"{said}","{other}"),"{gone}")')


def _grounds(s: Sheet, e: Evaluation, lang: Lang) -> None:
    fw = e.framework
    s.notes.append(f"{fw.words[lang]} ({fw.id}/{fw.first_year})")
    for grade in fw.grades:
        said = s.t("framework.grade_from", points=plain(grade.at_least)) if grade.at_least else s.t("framework.grade_below")
        s.notes.append(s.t("framework.grade", grade=grade.words, said=said))
    s.notes.append(s.t("framework.rounding", places=fw.rounding.scores, not_applicable=s.t(f"framework.{fw.treatment.not_applicable}")))
    s.notes.append(words(fw.note, fw.note_en)[lang])
    for i in e.indicators:
        s.add(
            i.name[lang], s.t(f"method.{i.method}"), CHOICES[i.basis][lang], indicator_clause(e, i, lang), indicator_evidence(e, i, lang),
            indicator_note(e, i, lang),
        )  # fmt: skip


_MET: dict[str, Callable[[float, float], bool]] = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}
_SHARES = {False: "D{row}/C{row}", True: "IF(D{row}>C{row},C{row}/D{row},1+(C{row}-D{row})/C{row})"}
"""How far a target is reached, by whether lower is better: see `TargetResult.reached_share`."""


def _met(s: Sheet, t: TargetResult) -> str | Number | None:
    """Whether a target was met: for a number a formula, where a spreadsheet comes to the same."""
    if t.met is None:
        return None
    said, formula = s.t("targets.met" if t.met else "targets.not_met"), ""
    if t.is_number and t.actual is not None and t.operator in _MET and _MET[t.operator](float(t.actual), float(t.target)) == t.met:
        formula = f'IF(D{{row}}{t.operator}C{{row}},"{s.t("targets.met")}","{s.t("targets.not_met")}")'
    return Number(said, formula=formula) if formula else said


def _targets(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.notes.append(s.t("targets.completion", lower=sentence("charts.targets.lower")) + s.t("by_id"))
    for t in e.targets:
        row, (target, unit) = next(r for r in e.record.targets if r.indicator == t.id), _measured(t.target, t.unit, lang)
        place = f"{e.record.title_of(row.source)[lang]} {section_number(row.section, lang)}".strip()
        held = (target, _measured(t.actual, t.unit, lang)[0], unit) if t.is_number else (goal_text(t, lang), reached_text(t, lang), "")
        s.add(
            t.name[lang], CHOICES[t.operator][lang], *held,
            Number(t.reached_share, formula=_SHARES[t.lower_is_better] if t.is_number and t.completion_rate is not None else ""),
            _met(s, t), (s.t("targets.judged") if t.judged else "") + target_working(e, t, lang),
            "\n".join(text for text in (row.reason_words[lang], row.remedy_words[lang]) if text) or None,
            "\n".join(text for text in (row.evidence_words[lang], place) if text) or None,
        )  # fmt: skip


def _facts(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.notes.append(s.t("facts.sums") + s.t("by_id"))
    lines = [(topic, line) for topic, some in facts_by_topic(e) for line in some]
    cells = {(line.value.fact, line.value.year): f"D{FIRST + n}" for n, (_, line) in enumerate(lines)}
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
    for f in e.formulas:
        used = listed(i.name for i in e.indicators if i.formula == f.id)[lang]
        s.add(f.name[lang], *_measured(f.value, f.unit, lang), formula_text(e, f, lang), formula_working(e, f, lang), used or None)


def _findings(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.notes.append(s.t("by_id" if e.record.findings else "findings.none"))
    for f in e.record.findings:
        made_of = [
            a.words + words(f" {money(a.value)}" if a.value is not None else " —")
            for a in e.record.finding_amounts
            if a.finding == f.finding
        ]
        if f.quantity is not None and f.unit_price is not None:
            made_of.append(words(f"{plain(f.quantity)} × {money(f.unit_price)} = {money(f.quantity * f.unit_price)}"))
        if (gross := f.gross) is not None:
            made_of.append(sentence("workbook.findings.gross", amount=money(gross)))
        if f.paid is not None:
            made_of.append(sentence("workbook.findings.paid", amount=money(f.paid)))
        number_of, document = e.record.number_of, e.record.title_of(f.source)[lang]
        advice = (r for r in e.record.recommendations if r.id == f.recommendation)
        advised = "".join(f"{number_of('recommendations', r.id)} {r.title_words[lang]}" for r in advice)
        clauses = joined(cited(e, *clause) for clause in f.cited)[lang]
        about = [c.words for c in e.record.contradictions if c.kind == "number" and f.finding in c.subjects]
        s.add(
            s.t("findings.number", id=number_of("findings", f.finding)), f.kind_words[lang],
            f.words[lang] + "".join(s.t("findings.contradiction", said=said) for said in about),
            Number(f.amount if f.gross is None else None, "#,##0.00"), Number(f.at_stake, "#,##0.00"), joined(made_of)[lang],
            f.voucher or None, clauses or None, e.indicator(f.indicator).name[lang], advised or None, document,
            section_number(f.section, lang) or None,
        )  # fmt: skip


def _reconciliation(s: Sheet, e: Evaluation, lang: Lang) -> None:
    rows = sorted(reconcile(e), key=lambda r: r.verdict == "agrees")
    s.notes.append(s.t("reconciliation.counted", counts=reconciliation.counted(rows)) + s.t("by_id"))
    grades = {g.name: g.words[lang] for g in e.framework.grades}
    for r in rows:
        figures: list[str | Number | None] = []
        unit = e.catalogue.units.find(r.unit) if r.unit else None
        scale = unit.scale if unit and lang == "en" else 1  # in full, as everywhere in English
        for text in (r.published, r.computed):
            number = None if text is None else parse_decimal(text)
            shown = None if number is None else Number(number * scale, number_format(number * scale))
            figures.append(shown or grades.get(text or "", text))
        s.add(
            reconciliation.name(e, r)[lang], *figures, _name(unit, lang) if unit else r.unit,
            reconciliation.verdict(r)[lang], reconciliation.worth(e, r)[lang],
            e.record.title_of(r.source)[lang], section_number(r.section, lang) or None,
            level="" if r.verdict == "agrees" else "open",
        )  # fmt: skip


def _contradictions(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.notes.append(s.t("contradictions.kept"))
    for c in sorted(e.record.contradictions, key=lambda c: c.kind):
        s.add(CHOICES[c.kind][lang], c.printed, c.other, c.words[lang], section_number(c.section, lang))


def _sources(s: Sheet, e: Evaluation, lang: Lang) -> None:
    for d in e.record.sources:
        year = None if d.year is None else Number(Decimal(d.year), "0")
        s.add(None if is_made(d.source) else d.source, d.words[lang], d.number or None, d.producer or None, year, CHOICES[d.kind][lang])
    cited_here = {i.source for i in e.in_force.values()}
    for c in (*e.framework.sources, *(c for c in e.catalogue.part.sources if c.id in cited_here and c not in e.framework.sources)):
        if e.record.find_source(c.id) is None:
            s.add(c.id, c.words[lang], c.number or None, None, Number(Decimal(c.year), "0"), s.t("sources.of_the_framework"))


def _files(s: Sheet, e: Evaluation, lang: Lang) -> None:
    s.notes.append(f"evallib {e.version} · {e.framework.id}/{e.framework.first_year}")
    for file in e.record.files:
        s.add(file.name, file.sha256)


_MAKERS: dict[str, Callable[[Sheet, Evaluation, Lang], None]] = {
    "scores": _scores, "grounds": _grounds, "targets": _targets, "facts": _facts, "rates": _rates, "findings": _findings,
    "reconciliation": _reconciliation, "contradictions": _contradictions, "sources": _sources, "files": _files,
}  # fmt: skip


def score_workbook(e: Evaluation, lang: Lang) -> bytes:
    """The workbook of an evaluation as bytes: see `write_score_workbook`."""
    book: Any = Workbook()
    content, e = seals_of(e).content, with_numbers(e)
    book.remove(book.worksheets[0])
    book._named_styles["Normal"].font = Font(name=DIGITS, size=10)
    subject = sentence("workbook.subject", name=e.record.name, year=e.catalogue.year(e.record.year))[lang]
    subject += sentence("workbook.synthetic")[lang] if e.record.find_profile("synthetic", lang) else ""
    subject += sentence("workbook.trial")[lang] if e.tried else ""
    subject = sentence("draft.titled", title=subject)[lang] if e.draft else subject
    sheets = words_of("score_workbook")
    money_unit = e.catalogue.units.money.name

    def begun(key: str) -> Sheet:
        of = sheets[key]
        columns = [Column(filled(zh, en, {"money": money_unit})[lang], widest, *to) for zh, en, widest, *to in of["columns"]]
        above = words(*of["above"]) if "above" in of else sentence("workbook.about")
        return Sheet(book, words(*of["name"])[lang], of["frozen"], columns, subject, lang, above[lang])

    contents, summary, made = begun("contents"), begun("summary"), {key: begun(key) for key in _MAKERS}
    add_summary(summary, e, lang, made["scores"].name)
    for key, make in _MAKERS.items():
        make(made[key], e, lang)
        if not made[key].rows:  # an empty table would say nothing
            book.remove(made[key].sheet)
    notes, kept = begun("notes"), {"summary": summary} | {key: sheet for key, sheet in made.items() if sheet.rows}
    for sheet in made.values():
        for said in sheet.notes:
            notes.add(sheet.name, said)
    for key, sheet in (kept | {"notes": notes}).items():
        contents.add(Link(sheet.name), words(*sheets[key]["about"])[lang], Number(Decimal(sheet.rows), "0"))
    results = {f"xl/worksheets/sheet{n}.xml": sheet.finish() for n, sheet in enumerate((contents, *kept.values(), notes), 1)}
    pack = partial(packed, book, subject, f"evallib {e.version}", results, lang)
    carry(book, content, cells_seal(read_book(pack()).cells))  # what is sealed is what is read back
    return pack()


def write_score_workbook(evaluation: Evaluation, path: Path, lang: Lang) -> None:
    """Write the appendix of the report as a workbook: contents, total and levels, scores, grounds, targets, facts, rates, findings,
    reconciliation, sources, notes.

    Total, grade, levels and rates are formulas that follow a changed score, stored with the evaluation's results so that previews
    show them too. The same evaluation gives
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
