"""How far several evaluators agree: Krippendorff's alpha, Kendall's W, and what their size means. Pure: no score is given here.

Both are exact fractions inside and rounded half up to six decimals. Written out here because the libraries that have alpha are under
the GPL or bring a whole statistics package along; the tests hold the published numbers.

Sources. A: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011. B: Krippendorff, Content Analysis, 2nd ed. 2004, 241-243: rely
on alpha from 0.800, tentative conclusions from 0.667. W: Kendall and Gibbons, Rank Correlation Methods, 5th ed. 1990, chapter 6.
S: Schmidt, Decision Sciences 28 (1997) 763-774: W about 0.1 very weak, 0.3 weak, 0.5 moderate, 0.7 strong, 0.9 unusually strong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from evallib.model.grouped import grouped
from evallib.model.units import as_decimal, round_half_up
from evallib.model.words import Words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence

Scores = Mapping[str, Mapping[str, Decimal]]
"""What each evaluator gave to each indicator; an indicator that an evaluator left out is simply not there."""

_PLACES = 6
_LOWEST = Decimal("-Infinity")
_STEPS = {
    "alpha": {"reliable": Decimal("0.800"), "tentative": Decimal("0.667"), "unreliable": _LOWEST},
    "w": {"unusual": Decimal("0.9"), "strong": Decimal("0.7"), "moderate": Decimal("0.5"), "weak": Decimal("0.3"), "very_weak": _LOWEST},
}


def krippendorff_alpha(scores: Scores) -> Decimal | None:
    """Krippendorff's alpha for numbers on an interval scale (A): 1 is full agreement, 0 what chance would give; missing scores may be.

    One less observed over expected disagreement: differences squared within an indicator, over those among all scores. Indicators
    with a single score are left out. Give scores on one scale (score rates), or different full marks pass for agreement. None
    where no indicator has two scores, or all scores are the same: nothing varies, so nothing can be agreed on (0/0).

    >>> krippendorff_alpha({"a": {"x": Decimal(1), "y": Decimal(3)}, "b": {"x": Decimal(1), "y": Decimal(3)}})
    Decimal('1.000000')
    """
    units = grouped((unit, Fraction(score)) for given in scores.values() for unit, score in given.items())
    paired = [values for values in units.values() if len(values) > 1]
    pooled = [value for values in paired for value in values]
    expected = _squares(pooled)
    if not expected:
        return None
    observed = sum((_squares(values) * len(values) / (len(values) - 1) for values in paired), Fraction(0))
    # sums of squared differences are n times the squares about the mean, so alpha = 1 - (n-1)·observed / (n·expected)
    return round_half_up(as_decimal(1 - observed * (len(pooled) - 1) / (expected * len(pooled))), _PLACES)


def kendall_w(scores: Scores) -> Decimal | None:
    """Kendall's coefficient of concordance, corrected for ties (W): 1 where all evaluators put the indicators in one order, 0 where
    their orders cancel out.

    W = 12·S / (m²(n³-n) - m·T), S the squares of the rank sums about their mean, T the sum of t³-t over each evaluator's ties. None
    with fewer than two evaluators or indicators, with a score missing, or where every evaluator gave all indicators the same.

    >>> kendall_w({"a": {"x": Decimal(1), "y": Decimal(3)}, "b": {"x": Decimal(2), "y": Decimal(9)}})
    Decimal('1.000000')
    """
    units = sorted({unit for given in scores.values() for unit in given})
    if len(scores) < 2 or len(units) < 2 or any(len(given) < len(units) for given in scores.values()):
        return None
    ranked = [_ranks([given[unit] for unit in units]) for given in scores.values()]
    sums = [sum(ranks, Fraction(0)) for ranks in zip(*ranked, strict=True)]
    m, n = len(ranked), len(units)
    ties = sum(t**3 - t for given in scores.values() for t in Counter(given.values()).values())
    most = m * m * (n**3 - n) - m * ties
    return round_half_up(as_decimal(12 * _squares(sums) / most), _PLACES) if most else None


def described(measure: Literal["alpha", "w"], value: Decimal | None) -> Words:
    """Alpha in words by the bounds of B, or Kendall's W by the steps of S.

    >>> described("alpha", Decimal("0.7"))["en"]
    "Krippendorff's alpha 0.700: good for tentative conclusions only (bounds 0.800 and 0.667)"
    >>> described("w", Decimal("0.735"))["en"]
    "Kendall's W 0.735: strong agreement on the order"
    """
    if value is None:
        return sentence(f"panel.{measure}.undefined")
    told = next(told for told, bound in _STEPS[measure].items() if value >= bound)
    return sentence(f"panel.{measure}.value", value=plain(value, 3), told=sentence(f"panel.{measure}.{told}"))


def _squares(values: Sequence[Fraction]) -> Fraction:
    """The sum of squares about the mean."""
    if not values:
        return Fraction(0)
    mean = sum(values, Fraction(0)) / len(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0))


def _ranks(values: Sequence[Decimal]) -> list[Fraction]:
    """Ranks from 1, ties sharing the mean of theirs."""
    return [Fraction(1 + sum(v < value for v in values) + sum(v <= value for v in values), 2) for value in values]
