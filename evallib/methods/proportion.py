"""A share found from so many answers: how sure it is, and whether a target was met. Pure: no survey, no file, no word for readers.

Rates are shares (0.84), exact fractions inside; only the interval needs a square root and a normal quantile: 40 digits, rounded
outwards to six decimals, so that an interval never looks narrower than it is.

Sources. W: Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212. N: Newcombe, Statistics in Medicine 17 (1998) 857-872. C: Cochran, Sampling
Techniques, 3rd ed. 1977 (finite population). B: Bhatia and Davis, Am. Math. Monthly 107 (2000) 353-357: numbers between 0 and 1 with
mean p vary by p(1-p) at most.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from math import ceil, floor
from statistics import NormalDist
from typing import Literal

from evallib.model.expression import Interval
from evallib.model.units import as_decimal

Verdict = Literal["met", "missed", "open"]
"""The target against the interval: wholly at or above it, wholly below it, or the interval holds the target and nobody can tell."""

LEVEL = Decimal("0.95")
_Z = Decimal(str(NormalDist().inv_cdf((1 + float(LEVEL)) / 2)))
_STEP = Decimal("0.000001")


def whole_counts(share: Decimal, answers: int) -> tuple[int, int] | None:
    """The two counts next to a printed share that no count of so many answers gives, or None where one does.

    Compared at the decimals the share has, at least whole percents: 83.33% of 30 is 25, 84% of 30 is between 25 and 26. `answers` is
    one or more.

    >>> whole_counts(Decimal("0.84"), 30), whole_counts(Decimal("0.8333"), 30)
    ((25, 26), None)
    """
    exponent = share.as_tuple().exponent
    half = Fraction(1, 2 * 10 ** max(2, -exponent if isinstance(exponent, int) else 0))
    exact = Fraction(share) * answers
    if any(abs(Fraction(count, answers) - Fraction(share)) <= half for count in (floor(exact), ceil(exact))):
        return None
    return floor(exact), ceil(exact)


def effective_size(answers: int, population: int | None) -> Fraction | None:
    """The answers that would tell as much of an unlimited population; None, as good as unlimited, where everybody answered (C)."""
    if population is None:
        return Fraction(answers)
    return Fraction(answers * (population - 1), population - answers) if answers < population else None


def score_interval(rate: Fraction, size: Fraction | None) -> Interval:
    """Wilson's score interval of a share from so many effective answers, without continuity correction (W; N method 3); a point where
    everybody answered. Its ends are rounded outwards to six decimals.

    `rate` need not be a whole number of the answers: a mean of values between 0 and 1 varies at most as a share does (B), so for it the
    interval is at most too wide.

    >>> found = score_interval(Fraction(81, 263), Fraction(263))  # N, table I
    >>> str(round(found.low, 4)), str(round(found.high, 4))
    ('0.2553', '0.3662')
    """
    if size is None:
        return Interval(as_decimal(rate), as_decimal(rate))
    with localcontext(prec=40):
        p, n, z = as_decimal(rate), as_decimal(size), _Z
        centre, shrink = p + z * z / (2 * n), 1 + z * z / n
        half = z * (p * (1 - p) / n + (z / (2 * n)) ** 2).sqrt()
        low = ((centre - half) / shrink).quantize(_STEP, ROUND_FLOOR)
        high = ((centre + half) / shrink).quantize(_STEP, ROUND_CEILING)
    return Interval(max(low, Decimal(0)), min(high, Decimal(1)))


def verdict_on(rate: Fraction, size: Fraction | None, target: Fraction) -> Verdict:
    """Wilson's interval leaves the target out exactly when n(p-T)² > z²T(1-T): decided before any rounding."""
    if size is None:
        return "met" if rate >= target else "missed"
    off, allowed = size * (rate - target) ** 2, Fraction(_Z) ** 2 * target * (1 - target)
    if rate < target:
        return "missed" if off > allowed else "open"
    return "met" if rate > target and off >= allowed else "open"


def needed_at(rate: Fraction, target: Fraction, effect: Fraction = Fraction(1), population: int | None = None) -> int | None:
    """The valid answers from which, at this rate, Wilson's interval no longer holds the target, where `effect` answers tell as much as
    one of a simple sample (1 where there is one group).

    Without a population n > z²T(1-T)/(p-T)²; with one, that number shrinks to nN/(N-1+n). Where rate and
    target are equal only asking everybody tells: the population, or None where it is not known.

    >>> needed_at(Fraction(84, 100), Fraction(9, 10))
    97
    """
    if rate == target:
        return population
    number = effect * Fraction(_Z) ** 2 * target * (1 - target) / (rate - target) ** 2
    if population is not None:
        number = number * population / (population - 1 + number) if number else number
    return max(1, floor(number) + 1 if rate < target else ceil(number))
