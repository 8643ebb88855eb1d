"""What a form's rows mean: levels as groups of a framework, indicators with targets and scores, money as facts. Guesses nothing.

What has two readings is asked about: both are named, with the cell to read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from evallib.checks.targets import needs_target
from evallib.data.cells import read_day
from evallib.data.form_blocks import Block, FormRow, Sheeted, Texted
from evallib.data.form_tables import Left, Piece, Taken, piece
from evallib.data.form_words import bracketed, group_of, is_apart, line_of, nature_of, plain
from evallib.data.sheets import Raw, address
from evallib.model.catalogue import Line
from evallib.model.errors import Place, near
from evallib.model.framework import Framework, Indicator, Section
from evallib.model.made_ids import made_id
from evallib.model.table_words import ALSO, BEHIND, CHOICES
from evallib.model.units import amount, narrow
from evallib.model.words import Given, Words, folded, listed
from evallib.say.numbers import plain as number_text
from evallib.say.refusals import problem
from evallib.say.sentences import sentence
from evallib.score.answers import PANEL

MONEY = ("approved", "adjusted", "spent")
_OPERATORS = {
    folded(text): operator
    for operator in (">=", "<=", "=", ">", "<", "between", "words", "by")
    for text in (operator, CHOICES[operator].zh, CHOICES[operator].en, *ALSO[operator])
}
_SHARE = Decimal("1.5")
"""A share is told apart from a percentage below this, where the other number stands above it."""


class Source(NamedTuple):
    """The document that rows come from: its id, and the sheet."""

    id: str
    raw: Raw

    def of(self, at: tuple[int, int]) -> dict[str, Piece | str]:
        """Where a row stands, as its columns say it."""
        sheet = f"{self.raw.sheet} " if self.raw.sheet else ""
        return {"source": self.id, "section": f"{sheet}{address(*at)}"}


def _bare(text: str) -> str:
    """A target's number with its unit, without the operator before or behind it."""
    plain_text = narrow(text)
    before = next((one for one in sorted(_OPERATORS, key=len, reverse=True) if plain_text.startswith(one)), "")
    behind = next((one for some in BEHIND.values() for one in some if plain_text.endswith(one)), "")
    return plain_text.removeprefix(before).removesuffix(behind).strip()


def why(name: str, **given: Given) -> Words:
    """Why a cell is not taken."""
    return sentence(f"import.left.{name}", **given)


class Projection:
    """Forms on their way to tables, for a framework in force in a year."""

    def __init__(self, framework: Framework, year: int, own: bool | None) -> None:
        self.framework, self.year, self.own = framework, year, own
        self.units, self.taken = framework.catalogue.units, Taken()
        self.ids: dict[str, tuple[str, Place]] = {}
        self.scored: dict[str, Piece] = {}

    def ask(self, name: str, place: Place, found: str = "", /, **given: Given) -> None:
        self.taken.asked.append(problem(name, place, found, **given))

    def leave(self, raw: Raw, one: Texted, reason: Words, acts: bool = True) -> None:
        self.taken.left.append(Left(raw.place(*one.at), one.text, reason, acts))

    def sheet(self, sheet: Sheeted, source: Source) -> None:
        """Take what a sheet holds."""
        for block in sheet.blocks:
            self._heads(block)
            if block.kind == "indicators":
                self._indicators(block, source)
            elif block.kind == "money":
                self._money(block, source, sheet.fields.get("money"))
            else:
                self._facts(block, source, sheet.fields.get("money"))
        for one in sheet.left:
            self.leave(sheet.raw, one, why("no_place"))

    def _heads(self, block: Block) -> None:
        """Heads that say the same, and heads that nobody knows."""
        for column, several in block.twice.items():
            texts = [{self.raw_text(block, row, head) for row in block.rows} for head in several]
            if any(texts[0] != other for other in texts[1:]):
                cells = listed(f"{one.text.strip()}（{address(*one.at)}）" for one in several)
                first, second = (address(*one.at) for one in several[:2])
                called = sentence(f"import.column.{column}")
                self.ask("form.two_columns", block.raw.place(*several[1].at), column=called, cells=cells, first=first, second=second)
        for head, meant in block.unknown:
            if meant:
                self.ask("form.head_near", block.raw.place(*head.at), head.text, near=meant, cell=address(*head.at))
            elif any((row.number, head.at[1]) in block.raw.cells for row in block.rows if row.name):
                self.leave(block.raw, head, why("unknown_head"))
        for head in block.passed:
            self.leave(block.raw, head, why("passed_head"), acts=False)

    @staticmethod
    def raw_text(block: Block, row: FormRow, head: Texted) -> str:
        return block.raw.cells.get((row.number, head.at[1]), "").strip()

    # --- indicators

    def _indicators(self, block: Block, source: Source) -> None:
        raw = block.raw
        score = self._score_column(block)
        for row in block.rows:
            if row.total:
                if score == "own" and (total := self._score_of(row)):
                    self._self_score("total", self._scored(raw, total), source.of(total.at))
                continue
            assert row.name is not None
            fixed = self._of_framework(row.name.text)
            if fixed is not None:
                id = fixed.id
                self._compare_points(block, row, fixed)
            else:
                group = self._group(block, row)
                if group is None:
                    continue
                id = self._made_id(raw, row.name, group)
                name = piece(raw, row.name, row.name.text)
                points, where = self._points(block, row), source.of(row.name.at)
                self.taken.add("own_indicators", {"indicator": id, "name": name, "group": group.id, **points, "basis": "own", **where})
            if fixed is None or needs_target(fixed):
                self._target(block, row, id, source)
            else:
                self._computed(block, row, ("target", "actual", "nature", "unit"))
            if (found := self._score_of(row)) and score == "own":
                self._self_score(id, self._scored(raw, found), source.of(found.at))
            elif found and score == "award":
                self._award(block, row, id, found, fixed, source)

    def _score_column(self, block: Block) -> str:
        """Whose scores a block holds: the unit's own, or the evaluators'; asked about where neither the head nor the title says."""
        if "own_score" in block.heads:
            return "own"
        if "award" in block.heads:
            return "award"
        if "score" in block.heads and self.own is None:
            head = block.heads["score"]
            self.ask("form.whose_score", block.raw.place(*head.at), head.text, cell=address(*head.at))
        return "own" if self.own else "award"

    @staticmethod
    def _score_of(row: FormRow) -> Texted | None:
        return next((row.cells[column] for column in ("own_score", "award", "score") if column in row.cells), None)

    def _of_framework(self, name: str) -> Indicator | None:
        found = [i for i in self.framework.indicators if plain(name) in {plain(text) for text in (i.name, i.name_en) if text}]
        return found[0] if len(found) == 1 else None

    def _group(self, block: Block, row: FormRow) -> Section | None:
        """The group of the framework that a row's levels name, the deepest first; asked about where there is none or there are several."""
        levels = [
            row.cells[level]
            for level in ("level_2", "level_1")
            if level in row.cells and row.cells[level].at != (row.name or row.cells[level]).at
        ]
        for level in levels:
            for text in dict.fromkeys((level.text, group_of(level.text), f"{plain(level.text)}指标")):
                found = [s for s in self.framework.open_sections if plain(text) in {plain(name) for name in (s.name, s.name_en) if name}]
                if len(found) == 1:
                    return found[0]
        at = levels[0] if levels else row.name
        assert at is not None
        names = [section.name for section in self.framework.open_sections]
        like = near(at.text, names, alike=0.3) or names
        self.ask("form.no_group", block.raw.place(*at.at), at.text, groups=listed(names), cell=address(*at.at), first=like[0])
        return None

    def _made_id(self, raw: Raw, name: Texted, group: Section) -> str:
        """The id of an indicator by its name; by its group too where the name stands there for another already."""
        place = raw.place(*name.at)
        for text in (name.text, f"{group.name} {name.text}"):
            id = made_id(text)
            home, _ = self.ids.setdefault(id, (group.id, place))
            if self.ids[id] == (group.id, place):
                return id
            if home == group.id:
                break
        other = self.ids[id][1]
        self.ask("form.name_twice", place, name.text, other=other.cell or "", cell=address(*name.at))
        return id

    def _points(self, block: Block, row: FormRow) -> dict[str, Piece]:
        """What a row is worth; a weight in percent is that share of the framework's points."""
        if "points" not in row.cells:
            return {}
        one = row.cells["points"]
        read = amount(one.text, self.units)
        if read and read[1] is not None and read[1].is_share:
            return {"points": piece(block.raw, one, f"{read[0] / 100 * self.framework.points:f}")}
        return {"points": self._scored(block.raw, one)}

    def _scored(self, raw: Raw, one: Texted) -> Piece:
        """Points as a number, whether or not their unit stands behind it."""
        read = amount(one.text, self.units)
        is_points = read and read[1] is not None and read[1].dimensions == self.units.points.dimensions
        return piece(raw, one, f"{read[0]:f}" if read and is_points else None)

    def _compare_points(self, block: Block, row: FormRow, fixed: Indicator) -> None:
        """Points of an indicator of the framework are the framework's: a form that says others is asked about."""
        said = self._points(block, row).get("points")
        read = amount(said.text, self.units) if said else None
        if said and said.place and (read is None or read[0] != fixed.points):
            there, cell = number_text(fixed.points), said.place.cell or ""
            self.ask(
                "form.points_differ", said.place, said.text, cell=cell, indicator=fixed.words, points=there, framework=self.framework.words
            )

    def _computed(self, block: Block, row: FormRow, columns_of: tuple[str, ...]) -> None:
        for column in columns_of:
            if column in row.cells:
                self.leave(block.raw, row.cells[column], why("computed"), acts=False)

    def _self_score(self, id: str, score: Piece, source: Mapping[str, Piece | str]) -> None:
        before = self.scored.setdefault(id, score)
        if before is score:
            self.taken.add("self_evaluation", {"indicator": id, "score": score, **source})
        elif before.place and score.place and amount(before.text, self.units) != amount(score.text, self.units):
            given = {"other": before.text, "at": before.place.cell or "", "cell": score.place.cell or ""}
            self.ask("form.score_twice", score.place, score.text, **given)

    def _award(self, block: Block, row: FormRow, id: str, score: Texted, fixed: Indicator | None, source: Source) -> None:
        """A score that the evaluators gave: a judgement where the rule asks for one; else it is computed."""
        if fixed is None or fixed.rule.takes not in ("score", "tier") or fixed.value == PANEL:
            self.leave(block.raw, score, why("computed"), acts=False)
            return
        reason = {"reason": piece(block.raw, row.cells["reason"])} if "reason" in row.cells else {}
        given = {"indicator": id, "kind": fixed.rule.judgement, "basis": "own"}
        self.taken.add("judgements", {**given, "score": self._scored(block.raw, score), **reason, **source.of(score.at)})

    def _target(self, block: Block, row: FormRow, id: str, source: Source) -> None:
        """Target and actual, with the operator from the nature, from the target's own cell, or from what kind of target it is."""
        raw, cells = block.raw, dict[str, Piece | str]()
        target, actual = row.text("target"), row.text("actual")
        nature = row.text("nature")
        said = _OPERATORS.get(folded(nature)) or nature_of(nature)
        operator = nature if said is None else said
        if said in ("", "<=", "<", "=", None) and (said is not None or not nature) and read_day(target):
            operator = "by"
        if operator:
            cells["operator"] = piece(raw, row.cells["nature"], operator) if nature else operator
        for column in ("target", "adjusted", "unit", "actual", "reason", "remedy", "evidence", "core"):
            if column in row.cells and not is_apart(row.text(column), "empty"):
                cells[column] = piece(raw, row.cells[column])
        if operator in ("words", "by"):
            cells.pop("unit", None)
        if operator == "words" and actual and plain(actual) == plain(target):
            cells["actual"] = piece(raw, row.cells["actual"], CHOICES["reached"].zh)
        if operator not in ("words", "by"):
            self._ask_shares(raw, row)
            self._ask_operators(raw, row, said or "")
            self._ask_units(raw, row)
        if "target" not in row.cells and "actual" not in row.cells:
            return
        by, at = "judged" if operator == "words" else "measured", row.cells.get("target") or row.cells["actual"]
        self.taken.add("targets", {"indicator": id, **cells, "actual_by": by, **source.of(at.at)})

    def _ask_operators(self, raw: Raw, row: FormRow, nature: str) -> None:
        """The nature and the target's own cell must say the same."""
        target = narrow(row.text("target"))
        own = next((text for text in sorted(_OPERATORS, key=len, reverse=True) if target.startswith(text) and len(target) > len(text)), "")
        if nature and own and _OPERATORS[own] != nature:
            at, other = row.cells["target"], row.cells["nature"]
            given = {"nature": other.text, "at": address(*other.at), "operator": own, "cell": address(*at.at)}
            self.ask("form.two_operators", raw.place(*at.at), at.text, rest=target[len(own) :].strip(), **given)

    def _ask_units(self, raw: Raw, row: FormRow) -> None:
        """A unit in the cell of a number and the one in the column must be the same."""
        stated = self.units.find(row.text("unit")) if row.text("unit") else None
        at = row.cells.get("target")
        read = amount(_bare(at.text), self.units) if at and stated else None
        if at and read and read[1] is not None and read[1] != stated:
            given = {"number": f"{read[0]:f}", "unit": row.text("unit"), "at": address(*row.cells["unit"].at), "own": read[1].symbol}
            self.ask("form.two_units", raw.place(*at.at), at.text, cell=address(*at.at), **given)

    def _ask_shares(self, raw: Raw, row: FormRow) -> None:
        """Of two percentages one that is written as a share (0.95 beside 95) has two readings."""
        unit = self.units.find(row.text("unit")) if row.text("unit") else None
        numbers = {c: read for c in ("target", "actual") if (read := amount(_bare(row.text(c)), self.units))}
        if unit is None or not unit.is_share or len(numbers) < 2:
            return
        for column, other in (("target", "actual"), ("actual", "target")):
            (number, own), beside = numbers[column], numbers[other][0]
            if own is None and 0 < number <= 1 and beside > _SHARE:
                at = row.cells[column]
                given = {"share": f"{(number * 100).normalize():f}", "number": f"{number:f}", "beside": row.text(other)}
                self.ask("form.share_or_percent", raw.place(*at.at), at.text, cell=address(*at.at), **given)

    # --- money and facts

    def _lines(self) -> tuple[Line, ...]:
        """The lines of the catalogue's table of money that is approved, adjusted and spent."""
        tables = self.framework.catalogue.lines.values()
        return next((lines for lines in tables if any(one.total and {*MONEY} <= one.cells.keys() for one in lines)), ())

    def _money(self, block: Block, source: Source, said: Texted | None) -> None:
        rows = [row for row in block.rows if row.name and not row.total] + [row for row in block.rows if row.total]
        named = [(row, self._line(row)) for row in rows]
        whole = next((row for row, line in named if line and line.total), None)
        parts = [(row, line) for row, line in named if row is not whole]
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
                    by = (block.heads[column], row.name, said, *(block.heads[other] for other in MONEY if other in block.heads))
                    self._fact(block, row.cells[column], name.id, source, by)
        for row, _ in named:
            self._execution(block, row, whole, source)

    def _line(self, row: FormRow) -> Line | None:
        called = "total" if row.total else line_of(row.name.text if row.name else "")
        return next((one for one in self._lines() if (one.total if called == "total" else called and one.name.zh == called)), None)

    def _number(self, row: FormRow, column: str) -> Decimal | None:
        read = amount(row.text(column), self.units)
        return read[0] if read else None

    def _sum(self, parts: list[tuple[FormRow, Line | None]], column: str) -> Decimal | None:
        numbers = [number for row, _ in parts if (number := self._number(row, column)) is not None]
        return sum(numbers, Decimal(0)) if numbers else None

    def _fact(
        self, block: Block, one: Texted, id: str, source: Source, near_by: tuple[Texted | None, ...], year: str = "", unit: str = ""
    ) -> None:
        """A fact's row. The unit of money stands with the number, in the head, the label or above the table; else it is asked for."""
        fact = self.framework.catalogue.facts[id]
        cells: dict[str, Piece | str] = {"fact": id, "year": year or str(self.year), "value": piece(block.raw, one)}
        own = amount(one.text, self.units)
        if not unit and (own is None or own[1] is None):
            unit = (
                next((found for text in near_by if text and (found := self._money_unit(text.text))), "")
                if fact.unit.is_money
                else fact.unit.symbol
            )
            if not unit:
                head = block.heads.get("value") or next(iter(block.heads.values()))
                self.ask(
                    "form.no_money_unit",
                    block.raw.place(*head.at),
                    one.text,
                    head=head.text.strip(),
                    cell=address(*head.at),
                    unit=self.units.money.symbol,
                )
                return
        self.taken.add("facts", cells | {"unit": unit} | source.of(one.at))

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
        self._computed(block, row, ("rate",))
        wanted = {line.cells[column].id for line in self._lines() if line.total for column in ("adjusted", "spent")}
        formulas = self.framework.catalogue.formulas
        rates = [i for i in self.framework.indicators if i.value in formulas and {name.id for name in formulas[i.value].inputs} == wanted]
        if row is not whole or len(rates) != 1:
            self._computed(block, row, ("points", "own_score"))
            return
        self._compare_points(block, row, rates[0])
        if "own_score" in row.cells:
            self._self_score(rates[0].id, self._scored(block.raw, row.cells["own_score"]), source.of(row.cells["own_score"].at))

    def _facts(self, block: Block, source: Source, said: Texted | None) -> None:
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
            self._fact(block, row.cells["value"], id, source, (row.name, block.heads["value"], said), year, unit)
