"""Rows of a form that are money or facts: each a fact of the catalogue, with the unit that the form says. What has none is asked about."""

from __future__ import annotations

import re
from decimal import Decimal

from evallib.data.form_blocks import Block, FormRow, Texted
from evallib.data.form_tables import Piece, piece
from evallib.data.form_taking import Source, Taking, why
from evallib.data.form_words import bracketed, line_of, plain
from evallib.data.sheets import address
from evallib.model.catalogue import Catalogue, Line
from evallib.model.errors import near
from evallib.model.framework import Framework, Indicator
from evallib.model.units import amount, convert

MONEY = ("approved", "adjusted", "spent")


def spending_lines(catalogue: Catalogue) -> tuple[Line, ...]:
    """The lines of the catalogue's table of money that is approved, adjusted and spent."""
    tables = catalogue.lines.values()
    return next((lines for lines in tables if any(one.total and {*MONEY} <= one.cells.keys() for one in lines)), ())


def rate_of(framework: Framework) -> Indicator | None:
    """The indicator that sets what was spent against the adjusted budget; None where there is none, or more than one."""
    wanted = {line.cells[column].id for line in spending_lines(framework.catalogue) if line.total for column in ("adjusted", "spent")}
    formulas = framework.catalogue.formulas
    found = [i for i in framework.indicators if i.value in formulas and {name.id for name in formulas[i.value].inputs} == wanted]
    return found[0] if wanted and len(found) == 1 else None


class MoneyRows(Taking):
    """The rows that are money or facts."""

    def take_money(self, block: Block, source: Source, said: Texted | None) -> None:
        rows = [row for row in block.rows if row.name and not row.total] + [row for row in block.rows if row.total]
        named = [(row, self._line(row)) for row in rows]
        whole = next((row for row, line in named if line and line.total), None)
        parts = [(row, line) for row, line in named if row is not whole and any(self._number(row, column) for column in MONEY)]
        for column in (column for column in MONEY if column in block.heads):
            if whole is None or all(line for _, line in parts):
                adds_up = whole is None or self._sum(parts, column) in (None, self._number(whole, column))
            else:
                adds_up = False
            for row, line in named:
                if column not in row.cells:
                    continue
                if line is None or (row is not whole and not adds_up):
                    self.leave(block.raw, row.cells[column], why("no_part" if line else "no_line"), acts=False)
                elif (name := line.cells.get(column)) and not name.before:
                    others = [block.heads[other] for other in MONEY if other in block.heads]
                    by = [block.heads[column], row.name or row.cells[column], *(one for one, _ in block.unknown), *([said] if said else [])]
                    self._fact(block, row.cells[column], name.id, source, (by, others))
        for row, _ in named:
            self._execution(block, row, whole, source)

    def _line(self, row: FormRow) -> Line | None:
        called = "total" if row.total else line_of(row.name.text if row.name else "")
        lines = spending_lines(self.framework.catalogue)
        return next((one for one in lines if (one.total if called == "total" else called and one.name.zh == called)), None)

    def _number(self, row: FormRow, column: str) -> Decimal | None:
        read = amount(row.text(column), self.units)
        return read[0] if read else None

    def _sum(self, parts: list[tuple[FormRow, Line | None]], column: str) -> Decimal | None:
        numbers = [number for row, _ in parts if (number := self._number(row, column)) is not None]
        return sum(numbers, Decimal(0)) if numbers else None

    def _fact(
        self, block: Block, one: Texted, id: str, source: Source, near_by: tuple[list[Texted], list[Texted]], year: str = "", unit: str = ""
    ) -> None:
        """A fact's row. The unit of money stands with the number, in the head, the label or above the table; else it is asked for."""
        fact, year = self.framework.catalogue.facts[id], year or str(self.year)
        own = amount(one.text, self.units)
        if not unit and (own is None or own[1] is None):
            unit = self._stated_unit(block, near_by) if fact.unit.is_money else fact.unit.symbol
            if not unit:
                return
        value = piece(block.raw, one)
        if self._is_new(id, year, value, unit):
            self.taken.add("facts", {"fact": id, "year": year, "value": value, "unit": unit, **source.of(one.at)})

    def _is_new(self, id: str, year: str, value: Piece, unit: str) -> bool:
        """Whether a fact was not taken yet; one that is there twice must be the same."""
        before = self.facts.setdefault((id, year), (value, unit))
        if before[0] is value:
            return True
        one, other = (amount(f"{text.text}{of}", self.units) or amount(text.text, self.units) for text, of in (before, (value, unit)))
        same = one and other and one[1] and other[1] and one[1].dimensions == other[1].dimensions
        if not (same and one and other and one[1] and other[1] and convert(one[0], one[1], other[1]) == other[0]) and value.place:
            at, cell = before[0].place, value.place.cell or ""
            called, told = self.framework.catalogue.facts[id].name, before[0].text + before[1]
            there = at.cell or "" if at else ""
            self.ask("form.fact_twice", value.place, value.text + unit, fact=called, other=told, at=there, cell=cell)
        return False

    def _stated_unit(self, block: Block, near_by: tuple[list[Texted], list[Texted]]) -> str:
        """The unit of money that is said near a number; asked about where there is none, or two."""
        said = {unit: one for some in near_by for one in reversed(some) if (unit := self._money_unit(one.text))}
        own = {unit: one for one in reversed(near_by[0]) if (unit := self._money_unit(one.text))}
        if len(own or said) == 1:
            return next(iter(own or said))
        head = block.heads.get("value") or near_by[0][0]
        if not said:
            first = next(iter(block.heads.values())) if "value" not in block.heads else head
            given = {"head": first.text.strip(), "cell": address(*first.at), "unit": self.units.money.symbol}
            self.ask("form.no_money_unit", block.raw.place(*first.at), first.text, **given)
            return ""
        (one, at), (other, there) = [*(own or said).items()][:2]
        given = {"one": one, "at": address(*at.at), "other": other, "there": address(*there.at)}
        self.ask("form.two_money_units", block.raw.place(*head.at), head.text, **given)
        return ""

    def _money_unit(self, text: str) -> str:
        """The unit of money that a text says in brackets, or is."""
        for said in (*bracketed(text), text):
            word = re.sub(r"^(?:金额)?单位[:：]?", "", plain(said))
            unit = self.units.find(word) if word else None
            if unit is not None and unit.is_money:
                return unit.symbol
        return ""

    def _execution(self, block: Block, row: FormRow, whole: FormRow | None, source: Source) -> None:
        """Points and score of the row of the total belong to the indicator that sets spending against the budget; the rate is computed."""
        rate = rate_of(self.framework)
        if row is not whole or rate is None:
            self.computed(block, row, ("points", "rate", "own_score"))
            return
        self.rates += [(rate.id, piece(block.raw, row.cells["rate"]))] if "rate" in row.cells else []
        self.compare_points(block, row, rate)
        if "own_score" in row.cells:
            self.self_score(rate.id, self.scored_points(block.raw, row.cells["own_score"]), source.of(row.cells["own_score"].at))

    def take_facts(self, block: Block, source: Source, said: Texted | None) -> None:
        catalogue = self.framework.catalogue
        for row in block.rows:
            if row.name is None or "value" not in row.cells:
                continue
            id = catalogue.find(row.name.text) or catalogue.find(re.sub(r"[(（][^()（）]*[)）]$", "", row.name.text).strip())
            if id not in catalogue.facts:
                like = near(row.name.text, [fact.name.zh for fact in catalogue.facts.values()], 1)
                self.leave(block.raw, row.name, why("fact_near", near=like[0]) if like else why("no_fact"))
                continue
            unit, year = row.text("unit"), row.text("year").rstrip("年度")
            by = [row.name, block.heads["value"], *([said] if said else [])]
            self._fact(block, row.cells["value"], id, source, (by, []), year, unit)
