"""Rows of a form that are indicators: levels as groups of a framework, targets, actuals, scores. What has two readings is asked about."""

from __future__ import annotations

from decimal import Decimal

from evallib.checks.targets import needs_target
from evallib.data.cells import RANGE, read_day
from evallib.data.form_blocks import Block, FormRow, Texted
from evallib.data.form_tables import Piece, piece
from evallib.data.form_taking import Source, Taking
from evallib.data.form_words import group_of, is_apart, is_subtotal, nature_of, plain
from evallib.data.sheets import Raw, address
from evallib.model.errors import near
from evallib.model.framework import Indicator, Section
from evallib.model.made_ids import made_id
from evallib.model.table_words import ALSO, BEHIND, CHOICES
from evallib.model.units import amount, narrow
from evallib.model.words import folded, listed
from evallib.score.answers import PANEL

_OPERATORS = {
    folded(text): operator
    for operator in (">=", "<=", "=", ">", "<", "between", "words", "by")
    for text in (operator, CHOICES[operator].zh, CHOICES[operator].en, *ALSO[operator])
}
_COLUMNS = {"nature": "operator", "target": "target", "unit": "unit", "actual": "actual"}
_SHARE = Decimal("1.5")
"""A share is told apart from a percentage below this, where the other number stands above it."""


def _bare(text: str) -> str:
    """A target's number with its unit, without the operator before or behind it."""
    plain_text = narrow(text)
    before = next((one for one in sorted(_OPERATORS, key=len, reverse=True) if plain_text.startswith(one)), "")
    behind = next((one for some in BEHIND.values() for one in some if plain_text.endswith(one)), "")
    return plain_text.removeprefix(before).removesuffix(behind).strip()


class IndicatorRows(Taking):
    """The rows that are indicators."""

    def take_indicators(self, block: Block, source: Source) -> None:
        raw = block.raw
        score = self._score_column(block)
        totals = [row for row in block.rows if row.total and not any(is_subtotal(one.text) for one in row.cells.values())]
        whole = totals[-1] if totals else None
        for row in block.rows:
            if row.total:
                if score == "own" and row is whole and (total := self._score_of(row)):
                    self.self_score("total", self.scored_points(raw, total), source.of(total.at))
                continue
            assert row.name is not None
            fixed = self._of_framework(row.name.text)
            if fixed is not None:
                id = fixed.id
                self.compare_points(block, row, fixed)
            else:
                group = self._group(block, row)
                if group is None:
                    continue
                id = self._made_id(raw, row.name, group)
                name = piece(raw, row.name, row.name.text)
                points = self.blanks(block, row, {"points": "points"}) | self.points(block, row)
                where = source.of(row.name.at)
                self.taken.add("own_indicators", {"indicator": id, "name": name, "group": group.id, **points, "basis": "own", **where})
            if fixed is None or needs_target(fixed.rule, fixed.value):
                self._target(block, row, id, source)
            else:
                self.computed(block, row, ("target", "nature", "unit"))
                self.rates += [(id, piece(raw, row.cells["actual"]))] if "actual" in row.cells else []
            if (found := self._score_of(row)) and score == "own":
                self.self_score(id, self.scored_points(raw, found), source.of(found.at))
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

    def _award(self, block: Block, row: FormRow, id: str, score: Texted, fixed: Indicator | None, source: Source) -> None:
        """A score that the evaluators gave: their judgement where people decide; where it is computed, held against that later."""
        if fixed is None or fixed.rule.takes == "number" or fixed.value == PANEL:
            self.compared[id] = piece(block.raw, score)
            return
        kind = "award" if fixed.rule.judgement == "award" and fixed.rule.takes == "score" else "override"
        reason = {"reason": piece(block.raw, row.cells["reason"])} if "reason" in row.cells else {}
        given = {"indicator": id, "kind": kind, "basis": "own"}
        self.taken.add("judgements", {**given, "score": self.scored_points(block.raw, score), **reason, **source.of(score.at)})

    def _target(self, block: Block, row: FormRow, id: str, source: Source) -> None:
        """Target and actual, with the operator from the nature, from the target's own cell, or from what kind of target it is."""
        raw, cells = block.raw, dict[str, Piece | str]()
        target, actual = row.text("target"), row.text("actual")
        nature = row.text("nature")
        said = _OPERATORS.get(folded(nature)) or nature_of(nature)
        operator = nature if said is None else said
        if said in ("", "<=", "<", "=", None) and (said is not None or not nature) and read_day(target):
            operator = "by"
        if not operator and RANGE.fullmatch(_bare(target)):
            operator = "between"
        elif not operator and not nature and target and not any(sign.isdigit() for sign in target):
            operator = "words"
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
        cells = self.blanks(block, row, _COLUMNS) | cells
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
