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
from typing import Literal, NamedTuple

from evallib.model.base import Frozen
from evallib.model.budget_rows import Kind
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.units import round_half_up
from evallib.model.words import Given, Words, joined, listed, words
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem
from evallib.say.sentences import sentence

Grade = Literal["A", "B", "C", "D"]
Column = Literal["original", "executed"]
Shares = Mapping[int, Decimal | None]

EXPENDITURE: tuple[Kind, ...] = ("ordinary", "interest", "contingency")  # H 1.1:1
COMPOSED: tuple[Kind, ...] = ("ordinary",)  # F PI-2.1: without contingency items and interest on debt
FEWEST = 20
"""Heads that PEFA wants to see singly: H, data requirements of PI-2.1."""
COVERED_BY_LARGEST = Decimal("0.75")  # H 2.1: the largest heads make up at least this much of the budget
YEARS = 3
_EXACT = 100  # digits kept while sums are multiplied, so that "in proportion" is exactly zero


class Head(Frozen):
    """A budget head (a ministry, a vote) in one year, or the smaller heads pooled.

    An amount that is not known is None and makes what needs it undefined; a head that had no money is zero. The name is
    kept as the source writes it, letter by letter, and in English where there is a translation. The heads of a year are of one
    level: never a ministry and its parts. `outside` is printed in the budget and measured nowhere: repayment of principal (H 1.1:7), and
    heads whose budget and outturn do not stand on the same basis (H 2:1 asks for one basis). `scaled` is the budget scaled to what was
    spent in all, where the composition takes the head.
    """

    code: str
    name: str
    name_en: str = ""
    original: Decimal | None
    executed: Decimal | None
    kind: Kind = "ordinary"
    scaled: Decimal | None = None

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)

    @property
    def is_known(self) -> bool:
        return self.original is not None and self.executed is not None

    @property
    def difference(self) -> Decimal | None:
        """Executed less original; None where an amount is missing."""
        return None if self.original is None or self.executed is None else self.executed - self.original

    @property
    def share(self) -> Decimal | None:
        """Executed over original; None where an amount is missing, or the original is zero."""
        return self.executed / self.original if self.original and self.executed is not None else None

    @property
    def deviation(self) -> Decimal:
        """Executed less the scaled budget."""
        return (self.executed or Decimal(0)) - (self.scaled or Decimal(0))


class Composition(Frozen):
    """The lines that PI-2.1 compares, their totals, the heads pooled in the last line, and the variance (a share)."""

    lines: tuple[Head, ...]
    pooled: int
    original: Decimal
    executed: Decimal
    variance: Decimal

    @property
    def singles(self) -> tuple[Head, ...]:
        return self.lines[: -1 if self.pooled else None]

    @property
    def moved(self) -> Decimal:
        """The sum of the absolute deviations."""
        return sum((abs(line.deviation) for line in self.lines), Decimal(0))


class Score(Frozen):
    """The score of an indicator with its working; no grade where three years are not there to be scored."""

    indicator: str
    grade: Grade | None
    working: Words


class PefaYear(Frozen):
    """One year's numbers; each is None where an amount that it needs is missing, or its base is not above zero.

    `original` and `executed` are all expenditure, interest and contingency included (H 1.1:1); `outturn` is the one as a share of the
    other, always of the original budget, never of a supplementary one (H 1.1:1, 1.1:5). `contingency` is what was charged to contingency
    heads as a share of the total original budget: zero where the budget has no such head (H 2.3:4); money moved from one and spent
    elsewhere belongs to where it was spent (H 2.3:5).
    """

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
    """Three years measured, and scored: PI-1, PI-2.1, PI-2.3. PI-2 as a whole is not given: it also needs PI-2.2, by economic class."""

    years: tuple[PefaYear, ...]
    scores: tuple[Score, ...]


def composition(heads: Sequence[Head]) -> Composition | None:
    """The lines that PI-2.1 compares: the largest heads by original budget, more of them where those make up less than 75% of it,
    and all others as one line; every line's budget scaled by total executed over total original. The variance is the sum of
    |executed - scaled budget| over the sum of scaled budgets: zero where every head is executed in proportion.

    None where an amount is missing, or the heads were approved or spent nothing in all.
    Source: F PI-2.1, H 2.1:3 and the data requirements of 2.1 (at least 20 heads); totals without interest: K.

    >>> heads = [Head(code=c, name=c, original=o, executed=e) for c, o, e in [("a", 60, 40), ("b", 40, 40)]]
    >>> found = composition(heads)  # (|40 - 48| + |40 - 32|) / 80
    >>> [(line.code, str(line.scaled)) for line in found.lines], str(found.variance)
    ([('a', '48'), ('b', '32')], '0.2')
    """
    original, executed = _total(heads, COMPOSED, "original"), _total(heads, COMPOSED, "executed")
    if original is None or executed is None or original <= 0 or executed <= 0:
        return None
    ranked = largest_first(heads)
    single = min(FEWEST, len(ranked))
    while single < len(ranked) and _sum(ranked[:single], "original") < COVERED_BY_LARGEST * original:
        single += 1
    lines, rest = ranked[:single], ranked[single:]
    if rest:
        name, amounts = _told("pooled", count=len(rest)), {"original": _sum(rest, "original"), "executed": _sum(rest, "executed")}
        lines.append(Head(code="", name=name.zh, name_en=name.en, **amounts))
    parts = [(line.original or Decimal(0), line.executed or Decimal(0)) for line in lines]
    with localcontext(prec=_EXACT):
        moved = sum((abs(e * original - o * executed) for o, e in parts), Decimal(0)) / (original * executed)
        scaled = [o * executed / original for o, _ in parts]
    lines = [line.model_copy(update={"scaled": +s}) for line, s in zip(lines, scaled, strict=True)]
    return Composition(lines=tuple(lines), pooled=len(rest), original=original, executed=executed, variance=+moved)


def largest_first(heads: Sequence[Head]) -> list[Head]:
    """The heads that PI-2.1 takes, the largest original budget first."""
    return sorted((h for h in heads if h.kind in COMPOSED), key=lambda h: (-(h.original or 0), h.code))


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


_TWO_OF_THREE = {
    "PI-1": (
        "outturn",
        Decimal(1),
        _bands("ABC", A="0.05", B="0.10", C="0.15"),
    ),  # K: 95-105%, 90-110%, 85-115%
    "PI-2.1": ("composition", Decimal(0), _bands("", A="0.05", B="0.10", C="0.15")),  # F: less than 5%, 10%, 15%
}
"""What the words of an indicator are called, what its figures are held against, and how far they may be from it. Two of three years
decide: F and H 1.1:2."""
_MEAN = _bands("B", A="0.03", B="0.06", C="0.10")  # F PI-2.3: less than 3%; 3% to 6% inclusive; more than 6% but less than 10%


def score(indicator: Literal["PI-1", "PI-2.1", "PI-2.3"], shares: Shares) -> Score:
    """The grade of an indicator from each year's figure (year: share).

    PI-1 (aggregate outturn) and PI-2.1 (composition variance): the best band that at least two of the three years keep to; else D.
    PI-2.3 (contingency): that of the simple mean of the three years (H 2.3:3). No grade with fewer than three years. Raises
    InputRefused for more than three years or years with a gap.

    >>> score("PI-1", {1998: Decimal("0.97"), 1999: Decimal("0.94"), 2000: Decimal("0.98")}).grade
    'A'
    >>> score("PI-2.3", {1998: Decimal("0.02"), 1999: Decimal("0.04"), 2000: Decimal("0.06")}).grade
    'B'
    """
    if problems := _year_problems(sorted(shares)):
        raise InputRefused(tuple(problems))
    known = {year: share for year, share in sorted(shares.items()) if share is not None}
    if len(known) < YEARS:
        told = _told("score.not_scored", indicator=indicator, count=len(known), years="".join(f" ({year})" for year in known))
        return Score(indicator=indicator, grade=None, working=told)
    grade: Grade
    if indicator == "PI-2.3":
        # three endless fractions may fall short of an edge by the last digit kept; that digit must not decide
        mean = round_half_up(sum(known.values(), Decimal(0)) / YEARS, 12)
        grade = next((band.grade for band in _MEAN if band.holds(mean)), "D")
        told = _told("score.contingency", mean=_shown(mean), grade=grade)
    else:
        measure, centre, bands = _TWO_OF_THREE[indicator]
        counted = [(band, sum(band.holds(abs(share - centre)) for share in known.values())) for band in bands]
        band, within = next((found for found in counted if found[1] >= 2), counted[-1])
        grade = band.grade if within >= 2 else "D"
        told = _told(f"score.{measure}", edge=plain(band.edge * 100), within=within, years=YEARS, grade=grade)
    figures = joined((_told("score.figure", year=year, share=_shown(share)) for year, share in known.items()), "，", ", ")
    return Score(indicator=indicator, grade=grade, working=_told("score.listed", indicator=indicator, figures=figures) + told)


def assess(years: Mapping[int, Sequence[Head]]) -> PefaAssessment:
    """Every measure of every year and the three scores, each with its working in both languages.

    With fewer than three years the numbers are given and the scores say what is missing. Raises InputRefused, naming every problem,
    for more than three years, years with a gap, or a code that stands twice in a year.

    >>> head = Head(code="1", name="a", original=100, executed=97)
    >>> found = assess({1998: (head,), 1999: (head,), 2000: (head,)})
    >>> [score.grade for score in found.scores], found.scores[2].working["en"]
    (['A', 'A', 'A'], 'PI-2.3: 1998 0.00%, 1999 0.00%, 2000 0.00%. Mean of three years 0.00%: A.')
    """
    problems = _year_problems(sorted(years))
    for year, heads in sorted(years.items()):
        for code in sorted(code for code, times in Counter(head.code for head in heads).items() if times > 1):
            problems.append(problem("pefa.code_twice", Place(f"PEFA {year}", column="code"), code))
    if problems:
        raise InputRefused(tuple(problems))
    measured = tuple(_measure(year, heads) for year, heads in sorted(years.items()))
    scores = (
        score("PI-1", {m.year: m.outturn for m in measured}),
        score("PI-2.1", {m.year: m.composition_variance for m in measured}),
        score("PI-2.3", {m.year: m.contingency for m in measured}),
    )
    return PefaAssessment(years=measured, scores=scores)


def _measure(year: int, heads: Sequence[Head]) -> PefaYear:
    original, executed = _total(heads, EXPENDITURE, "original"), _total(heads, EXPENDITURE, "executed")
    reserved = any(head.kind == "contingency" for head in heads)
    charged = _total(heads, ("contingency",), "executed") if reserved else Decimal(0)
    outturn, contingency, composed = _over(executed, original), _over(charged, original), composition(heads)
    reserve = _divided(charged, original, contingency) if reserved or contingency is None else _told("working.no_contingency")
    working = [
        _told("year.outturn", year=year, working=_divided(executed, original, outturn)),
        _told("year.composition", year=year, working=_composed(composed)),
        _told("year.contingency", year=year, working=reserve),
    ]
    if outside := [head.code for head in heads if head.kind == "outside"]:
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
    singles = found.singles
    furthest = max(singles, key=lambda line: abs(line.deviation))
    scale = f"{plain(found.executed)} ÷ {plain(found.original)}"
    share = f"{plain(found.moved, 0)} ÷ {plain(found.executed)} = {_shown(found.variance)}"
    off = f"{furthest.code} ({plain(furthest.deviation, 0)})"
    return _told("working.composed", singles=len(singles), pooled=found.pooled, scale=scale, share=share, off=off)


def _year_problems(years: list[int]) -> list[Problem]:
    """More than three years, or three with a gap, are not what PEFA scores: the last three completed years."""
    if len(years) < YEARS or (len(years) == YEARS and years[-1] - years[0] == YEARS - 1):
        return []
    return [problem("pefa.three_years", Place("PEFA", column="year"), ", ".join(map(str, years)))]


def _shown(share: Decimal) -> str:
    """A percentage with two decimals, with more where two would round it onto a whole percent, where every band has its edge."""
    whole = round_half_up(share, 2)
    places = next((p for p in (2, 4, 8) if share == whole or round_half_up(share, p + 2) != whole), 12)
    return percent(share, places)


def _sum(heads: Sequence[Head], column: Column) -> Decimal:
    return sum((getattr(head, column) or Decimal(0) for head in heads), Decimal(0))


def _total(heads: Sequence[Head], kinds: tuple[Kind, ...], column: Column) -> Decimal | None:
    """The sum over heads of these kinds; None where there is no such head or an amount is missing."""
    chosen = [head for head in heads if head.kind in kinds]
    return None if not chosen or any(getattr(head, column) is None for head in chosen) else _sum(chosen, column)


def _over(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or whole is None or whole <= 0 else part / whole
