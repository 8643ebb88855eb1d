"""The synthetic county's words: its kinds of departments, findings and advice, and the text of its frameworks. No number is drawn here."""

from __future__ import annotations

import json
from typing import NamedTuple

MARK_ZH, MARK_EN = "模拟", "(synthetic)"
FRAMEWORK = "demo-department"
SYNTHETIC_ZH = "本页全部内容由程序生成：部门、数字、问题和建议都是虚构的，不对应任何真实的机构、地方或个人，不能作为评价依据。"
SYNTHETIC_EN = (
    "Everything on this page was made up by a program: the department, its numbers, findings and advice are fictional, "
    "stand for no real body, place or person, and prove nothing."
)


class Own(NamedTuple):
    """An indicator of a department's own: `more` and `fewer` are held against a level, `cases` is a share of cases closed."""

    id: str
    zh: str
    en: str
    unit: str
    way: str
    low: int
    high: int


class Kind(NamedTuple):
    """A kind of department, with its first economic indicator and three social ones."""

    id: str
    zh: str
    en: str
    own: tuple[Own, ...]


def _own(text: str) -> Own:
    id, zh, en, unit, way, low, high = (part.strip() for part in text.split("|"))
    return Own(id, zh, en, unit, way, int(low), int(high))


def _kind(head: str, *own: str) -> Kind:
    id, zh, en = (part.strip() for part in head.split("|"))
    return Kind(id, zh, en, tuple(map(_own, own)))


KINDS: tuple[Kind, ...] = (
    _kind("education|教育局|Education Bureau",
          "school_building_invested|校舍建设投资|Invested in school buildings|万元|more|400|3000",
          "teachers_trained|教师培训人次|Teacher training attended|人次|more|300|2500",
          "school_places_added|新增学位|School places added|个|more|120|1500",
          "dropouts|义务教育辍学人数|Pupils who left compulsory schooling|人|fewer|8|30"),
    _kind("health|卫生健康局|Health Bureau",
          "clinic_equipment_invested|基层医疗设备投资|Invested in clinic equipment|万元|more|200|2400",
          "checkups_given|老年人健康体检人数|Check-ups given to the elderly|人|more|3000|20000",
          "doctors_signed|家庭医生签约人数|Residents signed with a family doctor|人|more|5000|40000",
          "inspections_closed|公共卫生检查问题整改率|Sanitary inspections put right|%|cases|40|200"),
    _kind("civil_affairs|民政局|Civil Affairs Bureau",
          "care_home_invested|养老设施投资|Invested in homes for the elderly|万元|more|150|1800",
          "allowances_paid|发放救助人次|Relief payments made|人次|more|2000|15000",
          "care_beds_added|新增养老床位|Care beds added|个|more|40|400",
          "relief_applications_closed|救助申请按时办结率|Relief applications closed in time|%|cases|60|400"),
    _kind("agriculture|农业农村局|Agriculture Bureau",
          "farmland_invested|高标准农田投资|Invested in farmland|万元|more|600|4000",
          "farmers_trained|高素质农民培训人数|Farmers trained|人|more|100|900",
          "demonstration_sites|新建示范点|Demonstration sites set up|个|more|10|60",
          "produce_samples_passed|农产品抽检合格率|Produce samples that passed|%|cases|80|500"),
    _kind("water|水务局|Water Bureau",
          "waterworks_invested|水利工程投资|Invested in waterworks|万元|more|500|5000",
          "people_supplied|新增供水受益人数|People newly supplied with water|人|more|1500|12000",
          "reservoirs_checked|水库巡查次数|Reservoir patrols|项|more|40|300",
          "water_cases_closed|涉水案件办结率|Water cases closed|%|cases|20|120"),
    _kind("transport|交通运输局|Transport Bureau",
          "roads_invested|农村公路投资|Invested in rural roads|万元|more|800|6000",
          "bus_passengers|农村客运量|Passengers on rural buses|万人次|more|20|200",
          "bridges_repaired|危桥改造数|Unsafe bridges repaired|项|more|10|40",
          "road_accidents|较大道路安全问题|Serious road safety problems|件|fewer|6|24"),
    _kind("housing|住房和城乡建设局|Housing Bureau",
          "renovation_invested|老旧小区改造投资|Invested in renovation|万元|more|500|4500",
          "homes_renovated|改造住房套数|Homes renovated|个|more|150|1600",
          "homes_inspected|房屋安全排查数|Homes inspected for safety|个|more|800|7000",
          "permits_in_time|施工许可按时办结率|Building permits closed in time|%|cases|30|220"),
    _kind("culture|文化和旅游局|Culture Bureau",
          "visitor_revenue|旅游收入|Revenue from visitors|万元|more|900|9000",
          "performances_given|惠民演出场次|Free performances|项|more|30|200",
          "library_visits|图书馆接待人次|Library visits|人次|more|8000|60000",
          "venue_checks_closed|文化市场检查办结率|Venue checks closed|%|cases|30|180"),
    _kind("forestry|林业和草原局|Forestry Bureau",
          "forest_revenue|林下经济产值|Output of the forest economy|万元|more|300|3000",
          "rangers_trained|护林员培训人次|Ranger training attended|人次|more|120|900",
          "nurseries_kept|管护苗圃数|Nurseries kept|个|more|10|50",
          "forest_fires|森林火情起数|Forest fires|件|fewer|6|20"),
    _kind("environment|生态环境局|Environment Bureau",
          "treatment_invested|污染治理投资|Invested in clean-up|万元|more|400|3600",
          "firms_checked|检查企业数|Firms checked|家|more|60|500",
          "villages_served|污水治理受益人数|People served by sewage works|人|more|1200|9000",
          "complaints_closed|环境投诉办结率|Environmental complaints closed|%|cases|40|260"),
    _kind("emergency|应急管理局|Emergency Bureau",
          "relief_stock_value|救灾物资储备价值|Value of the relief stock|万元|more|80|700",
          "drills_held|应急演练场次|Drills held|项|more|12|90",
          "people_drilled|参加演练人次|Attendance at drills|人次|more|900|8000",
          "work_accidents|生产安全事故起数|Accidents at work|件|fewer|6|22"),
    _kind("market|市场监督管理局|Market Supervision Bureau",
          "firms_supported_value|减免企业费用|Fees waived for firms|万元|more|60|600",
          "firms_registered|新登记市场主体|Firms newly registered|家|more|400|4000",
          "food_samples|食品抽检批次|Food samples taken|件|more|200|1800",
          "consumer_cases_closed|消费投诉办结率|Consumer complaints closed|%|cases|80|600"),
    _kind("science|科学技术局|Science Bureau",
          "research_spending|研发投入|Spending on research|万元|more|300|2600",
          "firms_advised|服务企业数|Firms advised|家|more|30|260",
          "science_visitors|科普活动参加人次|Attendance at science events|人次|more|1500|12000",
          "project_reviews_closed|项目验收按时完成率|Project reviews closed in time|%|cases|15|80"),
    _kind("justice|司法局|Justice Bureau",
          "losses_recovered|挽回经济损失|Losses recovered|万元|more|60|800",
          "legal_aid_given|法律援助人数|People given legal aid|人|more|120|1000",
          "law_lectures|普法活动参加人次|Attendance at law lectures|人次|more|2000|18000",
          "disputes_settled|矛盾纠纷调解成功率|Disputes settled|%|cases|100|800"),
    _kind("employment|就业服务局|Employment Service Bureau",
          "startup_loans|发放创业贷款|Start-up loans granted|万元|more|200|2200",
          "jobs_added|城镇新增就业|New urban jobs|人|more|300|2400",
          "jobseekers_trained|职业培训人次|Training attended by jobseekers|人次|more|400|3500",
          "wage_cases_closed|欠薪案件办结率|Unpaid wage cases closed|%|cases|30|240"),
    _kind("archives|档案馆|Archives",
          "storage_saved|节约保管费用|Storage costs saved|万元|more|12|90",
          "records_scanned|数字化卷数|Volumes scanned|件|more|3000|30000",
          "readers_served|接待查阅人次|Readers served|人次|more|300|3000",
          "requests_closed|查档申请按时办结率|Requests closed in time|%|cases|60|500"),
)  # fmt: skip

COMMON_OWN: tuple[Own, ...] = (
    _own("upper_level_funds|争取上级资金|Funds obtained from higher levels|万元|more|300|4000"),
    _own("petitions_resolved|信访件按时办结率|Petitions closed in time|%|cases|20|90"),
    _own("safety_lectures|安全宣传人次|Attendance at safety lectures|人次|more|500|4000"),
)
SATISFACTION = Own("public_satisfaction", "服务对象满意度", "Satisfaction of those served", "%", "survey", 0, 0)

OFFICES = (
    ("办公室", "General Office"), ("财务科", "Finance Section"), ("规划科", "Planning Section"), ("业务一科", "First Operations Section"),
    ("业务二科", "Second Operations Section"), ("监督科", "Supervision Section"),
)  # fmt: skip
TASKS = (
    ("完成年度重点项目建设", "Finish the year's key construction"), ("落实安全生产责任", "See to safety at work"),
    ("推进政务公开", "Publish government information"), ("压减一般性支出", "Cut ordinary spending"),
    ("清理长期往来款", "Clear old receivables and payables"), ("开展资产清查", "Take stock of fixed assets"),
    ("办理建议和提案", "Answer motions and proposals"), ("组织业务培训", "Hold professional training"),
)  # fmt: skip

SOURCES = (
    ("demo-report", "评价报告", "Evaluation report", "report"), ("demo-accounts", "决算报表", "Final accounts", "report"),
    ("demo-self", "自评报告", "Self-evaluation report", "report"), ("demo-ledger", "业务台账", "Ledgers of the department", "ledger"),
    ("demo-plan", "中长期规划", "Medium-term plan", "plan"), ("demo-notice", "目标任务通知", "Notice of the year's tasks", "notice"),
    ("demo-rules", "财务管理办法", "Rules for financial management", "law"),
)  # fmt: skip


class Found(NamedTuple):
    """Something that an evaluation may find; `amount` says how it is told: plain, product, parts, or not at all."""

    kind: tuple[str, str]
    title: tuple[str, str]
    indicator: str
    advice: str
    amount: str


_RECEPTION, _BOOKS = ("公务接待不规范", "Receptions not properly handled"), ("会计核算不规范", "Bookkeeping not in order")
_ASSETS, _CONTROL = ("固定资产管理不规范", "Fixed assets not properly managed"), ("内部控制执行不到位", "Internal control not carried out")
FINDINGS: tuple[Found, ...] = (
    Found(_RECEPTION, ("接待费没有公函和清单", "A reception without letter or list"), "fund_compliance", "1", "plain"),
    Found(_RECEPTION, ("会议用餐超过人均标准", "Meals at a meeting above the rate for a person"), "fund_compliance", "1", "product"),
    Found(_BOOKS, ("培训费列入办公费", "Training booked as office expense"), "fund_compliance", "2", "parts"),
    Found(_BOOKS, ("项目资金用于日常支出", "Project funds used for running costs"), "fund_compliance", "2", "plain"),
    Found(_BOOKS, ("租金收入挂往来，没有确认收入", "Rent parked in payables and not booked as revenue"), "basic_information", "2", "plain"),
    Found(_BOOKS, ("两张报表的项目数对不上", "Two statements give different numbers of projects"), "basic_information", "2", ""),
    Found(_ASSETS, ("办公设备闲置，没有调剂", "Office equipment stands idle and is not passed on"), "asset_safety", "3", "plain"),
    Found(_ASSETS, ("应报废的设备仍在账上", "Equipment due for scrapping is still on the books"), "asset_safety", "3", "product"),
    Found(_ASSETS, ("资产卡片没有使用人", "Asset cards name no user"), "asset_safety", "3", ""),
    Found(_CONTROL, ("采购与验收由同一岗位办理", "The same post buys and accepts"), "internal_control", "4", ""),
    Found(_CONTROL, ("合同没有经过审核即签订", "A contract signed without review"), "internal_control", "4", "plain"),
    Found(_CONTROL, ("印章使用没有登记", "Use of the seal not recorded"), "internal_control", "4", ""),
)  # fmt: skip
ADVICE: dict[str, tuple[str, str, str, str]] = {
    "1": ("管住接待和会议支出", "Keep receptions and meetings in check",
          "接待和会议支出先审批、后报销，公函、清单、标准齐全才付款。",
          "Approve first and refund later; pay only with letter, list and rate at hand."),
    "2": ("按规定核算收支", "Keep the books by the rules",
          "按资金用途和收入来源入账，每季度核对往来款。", "Book by purpose and by source, and go through payables every quarter."),
    "3": ("盘清并用好资产", "Take stock of the assets and use them",
          "每年盘点一次，闲置的调剂，该报废的及时处置。", "Take stock once a year, pass on what stands idle, dispose of what is worn out."),
    "4": ("让内控落到岗位", "Bring internal control down to the posts",
          "不相容岗位分开，合同、印章、验收留下记录。",
          "Separate what must not lie in one hand; keep records of contracts, seals and acceptance."),
    "5": ("监控覆盖全部项目", "Monitor every project",
          "年中对全部项目开展运行监控，偏离目标的及时纠正。",
          "Monitor all projects during the year and correct what strays from its goal."),
}  # fmt: skip
PRACTICES = (
    ("目标分解到月", "Goals broken down by month", "年初把目标分解到月，每月通报进度。",
     "Goals are split by month and progress is told every month."),
    ("预算先评审", "Budgets reviewed first", "新增项目先评审、后入库。", "New projects are reviewed before they enter the budget."),
)  # fmt: skip

# --- the frameworks -----------------------------------------------------------------------------------------------------

CHECKLISTS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "goal_reasonableness": (
        ("laws_and_plans", "符合法规和规划", "In line with laws and plans", "1.0"),
        ("mandate", "符合部门职责", "In line with the department's mandate", "1.0")),
    "indicator_clarity": (
        ("broken_down", "目标细化为指标", "Goals broken down into indicators", "1.0"),
        ("measurable", "指标值可衡量", "Values can be measured", "1.0"),
        ("matches_tasks", "与年度任务对应", "Matched to the year's tasks", "1.0")),
    "management_system": (
        ("established", "制度已建立", "Rules exist", "0.5"), ("lawful_and_complete", "制度合法、完整", "Rules are lawful and complete",
         "0.5"),
        ("carried_out", "制度得到执行", "Rules are carried out", "1.0")),
}  # fmt: skip
TIERS = (("full", "完整", "complete", 80, 100), ("partly", "部分", "partly", 50, 80), ("none", "缺失", "lacking", 0, 50))

_BETTER = '{ kind = "proportional" }'
_DONE = '{ kind = "proportional", of = "completion" }'
_EACH = '{ kind = "deduct_per_occurrence", points_each = 0.5 }'


def _past(limit: str, share: str, unit: str = "0.01", side: str = "above", steps: str = "linear") -> str:
    return f'{{ kind = "deduct_per_unit", limit = {limit}, unit = {unit}, share = {share}, side = "{side}", steps = "{steps}" }}'


def _bands(edge: str, *bands: tuple[str, str]) -> str:
    told = ", ".join(f"{{ {edge} = {at}, share = {share} }}" if at else f"{{ share = {share} }}" for at, share in bands)
    return f'{{ kind = "bands", bands = [{told}] }}'


def _checklist(id: str) -> str:
    items = (f'{{ id = "{i}", name = "{zh}", name_en = "{en}", points = {points} }}' for i, zh, en, points in CHECKLISTS[id])
    return f'{{ kind = "checklist", items = [{", ".join(items)}] }}'


def _tiers() -> str:
    told = (f'{{ id = "{i}", name = "{zh}", name_en = "{en}", low = {low / 100}, high = {high / 100} }}' for i, zh, en, low, high in TIERS)
    return f'{{ kind = "tiers", tiers = [{", ".join(told)}] }}'


_DIMENSIONS = (
    ("input", "投入", "Input", 10, 8), ("process", "过程", "Process", 30, 32), ("output", "产出", "Output", 30, 30),
    ("benefit", "效益", "Benefit", 30, 30),
)  # fmt: skip
_SATISFIED = _bands("at_least", ("0.9", "1.0"), ("0.8", "0.8"), ("0.7", "0.6"), ("0.6", "0.4"), ("", "0.0"))
_GROUPS = (
    ("goals", "input", "目标设定", "Goal setting", 5, 5, ()),
    ("allocation", "input", "预算配置", "Budget allocation", 5, 3, ()),
    ("execution", "process", "预算执行", "Budget execution", 14, 14, ()),
    ("management", "process", "预算管理", "Budget management", 9, 10, ()),
    ("assets", "process", "资产管理", "Asset management", 3, 3, ()),
    ("performance", "process", "绩效管理", "Performance management", 4, 5, ()),
    ("output_quantity", "output", "产出数量", "Output quantity", 10, 9, ()),
    ("output_timeliness", "output", "产出时效", "Output timeliness", 6, 6, ()),
    ("output_quality", "output", "产出质量", "Output quality", 8, 8, ()),
    ("key_output", "output", "重点产出", "Key output", 6, 7, ()),
    ("economic", "benefit", "经济效益", "Economic benefit", 8, 6, (_DONE, _DONE)),
    ("social", "benefit", "社会效益", "Social benefit", 12, 14, (_DONE, _DONE)),
    ("satisfaction", "benefit", "满意度", "Satisfaction", 10, 10, (_SATISFIED, '{ kind = "linear", full_at = 0.95, zero_at = 0.6 }')),
)
_INDICATORS = (
    # id, group, names, points in the first and the later framework (0: not in it), formula, rule (or the two)
    ("goal_reasonableness", "goals", "绩效目标合理性", "Reasonableness of the goals", 2, 2, "", _checklist("goal_reasonableness")),
    ("indicator_clarity", "goals", "绩效指标明确性", "Clarity of the indicators", 3, 3, "", _checklist("indicator_clarity")),
    ("staffing_control", "allocation", "在职人员控制率", "Staffing control rate", 2, 2, "staffing_control_rate", _past("1.0", "0.1")),
    ("three_public_change", "allocation", "“三公经费”变动率", "Change in the three public expenses", 2, 0, "three_public_change_rate",
     _past("0.0", "0.1")),
    ("project_expenditure_change", "allocation", "项目支出变动率", "Change in project expenditure", 1, 1,
     "project_expenditure_change_rate", _past("0.05", "0.05")),
    ("budget_execution", "execution", "预算执行率", "Budget execution rate", 4, 4, "budget_execution_rate",
     (_BETTER, _past("0.95", "0.2", "0.05", "below", "whole"))),
    ("budget_adjustment", "execution", "预算调整率", "Budget adjustment rate", 2, 2, "budget_adjustment_rate",
     _bands("up_to", ("0.1", "1.0"), ("0.2", "0.8"), ("0.3", "0.5"), ("", "0.0"))),
    ("carryover", "execution", "结转结余率", "Carry-over rate", 2, 2, "carryover_rate",
     _bands("up_to", ("0.03", "1.0"), ("0.1", "0.5"), ("", "0.0"))),
    ("carryover_change", "execution", "结转结余变动率", "Change in carry-over", 1, 1, "carryover_change_rate", _past("0.0", "0.05")),
    ("operating_expense_control", "execution", "公用经费控制率", "Operating expense control rate", 2, 2, "operating_expense_control_rate",
     '{ kind = "pass_fail", up_to = 1.0 }'),
    ("three_public_control", "execution", "“三公经费”控制率", "Three public expenses control rate", 2, 2, "three_public_control_rate",
     _past("1.0", "0.1")),
    ("procurement_execution", "execution", "政府采购执行率", "Procurement execution rate", 1, 1, "procurement_execution_rate",
     '{ kind = "linear", full_at = 1.0, zero_at = 0.5 }'),
    ("management_system", "management", "管理制度健全性", "Soundness of the management rules", 2, 2, "", _checklist("management_system")),
    ("internal_control", "management", "内控执行有效性", "Effectiveness of internal control", 2, 2, "", _EACH),
    ("fund_compliance", "management", "资金使用合规性", "Compliance of spending", 3, 3, "", _EACH),
    ("basic_information", "management", "基础信息完善性", "Completeness of basic information", 2, 2, "", _EACH),
    ("budget_disclosure", "management", "预决算信息公开性", "Openness of budget and accounts", 0, 1, "", _tiers()),
    ("asset_safety", "assets", "资产管理安全性", "Safety of asset management", 2, 2, "", _EACH),
    ("asset_utilisation", "assets", "固定资产利用率", "Fixed asset utilisation rate", 1, 1, "asset_utilisation_rate", _BETTER),
    ("goal_coverage", "performance", "项目绩效目标覆盖率", "Coverage of project goals", 1, 2, "goal_coverage_rate", _BETTER),
    ("monitoring_coverage", "performance", "绩效运行监控覆盖率", "Coverage of monitoring", 3, 3, "monitoring_coverage_rate", _BETTER),
    ("task_completion", "output_quantity", "实际完成率", "Task completion rate", 10, 9, "task_completion_rate", _DONE),
    ("task_timeliness", "output_timeliness", "完成及时率", "Task timeliness rate", 6, 6, "task_timeliness_rate", _DONE),
    ("quality", "output_quality", "质量达标率", "Quality rate", 8, 8, "quality_rate", _DONE),
    ("key_tasks", "key_output", "重点工作办结率", "Key task completion rate", 6, 7, "key_task_completion_rate", _DONE),
)  # fmt: skip

GROUP_POINTS: dict[str, tuple[int, int]] = {g[0]: (g[4], g[5]) for g in _GROUPS}


def framework_toml(first_year: int, later: bool) -> str:
    """The text of the first framework file, or of the later one: other points, other rules, one indicator out and one in."""
    now = int(later)

    def entry(head: str, **values: str | int) -> str:
        said = [
            f"{key} = {value if key in ('rule', 'own_rule') else json.dumps(value, ensure_ascii=False)}" for key, value in values.items()
        ]
        return "\n".join(["", f"[[{head}]]", *said, ""])

    lines = [
        "# 模拟数据 / Synthetic: made by evallib for trying it out; in force nowhere.\n\nformat = 1\n"
        f'id = "{FRAMEWORK}"\nfirst_year = {first_year}\n'
        f'name = "{MARK_ZH}县部门整体支出绩效评价指标体系 {MARK_EN}"\n'
        f'name_en = "Framework for a made-up county\'s departmental expenditure {MARK_EN}"\npoints = 100\n'
        f'note = "{MARK_ZH}指标体系：分值和规则为演示而设，没有在任何地方实施。"\n'
        f'note_en = "A made-up framework {MARK_EN}: its points and rules were set for trying out the kit and are in force nowhere."\n\n'
        '[rounding]\nscores = 2\nrates = 4\nmode = "half_up"\n\n[treatment]\nmissing = "zero"\nnot_applicable = "rescale"\n\n'
        '[bases]\nproject_expenditure_change_rate = "budget_on_last_budget"\nbudget_execution_rate = "adjusted"\n'
        'carryover_rate = "adjusted"\nasset_utilisation_rate = "value"\n'
    ]
    for id, zh, en, at_least in (
        ("excellent", "优", "Excellent", 90),
        ("good", "良", "Good", 80),
        ("fair", "中", "Fair", 60),
        ("poor", "差", "Poor", 0),
    ):
        lines.append(entry("grade", id=id, name=zh, name_en=en, at_least=at_least))
    name, name_en = f"{MARK_ZH}评分办法 {MARK_EN}", f"Made-up scoring rules {MARK_EN}"
    lines.append(entry("source", id="demo-scoring", name=name, name_en=name_en, number=f"{MARK_ZH}〔{first_year}〕1号", year=first_year))
    for id, zh, en, first, second in _DIMENSIONS:
        lines.append(entry("dimension", id=id, name=zh, name_en=en, points=(first, second)[now], basis="own"))
    for id, dimension, zh, en, first, second, rules in _GROUPS:
        own = {"own_rule": rules[now]} if rules else {}
        lines.append(entry("group", id=id, name=zh, name_en=en, dimension=dimension, points=(first, second)[now], basis="own", **own))
    for number, (id, group, zh, en, first, second, metric, rule) in enumerate(_INDICATORS, 1):
        points, clause = (first, second)[now], {"source": "demo-scoring", "clause": f"第{number}条", "clause_en": f"article {number}"}
        said = {"rule": rule if isinstance(rule, str) else rule[now]} | ({"metric": metric} if metric else {})
        if points:
            lines.append(entry("indicator", id=id, name=zh, name_en=en, group=group, points=points, basis="own", **clause, **said))
    return "".join(lines)
