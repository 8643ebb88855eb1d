"""From recorded answers, or a printed rate, to the questionnaire behind an indicator. How a survey is counted is in `survey`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evallib.methods.survey import Survey, SurveyResult, evaluate_survey
from evallib.model.evaluation import Evaluation, IndicatorResult, TargetResult
from evallib.model.record import Target
from evallib.model.units import SHARE, convert
from evallib.model.words import Words, listed
from evallib.say.sentences import sentence
from evallib.score.answers import INVALID, SCALES, Tally, clean, counted


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire behind an indicator. `counted`: from recorded answers; otherwise from the rate and the number that are printed."""

    indicator: IndicatorResult
    result: SurveyResult
    counted: bool


def is_answer(scale: str, text: str) -> bool:
    """Whether a text may stand in the table of answers: an answer of the scale, nothing, or that the form is invalid."""
    plain_text = clean(text)
    return plain_text in ("", *INVALID) or SCALES[scale].read(plain_text) is not None


def answers_of(scale: str) -> Words:
    """The answers of a scale, to tell what may be written."""
    read = SCALES[scale]
    return sentence("survey.marks", highest=str(read.highest)) if read.highest else listed(read.options)


def questionnaires(evaluation: Evaluation) -> tuple[Questionnaire, ...]:
    """What each questionnaire says and how sure it is, from the recorded answers; without these, from a printed satisfaction
    rate and the number of valid forms. Empty where there is neither.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> found = questionnaires(evaluate_year(Path("data"), "hrss", 2023).evaluation)[0]
    >>> found.result.overall.response.valid, found.result.overall.verdict, found.result.needed
    (30, 'open', 97)
    """
    asked = dict.fromkeys(row.indicator for row in evaluation.record.surveys)
    found = []
    for indicator in evaluation.indicators:
        survey = survey_of(evaluation, indicator.id) if indicator.id in asked else _printed_survey(evaluation, indicator)
        if survey is not None:
            found.append(Questionnaire(indicator, evaluate_survey(survey), indicator.id in asked))
    return tuple(found)


def survey_of(evaluation: Evaluation, indicator: str) -> Survey:
    """The recorded questionnaire of an indicator."""
    scale = next(row.scale for row in evaluation.record.surveys if row.indicator == indicator)
    return Survey(counted(evaluation.record, indicator), SCALES[scale].measure, _goal(evaluation.target(indicator)))


def _goal(target: TargetResult | None) -> Decimal | None:
    """A target that a satisfaction rate can be held against, as a share."""
    if target is None or target.operator != ">=" or not target.unit.is_share:
        return None
    share = convert(target.target, target.unit, SHARE)
    return share if 0 < share <= 1 else None


def _printed_survey(evaluation: Evaluation, indicator: IndicatorResult) -> Survey | None:
    """A questionnaire of which only the rate and the number of valid forms are known."""
    target, record = evaluation.target(indicator.id), evaluation.record
    goal = _goal(target)
    asks = {indicator.group, indicator.id} & {*evaluation.framework.playing("satisfaction")}
    if not asks or target is None or goal is None or target.actual is None or target.judged:
        return None
    row = next(row for row in record.targets if row.indicator == indicator.id)
    share, valid = convert(target.actual, target.unit, SHARE), _valid_forms(evaluation, row)
    if not valid or not 0 <= share <= 1:
        return None
    issued, returned = (_count(evaluation, f"forms {what}") for what in ("sent", "returned"))
    chain = [n for n in (valid, returned, issued) if n is not None]
    if chain != sorted(chain):  # the forms were of another questionnaire
        issued = returned = None
    group = Tally(sentence("survey.all"), Fraction(share), valid, issued=issued, returned=returned)
    return Survey([group], target=goal, printed=share)


def _valid_forms(evaluation: Evaluation, row: Target) -> int | None:
    """The valid forms a printed rate is of: its own base, or the year's questionnaires."""
    if row.base is not None:
        return int(row.base) if row.base == int(row.base) else None
    return _count(evaluation, "forms valid")


def _count(evaluation: Evaluation, role: str) -> int | None:
    found = evaluation.amount(role)
    return None if found is None else int(found)


def intervals(evaluation: Evaluation, among: Sequence[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """The confidence interval of each questionnaire, in the unit of its indicator's value, for `sensitivity.simulate`.

    Only for the indicators `among` which a value is scored; none where everybody answered, or too few to be shown.
    """
    found = {}
    for asked in questionnaires(evaluation):
        interval, unit = asked.result.overall.interval, asked.indicator.unit
        if asked.indicator.id in among and interval is not None and interval.low < interval.high and unit.is_share:
            found[asked.indicator.id] = (convert(interval.low, SHARE, unit), convert(interval.high, SHARE, unit))
    return found
