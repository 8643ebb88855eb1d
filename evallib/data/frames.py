"""One Evaluation as pandas frames: floats, ids as the index, each number in the unit that is named beside it. Computes nothing new.

Shares of points and rates are shares (0.95); a measured number stands in its own unit, a rate then in percent with "%" in `unit`.
What is not known is NaN, what is no number is text in the language asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evallib.analysis.tables import budget_lines
from evallib.files.csv_out import csv_bytes
from evallib.model.errors import Problem
from evallib.model.evaluation import Evaluation
from evallib.model.facts import InputValue
from evallib.model.units import NO_UNIT, SHARE, Unit, convert
from evallib.model.words import LANGS, Lang, joined
from evallib.say import reconciliation
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
    """What a frame is made of: the heads of its columns, the rows under them, and how many of the columns are the index."""

    columns: str
    rows: Iterable[tuple[Any, ...]]
    keys: int = 1

    @property
    def heads(self) -> list[str]:
        return self.columns.split()

    def frame(self) -> pd.DataFrame:
        """A frame with its index and columns in their order, also where there is no row."""
        import pandas as pd  # late: whoever asks for no frame need not wait for it

        made = pd.DataFrame([*self.rows], columns=self.heads).set_index(self.heads[: self.keys])
        return made.astype({"met": "boolean"}) if "met" in made else made


def _indicators(e: Evaluation, lang: Lang) -> Table:
    sections, rows = {s.id: s.name[lang] for s in e.sections}, []
    for i in e.indicators:
        named = i.id, i.name[lang], sections[i.dimension], sections.get(i.group, "")
        score, lost = (i.score, i.lost if i.score is not None else None) if i.points else (None, None)
        scored = map(as_float, (i.points or None, score, lost, i.score_rate))
        rows.append((*named, *scored, as_float(i.value, i.unit), unit_shown(i.unit), i.status, i.method, i.basis, i.rule, i.own, i.extra))
    return Table("indicator name dimension group points score lost rate value unit status method basis rule own extra", rows)


def _dimensions(e: Evaluation, lang: Lang) -> Table:
    rows = ((d.id, d.name[lang], *map(as_float, (d.points, d.score, d.points - d.score, d.rate))) for d in e.dimensions if d.points)
    return Table("dimension name points score lost rate", rows)


def _targets(e: Evaluation, lang: Lang) -> Table:
    rows = []
    for t in e.targets:
        asked = t.target if t.is_number or t.upper is not None else None
        numbers = (as_float(number, t.unit) for number in (asked, t.upper, t.actual))
        came_of_it = as_float(t.completion_rate), as_float(t.attainment), t.met, t.asked, t.reached
        rows.append((t.id, t.name[lang], t.operator, *numbers, unit_shown(t.unit), *came_of_it))
    return Table("indicator name operator target upper actual unit completion attainment met asked reached", rows)


def _facts(e: Evaluation, lang: Lang) -> Table:
    years, rows = sorted({f.year for f in e.record.facts} | {e.record.year}), []
    for v in (value for id in e.catalogue.facts for year in years if (value := e.facts.find(id, year)) is not None):
        origin = (" ".join(dict.fromkeys(getattr(o, told) for o in v.origins)) for told in ("source", "section"))
        rows.append((v.fact, v.year, v.name[lang], as_float(v.value, v.unit), unit_shown(v.unit), bool(v.parts), *origin))
    return Table("fact of_year name value unit sum source section", rows, keys=2)


def _budget(e: Evaluation, lang: Lang) -> Table:
    def number(cell: InputValue | None, unit: Unit) -> float:
        return as_float(None if cell is None or cell.value is None else convert(cell.value, cell.unit, unit))

    rows = []
    for side, line in ((side, line) for side, lines in budget_lines(e).items() for line in lines):
        cells = (line.approved, line.adjusted, line.spent)
        first = next((cell for cell in cells if cell), None)
        unit = first.unit if first else NO_UNIT
        named = first.fact if first else line.name.en, side, line.name[lang]
        numbers = *(number(cell, unit) for cell in cells), as_float(line.change.difference), as_float(line.change.rate)
        rows.append((*named, *numbers, unit_shown(unit), line.total))
    return Table("line side name approved adjusted spent difference variance unit total", rows)


def _findings(e: Evaluation, lang: Lang) -> Table:
    money, rows = unit_shown(e.catalogue.units.money), []
    advice = {r.id: r.title_words[lang] for r in e.record.recommendations}
    for f in e.record.findings:
        amounts = as_float(f.amount), as_float(f.at_stake), money
        about = f.indicator, f.seriousness, f.clauses, advice.get(f.recommendation, ""), f.source, f.section
        rows.append((f.finding, f.kind_words[lang], f.words[lang], *amounts, *about))
    return Table("finding kind title amount at_issue unit indicator seriousness clauses recommendation source section", rows)


def _judgements(e: Evaluation, lang: Lang) -> Table:
    rows = []
    for j in e.record.judgements:
        decided = j.kind, j.item, j.verdict, as_float(j.score), as_float(j.coefficient)
        rows.append((j.indicator, e.indicator(j.indicator).name[lang], *decided, j.basis, j.reason_words[lang], j.source, j.section))
    return Table("indicator name kind item verdict score coefficient basis reason source section", rows)


def _reconciliation(e: Evaluation, lang: Lang) -> Table:
    rows = (
        (
            *(r.id, reconciliation.name(e, r)[lang], r.published, r.computed or "", r.unit, r.verdict),
            *(reconciliation.verdict(r)[lang], reconciliation.reason(e, r)[lang], r.source, r.section),
        )
        for r in reconcile(e)
    )
    return Table("figure name published computed unit verdict said reason source section", rows)


def problems(found: Iterable[Problem], lang: Lang) -> pd.DataFrame:
    """Problems as a frame, numbered from 1."""
    rows = ((number, p.level, p.place.describe(lang), p.what[lang], p.found, p.fix[lang]) for number, p in enumerate(found, 1))
    return Table("problem level place what found fix", rows).frame()


def totals(es: Iterable[Evaluation], lang: Lang) -> pd.DataFrame:
    """The total of each evaluation, by department and year."""
    rows = []
    for e in es:
        total, rate = (e.total, e.total / e.points) if e.has_total else (None, None)
        scored = as_float(total), as_float(e.points), e.grade[lang], as_float(rate), as_float(e.self_total)
        framework = f"{e.framework.id}/{e.framework.first_year}"
        rows.append((e.record.department, e.record.year, e.record.name[lang], *scored, framework, bool(e.tried)))
    return Table("department year name total points grade rate self_total framework tried", rows, keys=2).frame()


TABLES: dict[str, Callable[[Evaluation, Lang], Table]] = {
    make.__name__[1:]: make for make in (_indicators, _dimensions, _targets, _facts, _budget, _findings, _judgements, _reconciliation)
}
"""The tables of one evaluation by their names."""

_TOLD = {"name", "dimension", "group", "kind", "title", "recommendation", "reason", "said"}
"""Columns that are told in a language, unless they are the index."""


def write_tables(e: Evaluation, folder: Path) -> None:
    """Write every table as `TABLE.csv` into a new folder, in both languages: `name`, `name_en`. A trial says so in every row."""
    folder.mkdir()
    tried = joined(one.said for one in e.tried)
    trial = {"tried": tried.zh, "tried_en": tried.en} if tried else {}
    for name, make in TABLES.items():
        table, english = (make(e, lang) for lang in LANGS)
        told = [place >= table.keys and head in _TOLD for place, head in enumerate(table.heads)]
        heads = [one for head, twice in zip(table.heads, told, strict=True) for one in ([head, f"{head}_en"] if twice else [head])]
        rows: list[list[Any]] = [[*heads, *trial]]
        for row, other in zip(table.rows, english.rows, strict=True):
            pairs = zip(row, other, told, strict=True)
            cells = [one for cell, said, twice in pairs for one in ([cell, said] if twice else [cell])]
            rows.append([*(None if cell != cell else cell for cell in cells), *trial.values()])  # what is not known is no number
        (folder / f"{name}.csv").write_bytes(csv_bytes(rows))
