"""One Evaluation as pandas frames: floats, ids as the index, each number in the unit that is named beside it. Computes nothing new.

Shares of points and rates are shares (0.95); a measured number stands in its own unit, a rate then in percent with "%" in `unit`.
What is not known is NaN, what is no number is text in the language asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evallib.analysis.tables import budget_lines
from evallib.data.csv_out import csv_bytes
from evallib.model.errors import Problem
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.facts import InputValue
from evallib.model.units import NO_UNIT, SHARE, Unit, convert
from evallib.model.words import LANGS, Lang, joined
from evallib.say.reconciliation import verdict
from evallib.score.reconcile import reconcile

if TYPE_CHECKING:
    import pandas as pd


PERCENT = "%"
NAN = math.nan


def unit_shown(unit: Unit) -> str:
    """The unit that a number of this unit stands in where an analyst sees it: a share in percent.

    >>> unit_shown(SHARE), unit_shown(NO_UNIT)
    ('%', '')
    """
    return PERCENT if unit == SHARE else unit.symbol


def as_float(value: Decimal | None, unit: Unit = NO_UNIT) -> float:
    """A number as a float, in the unit that `unit_shown` names; not a number where there is none.

    >>> as_float(Decimal("0.9496"), SHARE), as_float(None)
    (94.96, nan)
    """
    if value is None:
        return NAN
    return float(value * 100 if unit_shown(unit) != unit.symbol else value)


class Table(NamedTuple):
    """What a frame is made of: its index, its columns in their order, its rows."""

    keys: list[str]
    columns: str
    rows: Iterable[dict[str, Any]]

    def frame(self) -> pd.DataFrame:
        """A frame with its index and columns in their order, also where there is no row."""
        import pandas as pd  # late: whoever asks for no frame need not wait for it

        made = pd.DataFrame([*self.rows], columns=[*self.keys, *self.columns.split()]).set_index(self.keys)
        return made.astype({"met": "boolean"}) if "met" in made else made


def frame(index: str | list[str], columns: str, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """A frame with its index and columns in their order, also where there is no row."""
    return Table([index] if isinstance(index, str) else index, columns, rows).frame()


def _scored(i: IndicatorResult) -> dict[str, Any]:
    points = bool(i.points)
    return {
        "points": as_float(i.points if points else None),
        "score": as_float(i.score if points else None),
        "lost": as_float(i.lost if points and i.score is not None else None),
        "rate": as_float(i.score_rate),
    }


def _indicators(e: Evaluation, lang: Lang) -> Table:
    sections = {s.id: s.name[lang] for s in e.sections}
    rows = (
        {"indicator": i.id, "name": i.name[lang], "dimension": sections[i.dimension], "group": sections.get(i.group, "")}
        | _scored(i)
        | {"value": as_float(i.value, i.unit), "unit": unit_shown(i.unit), "status": i.status, "method": i.method}
        | {"basis": i.basis, "rule": i.rule, "own": i.own, "extra": i.extra}
        for i in e.indicators
    )
    return Table(["indicator"], "name dimension group points score lost rate value unit status method basis rule own extra", rows)


def _dimensions(e: Evaluation, lang: Lang) -> Table:
    rows = (
        {"dimension": d.id, "name": d.name[lang], "points": as_float(d.points), "score": as_float(d.score)}
        | {"lost": as_float(d.points - d.score), "rate": as_float(d.rate)}
        for d in e.dimensions
        if d.points
    )
    return Table(["dimension"], "name points score lost rate", rows)


def _targets(e: Evaluation, lang: Lang) -> Table:
    rows = (
        {"indicator": t.id, "name": t.name[lang], "operator": t.operator}
        | {"target": as_float(t.target if t.is_number or t.upper is not None else None, t.unit), "upper": as_float(t.upper, t.unit)}
        | {"actual": as_float(t.actual, t.unit), "unit": unit_shown(t.unit)}
        | {"completion": as_float(t.completion_rate), "attainment": as_float(t.attainment), "met": t.met}
        | {"asked": t.asked, "reached": t.reached}
        for t in e.targets
    )
    return Table(["indicator"], "name operator target upper actual unit completion attainment met asked reached", rows)


def _facts(e: Evaluation, lang: Lang) -> Table:
    found = [
        value
        for id in e.catalogue.facts
        for year in sorted({f.year for f in e.record.facts} | {e.record.year})
        if (value := e.facts.find(id, year)) is not None
    ]
    rows = (
        {"fact": v.fact, "of_year": v.year, "name": v.name[lang], "value": as_float(v.value, v.unit), "unit": unit_shown(v.unit)}
        | {"sum": bool(v.parts), "source": " ".join(dict.fromkeys(o.source for o in v.origins))}
        | {"section": " ".join(dict.fromkeys(o.section for o in v.origins))}
        for v in found
    )
    return Table(["fact", "of_year"], "name value unit sum source section", rows)


def _budget(e: Evaluation, lang: Lang) -> Table:
    def number(cell: InputValue | None, in_unit_of: InputValue | None) -> float:
        if cell is None or cell.value is None:
            return as_float(None)
        return as_float(convert(cell.value, cell.unit, in_unit_of.unit) if in_unit_of else cell.value)

    rows = []
    for side, lines in budget_lines(e).items():
        for line in lines:
            cells = {"approved": line.approved, "adjusted": line.adjusted, "spent": line.spent}
            first = next((cell for cell in cells.values() if cell), None)
            numbers = {name: number(cell, first) for name, cell in cells.items()}
            more = {"difference": as_float(line.difference), "variance": as_float(line.rate), "total": line.total}
            named = {"line": first.fact if first else line.name.en, "side": side, "name": line.name[lang]}
            rows.append(named | numbers | more | {"unit": unit_shown(first.unit) if first else ""})
    return Table(["line"], "side name approved adjusted spent difference variance unit total", rows)


def _findings(e: Evaluation, lang: Lang) -> Table:
    money = unit_shown(e.catalogue.units.money)
    advice = {r.id: r.title_words[lang] for r in e.record.recommendations}
    rows = (
        {"finding": f.finding, "kind": f.kind_words[lang], "title": f.words[lang], "amount": as_float(f.amount)}
        | {"at_issue": as_float(f.amounts.at_issue), "unit": money, "indicator": f.indicator, "seriousness": f.seriousness}
        | {"clauses": f.clauses, "recommendation": advice.get(f.recommendation, ""), "source": f.source, "section": f.section}
        for f in e.record.findings
    )
    return Table(["finding"], "kind title amount at_issue unit indicator seriousness clauses recommendation source section", rows)


def _judgements(e: Evaluation, lang: Lang) -> Table:
    rows = (
        {"indicator": j.indicator, "name": e.indicator(j.indicator).name[lang], "kind": j.kind, "item": j.item, "verdict": j.verdict}
        | {"score": as_float(j.score), "coefficient": as_float(j.coefficient), "basis": j.basis}
        | {"reason": j.reason_words[lang], "source": j.source, "section": j.section}
        for j in e.record.judgements
    )
    return Table(["indicator"], "name kind item verdict score coefficient basis reason source section", rows)


def _reconciliation(e: Evaluation, lang: Lang) -> Table:
    rows = (
        {"figure": r.id, "name": r.name[lang], "published": r.published, "computed": r.computed or "", "unit": r.unit}
        | {"verdict": r.verdict, "said": verdict(r)[lang], "reason": r.reason[lang], "source": r.source, "section": r.section}
        for r in reconcile(e)
    )
    return Table(["figure"], "name published computed unit verdict said reason source section", rows)


def problems(found: Iterable[Problem], lang: Lang) -> pd.DataFrame:
    """Problems as a frame, numbered from 1."""
    rows = (
        {"problem": number, "level": p.level, "place": p.place.describe(lang), "what": p.what[lang], "found": p.found, "fix": p.fix[lang]}
        for number, p in enumerate(found, 1)
    )
    return frame("problem", "level place what found fix", rows)


def totals(es: Iterable[Evaluation], lang: Lang) -> pd.DataFrame:
    """The total of each evaluation, by department and year."""
    rows = (
        {"department": e.record.department, "year": e.record.year, "name": e.record.name[lang]}
        | {"total": as_float(e.total if e.has_total else None), "points": as_float(e.points), "grade": e.grade[lang]}
        | {"rate": as_float(e.total / e.points if e.has_total else None), "self_total": as_float(e.self_total)}
        | {"framework": f"{e.framework.id}/{e.framework.first_year}", "tried": bool(e.tried)}
        for e in es
    )
    return frame(["department", "year"], "name total points grade rate self_total framework tried", rows)


_TABLES: dict[str, Callable[[Evaluation, Lang], Table]] = {
    make.__name__[1:]: make for make in (_indicators, _dimensions, _targets, _facts, _budget, _findings, _judgements, _reconciliation)
}


def _frame(make: Callable[[Evaluation, Lang], Table], e: Evaluation, lang: Lang) -> pd.DataFrame:
    return make(e, lang).frame()


FRAMES = {name: partial(_frame, make) for name, make in _TABLES.items()}
"""The frames of one evaluation by their names."""

_TOLD = {"name", "dimension", "group", "kind", "title", "recommendation", "reason", "said"}
"""Columns that are told in a language, unless they are the index."""


def write_tables(e: Evaluation, folder: Path) -> None:
    """Write every frame as `FRAME.csv` into a new folder, in both languages: `name`, `name_en`. A trial says so in every row."""
    folder.mkdir()
    tried = joined(one.said for one in e.tried)
    trial = {"tried": tried.zh, "tried_en": tried.en} if tried else {}
    for name, make in _TABLES.items():
        table, english = (make(e, lang) for lang in LANGS)
        columns = table.columns.split()
        told = [column for column in columns if column in _TOLD]
        heads = [*table.keys, *(head for column in columns for head in ([column, f"{column}_en"] if column in told else [column])), *trial]
        rows = (
            row | {f"{column}_en": other[column] for column in told} | trial for row, other in zip(table.rows, english.rows, strict=True)
        )
        cells = ([None if row[head] != row[head] else row[head] for head in heads] for row in rows)  # what is not known is no number
        (folder / f"{name}.csv").write_bytes(csv_bytes([heads, *cells]))
