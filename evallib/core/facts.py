"""The catalogue of facts: what each is called, what it is measured in, what it is the sum of. No values live here."""

from __future__ import annotations

from dataclasses import dataclass

from evallib.core.words import Words, words


@dataclass(frozen=True)
class FactKind:
    """One kind of fact.

    `parts` are the facts that add up to this one (a leading ``-`` takes one away). A fact with parts may be given
    itself, or by its parts, or both ways; given both ways the two must agree.
    `derived` facts are only ever computed from their parts and never given.
    """

    id: str
    name: Words
    unit: str
    topic: str
    parts: tuple[str, ...] = ()
    derived: bool = False


TOPICS: dict[str, Words] = {
    "staff": words("人员编制", "Staff"),
    "approved": words("年初批复预算", "Approved budget"),
    "adjusted": words("调整后预算", "Adjusted budget"),
    "outturn": words("支出决算", "Outturn"),
    "carryover": words("结转结余", "Carry-over"),
    "control": words("公用经费与“三公”经费", "Operating expense and the three public expenses"),
    "procurement": words("政府采购", "Procurement"),
    "assets": words("固定资产", "Fixed assets"),
    "performance": words("绩效管理与任务", "Performance management and tasks"),
    "survey": words("问卷与社会统计", "Questionnaire and social statistics"),
}


def _f(id: str, zh: str, en: str, unit: str, topic: str, *parts: str, derived: bool = False) -> FactKind:
    return FactKind(id, words(zh, en), unit, topic, parts, derived)


FACTS: dict[str, FactKind] = {
    kind.id: kind
    for kind in (
        _f("staff_quota", "编制人数", "Approved posts", "人", "staff",
           "staff_quota_administrative", "staff_quota_institution"),
        _f("staff_quota_administrative", "行政编制", "Approved posts, administrative", "人", "staff"),
        _f("staff_quota_institution", "事业编制", "Approved posts, public institutions", "人", "staff"),
        _f("staff_in_post", "在职人数", "Staff in post", "人", "staff", "staff_administrative", "staff_institution"),
        _f("staff_administrative", "在职行政人员", "Staff in post, administrative", "人", "staff"),
        _f("staff_institution", "在职事业人员", "Staff in post, public institutions", "人", "staff"),
        _f("staff_over_quota", "超编人数", "Staff over the approved posts", "人", "staff",
           "staff_in_post", "-staff_quota", derived=True),
        _f("approved_income", "年初批复预算收入", "Approved income", "元", "approved",
           "approved_income_general", "approved_income_fund", "approved_income_capital", "approved_income_other"),
        _f("approved_income_general", "年初批复：一般公共预算", "Approved income, general public budget", "元", "approved"),
        _f("approved_income_fund", "年初批复：政府性基金预算", "Approved income, government fund budget", "元", "approved"),
        _f("approved_income_capital", "年初批复：国有资本经营预算", "Approved income, state capital budget", "元", "approved"),
        _f("approved_income_other", "年初批复：其他收入", "Approved income, other", "元", "approved"),
        _f("approved_expenditure", "年初批复预算支出", "Approved expenditure", "元", "approved",
           "approved_basic", "approved_project"),
        _f("approved_basic", "年初批复：基本支出", "Approved basic expenditure", "元", "approved"),
        _f("approved_project", "年初批复：项目支出", "Approved project expenditure", "元", "approved"),
        _f("project_budget", "项目支出预算（用于与上年比较）", "Project expenditure budget, for the comparison with last year",
           "元", "approved"),
        _f("adjusted_income", "调整后预算收入", "Adjusted income", "元", "adjusted",
           "adjusted_income_general", "adjusted_income_fund", "adjusted_income_capital", "adjusted_income_other",
           "opening_carryover"),
        _f("adjusted_income_general", "调整后：一般公共预算", "Adjusted income, general public budget", "元", "adjusted"),
        _f("adjusted_income_fund", "调整后：政府性基金预算", "Adjusted income, government fund budget", "元", "adjusted"),
        _f("adjusted_income_capital", "调整后：国有资本经营预算", "Adjusted income, state capital budget", "元", "adjusted"),
        _f("adjusted_income_other", "调整后：其他收入", "Adjusted income, other", "元", "adjusted"),
        _f("opening_carryover", "年初结转结余", "Opening carry-over", "元", "carryover"),
        _f("adjusted_expenditure", "调整后预算支出", "Adjusted expenditure", "元", "adjusted",
           "adjusted_basic", "adjusted_project"),
        _f("adjusted_basic", "调整后：基本支出", "Adjusted basic expenditure", "元", "adjusted"),
        _f("adjusted_project", "调整后：项目支出", "Adjusted project expenditure", "元", "adjusted"),
        _f("outturn", "支出决算数", "Outturn", "元", "outturn", "outturn_basic", "outturn_project"),
        _f("outturn_basic", "决算：基本支出", "Outturn, basic expenditure", "元", "outturn"),
        _f("outturn_project", "决算：项目支出", "Outturn, project expenditure", "元", "outturn"),
        _f("closing_carryover", "年末结转结余", "Closing carry-over", "元", "carryover",
           "closing_carryover_basic", "closing_carryover_project"),
        _f("closing_carryover_basic", "年末结转结余：基本支出", "Closing carry-over, basic", "元", "carryover"),
        _f("closing_carryover_project", "年末结转结余：项目支出", "Closing carry-over, project", "元", "carryover"),
        _f("operating_expense_budget", "公用经费预算", "Operating expense, budget", "元", "control"),
        _f("operating_expense_outturn", "公用经费决算", "Operating expense, outturn", "元", "control"),
        _f("three_public_budget", "“三公”经费预算", "Three public expenses, budget", "元", "control"),
        _f("three_public_outturn", "“三公”经费决算", "Three public expenses, outturn", "元", "control",
           "three_public_abroad", "three_public_vehicles", "three_public_receptions"),
        _f("three_public_abroad", "因公出国（境）费", "Official travel abroad", "元", "control"),
        _f("three_public_vehicles", "公务用车购置及运行维护费", "Official vehicles", "元", "control"),
        _f("three_public_receptions", "公务接待费", "Official receptions", "元", "control"),
        _f("procurement_planned", "政府采购计划金额", "Procurement, planned", "元", "procurement"),
        _f("procurement_actual", "政府采购实际金额", "Procurement, actual", "元", "procurement"),
        _f("assets_count", "固定资产项数", "Fixed assets, count", "项", "assets"),
        _f("assets_gross", "固定资产原值", "Fixed assets, gross value", "元", "assets"),
        _f("assets_depreciation", "累计折旧", "Accumulated depreciation", "元", "assets"),
        _f("assets_net", "固定资产净值", "Fixed assets, net value", "元", "assets",
           "assets_gross", "-assets_depreciation", derived=True),
        _f("assets_inspected_count", "抽查资产项数", "Assets inspected, count", "项", "assets"),
        _f("assets_inspected_value", "抽查资产原值", "Assets inspected, gross value", "元", "assets"),
        _f("assets_idle_count", "闲置资产项数", "Idle assets, count", "项", "assets"),
        _f("assets_idle_value", "闲置资产原值", "Idle assets, gross value", "元", "assets"),
        _f("assets_to_scrap_count", "待报废资产项数", "Assets to scrap, count", "项", "assets"),
        _f("assets_to_scrap_value", "待报废资产原值", "Assets to scrap, gross value", "元", "assets"),
        _f("projects", "项目数", "Projects", "个", "performance"),
        _f("projects_with_goals", "已编报绩效目标的项目数", "Projects with performance goals", "个", "performance"),
        _f("projects_monitored", "已开展运行监控的项目数", "Projects monitored during the year", "个", "performance"),
        _f("goal_dimensions", "申报的一级指标数", "Declared goals, first-level indicators", "个", "performance"),
        _f("goal_groups", "申报的二级指标数", "Declared goals, second-level indicators", "个", "performance"),
        _f("goal_indicators", "申报的三级指标数", "Declared goals, third-level indicators", "个", "performance"),
        _f("tasks", "年度目标任务数", "Tasks of the year", "项", "performance"),
        _f("tasks_completed", "已完成任务数", "Tasks completed", "项", "performance"),
        _f("tasks_on_time", "按时完成任务数", "Tasks completed on time", "项", "performance"),
        _f("key_projects", "重点工作项目数", "Key projects", "项", "performance"),
        _f("key_tasks", "重点工作分项任务数", "Key tasks", "项", "performance"),
        _f("key_tasks_completed", "已完成重点工作分项任务数", "Key tasks completed", "项", "performance"),
        _f("assessment_score", "年度目标管理考核得分", "Score in the annual target assessment", "分", "performance"),
        _f("assessment_full_score", "年度目标管理考核满分", "Full score of the annual target assessment", "分", "performance"),
        _f("questionnaires_sent", "发放问卷数", "Questionnaires sent", "份", "survey"),
        _f("questionnaires_returned", "收回问卷数", "Questionnaires returned", "份", "survey"),
        _f("questionnaires_valid", "有效问卷数", "Valid questionnaires", "份", "survey"),
        _f("registered_unemployed", "期末登记失业人数", "Registered unemployed at year end", "人", "survey"),
        _f("employed", "期末从业人数", "Employed at year end", "人", "survey"),
    )
}  # fmt: skip


def split_part(part: str) -> tuple[int, str]:
    """The sign and the id of one of a fact's parts.

    >>> split_part("-assets_depreciation")
    (-1, 'assets_depreciation')
    """
    return (-1, part[1:]) if part.startswith("-") else (1, part)
