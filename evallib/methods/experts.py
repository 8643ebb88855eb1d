"""Expert judgement: several evaluators score indicators, each alone and with a reason; what they gave becomes one score. No file here.

Scores are in points. Means are exact Decimals to 28 digits, final scores are rounded half up; the order of evaluators plays no part.

Sources. O: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, and NIST/SEMATECH e-Handbook 1.3.5.17: modified z-score
0.6745·(x - median)/MAD, an outlier beyond 3.5. Leaving out the highest and the lowest score (去掉最高分和最低分) is a custom of Chinese
panels; that it takes three scores, and the plain rule for outliers of small panels, are this kit's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import mean, median
from typing import NamedTuple

from evallib.methods.agreement import described, kendall_w, krippendorff_alpha
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.framework import Consensus, FinalRule
from evallib.model.optional_rows import ExpertScore
from evallib.model.words import Words, listed
from evallib.say.numbers import percent, plain
from evallib.say.sentences import sentence
from evallib.score.answers import final_score

_Z, _FAR_Z = Decimal("0.6745"), Decimal("3.5")
_FAR = Decimal("0.2")
"""How far from the median, as a share of the points, is far in a small panel."""
SMALL_PANEL = 5
"""Up to so many scores the modified z-score says little (three scores: any spread passes), and the plain rule is used."""


class ItemResult(NamedTuple):
    """One indicator that experts scored: what they gave, and the final score with its working; None where the rule gives none.

    `abstained` is how many gave no score, `outliers` are the rows whose score is far from the median: to be asked about, never left out.
    """

    indicator: IndicatorResult
    abstained: int
    mean: Decimal
    lowest: Decimal
    highest: Decimal
    outliers: tuple[ExpertScore, ...]
    final: Decimal | None
    working: Words


class PanelResult(NamedTuple):
    """The indicators that were scored, by whom, and in words how far the evaluators agree."""

    items: tuple[ItemResult, ...]
    evaluators: tuple[str, ...]
    agreement: tuple[Words, ...]


def judge_panel(evaluation: Evaluation) -> PanelResult | None:
    """What the experts gave, by the framework's rule for the final score; None where no expert's score is recorded.

    Agreement is computed on score rates (score over points), or indicators worth more would pass for agreement.
    """
    rows = evaluation.record.expert_scores
    rates: dict[str, dict[str, Decimal]] = {row.expert: {} for row in sorted(rows, key=lambda row: row.expert)}
    items = []
    for indicator in evaluation.indicators:
        given = [row for row in rows if row.indicator == indicator.id]
        scores = {row.expert: row.score for row in given if row.score is not None}
        if scores and indicator.points:
            items.append(_judged(evaluation, indicator, given, sorted(scores.values())))
            for expert, score in scores.items():
                rates[expert][indicator.id] = score / indicator.points
    if not items:
        return None
    agreement = described("alpha", krippendorff_alpha(rates)), described("w", kendall_w(rates))
    return PanelResult(tuple(items), tuple(rates), agreement)


def _judged(evaluation: Evaluation, indicator: IndicatorResult, given: Sequence[ExpertScore], scores: Sequence[Decimal]) -> ItemResult:
    rule, points, places = evaluation.framework.experts, indicator.points, evaluation.framework.rounding.scores
    middle, final = median(scores), final_score(rule, scores, points, places)
    far = _far(points, scores, middle)
    outliers = sorted(
        (row for row in given if row.score is not None and abs(row.score - middle) > far), key=lambda row: (row.score, row.expert)
    )
    return ItemResult(
        indicator=indicator,
        abstained=len(given) - len(scores),
        mean=mean(scores),
        lowest=scores[0],
        highest=scores[-1],
        outliers=tuple(outliers),
        final=final,
        working=_working(rule, scores, points, None if final is None else plain(final, places)),
    )


def _far(points: Decimal, scores: Sequence[Decimal], middle: Decimal) -> Decimal:
    """The distance from the median beyond which a score is far; of many scores that differ by the modified z-score."""
    spread = median([abs(score - middle) for score in scores])
    return _FAR_Z * spread / _Z if len(scores) > SMALL_PANEL and spread else _FAR * points


def _working(rule: FinalRule, scores: Sequence[Decimal], points: Decimal, final: str | None) -> Words:
    """How the final score comes about, or why there is none. `scores` are in order."""
    lowest, highest = scores[0], scores[-1]
    if final is None and isinstance(rule, Consensus):
        limit = {"limit": plain(rule.limit * points), "share": percent(rule.limit, None)}
        return sentence("panel.no_consensus", spread=plain(highest - lowest), **limit)
    if final is None:
        return sentence("panel.too_few", count=len(scores))
    kept = scores[1:-1] if rule.kind == "trimmed_mean" else scores
    given = {"sum": " + ".join(map(plain, kept)), "highest": plain(highest), "lowest": plain(lowest), "final": final}
    return sentence(f"panel.final.{rule.kind}", scores=listed(map(plain, scores)), count=len(kept), **given)
