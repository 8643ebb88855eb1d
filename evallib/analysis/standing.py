"""Where a department stands among others of its year, indicator by indicator. Pure; no text, no drawing."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from evallib.analysis.overview import ranks
from evallib.model.evaluation import Evaluation, IndicatorResult


@dataclass(frozen=True)
class IndicatorRank:
    """An indicator of a department among the `count` departments (itself included) that were scored on it, by score rate.

    `rank` counts from the best, equal rates sharing the better one (`tied`). Median and best are those of all of them, this one
    included. `median_value` is the median of the values, in `result.unit`; None where there is none.
    """

    result: IndicatorResult
    rate: Decimal
    rank: int
    tied: bool
    count: int
    median: Decimal
    best: Decimal
    median_value: Decimal | None


@dataclass(frozen=True)
class Place:
    """A place by total among `count`, from the best: `rank`, shared by others where `tied`; between `best` and `worst` where the totals
    may be anywhere in their ranges, each by itself.
    """

    rank: int
    tied: bool
    best: int
    worst: int
    count: int


def places(totals: Sequence[tuple[Decimal, Decimal, Decimal]]) -> tuple[Place, ...]:
    """The place of each total, which is given with the ends of its range: total, lowest, highest.

    >>> [(p.rank, p.best, p.worst) for p in places([(Decimal(90), Decimal(88), Decimal(91)), (Decimal(85), Decimal(80), Decimal(89)),
    ...     (Decimal(60), Decimal(60), Decimal(60))])]
    [(1, 1, 2), (2, 1, 2), (3, 3, 3)]
    """
    order = ranks([total for total, _, _ in totals])
    shared = Counter(order)
    lows, highs = sorted(low for _, low, _ in totals), sorted(high for _, _, high in totals)
    found = []
    for rank, (_, low, high) in zip(order, totals, strict=True):
        above = len(highs) - bisect_right(highs, low) - (high > low)  # itself is one of them where it can rise
        best = 1 + len(lows) - bisect_right(lows, high)
        found.append(Place(rank, shared[rank] > 1, best, 1 + above, len(totals)))
    return tuple(found)


def standings(evaluation: Evaluation, others: Sequence[Evaluation]) -> tuple[IndicatorRank, ...]:
    """The department's place on every indicator of the framework that another department was scored on, in its order.

    Compared are those of one kind (departments, projects) evaluated in the same year by the same framework; the one itself among
    `others` is passed over. What was not scored, or does not apply, is left out on either side, and so are own indicators.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> standings(e, [e])
    ()
    """
    peers = [
        {i.id: i for i in other.indicators if i.status == "scored" and not i.own}
        for other in others
        if _basis(other) == _basis(evaluation) and other.record.department != evaluation.record.department
    ]
    found = []
    for mine in evaluation.indicators:
        if mine.own or mine.status != "scored" or mine.score_rate is None:
            continue
        alike = [mine, *(i for peer in peers if (i := peer.get(mine.id)) is not None)]
        rates = [rate for i in alike if (rate := i.score_rate) is not None]
        if len(rates) < 2:
            continue
        values = [i.value for i in alike if i.value is not None and i.unit == mine.unit]
        middle, tied = median(values) if mine.value is not None else None, rates.count(mine.score_rate) > 1
        rank = IndicatorRank(mine, mine.score_rate, ranks(rates)[0], tied, len(rates), median(rates), max(rates), middle)
        found.append(rank)
    return tuple(found)


def _basis(evaluation: Evaluation) -> tuple[str, int, int, str]:
    return evaluation.framework.id, evaluation.framework.first_year, evaluation.record.year, evaluation.record.kind
