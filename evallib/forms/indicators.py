"""Rows of a form that are indicators: levels as groups of a framework, targets, actuals, scores. What has two readings is asked about."""

from __future__ import annotations

from decimal import Decimal

from evallib.checks.targets import needs_target
from evallib.data.cells import RANGE, operator_beside
from evallib.data.days import day_without_year, read_day
from evallib.data.form_words import group_of, is_apart, is_subtotal, nature_of, plain
from evallib.data.raw_tables import choices_meant
from evallib.forms.blocks import Block, FormRow, Piece
from evallib.forms.taking import Taking
from evallib.model.errors import near
from evallib.model.framework import Indicator, Section
from evallib.model.made_ids import made_id
from evallib.model.record import Target
from evallib.model.table_words import CHOICES
from evallib.model.units import amount, narrow
from evallib.model.words import folded, listed
from evallib.score.answers import PANEL

_COLUMNS = {"nature": "operator", "target": "target", "unit": "unit", "actual": "actual"}
_SHARE = Decimal("1.5")
"""A share is told apart from a percentage below this, where the other number stands above it."""


def _bare(text: str) -> str:
    """A target's number with its unit, without the operator before or behind it."""
    return operator_beside(Target, text)[1]


class IndicatorRows(Taking):
    """The rows that are indicators."""

    def take_indicators(self, block: Block) -> None:
        own = self._is_own_score(block)
        totals = [row for row in block.rows if row.total and not any(is_subtotal(one.text) for one in row.cells.values())]
        for row in block.rows:
            score = next((row.cells[column] for column in ("own_score", "award", "score") if column in row.cells), None)
            if row.name is None:
                if own and score and row in totals[-1:]:
                    self.self_score("total", score)
                continue
            fixed = self._of_framework(row.name.text)
            id = fixed.id if fixed else self._own_indicator(block, row, row.name)
            if not id:
                continue
            if fixed:
                self.compare_points(row, fixed)
            if fixed is None or needs_target(fixed.rule, fixed.value):
                self._target(block, row, id)
            else:
                self.computed(row, ("target", "nature", "unit"))
                self.rates += [(id, row.cells["actual"])] if "actual" in row.cells else []
            if score and own:
                self.self_score(id, score)
            elif score:
                self._award(row, id, score, fixed)

    def _is_own_score(self, block: Block) -> bool:
        """Whether the scores of a block are the unit's own, not the evaluators'; asked about where neither the head nor the title says."""
        if "own_score" in block.heads or "award" in block.heads:
            return "own_score" in block.heads
        if "score" in block.heads and self.own is None:
            self.ask("form.whose_score", block.heads["score"])
        return bool(self.own)

    def _of_framework(self, name: str) -> Indicator | None:
        found = [i for i in self.framework.indicators if plain(name) in {plain(text) for text in (i.name, i.name_en) if text}]
        return found[0] if len(found) == 1 else None

    def _own_indicator(self, block: Block, row: FormRow, name: Piece) -> str:
        """The id of a new indicator of the department's own; none where its group is not known."""
        group = self._group(row, name)
        if group is None:
            return ""
        id = self._made_id(name, group)
        points = self.blanks(block, row, {"points": "points"}) | self.points(row)
        self.add("own_indicators", name, indicator=id, name=name, group=group.id, **points, basis="own")
        return id

    def _group(self, row: FormRow, name: Piece) -> Section | None:
        """The group of the framework that a row's levels name, the deepest first; asked about where there is none or there are several."""
        levels = [row.cells[level] for level in ("level_2", "level_1") if level in row.cells and row.cells[level].at != name.at]
        for level in levels:
            for text in dict.fromkeys((level.text, group_of(level.text), f"{plain(level.text)}指标")):
                found = [s for s in self.framework.open_sections if plain(text) in {plain(name) for name in (s.name, s.name_en) if name}]
                if len(found) == 1:
                    return found[0]
        at = levels[0] if levels else name
        names = [section.name for section in self.framework.open_sections]
        like = near(at.text, names, alike=0.3) or names
        self.ask("form.no_group", at, groups=listed(names), first=like[0])
        return None

    def _made_id(self, name: Piece, group: Section) -> str:
        """The id of an indicator by its name; by its group too where the name stands there for another already."""
        for text in (name.text, f"{group.name} {name.text}"):
            id = made_id(text)
            home, there = self.ids.setdefault(id, (group.id, name))
            if there is name:
                return id
            if home == group.id:
                break
        self.ask("form.name_twice", name, other=there.cell)
        return id

    def _award(self, row: FormRow, id: str, score: Piece, fixed: Indicator | None) -> None:
        """A score that the evaluators gave: their judgement where people decide; where it is computed, held against that later."""
        if fixed is None or fixed.rule.takes == "number" or fixed.value == PANEL:
            self.compared[id] = score
            return
        kind = "award" if fixed.rule.judgement == "award" and fixed.rule.takes == "score" else "override"
        reason = {"reason": row.cells["reason"]} if "reason" in row.cells else {}
        self.add("judgements", score, indicator=id, kind=kind, basis="own", score=self.scored_points(score), **reason)

    def _target(self, block: Block, row: FormRow, id: str) -> None:
        """Target and actual, with the operator from the nature, from the target's own cell, or from what kind of target it is."""
        there, cells = row.cells, dict[str, Piece | str]()
        target, actual, nature = (row.text(column) for column in ("target", "actual", "nature"))
        said = choices_meant(Target, "operator").get(folded(nature)) or nature_of(nature)
        operator = nature if said is None else said
        day = read_day(target) or (day_without_year(target) if said not in ("<=", "<") else "")
        if said in ("", "<=", "<", "=", None) and (said is not None or not nature) and day:
            operator = "by"
        if not operator and RANGE.fullmatch(_bare(target)):
            operator = "between"
        elif not operator and not nature and target and not any(sign.isdigit() for sign in target):
            operator = "words"
        if operator:
            cells["operator"] = there["nature"].read_as(operator) if nature else operator
        for column in ("target", "adjusted", "unit", "actual", "reason", "remedy", "evidence", "core"):
            if column in there and not is_apart(row.text(column), "empty"):
                cells[column] = there[column]
        if operator in ("words", "by"):
            cells.pop("unit", None)
        if operator == "words" and actual and plain(actual) == plain(target):
            cells["actual"] = there["actual"].read_as(CHOICES["reached"].zh)
        if operator not in ("words", "by"):
            self._ask_shares(row)
            self._ask_operators(row, said or "")
            self._ask_units(row)
        if at := there.get("target") or there.get("actual"):
            by = "judged" if operator == "words" else "measured"
            self.add("targets", at, indicator=id, **{**self.blanks(block, row, _COLUMNS), **cells}, actual_by=by)

    def _ask_operators(self, row: FormRow, nature: str) -> None:
        """The nature and the target's own cell must say the same."""
        target = narrow(row.text("target"))
        operator, rest = operator_beside(Target, target)
        if nature and operator not in ("", nature) and target.endswith(rest):
            other, own = row.cells["nature"], target.removesuffix(rest).strip()
            self.ask("form.two_operators", row.cells["target"], rest=rest, nature=other.text, at=other.cell, operator=own)

    def _ask_units(self, row: FormRow) -> None:
        """A unit in the cell of a number and the one in the column must be the same."""
        stated = self.units.find(row.text("unit")) if row.text("unit") else None
        read = amount(_bare(row.text("target")), self.units) if stated else None
        if read and read[1] is not None and read[1] != stated:
            given = {"number": f"{read[0]:f}", "unit": row.text("unit"), "at": row.cells["unit"].cell, "own": read[1].symbol}
            self.ask("form.two_units", row.cells["target"], **given)

    def _ask_shares(self, row: FormRow) -> None:
        """Of two percentages one that is written as a share (0.95 beside 95) has two readings."""
        numbers = {c: read for c in ("target", "actual") if (read := amount(_bare(row.text(c)), self.units))}
        unit = self.units.find(row.text("unit")) if row.text("unit") else numbers.get("target", (None, None))[1]
        if unit is None or not unit.is_share or len(numbers) < 2:
            return
        for column, other in (("target", "actual"), ("actual", "target")):
            (number, own), beside = numbers[column], numbers[other][0]
            if own is None and 0 < number <= 1 and beside > _SHARE:
                given = {"share": f"{(number * 100).normalize():f}", "number": f"{number:f}", "beside": row.text(other)}
                self.ask("form.share_or_percent", row.cells[column], **given)
