"""Budget variance of a whole government as PEFA measures it, and the scores A to D. No file, no clock, no drawing lives here.

Sources. F: PEFA, Framework for assessing public financial management, 2016 (PI-2: www.pefa.org/node/4627, node/4567).
H: PEFA Handbook, volume II, Assessment Fieldguide, 2018, by paragraph (1.1: node/4762, 4763; 2.1: 4764, 4765, 4871; 2.3: 4766).
K: general knowledge of the field, not read in a document: the bands of PI-1 and that their ends count as inside; that the
totals by which PI-2.1 scales leave out interest and contingency. Amounts are in one unit of money; shares are shares (0.95).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from evallib.model.base import Frozen
from evallib.model.budget_rows import Kind
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.units import round_half_up
from evallib.model.words import Given, Words, joined, listed, words
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem
from evallib.say.sentences import sentence

"""What a head is to PEFA. `outside` is printed in the budget and measured nowhere: repayment of principal (H 1.1:7), and
heads whose budget and outturn do not stand on the same basis (H 2:1 asks for one basis)."""

Grade = Literal["A", "B", "C", "D"]
Column = Literal["original", "executed"]
Shares = Mapping[int, Decimal | None]

EXPENDITURE: tuple[Kind, ...] = ("ordinary", "interest", "contingency")  # H 1.1:1
COMPOSED: tuple[Kind, ...] = ("ordinary",)  # F PI-2.1: without contingency items and interest on debt
COVERED_BY_LARGEST = Decimal("0.75")  # H 2.1: the largest heads make up at least this much of the budget
YEARS = 3
_EXACT = 100  # digits kept while sums are multiplied, so that "in proportion" is exactly zero


class Head(Frozen):
    """A budget head (a ministry, a vote) in one year.

    An amount that is not known is None and makes what needs it undefined; a head that had no money is zero. The name is
    kept as the source writes it, letter by letter, and in English where there is a translation. The heads of a year are of one
    level: never a ministry and its parts.
    """

    code: Annotated[str, Field(min_length=1)]
    name: str
    name_en: str = ""
    original: Decimal | None
    revised: Decimal | None
    executed: Decimal | None
    kind: Kind = "ordinary"

    @property
    def is_known(self) -> bool:
        return self.original is not None and self.executed is not None


class Variance(Frozen):
    """How far execution is from the budget: the difference in money, and execution as a share of the budget."""

    difference: Decimal | None
    share: Decimal | None


class Line(Frozen):
    """One line of the composition: a head, or the smaller heads pooled; its budget scaled to what was spent in all."""

    code: str
    name: Words
    original: Decimal
    scaled: Decimal
    executed: Decimal

    @property
    def deviation(self) -> Decimal:
        return self.executed - self.scaled


class Composition(Frozen):
    """The lines that PI-2.1 compares, their totals, the heads pooled in the last line, and the variance (a share)."""

    lines: tuple[Line, ...]
    pooled: int
    original: Decimal
    executed: Decimal
    variance: Decimal


class Score(Frozen):
    """The score of an indicator with its working; no grade where three years are not there to be scored."""

    indicator: str
    grade: Grade | None
    working: Words


class PefaYear(Frozen):
    """One year's numbers. `original` and `executed` are all expenditure, interest and contingency included (H 1.1:1)."""

    year: int
    original: Decimal | None
    executed: Decimal | None
    outturn: Decimal | None
    composition: Composition | None
    contingency: Decimal | None
    working: tuple[Words, ...]

    @property
    def composition_variance(self) -> Decimal | None:
        return self.composition.variance if self.composition else None


class PefaAssessment(Frozen):
    """Three years measured and scored. PI-2 as a whole is not given: it also needs PI-2.2, by economic classification."""

    years: tuple[PefaYear, ...]
    pi_1: Score
    pi_2_1: Score
    pi_2_3: Score

    @property
    def scores(self) -> tuple[Score, ...]:
        return self.pi_1, self.pi_2_1, self.pi_2_3


def variance(original: Decimal | None, executed: Decimal | None) -> Variance:
    """Executed less original (in money), and executed over original (a share).

    Either is None where an amount is missing; the share also where the original is zero.

    >>> variance(Decimal("1350000"), Decimal("1349160")).difference, variance(Decimal(0), Decimal(48)).share
    (Decimal('-840'), None)
    """
    if original is None or executed is None:
        return Variance(difference=None, share=None)
    return Variance(difference=executed - original, share=executed / original if original else None)


def aggregate_outturn(heads: Sequence[Head]) -> Decimal | None:
    """All expenditure executed as a share of all expenditure originally approved; interest and contingency count.

    None where an amount is missing or nothing was approved. Source: H 1.1:1; the original, never a supplementary budget, 1.1:5.

    >>> heads = [Head(code="1", name="a", original=90, revised=90, executed=80),
    ...          Head(code="2", name="b", original=10, revised=0, executed=0, kind="contingency")]
    >>> aggregate_outturn(heads)
    Decimal('0.8')
    """
    return _over(_total(heads, EXPENDITURE, "executed"), _total(heads, EXPENDITURE, "original"))


def composition(heads: Sequence[Head], largest: int = 20) -> Composition | None:
    """The lines that PI-2.1 compares: the `largest` heads by original budget, more where those make up less than 75% of it,
    and all others as one line; every line's budget scaled by total executed over total original.

    None where an amount is missing, or the heads were approved or spent nothing in all. Raises ValueError where `largest` is below
    one. Source: F PI-2.1, H 2.1:3 and the data requirements of 2.1 (at least 20 heads); totals without interest: K.

    >>> heads = [Head(code=c, name=c, original=o, revised=o, executed=e) for c, o, e in [("a", 60, 40), ("b", 40, 40)]]
    >>> [(line.code, str(line.scaled)) for line in composition(heads).lines]
    [('a', '48'), ('b', '32')]
    """
    if largest < 1:
        raise ValueError(f"largest is {largest}; at least one head must stand singly")
    original, executed = _total(heads, COMPOSED, "original"), _total(heads, COMPOSED, "executed")
    if original is None or executed is None or original <= 0 or executed <= 0:
        return None
    ranked = sorted((h for h in heads if h.kind in COMPOSED), key=lambda h: (-(h.original or 0), h.code))
    single = min(largest, len(ranked))
    while single < len(ranked) and _sum(ranked[:single], "original") < COVERED_BY_LARGEST * original:
        single += 1
    rest = ranked[single:]
    parts = [(h.code, words(h.name, h.name_en), _sum([h], "original"), _sum([h], "executed")) for h in ranked[:single]]
    if rest:
        parts.append(("", _told("pooled", count=len(rest)), _sum(rest, "original"), _sum(rest, "executed")))
    with localcontext(prec=_EXACT):
        moved = sum((abs(e * original - o * executed) for _, _, o, e in parts), Decimal(0)) / (original * executed)
        scaled = [o * executed / original for _, _, o, _ in parts]
    lines = [Line(code=c, name=n, original=o, scaled=+s, executed=e) for (c, n, o, e), s in zip(parts, scaled, strict=True)]
    return Composition(lines=tuple(lines), pooled=len(rest), original=original, executed=executed, variance=+moved)


def composition_variance(heads: Sequence[Head], largest: int = 20) -> Decimal | None:
    """Sum of |executed - scaled budget| over the sum of scaled budgets (a share), as `composition` draws the lines.

    Zero when every head is executed in proportion; None as `composition`. Source: PEFA PI-2.1, H 2.1:3.

    >>> heads = [Head(code=c, name=c, original=o, revised=o, executed=e) for c, o, e in [("a", 60, 40), ("b", 40, 40)]]
    >>> composition_variance(heads)  # (|40 - 48| + |40 - 32|) / 80
    Decimal('0.2')
    """
    found = composition(heads, largest)
    return found.variance if found else None


def contingency_share(heads: Sequence[Head]) -> Decimal | None:
    """Expenditure charged to contingency heads as a share of the total original budget.

    A budget without contingency heads charges nothing to them: zero (H 2.3:4). Money moved from a contingency head and spent
    elsewhere belongs to where it was spent (H 2.3:5). None where an amount is missing or nothing was approved.

    >>> contingency_share([Head(code="1", name="a", original=90, revised=90, executed=80),
    ...                    Head(code="2", name="b", original=10, revised=9, executed=4, kind="contingency")])
    Decimal('0.04')
    """
    charged = _total(heads, ("contingency",), "executed") if any(h.kind == "contingency" for h in heads) else Decimal(0)
    return _over(charged, _total(heads, EXPENDITURE, "original"))


class _Band(NamedTuple):
    """A grade and the edge up to which it is given; a closed edge still belongs to it."""

    grade: Grade
    edge: Decimal
    closed: bool

    def holds(self, value: Decimal) -> bool:
        return value < self.edge or (self.closed and value == self.edge)


def _bands(closed: str, **edges: str) -> tuple[_Band, ...]:
    grades: tuple[Grade, ...] = ("A", "B", "C")
    return tuple(_Band(grade, Decimal(edges[grade]), grade in closed) for grade in grades)


PI_1 = _bands("ABC", A="0.05", B="0.10", C="0.15")  # K: distance from 100%, that is 95-105%, 90-110%, 85-115%
PI_2_1 = _bands("", A="0.05", B="0.10", C="0.15")  # F: less than 5%, 10%, 15%
PI_2_3 = _bands("B", A="0.03", B="0.06", C="0.10")  # F: less than 3%; 3% to 6% inclusive; more than 6% but less than 10%


def score_pi_1(shares: Shares) -> Score:
    """PI-1 from each year's aggregate outturn (year: share): the best band that at least two of the three years keep to.

    A 95-105%, B 90-110%, C 85-115%, ends included; else D. No grade with fewer than three years. Raises InputRefused for more than
    three years or years with a gap. Source: bands K; two of three years, F and H 1.1:2.

    >>> score_pi_1({1998: Decimal("0.97"), 1999: Decimal("0.94"), 2000: Decimal("0.98")}).grade
    'A'
    """
    return _two_of_three("PI-1", shares, PI_1, "outturn", Decimal(1))


def score_pi_2_1(shares: Shares) -> Score:
    """PI-2.1 from each year's composition variance (year: share): the best band that at least two of the three years keep to.

    A below 5%, B below 10%, C below 15%; else D. No grade with fewer than three years; raises as `score_pi_1`. Source: F PI-2.1.

    >>> score_pi_2_1({1998: Decimal("0.05"), 1999: Decimal("0.02"), 2000: Decimal("0.09")}).grade
    'B'
    """
    return _two_of_three("PI-2.1", shares, PI_2_1, "composition", Decimal(0))


def score_pi_2_3(shares: Shares) -> Score:
    """PI-2.3 from each year's contingency share (year: share): the simple mean of the three years.

    A below 3%, B 3% to 6% with both ends, C above 6% and below 10%; else D. No grade with fewer than three years; raises as
    `score_pi_1`. Source: F PI-2.3; simple mean H 2.3:3.

    >>> score_pi_2_3({1998: Decimal("0.02"), 1999: Decimal("0.04"), 2000: Decimal("0.06")}).grade
    'B'
    """
    known = _known_years("PI-2.3", shares)
    if isinstance(known, Score):
        return known
    # three endless fractions may fall short of an edge by the last digit kept; that digit must not decide
    mean = round_half_up(sum(known.values(), Decimal(0)) / YEARS, 12)
    grade = next((band.grade for band in PI_2_3 if band.holds(mean)), "D")
    told = _told("score.contingency", mean=_shown(mean), grade=grade)
    return Score(indicator="PI-2.3", grade=grade, working=_listed("PI-2.3", known) + told)


def assess(years: Mapping[int, Sequence[Head]]) -> PefaAssessment:
    """Every measure of every year and the three scores, each with its working in both languages.

    With fewer than three years the numbers are given and the scores say what is missing. Raises InputRefused, naming every problem,
    for more than three years, years with a gap, or a code that stands twice in a year. Source: as each function names it.

    >>> head = Head(code="1", name="a", original=100, revised=100, executed=97)
    >>> found = assess({1998: (head,), 1999: (head,), 2000: (head,)})
    >>> [score.grade for score in found.scores], found.pi_2_3.working["en"]
    (['A', 'A', 'A'], 'PI-2.3: 1998 0.00%, 1999 0.00%, 2000 0.00%. Mean of three years 0.00%: A.')
    """
    problems = _year_problems(sorted(years))
    for year, heads in sorted(years.items()):
        for code in sorted(code for code, times in Counter(head.code for head in heads).items() if times > 1):
            problems.append(problem("pefa.code_twice", Place(f"PEFA {year}", column="code"), code))
    if problems:
        raise InputRefused(tuple(problems))
    measured = tuple(_measure(year, heads) for year, heads in sorted(years.items()))
    pi_1 = score_pi_1({m.year: m.outturn for m in measured})
    pi_2_1 = score_pi_2_1({m.year: m.composition_variance for m in measured})
    pi_2_3 = score_pi_2_3({m.year: m.contingency for m in measured})
    return PefaAssessment(years=measured, pi_1=pi_1, pi_2_1=pi_2_1, pi_2_3=pi_2_3)


def _measure(year: int, heads: Sequence[Head]) -> PefaYear:
    original, executed = _total(heads, EXPENDITURE, "original"), _total(heads, EXPENDITURE, "executed")
    outturn, composed, contingency = aggregate_outturn(heads), composition(heads), contingency_share(heads)
    charged, outside = _total(heads, ("contingency",), "executed"), [head.code for head in heads if head.kind == "outside"]
    reserve = _divided(charged, original, contingency) if charged is not None or contingency is None else _told("working.no_contingency")
    working = [
        _told("year.outturn", year=year, working=_divided(executed, original, outturn)),
        _told("year.composition", year=year, working=_composed(composed)),
        _told("year.contingency", year=year, working=reserve),
    ]
    if outside:
        working.append(_told("year.outside", year=year, count=len(outside), codes=listed(outside)))
    return PefaYear(year=year, original=original, executed=executed, outturn=outturn, composition=composed,
                    contingency=contingency, working=tuple(working))  # fmt: skip


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"pefa.{name}", **given)


def _divided(part: Decimal | None, whole: Decimal | None, share: Decimal | None) -> Words:
    if part is None or whole is None or share is None:
        return _told("working.undefined")
    return _told("working.divided", part=plain(part), whole=plain(whole), share=_shown(share))


def _composed(found: Composition | None) -> Words:
    """The working of one year's composition. Heads are named by code: a name written right to left would turn the figures round."""
    if found is None:
        return _told("working.undefined")
    singles = found.lines[:-1] if found.pooled else found.lines
    moved = sum((abs(line.deviation) for line in found.lines), Decimal(0))
    furthest = max(singles, key=lambda line: abs(line.deviation))
    scale = f"{plain(found.executed)} ÷ {plain(found.original)}"
    share = f"{plain(moved, 0)} ÷ {plain(found.executed)} = {_shown(found.variance)}"
    off = f"{furthest.code} ({plain(furthest.deviation, 0)})"
    return _told("working.composed", singles=len(singles), pooled=found.pooled, scale=scale, share=share, off=off)


def _two_of_three(indicator: str, shares: Shares, bands: tuple[_Band, ...], measure: str, centre: Decimal) -> Score:
    known = _known_years(indicator, shares)
    if isinstance(known, Score):
        return known
    counted = [(band, sum(band.holds(abs(share - centre)) for share in known.values())) for band in bands]
    band, within = next((found for found in counted if found[1] >= 2), counted[-1])
    grade: Grade = band.grade if within >= 2 else "D"
    told = _told(f"score.{measure}", edge=plain(band.edge * 100), within=within, years=YEARS, grade=grade)
    return Score(indicator=indicator, grade=grade, working=_listed(indicator, known) + told)


def _known_years(indicator: str, shares: Shares) -> dict[int, Decimal] | Score:
    """The three years' figures in order, or the score that says which are not there. PEFA asks for three years (H 2.1)."""
    if problems := _year_problems(sorted(shares)):
        raise InputRefused(tuple(problems))
    known = {year: share for year, share in sorted(shares.items()) if share is not None}
    if len(known) == YEARS:
        return known
    told = _told("score.not_scored", indicator=indicator, count=len(known), years="".join(f" ({year})" for year in known))
    return Score(indicator=indicator, grade=None, working=told)


def _year_problems(years: list[int]) -> list[Problem]:
    """More than three years, or three with a gap, are not what PEFA scores: the last three completed years."""
    if len(years) < YEARS or (len(years) == YEARS and years[-1] - years[0] == YEARS - 1):
        return []
    return [problem("pefa.three_years", Place("PEFA", column="year"), ", ".join(map(str, years)))]


def _listed(indicator: str, known: Mapping[int, Decimal]) -> Words:
    figures = joined((_told("score.figure", year=year, share=_shown(share)) for year, share in known.items()), "，", ", ")
    return _told("score.listed", indicator=indicator, figures=figures)


def _shown(share: Decimal) -> str:
    """A percentage with two decimals, with more where two would round it onto a whole percent, where every band has its edge."""
    whole = round_half_up(share, 2)
    places = next((p for p in (2, 4, 8) if share == whole or round_half_up(share, p + 2) != whole), 12)
    return percent(share, places)


def _sum(heads: Sequence[Head], column: Column) -> Decimal:
    amounts = (head.original if column == "original" else head.executed for head in heads)
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _total(heads: Sequence[Head], kinds: tuple[Kind, ...], column: Column) -> Decimal | None:
    """The sum over heads of these kinds; None where there is no such head or an amount is missing."""
    chosen = [head for head in heads if head.kind in kinds]
    missing = any((head.original if column == "original" else head.executed) is None for head in chosen)
    return None if missing or not chosen else _sum(chosen, column)


def _over(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or whole is None or whole <= 0 else part / whole
