"""The working paper of one indicator: how it came by its score, and where each number stands. The sentences are those of the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evallib.data.frames import Table, as_float, unit_shown
from evallib.data.load import load_year
from evallib.door.shown import Shown, Shows, heads, told
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.table_words import CHOICES
from evallib.model.units import NO_UNIT, Unit
from evallib.model.words import Lang
from evallib.say import workings
from evallib.say.numbers import plain, quantity
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class _Number:
    """A number that went into a score, or a judgement, and where it stands."""

    id: str
    name: str
    where: str
    value: Decimal | None = None
    unit: Unit = NO_UNIT
    text: str = ""

    def shown(self, lang: Lang) -> str:
        return self.text or (quantity(self.value, self.unit, lang) if self.value is not None else "—")


class Explanation(Shows):
    """How one indicator came by its score: formula, numbers with the places they stand in, rule, clause, evidence."""

    def __init__(self, e: Evaluation, id: str, lang: Lang, data: Path | None) -> None:
        self._e, self._i, self._lang, self._data = e, e.indicator(id), lang, data

    @property
    def working(self) -> str:
        """The working in a sentence."""
        return workings.indicator_working(self._e, self._i, self._lang)

    @property
    def rule(self) -> str:
        """The rule in words."""
        return workings.indicator_rule(self._e, self._i, self._lang)

    @property
    def clause(self) -> str:
        """The clause that it rests on."""
        return workings.indicator_clause(self._e, self._i, self._lang)

    @property
    def numbers(self) -> pd.DataFrame:
        """What went in, by fact or indicator: name, value, unit, where (file, row, column)."""
        rows = ((n.id, n.name, as_float(n.value, n.unit), unit_shown(n.unit), n.where) for n in self._numbers())
        return Table("id name value unit where", rows).frame()

    def _numbers(self) -> Iterator[_Number]:
        """The target and its actual, or the parts that make it; the facts of the formula; the judgements."""
        e, lang, id = self._e, self._lang, self._i.id
        read = e.catalogue.units.read
        target = e.target(id)
        if target is not None and target.is_number:
            row = next(t for t in e.record.targets if t.indicator == id)
            cells = ["adjusted" if row.adjusted is not None else "target", "actual", "base"]
            units = [row.unit, row.actual_unit or row.unit, row.actual_unit]
            for name, unit in zip(cells, units, strict=True):
                value: Decimal | None = getattr(row, name)
                if value is not None:
                    said = f"{target.name[lang]}·{sentence(f'changes.label.{name}')[lang]}"
                    yield _Number(id, said, self._where("targets", name, row), value, read(unit))
        for part in e.record.target_parts:
            if part.indicator == id and part.counted == "yes":
                yield _Number(id, part.words[lang], self._where("target_parts", "value", part), part.value, read(part.unit))
        formula = self._i.formula
        inputs, dated = (e.formula(formula).inputs, e.catalogue.formulas[formula].compares_years) if formula else ((), False)
        for one in (one for value in inputs for one in value.with_parts if not one.parts):
            where = self._where("facts", "value", e.record.find_fact(one.fact, one.year))
            yield _Number(one.fact, workings.input_name(e, one, dated, lang), where, one.value, one.unit)
        items = {item.id: item.words for item in e.in_force[id].rule.checklist}
        for judged in self._i.judgements:
            said = items.get(judged.item, judged.reason_words)[lang]
            column = next(name for name in ("score", "coefficient", "verdict", "kind") if getattr(judged, name) not in (None, ""))
            decided = getattr(judged, column)
            text = plain(decided) if isinstance(decided, Decimal) else CHOICES[decided][lang] if decided in CHOICES else decided
            yield _Number(id, said, self._where("judgements", column, judged), text=text)
        for finding in (f for f in e.record.findings if f.finding in self._i.findings):
            number = e.record.number_of("findings", finding.finding)
            yield _Number(id, finding.words[lang], self._where("findings", "title", finding), text=number)

    def _where(self, table: str, column: str, row: Any) -> str:
        """The file, row and column that a number stands in; where the data is not at hand, the section of its source."""
        index = next((n for n, one in enumerate(getattr(self._e.record, table)) if one is row), None)
        if index is None:
            return ""
        if self._data is not None and not self._e.tried:
            try:
                loaded = load_year(self._data, self._e.record.department, self._e.record.year)
                return loaded.where(table, index, column).describe(self._lang)
            except InputRefused:  # changed meanwhile
                pass
        return f"{self._e.record.title_of(row.source)[self._lang]} {row.section}".strip()

    def _shown(self) -> Shown:
        e, lang, i = self._e, self._lang, self._i
        if i.points:
            title = told("explanation", lang, name=i.name, score="—" if i.score is None else plain(i.score, 2), points=plain(i.points, 2))
        else:
            title = told("explanation_no_points", lang, name=i.name, value=workings.indicator_value(e, i, lang) or "—")
        lines = [workings.formula_text(e, e.formula(i.formula), lang)] if i.formula else []
        lines += [self.working, told("rule", lang, rule=self.rule), told("clause", lang, clause=self.clause)]
        if evidence := workings.indicator_evidence(e, i, lang):
            lines.append(told("evidence", lang, evidence=evidence))
        rows = [(n.name, n.shown(lang), n.where) for n in self._numbers()]
        return Shown(title, tuple(lines), heads(lang, "what", "number", "where"), rows)
