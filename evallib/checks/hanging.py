"""Which indicators hang on a row that is not there: those whose score it may change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from evallib.model.framework import Framework, Indicator
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Record
from evallib.model.words import folded
from evallib.model.worths import unfilled
from evallib.score.answers import PANEL, SURVEY

Cells = Mapping[str, str]


def hanging(framework: Framework, record: Record, table: str, cells: Cells) -> tuple[str, ...]:
    """The indicators, or the places without any, that a row of a table with these cells may change; what it does not say may be anything.

    What is lacking all the same, as there is no other row, is not named here: the checks name it.
    """
    indicators = indicators_in_force(framework, record)
    if table == "own_indicators":
        return tuple(unfilled(framework, indicators))
    if table == "facts":
        return tuple(i.id for i in indicators if _takes(framework, i, cells.get("fact")))
    may = _MAY.get(table)
    if may is None:
        return ()
    if table == "findings" and (framework.vetoes and cells.get("veto", "?" if not cells else "")):
        return tuple(i.id for i in indicators)
    named = cells.get("indicator")
    is_sure = named is not None and table != "findings"
    return tuple(i.id for i in indicators if (is_sure or may(record, i, cells)) and (named is None or _is(i, named)))


def resting(framework: Framework, record: Record, about: Collection[str]) -> tuple[str, ...]:
    """The indicators that rest on numbers which cannot all be right: on facts, on what is said of themselves, on the points of a place."""
    indicators = indicators_in_force(framework, record)
    too_much = {*about} & {s.id for s in framework.open_sections} - unfilled(framework, indicators).keys()
    return tuple(i.id for i in indicators if i.id in about or i.within in too_much or any(_takes(framework, i, fact) for fact in about))


def _is(indicator: Indicator, named: str) -> bool:
    return folded(named) in {indicator.id, *map(folded, (indicator.words.zh, indicator.words.en))}


def _takes(framework: Framework, indicator: Indicator, fact: str | None) -> bool:
    """Whether the formula of an indicator takes a fact, or it is a part of one that it takes."""
    catalogue = framework.catalogue
    formula, id = catalogue.formulas.get(indicator.value), catalogue.find(fact) if fact else None
    return formula is not None and id is not None and any(id in catalogue.family(name.id) for name in formula.inputs)


def _decides(record: Record, indicator: Indicator, cells: Cells) -> bool:
    """Whether a judgement may change what an indicator would score without it."""
    kind = cells.get("kind", "override")
    return kind in ("override", "not_applicable") or (kind == "award" and indicator.rule.judgement == "award")


def _parts(record: Record, indicator: Indicator, cells: Cells) -> bool:
    """Whether the actual of an indicator may come from parts."""
    return any(row.indicator == indicator.id and row.actual is None for row in record.targets)


def _asked(record: Record, indicator: Indicator, cells: Cells) -> bool:
    return indicator.value == SURVEY or any(row.indicator == indicator.id for row in record.surveys)


_MAY: dict[str, Callable[[Record, Indicator, Cells], bool]] = {
    "findings": lambda record, i, cells: i.rule.takes == "findings",
    "judgements": _decides,
    "target_parts": _parts,
    "surveys": _asked,
    "survey_answers": _asked,
    "expert_scores": lambda record, i, cells: i.value == PANEL,
    "targets": lambda record, i, cells: False,
}
"""The tables whose rows name an indicator; where a row does not, which it may be. A target that is lacking is told as such."""
