"""How it is told that published figures agree with an evaluation, and what each agreement is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import get_args

from evallib.model.evaluation import Evaluation, IndicatorResult, SectionResult, TargetResult
from evallib.model.table_words import CHOICES
from evallib.model.words import NOTHING, Words, listed, words
from evallib.say.sentences import sentence, sentences
from evallib.score.measure import compute_formula
from evallib.score.reconcile import Kind, Reconciled, Verdict

KINDS = sentences("reconciliation.kinds")
"""How a number came about, in a word."""
WORTH = sentences("reconciliation.worth")
"""What an agreement with it says."""
_WHAT, _NUMBERS = sentences("reconciliation.what"), sentences("reconciliation.numbers")


def counted(rows: Iterable[Reconciled]) -> Words:
    """How many figures agree, and of those how many were computed, typed and fitted; how many do not.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> from evallib.score.reconcile import reconcile
    >>> counted(reconcile(evaluate_year(Path("data"), "hrss", 2023).evaluation))["en"].partition(", 0")[0]
    '157 figures: 151 in agreement (75 computed, 60 typed, 16 fitted)'
    """
    seen = tuple(rows)
    counts = dict.fromkeys((*get_args(Verdict), *get_args(Kind)), 0)
    counts |= Counter(r.verdict for r in seen) | Counter(r.kind for r in seen if r.verdict == "agrees" and r.kind)
    return sentence("reconciliation.counted", all=len(seen), **counts)


def verdict(row: Reconciled) -> Words:
    """Whether a figure agrees, and how the number beside it came about."""
    said = sentence(f"reconciliation.verdicts.{row.verdict}")
    return sentence("reconciliation.verdict", verdict=said, kind=KINDS[row.kind]) if row.kind else said


def worth(e: Evaluation, row: Reconciled) -> Words:
    """What an agreement is worth; why a figure does not agree."""
    return WORTH[row.kind] if row.verdict == "agrees" and row.kind else reason(e, row)


def name(e: Evaluation, row: Reconciled) -> Words:
    """What a published figure is called: as the number of the evaluation that it is held against."""
    kind, _, rest = row.number.partition(".")
    if kind == "fact":
        id, _, year = rest.partition("@")
        called = e.catalogue.facts[id].name
        return called if year in ("", str(e.record.year)) else sentence("reconciliation.of_year", name=called, year=year)
    if kind == "count" and rest.startswith("units."):
        return sentence("reconciliation.units", name=CHOICES[rest.removeprefix("units.")])
    among: dict[str, Sequence[TargetResult | IndicatorResult | SectionResult]]
    among = {"target": e.targets, "indicator": e.indicators, "group": e.groups, "dimension": e.dimensions}
    if kind not in ("formula", "finding", *among):
        return _NUMBERS[row.number] if row.number else sentence("reconciliation.published", value=row.published)
    id, _, what = rest.partition(".") if kind == "formula" else rest.rpartition(".")
    if kind == "finding":
        called = sentence("reconciliation.finding", number=e.record.number_of("findings", id))
        gross = next(f.gross for f in e.record.findings if f.finding == id)
        what = "gross" if what == "amount" and gross is not None else what
    elif kind == "formula":
        called = e.catalogue.formulas[id].name
    else:
        called = next(one.name for one in among[kind] if one.id == id)
    return sentence("reconciliation.of", name=called, what=_WHAT[what]) if what else called


def reason(e: Evaluation, row: Reconciled) -> Words:
    """Why a figure cannot be computed, else what the record notes of it."""
    noted = next(words(one.note, one.note_en) for one in e.record.published if one.published == row.id)
    return (_why_not(e, row.number) if row.verdict == "not_computable" else NOTHING) or noted


def _why_not(e: Evaluation, number: str) -> Words:
    kind, _, rest = number.partition(".")
    if kind == "fact":
        id, _, year = rest.partition("@")
        fact = e.facts.find(id, int(year or e.record.year))
        return (fact.note if fact else None) or sentence("reconciliation.lacking.fact")
    if kind == "formula":
        inputs = compute_formula(e.facts, e.catalogue.formulas[rest.partition(".")[0]]).inputs
        lacking = listed(i.name for i in inputs if i.value is None)
        return sentence("workings.missing", what=lacking) if lacking else sentence("workings.state.undefined")
    what = "parts" if number.endswith(".parts") else kind
    return sentence(f"reconciliation.lacking.{what}") if what in ("target", "parts") else NOTHING
