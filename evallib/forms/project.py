"""What a form's sheets mean: heads that say the same or that nobody knows; money and facts, with the unit that the form says."""

from __future__ import annotations

import re
from decimal import Decimal

from evallib.data.form_words import bracketed, line_of, plain
from evallib.forms.blocks import Block, FormRow, Piece, Sheeted
from evallib.forms.indicators import IndicatorRows
from evallib.forms.taking import why
from evallib.model.catalogue import Catalogue, Line
from evallib.model.errors import near
from evallib.model.framework import Framework, Indicator
from evallib.model.units import amount, convert
from evallib.model.words import listed
from evallib.say.sentences import sentence

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


class Projection(IndicatorRows):
    """Forms on their way to tables, for a framework in force in a year. `unit_said` is the unit of money above the tables."""

    unit_said: Piece | None = None

    def sheet(self, sheet: Sheeted, source: str) -> None:
        """Take what a sheet holds."""
        self.source, self.unit_said = source, sheet.fields.get("money")
        take = {"indicators": self.take_indicators, "money": self.take_money, "facts": self.take_facts}
        for block in sheet.blocks:
            self._heads(block)
            take[block.kind](block)
        for one, reason in sheet.left:
            self.leave(one, why(reason))

    def _heads(self, block: Block) -> None:
        """Heads that say the same, and heads that nobody knows."""
        cells, rows = block.raw.cells, [row.number for row in block.rows]
        for column, several in block.twice.items():
            texts = {tuple(cells.get((row, head.at[1]), "").strip() for row in rows) for head in several}
            if len(texts) > 1:
                told = listed(f"{one.text.strip()}（{one.cell}）" for one in several)
                first, second = (one.cell for one in several[:2])
                self.ask(
                    "form.two_columns", several[1], "", column=sentence(f"import.column.{column}"), cells=told, first=first, second=second
                )
        for head, meant in block.unknown:
            if meant:
                self.ask("form.head_near", head, near=meant)
            elif any((row.number, head.at[1]) in cells and row.name.at[1] < head.at[1] for row in block.rows if row.name):
                self.leave(head, why("unknown_head"))
        for head in block.passed:
            self.leave(head, why("passed_head"), acts=False)

    # --- money and facts, each a fact of the catalogue

    def take_money(self, block: Block) -> None:
        named = [(row, self._line(row)) for row in sorted(block.rows, key=lambda row: row.total)]
        whole = next((row for row, line in named if line and line.total), None)
        parts = [(row, line) for row, line in named if row is not whole and any(self._number(row, column) for column in MONEY)]
        for column in (column for column in MONEY if column in block.heads):
            adds_up = whole is None or (all(line for _, line in parts) and self._sum(parts, column) in (None, self._number(whole, column)))
            others = [block.heads[other] for other in MONEY if other in block.heads]
            for row, line in named:
                if column not in row.cells:
                    continue
                one = row.cells[column]
                if line is None or (row is not whole and not adds_up):
                    self.leave(one, why("no_part" if line else "no_line"), acts=False)
                elif (name := line.cells.get(column)) and not name.before:
                    self._fact(block, one, name.id, [block.heads[column], row.name or one, *(head for head, _ in block.unknown)], others)
        for row, _ in named:
            self._execution(row, whole)

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

    def _fact(self, block: Block, value: Piece, id: str, beside: list[Piece], others: list[Piece], year: str = "", unit: str = "") -> None:
        """A fact's row. The unit of money stands with the number, in the head, the label or above the table; else it is asked for."""
        fact, year = self.framework.catalogue.facts[id], year or str(self.year)
        own = amount(value.text, self.units)
        if not unit and (own is None or own[1] is None):
            unit = self._stated_unit(block, beside, others) if fact.unit.is_money else fact.unit.symbol
            if not unit:
                return
        before = self.facts.setdefault((id, year), (value, unit))
        if before[0] is value:
            self.add("facts", value, fact=id, year=year, value=value, unit=unit)
        elif not self._is_same(before, (value, unit)):
            self.ask("form.fact_twice", value, value.text + unit, fact=fact.name, other=before[0].text + before[1], at=before[0].cell)

    def _is_same(self, *both: tuple[Piece, str]) -> bool:
        """Whether two numbers with their units are the same amount."""
        one, other = (amount(f"{text.text}{of}", self.units) or amount(text.text, self.units) for text, of in both)
        if not (one and other and one[1] and other[1] and one[1].dimensions == other[1].dimensions):
            return False
        return convert(one[0], one[1], other[1]) == other[0]

    def _stated_unit(self, block: Block, beside: list[Piece], others: list[Piece]) -> str:
        """The unit of money that is said near a number; asked about where there is none, or two."""
        beside = [*beside, *([self.unit_said] if self.unit_said else [])]
        own = {unit: one for one in reversed(beside) if (unit := self._money_unit(one.text))}
        said = own or {unit: one for one in reversed(others) if (unit := self._money_unit(one.text))}
        if len(said) == 1:
            return next(iter(said))
        head = block.heads.get("value") or beside[0]
        if not said:
            first = block.heads.get("value") or next(iter(block.heads.values()))
            self.ask("form.no_money_unit", first, head=first.text.strip(), unit=self.units.money.symbol)
            return ""
        (one, at), (other, there) = [*said.items()][:2]
        self.ask("form.two_money_units", head, one=one, at=at.cell, other=other, there=there.cell)
        return ""

    def _money_unit(self, text: str) -> str:
        """The unit of money that a text says in brackets, or is."""
        for said in (*bracketed(text), text):
            word = re.sub(r"^(?:金额)?单位[:：]?", "", plain(said))
            unit = self.units.find(word) if word else None
            if unit is not None and unit.is_money:
                return unit.symbol
        return ""

    def _execution(self, row: FormRow, whole: FormRow | None) -> None:
        """Points and score of the row of the total belong to the indicator that sets spending against the budget; the rate is computed."""
        rate = rate_of(self.framework)
        if row is not whole or rate is None:
            self.computed(row, ("points", "rate", "own_score"))
            return
        self.rates += [(rate.id, row.cells["rate"])] if "rate" in row.cells else []
        self.compare_points(row, rate)
        if "own_score" in row.cells:
            self.self_score(rate.id, row.cells["own_score"])

    def take_facts(self, block: Block) -> None:
        catalogue = self.framework.catalogue
        for row in block.rows:
            if row.name is None or "value" not in row.cells:
                continue
            id = catalogue.find(row.name.text) or catalogue.find(re.sub(r"[(（][^()（）]*[)）]$", "", row.name.text).strip())
            if id not in catalogue.facts:
                like = near(row.name.text, [fact.name.zh for fact in catalogue.facts.values()], 1)
                self.leave(row.name, why("fact_near", near=like[0]) if like else why("no_fact"))
                continue
            unit, year = row.text("unit"), row.text("year").rstrip("年度")
            self._fact(block, row.cells["value"], id, [row.name, block.heads["value"]], [], year, unit)
