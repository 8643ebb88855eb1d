"""From rows to measured numbers: facts looked up or summed, formulas computed, targets held against actuals. Pure."""

from __future__ import annotations

from decimal import Decimal

from evallib.core.evaluation import InputValue, MetricResult, Origin, TargetResult
from evallib.core.facts import FACTS, split_part
from evallib.core.framework import Framework
from evallib.core.metrics import METRICS, Metric
from evallib.core.record import Operator, OwnIndicator, Record, Target
from evallib.core.units import SHARE, UNITS, convert, percent, quantity
from evallib.core.words import LANGS, Words, joined, words


def find_fact(record: Record, id: str, year: int) -> InputValue | None:
    """A fact of a year in the catalogue's unit: as given, or the sum of its parts. None where nobody gave it.

    A fact that was given as known to be missing has the value None. The sum of parts is None when any part is.
    """
    kind = FACTS[id]
    row = record.find_fact(id, year)
    if row is None:
        return sum_of_parts(record, id, year)
    return InputValue(
        fact=id,
        year=year,
        name=kind.name,
        value=None if row.value is None else convert(row.value, row.unit, kind.unit),
        unit=kind.unit,
        origins=(Origin(source=row.source, section=row.section),),
        note=words(row.note, row.note_en),
    )


def sum_of_parts(record: Record, id: str, year: int) -> InputValue | None:
    """The sum of a fact's parts. None where it has none, or where any of them was not given."""
    kind = FACTS[id]
    signed = [(sign, find_fact(record, part, year)) for sign, part in map(split_part, kind.parts)]
    if not signed or any(part is None for _, part in signed):
        return None
    parts = [(sign, part) for sign, part in signed if part is not None]
    values = [sign * part.value for sign, part in parts if part.value is not None]
    total = sum(values, Decimal(0)) if len(values) == len(parts) else None
    origins = tuple(dict.fromkeys(origin for _, part in parts for origin in part.origins))
    return InputValue(
        fact=id, year=year, name=kind.name, value=total, unit=kind.unit, origins=origins, parts=tuple(part for _, part in parts)
    )


def written(value: Decimal | None, unit: str) -> Words:
    """A number with its unit in both languages; a dash where it is missing."""
    return words("—") if value is None else words(quantity(value, unit, "zh"), quantity(value, unit, "en"))


def metric_inputs(framework: Framework, metric: Metric) -> tuple[str, list[tuple[str, int]]]:
    """The base the framework chose for a formula, and the facts with the years before that it then takes."""
    base = framework.bases.get(metric.id, metric.default_base)
    return base, [(i.fact, i.years_before) for i in metric.bases[base]]


def compute_metric(framework: Framework, record: Record, metric: Metric) -> MetricResult:
    """A formula with the record's facts put in; the value is None where it is not defined, and the working says why."""
    base, needed = metric_inputs(framework, metric)
    inputs = []
    for fact, before in needed:
        kind = FACTS[fact]
        found = find_fact(record, fact, record.year - before)
        inputs.append(
            found
            or InputValue(
                fact=fact,
                year=record.year - before,
                name=kind.name,
                value=None,
                unit=kind.unit,
                origins=(),
                note=words("未提供", "not given"),
            )
        )
    values = [i.value for i in inputs]
    missing = [i for i in inputs if i.value is None]
    value = None if missing else metric.compute(*values)

    def name(i: InputValue) -> Words:
        year = words(f"{i.year}年", f" in {i.year}") if any(before for _, before in needed) else words("", " ")
        return words(year.zh + i.name.zh, i.name.en + year.en.rstrip())

    if missing:
        lacking = joined([name(i) for i in missing], "、", ", ")
        working = words(f"缺少{lacking.zh}，无法计算", f"cannot be computed: {lacking.en} missing")
    else:
        shown = {lang: metric.written([quantity(i.value or Decimal(0), i.unit, lang) for i in inputs]) for lang in LANGS}
        result = words("基数为零，比率无定义", "the base is zero: the rate is not defined") if value is None else words(percent(value))
        working = words(f"{shown['zh']} = {result.zh}", f"{shown['en']} = {result.en}")
    formula = words(metric.written([name(i).zh for i in inputs]), metric.written([name(i).en for i in inputs]))
    return MetricResult(id=metric.id, name=metric.name, base=base, value=value, formula=formula, working=working, inputs=tuple(inputs))


def _actual(record: Record, row: Target, metric: MetricResult | None) -> tuple[Decimal | None, Words]:
    """The actual in the target's unit, and how it came about."""
    parts = [p for p in record.target_parts if p.indicator == row.indicator and p.role == "actual" and p.counted == "yes"]
    if row.actual is not None and row.base is not None:
        unit = row.actual_unit
        share = row.actual / row.base if row.base else None
        shown = words(
            f"{quantity(row.actual, unit, 'zh')} ÷ {quantity(row.base, unit, 'zh')}",
            f"{quantity(row.actual, unit, 'en')} ÷ {quantity(row.base, unit, 'en')}",
        )
        if share is None:
            return None, shown + words(" = 基数为零，比率无定义", " = the base is zero: the rate is not defined")
        return convert(share, SHARE, row.unit), shown + words(f" = {percent(share)}")
    if row.actual is not None:
        unit = row.actual_unit or row.unit
        value = convert(row.actual, unit, row.unit)
        shown = written(row.actual, unit)
        if UNITS[unit].factor != UNITS[row.unit].factor:
            shown = words(f"{shown.zh} = {quantity(value, row.unit, 'zh')}", shown.en)
        return value, shown
    if parts:
        total = sum((convert(p.value, p.unit, row.unit) for p in parts), Decimal(0))
        sums = {lang: " + ".join(f"{p.words[lang]} {quantity(p.value, p.unit, lang)}" for p in parts) for lang in LANGS}
        whole = written(total, row.unit)
        return total, words(f"{sums['zh']} = {whole.zh}", f"{sums['en']} = {whole.en}")
    if metric is not None:
        return (None if metric.value is None else convert(metric.value, SHARE, row.unit)), metric.working
    return None, words("没有实际值", "no actual was given")


def _is_met(operator: Operator, actual: Decimal, target: Decimal) -> bool:
    if operator == ">=":
        return actual >= target
    return actual <= target if operator == "<=" else actual == target


def _attained(operator: Operator, actual: Decimal, target: Decimal) -> Decimal:
    """How far a target that was not met was attained, as a share: actual / target, or target / actual where lower is better."""
    if operator == ">=" and target > 0:
        return max(actual / target, Decimal(0))
    if operator == "<=" and target >= 0:
        return target / actual
    return Decimal(0)


def compute_target(record: Record, row: Target, name: Words, metric: MetricResult | None) -> TargetResult:
    """A target held against its actual: completion rate, attainment (at most full), and whether it was met."""
    actual, how = _actual(record, row, metric)
    completion = actual / row.target if actual is not None and row.target else None
    met = None if actual is None else _is_met(row.operator, actual, row.target)
    attainment = None if actual is None else Decimal(1) if met else _attained(row.operator, actual, row.target)
    goal = written(row.target, row.unit)
    if actual is None:
        working = how
    elif completion is None:
        working = words(f"实际 {how.zh}；目标为零，完成率无定义", f"actual {how.en}; the target is zero: completion is not defined")
    elif row.operator == "<=":
        verdict = words("未超过", "kept") if met else words("超过", "exceeded")
        working = words(
            f"实际 {how.zh}；上限 {goal.zh}，{verdict.zh}；相当于上限的 {percent(completion)}",
            f"actual {how.en}; limit {goal.en}: {verdict.en}, {percent(completion)} of the limit",
        )
    else:
        full = words("，超额部分不加分", ", capped at 100%") if completion > 1 else words("")
        working = words(
            f"实际 {how.zh}；目标 {goal.zh}；完成率 {percent(completion)}{full.zh}",
            f"actual {how.en}; target {goal.en}; completion {percent(completion)}{full.en}",
        )
    return TargetResult(
        id=row.indicator,
        name=name,
        operator=row.operator,
        target=row.target,
        actual=actual,
        unit=row.unit,
        completion_rate=completion,
        attainment=attainment,
        met=met,
        judged=row.actual_by == "judged",
        working=working,
    )


def asks_no_more(target: TargetResult, last_actual: Decimal) -> bool:
    """Whether a target is already reached by last year's actual. A target of 100% cannot ask for more."""
    if target.operator == ">=":
        full = UNITS[target.unit].measures == "share" and convert(target.target, target.unit, SHARE) >= 1
        return target.target <= last_actual and not full
    return target.operator == "<=" and target.target >= last_actual


def metric_of(framework: Framework, record: Record, indicator: str) -> str | None:
    """The id of the formula that measures an indicator, where one does."""
    found: list[str | None] = [i.metric for i in framework.indicators if i.id == indicator]
    found += [o.metric or None for o in record.own_indicators if o.indicator == indicator]
    return found[0] if found else None


def name_of(framework: Framework, record: Record, indicator: str) -> Words:
    """The name of an indicator, of the framework or the department's own."""
    own: dict[str, OwnIndicator] = {o.indicator: o for o in record.own_indicators}
    if indicator in own:
        return words(own[indicator].name, own[indicator].name_en)
    return next((i.words for i in framework.indicators if i.id == indicator), words(indicator))


def measure(framework: Framework, record: Record) -> tuple[tuple[MetricResult, ...], tuple[TargetResult, ...]]:
    """Every formula and every target of a department's year, in the order of the catalogue and of the data."""
    metrics = {id: compute_metric(framework, record, metric) for id, metric in METRICS.items()}
    targets = tuple(
        compute_target(
            record, row, name_of(framework, record, row.indicator), metrics.get(metric_of(framework, record, row.indicator) or "")
        )
        for row in record.targets
    )
    return tuple(metrics.values()), targets
