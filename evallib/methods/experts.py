"""Expert judgement: several evaluators score indicators, each alone and with a reason; what they gave becomes one score. No file here.

Scores are in points. Means are exact Decimals to 28 digits, final scores are rounded half up; the order of evaluators plays no part.

Sources. O: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, and NIST/SEMATECH e-Handbook 1.3.5.17: modified z-score
0.6745·(x - median)/MAD, an outlier beyond 3.5. Leaving out the highest and the lowest score (去掉最高分和最低分) is a custom of Chinese
panels; that it takes three scores, and the plain rule for outliers of small panels, are this kit's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import mean, median, stdev
from typing import Annotated

from pydantic import Field

from evallib.methods.agreement import describe_alpha, describe_w, kendall_w, krippendorff_alpha
from evallib.model.base import Frozen, Id, Named
from evallib.model.errors import InputRefused, Place, Problem, Where
from evallib.model.framework import Consensus, FinalRule
from evallib.model.words import NOTHING, Words, listed, words
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem, unknown
from evallib.say.sentences import sentence
from evallib.score.answers import final_score

_Z, _FAR_Z = Decimal("0.6745"), Decimal("3.5")
SMALL_PANEL = 5
"""Up to so many scores the modified z-score says little (three scores: any spread passes), and the plain rule is used."""


class Item(Named):
    """An indicator to be judged, with the points it is worth."""

    id: Id
    points: Annotated[Decimal, Field(gt=0)]


class Judgement(Frozen):
    """One evaluator's score of one indicator, with the reason. No score: the evaluator abstained, and says why."""

    evaluator: Annotated[str, Field(min_length=1)]
    indicator: str
    score: Decimal | None
    reason: str


class Panel(Frozen):
    """The indicators, what was given, and the rules. `far`: how far from the median, as a share of the points, is far in a small panel."""

    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    judgements: tuple[Judgement, ...]
    rule: FinalRule
    far: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.2")
    places: Annotated[int, Field(ge=0, le=6)] = 2


class Outlier(Frozen):
    """A score far from the median, with the evaluator's reason: to be asked about, never left out for that."""

    evaluator: str
    score: Decimal
    reason: str


class ItemResult(Frozen):
    """One indicator: how many scored, what they gave, and the final score, or why there is none.

    `deviation` is the sample standard deviation (n - 1), None of one score; `variation` is it over the mean, None where that is zero.
    """

    item: Item
    scores: int
    abstained: int
    mean: Decimal
    median: Decimal
    lowest: Decimal
    highest: Decimal
    deviation: Decimal | None
    variation: Decimal | None
    outliers: tuple[Outlier, ...]
    final: Decimal | None
    refusal: Problem | None
    working: Words

    @property
    def spread(self) -> Decimal:
        """Highest less lowest."""
        return self.highest - self.lowest


class PanelResult(Frozen):
    """All indicators, their total (None while one has no final score), and how far the evaluators agree.

    Agreement is computed on score rates (score over points), or indicators worth more would pass for agreement.
    """

    items: tuple[ItemResult, ...]
    evaluators: tuple[str, ...]
    total: Decimal | None
    alpha: Decimal | None
    concordance: Decimal | None
    agreement: tuple[Words, ...]


def _here(table: str, index: int, column: str | None) -> Place:
    """Where a judgement stands when nobody says better: row 2 is the first."""
    return Place(table, row=index + 2, column=column)


def judge(panel: Panel, where: Where = _here) -> PanelResult:
    """The statistics, final scores and agreement of a panel.

    Raises InputRefused, naming every problem, for scores outside 0 to the points, indicators not in the list or not scored by anybody,
    an evaluator who scored one indicator twice, and judgements without a reason. Where the rule gives no score (no consensus, too few
    scores to trim) the indicator's `refusal` says so. `where` tells the place of a judgement by its index.

    >>> from evallib.model.framework import Averaged
    >>> item = Item(id="goals", name="绩效目标合理性", name_en="Goals", points=5)
    >>> given = tuple(Judgement(evaluator=e, indicator="goals", score=s, reason="…") for e, s in [("a", 4), ("b", 3), ("c", 4), ("d", 5)])
    >>> judge(Panel(items=(item,), judgements=given, rule=Averaged(kind="trimmed_mean"))).total
    Decimal('4.00')
    """
    problems = _problems(panel, where)
    if problems:
        raise InputRefused(tuple(problems))
    results = tuple(_judge_item(panel, item) for item in panel.items)
    finals = [result.final for result in results if result.final is not None]
    points = {item.id: item.points for item in panel.items}
    evaluators = tuple(sorted({given.evaluator for given in panel.judgements}))
    rates: dict[str, dict[str, Decimal]] = {evaluator: {} for evaluator in evaluators}
    for given in panel.judgements:
        if given.score is not None:
            rates[given.evaluator][given.indicator] = given.score / points[given.indicator]
    alpha, concordance = krippendorff_alpha(rates), kendall_w(rates)
    return PanelResult(
        items=results,
        evaluators=evaluators,
        total=sum(finals, Decimal(0)) if len(finals) == len(results) else None,
        alpha=alpha,
        concordance=concordance,
        agreement=(describe_alpha(alpha), describe_w(concordance)),
    )


_TITLES = {"score": "评分", "indicator": "指标", "evaluator": "专家", "reason": "理由", "id": "代号"}


def _problems(panel: Panel, where: Where) -> list[Problem]:
    found: list[Problem] = []

    def at(index: int, column: str) -> Place:
        place = where("judgements", index, column)
        return place if place.title else replace(place, title=_TITLES[column])

    points = {item.id: item.points for item in panel.items}
    seen = set()
    for index, given in enumerate(panel.judgements):
        most = points.get(given.indicator)
        if most is None:
            found.append(unknown("panel.indicator", at(index, "indicator"), given.indicator, points))
        elif given.score is not None and not 0 <= given.score <= most:
            found.append(problem("panel.score_outside", at(index, "score"), plain(given.score), points=plain(most)))
        if (given.evaluator, given.indicator) in seen:
            found.append(problem("panel.scored_twice", at(index, "evaluator"), f"{given.evaluator}, {given.indicator}"))
        seen.add((given.evaluator, given.indicator))
        if not given.reason.strip():
            found.append(problem("panel.no_reason", at(index, "reason")))
    scored = {given.indicator for given in panel.judgements if given.score is not None}
    for item in panel.items:
        if item.id not in scored:
            found.append(problem("panel.unscored", Place("judgements"), "", (item.id,), indicator=item.words))
    if len(points) < len(panel.items):
        found.append(problem("panel.id_twice", Place("indicators", column="id", title=_TITLES["id"])))
    return found


def _judge_item(panel: Panel, item: Item) -> ItemResult:
    chosen = [given for given in panel.judgements if given.indicator == item.id]
    judged = sorted((given.score, given.evaluator, given.reason) for given in chosen if given.score is not None)
    scores = [score for score, _, _ in judged]
    middle, average = median(scores), mean(scores)
    deviation = stdev(scores) if len(scores) > 1 else None
    far = _far(panel, item, scores, middle)
    final, working, refusal = _final(panel, item, scores)
    return ItemResult(
        item=item,
        scores=len(scores),
        abstained=len(chosen) - len(scores),
        mean=average,
        median=middle,
        lowest=scores[0],
        highest=scores[-1],
        deviation=deviation,
        variation=deviation / average if deviation is not None and average else None,
        outliers=tuple(Outlier(evaluator=e, score=s, reason=r) for s, e, r in judged if abs(s - middle) > far),
        final=final,
        refusal=refusal,
        working=working,
    )


def _far(panel: Panel, item: Item, scores: Sequence[Decimal], middle: Decimal) -> Decimal:
    """The distance from the median beyond which a score is far; of many scores that differ by the modified z-score."""
    spread = median([abs(score - middle) for score in scores])
    return _FAR_Z * spread / _Z if len(scores) > SMALL_PANEL and spread else panel.far * item.points


def _final(panel: Panel, item: Item, scores: Sequence[Decimal]) -> tuple[Decimal | None, Words, Problem | None]:
    """The final score with its working, or the reason why there is none. `scores` are in order."""
    rule, count, spread = panel.rule, len(scores), scores[-1] - scores[0]
    if isinstance(rule, Consensus) and spread > rule.limit * item.points:
        given: dict[str, str] = {"spread": plain(spread), "limit": plain(rule.limit * item.points), "share": percent(rule.limit, None)}
        return _none("panel.no_consensus", item, **given)
    if rule.kind == "trimmed_mean" and count < 3:
        return _none("panel.too_few", item, count=str(count))
    kept = scores[1:-1] if rule.kind == "trimmed_mean" else scores
    final = final_score(rule, scores, item.points, panel.places)
    assert final is not None  # what gives none was told above
    told = sentence(
        f"panel.final.{rule.kind}",
        scores=listed(map(plain, scores)),
        sum=" + ".join(map(plain, kept)),
        count=len(kept),
        highest=plain(scores[-1]),
        lowest=plain(scores[0]),
        final=plain(final, panel.places),
    )
    return final, told, None


def _none(name: str, item: Item, **given: str) -> tuple[None, Words, Problem]:
    """Why an indicator has no final score: by itself, and as a problem that names it."""
    named = item.words + words("：", ": ")
    refusal = problem(name, Place("judgements"), "", (item.id,), indicator=named, **given)
    return None, problem(name, Place("judgements"), indicator=NOTHING, **given).what, refusal
