"""The formulas of the field, as bare functions and as a catalogue that says which facts each one takes. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from evallib.core.words import Words, words


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` as a share of `whole` (unit: share). None where the whole is zero: the rate is then not defined.

    >>> ratio(Decimal(51), Decimal(48))
    Decimal('1.0625')
    """
    return part / whole if whole else None


def change_rate(now: Decimal, before: Decimal) -> Decimal | None:
    """The change from `before` to `now` as a share of `before`. None where `before` is zero: growth from nothing has no rate.

    >>> change_rate(Decimal("27800"), Decimal("26000")).quantize(Decimal("0.0001"))
    Decimal('0.0692')
    """
    return (now - before) / before if before else None


def remaining_rate(whole: Decimal, *taken: Decimal) -> Decimal | None:
    """What is left of `whole` after all that is taken from it, as a share. None where the whole is zero.

    >>> remaining_rate(Decimal(15), Decimal(1), Decimal(2))
    Decimal('0.8')
    """
    return (whole - sum(taken, Decimal(0))) / whole if whole else None


def proportion(part: Decimal, rest: Decimal) -> Decimal | None:
    """`part` as a share of itself and the rest together. None where both are zero.

    >>> proportion(Decimal(742), Decimal(22187)).quantize(Decimal("0.0001"))
    Decimal('0.0324')
    """
    return part / (part + rest) if part + rest else None


_WRITTEN: dict[Callable[..., Decimal | None], Callable[[list[str]], str]] = {
    ratio: lambda x: f"{x[0]} ÷ {x[1]}",
    change_rate: lambda x: f"({x[0]} − {x[1]}) ÷ {x[1]}",
    remaining_rate: lambda x: f"({' − '.join(x)}) ÷ {x[0]}",
    proportion: lambda x: f"{x[0]} ÷ ({x[0]} + {x[1]})",
}


@dataclass(frozen=True)
class Input:
    """A fact that a formula takes: its id and how many years before the evaluated one (0 or 1)."""

    fact: str
    years_before: int = 0


@dataclass(frozen=True)
class Metric:
    """A formula with its inputs. Where the field divides by different bases, each base is named and the framework chooses."""

    id: str
    name: Words
    compute: Callable[..., Decimal | None]
    bases: dict[str, tuple[Input, ...]]
    good: Words

    @property
    def default_base(self) -> str:
        return next(iter(self.bases))

    def written(self, parts: list[str]) -> str:
        """The formula with names or numbers put in.

        >>> METRICS["staffing_control_rate"].written(["51", "48"])
        '51 ÷ 48'
        """
        return _WRITTEN[self.compute](parts)


_NOT_ABOVE_ONE = words("不高于 100% 为好", "good up to 100%")
_NOT_ABOVE_ZERO = words("不高于 0% 为好", "good up to 0%")
_HIGH = words("越高越好", "higher is better")
_LOW = words("越低越好", "lower is better")


def _m(id: str, zh: str, en: str, compute: Callable[..., Decimal | None], good: Words, *inputs: str,
       **bases: tuple[str, ...]) -> Metric:  # fmt: skip  # pragma: no mutate block
    def read(texts: tuple[str, ...]) -> tuple[Input, ...]:
        return tuple(Input(t.removesuffix("@last_year"), 1 if t.endswith("@last_year") else 0) for t in texts)

    chosen = {name: read(texts) for name, texts in bases.items()} or {"": read(inputs)}
    return Metric(id, words(zh, en), compute, chosen, good)


METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        _m("staffing_control_rate", "在职人员控制率", "Staffing control rate", ratio, _NOT_ABOVE_ONE,
           "staff_in_post", "staff_quota"),
        _m("three_public_change_rate", "“三公经费”变动率", "Change in the three public expenses", change_rate,
           _NOT_ABOVE_ZERO, "three_public_budget", "three_public_budget@last_year"),
        _m("project_expenditure_change_rate", "项目支出变动率", "Change in project expenditure", change_rate, _NOT_ABOVE_ZERO,
           outturn_on_last_budget=("outturn_project", "project_budget@last_year"),
           budget_on_last_budget=("project_budget", "project_budget@last_year")),
        _m("budget_execution_rate", "预算执行率", "Budget execution rate", ratio, _HIGH,
           adjusted=("outturn", "adjusted_expenditure"), approved=("outturn", "approved_expenditure")),
        _m("budget_adjustment_rate", "预算调整率", "Budget adjustment rate", change_rate, _LOW,
           "adjusted_expenditure", "approved_expenditure"),
        _m("carryover_rate", "结转结余率", "Carry-over rate", ratio, _LOW,
           adjusted=("closing_carryover", "adjusted_expenditure"), outturn=("closing_carryover", "outturn")),
        _m("carryover_change_rate", "结转结余变动率", "Change in carry-over", change_rate, _NOT_ABOVE_ZERO,
           "closing_carryover", "opening_carryover"),
        _m("operating_expense_control_rate", "公用经费控制率", "Operating expense control rate", ratio, _NOT_ABOVE_ONE,
           "operating_expense_outturn", "operating_expense_budget"),
        _m("three_public_control_rate", "“三公经费”控制率", "Three public expenses control rate", ratio, _NOT_ABOVE_ONE,
           "three_public_outturn", "three_public_budget"),
        _m("procurement_execution_rate", "政府采购执行率", "Procurement execution rate", ratio, _HIGH,
           "procurement_actual", "procurement_planned"),
        _m("asset_utilisation_rate", "固定资产利用率", "Fixed asset utilisation rate", remaining_rate, _HIGH,
           value=("assets_inspected_value", "assets_idle_value", "assets_to_scrap_value"),
           count=("assets_inspected_count", "assets_idle_count", "assets_to_scrap_count")),
        _m("goal_coverage_rate", "项目绩效目标覆盖率", "Coverage of project goals", ratio, _HIGH,
           "projects_with_goals", "projects"),
        _m("monitoring_coverage_rate", "绩效运行监控覆盖率", "Coverage of monitoring", ratio, _HIGH,
           "projects_monitored", "projects"),
        _m("task_completion_rate", "实际完成率", "Task completion rate", ratio, _HIGH, "tasks_completed", "tasks"),
        _m("task_timeliness_rate", "完成及时率", "Task timeliness rate", ratio, _HIGH, "tasks_on_time", "tasks"),
        _m("quality_rate", "质量达标率", "Quality rate", ratio, _HIGH, "assessment_score", "assessment_full_score"),
        _m("key_task_completion_rate", "重点工作办结率", "Key task completion rate", ratio, _HIGH,
           "key_tasks_completed", "key_tasks"),
        _m("registered_unemployment_rate", "城镇登记失业率", "Registered urban unemployment rate", proportion, _LOW,
           "registered_unemployed", "employed"),
    )
}  # fmt: skip
