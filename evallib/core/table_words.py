"""The tables of data in words: what each is called, what it is for, what a cell of few choices may say. No row lives here."""

from __future__ import annotations

from evallib.core.words import Words, words

TABLE_NAMES: dict[str, Words] = {
    "sources": words("来源文件", "Sources"),
    "profile": words("基本情况", "Profile"),
    "units": words("机构", "Units"),
    "work_targets": words("年度工作目标", "Work targets"),
    "plan_targets": words("中长期目标", "Plan targets"),
    "facts": words("基础数据", "Facts"),
    "own_indicators": words("自设指标", "Own indicators"),
    "targets": words("目标与实际", "Targets"),
    "target_parts": words("目标分项", "Target parts"),
    "judgements": words("评定", "Judgements"),
    "findings": words("问题", "Findings"),
    "finding_amounts": words("问题金额分项", "Finding amounts"),
    "recommendations": words("建议", "Recommendations"),
    "practices": words("经验做法", "Practices"),
    "self_evaluation": words("自评", "Self-evaluation"),
    "published": words("公布数字", "Published"),
    "contradictions": words("矛盾", "Contradictions"),
    "surveys": words("问卷对象", "Surveys"),
    "survey_answers": words("问卷答案", "Survey answers"),
    "expert_scores": words("专家评分", "Expert scores"),
    "cost_results": words("成本与成果", "Costs and results"),
    "follow_ups": words("整改情况", "Follow-up"),
}
"""The tables by id: the name of the sheet in a workbook."""


CHOICES: dict[str, Words] = {
    "report": words("报告", "report"), "law": words("法规", "law"), "notice": words("通知", "notice"), "plan": words("规划", "plan"),
    "ledger": words("台账", "ledger"), "full_name": words("全称", "full name"), "rank": words("预算级次", "rank"),
    "duties": words("职责", "duties"), "evaluator": words("评价机构", "evaluator"), "client": words("委托方", "client"),
    "period": words("评价期间", "period"), "conclusion": words("结论", "conclusion"), "synthetic": words("模拟数据", "synthetic"),
    "office": words("内设机构", "office"), "civil_service_institution": words("参公事业单位", "civil service institution"),
    "public_institution": words("全额事业单位", "public institution"), "yes": words("是", "yes"), "no": words("否", "no"),
    "published": words("公布", "published"), "reconstructed": words("重构", "reconstructed"), "own": words("自设", "own"),
    "met": words("满足", "met"), "not_met": words("不满足", "not met"),
    "measured": words("计量", "measured"), "judged": words("评定", "judged"), "target": words("目标", "target"),
    "actual": words("实际", "actual"), "item": words("核对项", "item"), "tier": words("等次", "tier"),
    "award": words("评分", "award"), "override": words("调整", "override"), "not_applicable": words("不适用", "not applicable"),
    "number": words("数字", "number"), "wording": words("用语", "wording"),
    ">=": words("≥"), "<=": words("≤"), "=": words("="),
    "yes_no": words("满意/不满意", "yes or no"), "three_point": words("三级", "three points"), "five_point": words("五级", "five points"),
    "marks_10": words("十分制", "out of ten"), "marks_100": words("百分制", "out of a hundred"),
    "open": words("未整改", "open"), "promised": words("已承诺", "promised"), "done": words("已整改", "done"),
    "checked": words("已核查", "checked"),
    "finding": words("问题", "finding"), "recommendation": words("建议", "recommendation"),
}  # fmt: skip
"""What a cell of few choices may say, in both languages."""


PURPOSES: dict[str, Words] = {
    "sources": words("数据出自哪些文件；其他表用这里的编号", "The documents that the data comes from; other sheets use these ids"),
    "profile": words("部门的名称、级次、职责，评价的委托方和结论", "The department's name, rank, duties; the client; the conclusion"),
    "units": words("内设机构和所属单位，每个一行", "Offices and subordinate units, one a row"),
    "work_targets": words("上级下达的年度工作目标", "The work targets set for the year"),
    "plan_targets": words("中长期规划中带数字的目标", "Targets of the medium-term plan that carry a number"),
    "facts": words("人员、预算、决算、资产等原始数字", "Primitive numbers: staff, budget, outturn, assets and so on"),
    "own_indicators": words("部门自设的指标及其分值", "Indicators of the department's own and what they are worth"),
    "targets": words("每个指标的目标值和实际值", "Target and actual of each indicator"),
    "target_parts": words("目标值或实际值由哪些分项组成", "The parts that a target or an actual is made of"),
    "judgements": words("由评价组评定的指标：结论、得分和理由", "Indicators judged by the evaluators: verdict, score and reason"),
    "findings": words("评价发现的问题，每个一行", "What the evaluation found, one a row"),
    "finding_amounts": words("问题金额的分项", "The parts of a finding's amount"),
    "recommendations": words("建议", "Recommendations"),
    "practices": words("值得保留的做法", "Practices worth keeping"),
    "self_evaluation": words("部门自评得分；total 一行是总分", "The department's own scores; the row total is that of the whole"),
    "published": words("报告公布的数字，用来与计算结果核对", "Figures that the report states, to be compared with what is computed"),
    "contradictions": words("来源中前后不一致之处", "Where the sources contradict themselves"),
    "surveys": words(
        "满意度问卷问了谁，发放和收回多少份；没有问卷可以不填",
        "Who was asked how satisfied they are, and how many forms; may be left empty",
    ),
    "survey_answers": words("每种答案有多少份", "How often each answer was given"),
    "expert_scores": words(
        "每位专家对每个指标的评分和理由；没有专家评议可以不填", "Each expert's score of each indicator, with the reason; may be left empty"
    ),
    "cost_results": words(
        "花了多少钱、得到多少成果，两者为什么对应；可以不填",
        "What was spent on which result, and why they belong together; may be left empty",
    ),
    "follow_ups": words(
        "问题和建议的整改情况，每次变化一行；可以不填",
        "Follow-up of findings and recommendations, a row for each change; may be left empty",
    ),
}
"""What each table is for."""
