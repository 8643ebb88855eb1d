"""Where a department stands among the others of its county and year, indicator by indicator. Pure; no text, no drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from evallib.evaluation import Evaluation, IndicatorResult
from evallib.overview import ranks


@dataclass(frozen=True)
class IndicatorStanding:
    """An indicator of a department among the `count` departments (itself included) that were scored on it.

    `rank` is by score rate, the best first, equal rates sharing the better rank (`tied`); `middle` and `best` are the median and
    the best score rate, shares. `middle_value` is the median of the values, in `result.unit`; None where there is none, or units differ.
    """

    result: IndicatorResult
    rank: int
    tied: bool
    count: int
    rate: Decimal
    middle: Decimal
    best: Decimal
    middle_value: Decimal | None


def standings(evaluation: Evaluation, others: Sequence[Evaluation]) -> tuple[IndicatorStanding, ...]:
    """The department's place on every indicator that at least one other department was scored on; own indicators are not compared.

    `others` are the other departments' evaluations of the year. In the order of the framework.

    >>> from pathlib import Path
    >>> from evallib.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> standings(e, []), [(s.rank, s.tied, s.count) for s in standings(e, [e])][:1]
    ((), [(1, True, 2)])
    """
    found = []
    by_id = [{i.id: i for i in other.indicators if not i.own} for other in others]
    for mine in evaluation.indicators:
        rate = mine.score_rate
        theirs = [i for other in by_id if (i := other.get(mine.id)) is not None and i.score_rate is not None]
        if mine.own or rate is None or not theirs:
            continue
        rates = [rate, *(r for i in theirs if (r := i.score_rate) is not None)]
        rank = ranks(rates)[0]
        values = [i.value for i in (mine, *theirs) if i.value is not None and i.unit == mine.unit]
        middle_value = median(values) if mine.unit and mine.value is not None else None
        found.append(IndicatorStanding(mine, rank, rates.count(rate) > 1, len(rates), rate, median(rates), max(rates), middle_value))
    return tuple(found)
