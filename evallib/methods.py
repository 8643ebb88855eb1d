"""The six methods of an evaluation, from what an Evaluation holds; what is not recorded gives nothing. Pure: no file, no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evallib import experts
from evallib.comparison import AmountChange, amount_change, money_lines, value_change
from evallib.evaluation import Evaluation, IndicatorResult, MetricResult, TargetResult
from evallib.measure import find_fact
from evallib.methods_record import CostResult
from evallib.methods_record import Survey as SurveyRow
from evallib.record import Recommendation, Target
from evallib.survey import evaluate_survey
from evallib.survey_forms import FIVE_POINT, THREE_POINT, YES_NO, Group, Marks, Measure, Scale, Survey, SurveyResult, clean
from evallib.tables import losses
from evallib.units import SHARE, UNITS, convert, plain
from evallib.words import Words, words

METHODS: dict[str, Words] = {
    "targets": words("目标比较法", "Target comparison"),
    "cost": words("成本效益法", "Cost-benefit"),
    "history": words("历史比较法", "Historical comparison"),
    "experts": words("专家评价法", "Expert judgement"),
    "questionnaire": words("问卷调查法", "Questionnaire"),
    "departments": words("横向比较法", "Comparison across departments"),
}
"""The methods by the names and in the order of the evaluation report for 2023, 三(二)5."""


@dataclass(frozen=True)
class Deviation:
    """A target that was not met: why, as recorded with the target, and what was recommended."""

    target: TargetResult
    reason: Words
    remedies: tuple[Recommendation, ...]


@dataclass(frozen=True)
class TargetComparison:
    """How many targets were met, and those that were not. `unknown` are targets without an actual."""

    met: int
    unknown: int
    count: int
    deviations: tuple[Deviation, ...]


def compare_targets(evaluation: Evaluation) -> TargetComparison:
    """Every target against its actual, with the reason and the remedy for what was missed.

    >>> from pathlib import Path
    >>> from evallib.years import evaluate_year
    >>> found = compare_targets(evaluate_year(Path("data"), "hrss", 2023).evaluation)
    >>> found.met, found.count, [d.target.id for d in found.deviations]
    (17, 19, ['quality', 'public_satisfaction'])
    """
    rows = {row.indicator: row for row in evaluation.record.targets}
    remedies = {loss.indicator.id: loss.recommendations for loss in losses(evaluation)}
    missed = [t for t in evaluation.targets if t.met is False]
    return TargetComparison(
        met=sum(1 for t in evaluation.targets if t.met),
        unknown=sum(1 for t in evaluation.targets if t.met is None),
        count=len(evaluation.targets),
        deviations=tuple(Deviation(t, rows[t.id].evidence_words, remedies.get(t.id, ())) for t in missed),
    )


@dataclass(frozen=True)
class CostYear:
    """A result in a year: cost in yuan, quantity in base units, and yuan for one unit; None where nothing was reached.

    `change` is that of the unit cost against the nearest earlier year in the data, None in the first one.
    """

    year: int
    cost: Decimal
    quantity: Decimal
    unit_cost: Decimal | None
    change: AmountChange | None
    row: CostResult


@dataclass(frozen=True)
class CostSeries:
    """A result over the years, oldest first, with why spending and result belong together. `unit` is a base unit."""

    id: str
    name: Words
    tie: Words
    unit: str
    years: tuple[CostYear, ...]


def costs(evaluation: Evaluation) -> tuple[CostSeries, ...]:
    """What a unit of each result cost, by year. Only what a recorded tie puts together is divided; empty where nothing ties.

    The tie shown is that of the latest year.
    """
    found = []
    for id in dict.fromkeys(row.result for row in evaluation.record.cost_results):
        rows = sorted((r for r in evaluation.record.cost_results if r.result == id), key=lambda r: r.year)
        unit = next(u.symbol for u in UNITS.values() if u.measures == UNITS[rows[-1].unit].measures and u.factor == 1)
        years: list[CostYear] = []
        for row in rows:
            cost, quantity = convert(row.cost, row.cost_unit, "元"), convert(row.quantity, row.unit, unit)
            unit_cost = cost / quantity if quantity else None
            change = amount_change(years[-1].unit_cost, unit_cost) if years else None
            years.append(CostYear(row.year, cost, quantity, unit_cost, change, row))
        found.append(CostSeries(id, rows[-1].words, rows[-1].tie_words, unit, tuple(years)))
    return tuple(found)


@dataclass(frozen=True)
class HistoryLine:
    """A number of this year beside that of an earlier one, in this year's unit. `link` names its entry in an appendix of the report."""

    name: Words
    unit: str
    year: int
    before: Decimal
    now: Decimal
    change: AmountChange
    link: str


@dataclass(frozen=True)
class History:
    """This year against earlier ones: rates that compare two years, amounts of both, and targets where last year was evaluated."""

    rates: tuple[MetricResult, ...]
    facts: tuple[HistoryLine, ...]
    targets: tuple[HistoryLine, ...]
    previous: Evaluation | None

    def __bool__(self) -> bool:
        return bool(self.rates or self.facts or self.targets or self.previous)


def history(evaluation: Evaluation, previous: Evaluation | None) -> History:
    """Everything recorded of earlier years beside this year's; shares change by their difference, not by a rate.

    Rates are the formulas that score an indicator and take a number of an earlier year, or the carry-over the year opened with.
    """
    record, used = evaluation.record, {i.metric for i in evaluation.indicators}
    rates = tuple(
        m
        for m in evaluation.metrics
        if m.id in used and m.value is not None and (m.id == "carryover_change_rate" or any(i.year < record.year for i in m.inputs))
    )
    facts: dict[str, HistoryLine] = {}
    for id, year in sorted(((row.fact, row.year) for row in record.facts if row.year < record.year), key=lambda row: row[1]):
        old, new = find_fact(record, id, year), find_fact(record, id, record.year)
        if old is not None and new is not None and old.value is not None and new.value is not None:
            change = _change(old.value, new.value, new.unit)
            facts[id] = HistoryLine(new.name, new.unit, year, old.value, new.value, change, f"f-{id}-{record.year}")
    for line in money_lines((previous, evaluation)) if previous else ():
        before, now = line.values
        if line.id not in facts and previous is not None and before is not None and now is not None:
            link = f"f-{line.id}-{record.year}"
            facts[line.id] = HistoryLine(line.name, "元", previous.record.year, before, now, _change(before, now, "元"), link)
    targets = []
    for target in evaluation.targets if previous else ():
        last = next((i for i in previous.indicators if i.id == target.id), None) if previous else None
        this = evaluation.indicator(target.id)
        moved = value_change(last, this)
        if previous is not None and moved is not None and this.value is not None:
            was = this.value - moved
            change = _change(was, this.value, this.unit)
            targets.append(HistoryLine(this.name, this.unit, previous.record.year, was, this.value, change, f"i-{this.id}"))
    return History(rates, tuple(facts.values()), tuple(targets), previous)


def _change(before: Decimal, now: Decimal, unit: str) -> AmountChange:
    if UNITS[unit].measures == "share":
        return AmountChange(convert(now - before, unit, SHARE), None)
    return amount_change(before, now)


def judge_panel(evaluation: Evaluation) -> experts.PanelResult | None:
    """What the experts gave, by the framework's rule for the final score; None where no expert's score is recorded.

    Raises InputRefused as `experts.judge` does; `check_methods` says the same with the row.
    """
    panel = panel_of(evaluation.framework.experts, evaluation)
    return experts.judge(panel) if panel else None


def panel_of(rule: experts.FinalRule, evaluation: Evaluation) -> experts.Panel | None:
    """The experts' scores of indicators in force, as `experts.judge` takes them."""
    given = evaluation.record.expert_scores
    items = tuple(
        experts.Item(id=i.id, name=i.name.zh, name_en=i.name.en, points=i.points)
        for i in evaluation.indicators
        if any(row.indicator == i.id for row in given)
    )
    if not items:
        return None
    judgements = tuple(experts.Judgement(evaluator=r.expert, indicator=r.indicator, score=r.score, reason=r.reason) for r in given)
    return experts.Panel(items=items, judgements=judgements, rule=rule, places=evaluation.framework.rounding.scores)


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire behind an indicator. `counted`: from recorded answers; otherwise from the rate and the number that are printed."""

    indicator: IndicatorResult
    result: SurveyResult
    counted: bool


SCALES: dict[str, tuple[Scale, Measure]] = {
    "yes_no": (YES_NO, "satisfied"),
    "three_point": (THREE_POINT, "satisfied"),
    "five_point": (FIVE_POINT, "satisfied"),
    "marks_10": (Marks(highest=Decimal(10), satisfied_from=Decimal(6)), "mean"),
    "marks_100": (Marks(highest=Decimal(100), satisfied_from=Decimal(60)), "mean"),
}
"""How each scale of the table is read. Marks are averaged, so the mark from which people count as satisfied plays no part."""


INVALID = ("无效", "invalid")
"""What the table of answers says of forms that cannot be read."""


def is_answer(scale: str, text: str) -> bool:
    """Whether a text may stand in the table of answers: an answer of the scale, nothing, or that the form is invalid."""
    plain_text = clean(text)
    return plain_text == "" or plain_text in INVALID or SCALES[scale][0].read(plain_text) is not None


def answers_of(scale: str) -> Words:
    """The answers of a scale, to tell what may be written."""
    read = SCALES[scale][0]
    if isinstance(read, Marks):
        return words(f"{plain(read.lowest)} 至 {plain(read.highest)}", f"{plain(read.lowest)} to {plain(read.highest)}")
    return words("、".join(option.label for option in read.options), ", ".join(option.label for option in read.options))


def questionnaires(evaluation: Evaluation) -> tuple[Questionnaire, ...]:
    """What each questionnaire says and how sure it is, from the recorded answers; without these, from a printed satisfaction
    rate and the number of valid forms. Empty where there is neither.

    Raises InputRefused as `evaluate_survey` does; `check_methods` says the same with the row.

    >>> from pathlib import Path
    >>> from evallib.years import evaluate_year
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
    """The recorded questionnaire of an indicator; its groups are numbered g1, g2, … in the order of their rows."""
    rows = [row for row in evaluation.record.surveys if row.indicator == indicator]
    scale, measure = SCALES[rows[0].scale]
    groups = tuple(_group(evaluation, row, f"g{number}") for number, row in enumerate(rows, 1))
    return Survey(groups=groups, scale=scale, measure=measure, target=_goal(evaluation.target(indicator)))


def _group(evaluation: Evaluation, row: SurveyRow, id: str) -> Group:
    counts: dict[str, int] = {}
    for answer in evaluation.record.survey_answers:
        if (answer.indicator, answer.group) == (row.indicator, row.group):
            counts[answer.answer] = counts.get(answer.answer, 0) + answer.count
    off_scale = sum(counts.pop(word, 0) for word in INVALID)
    return Group(
        id=id,
        name=row.group,
        name_en=row.group_en or row.group,
        counts=counts,
        off_scale=off_scale,
        weight=None if row.weight is None else row.weight / 100,
        population=row.population,
        issued=row.issued,
        returned=row.returned,
    )


def _goal(target: TargetResult | None) -> Decimal | None:
    """A target that a satisfaction rate can be held against, as a share."""
    if target is None or target.operator != ">=" or UNITS[target.unit].measures != "share":
        return None
    share = convert(target.target, target.unit, SHARE)
    return share if 0 < share <= 1 else None


def _printed_survey(evaluation: Evaluation, indicator: IndicatorResult) -> Survey | None:
    """A questionnaire of which only the rate and the number of valid forms are known."""
    target, record = evaluation.target(indicator.id), evaluation.record
    goal = _goal(target)
    if indicator.group != "satisfaction" or target is None or goal is None or target.actual is None or target.judged:
        return None
    row = next(row for row in record.targets if row.indicator == indicator.id)
    share, valid = convert(target.actual, target.unit, SHARE), _valid_forms(evaluation, row)
    if not valid or not 0 <= share <= 1:
        return None
    issued, returned = (_count(evaluation, f"questionnaires_{name}") for name in ("sent", "returned"))
    chain = [n for n in (valid, returned, issued) if n is not None]
    if chain != sorted(chain):  # the forms were of another questionnaire
        issued = returned = None
    group = Group(id="all", name="全部答卷", name_en="All answers", share=share, valid=valid, issued=issued, returned=returned)
    return Survey(groups=(group,), scale=YES_NO, target=goal)


def _valid_forms(evaluation: Evaluation, row: Target) -> int | None:
    """The valid forms a printed rate is of: its own base, or the year's questionnaires."""
    if row.base is not None:
        return int(row.base) if row.base == int(row.base) else None
    return _count(evaluation, "questionnaires_valid")


def _count(evaluation: Evaluation, fact: str) -> int | None:
    found = find_fact(evaluation.record, fact, evaluation.record.year)
    return None if found is None or found.value is None else int(found.value)


def intervals(evaluation: Evaluation, among: Sequence[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """The confidence interval of each questionnaire, in the unit of its indicator's value, for `sensitivity.simulate`.

    Only for the indicators `among` which a value is scored; none where everybody answered, or too few to be shown.
    """
    found = {}
    for asked in questionnaires(evaluation):
        interval, unit = asked.result.overall.interval, asked.indicator.unit
        if asked.indicator.id in among and interval is not None and interval.low < interval.high and UNITS[unit].measures == "share":
            found[asked.indicator.id] = (convert(interval.low, SHARE, unit), convert(interval.high, SHARE, unit))
    return found
