"""A self-evaluation form as bureaus have it, for tests: of a forestry bureau that does not exist. Every number is invented."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook

BUREAU, YEAR = "青松县林业和草原局（虚构）", 2024
_TITLE = "2024年度部门整体支出绩效自评表"
_HEADS = ("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "分值", "实际完成值", "得分", "偏差原因分析及改进措施")
_NUMBER = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?")
MONEY = (
    ("年度资金总额", "1,850.00", "1,962.50", "1,921.40", "10", "97.91%", "9.79"),
    ("其中：基本支出", "1,120.00", "1,146.30", "1,146.30", "", "100.00%", ""),
    ("项目支出", "730.00", "816.20", "775.10", "", "94.96%", ""),
)
ROWS: tuple[tuple[str, ...], ...] = (
    ("产出指标", "数量指标", "营造林面积", "≥", "5000", "亩", "10", "5200", "10", ""),
    ("", "", "森林抚育面积", "≥", "12000", "亩", "8", "11400", "7.6", "雨季推迟，余下部分次年一季度完成"),
    ("", "", "林业有害生物防治培训", "≥", "6", "期", "6", "6", "6", ""),
    ("", "质量指标", "造林合格率", "≥", "90", "%", "10", "93.5", "10", ""),
    ("", "时效指标", "造林任务完成时间", "≤", "2024年12月底前", "", "8", "2024-11-20", "8", ""),
    ("", "成本指标", "每亩造林成本", "≤", "800", "元/亩", "8", "785", "8", ""),
    ("效益指标", "社会效益指标", "带动林农就业人数", "≥", "300", "人", "10", "342", "10", ""),
    ("", "生态效益指标", "森林覆盖率", "≥", "62.5", "%", "10", "62.8", "10", ""),
    ("", "可持续影响指标", "生态环境持续改善", "定性", "效果明显", "", "10", "达成预期指标", "10", ""),
    ("满意度指标", "服务对象满意度指标", "林区群众满意度", "≥", "90", "%", "10", "92.4", "10", ""),
)


def lines(**changed: str) -> list[list[str]]:
    """The form as lines of cells; two more columns are empty. `changed` are cells by address (G7="…")."""
    wide = len(_HEADS) + 2
    found = [
        [_TITLE],
        ["（数字均为虚构，仅供试用）"],
        ["部门名称", BUREAU, "", "", "", "", "", "", "金额单位：万元"],
        ["", "", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        *(["部门资金" if n == 0 else "", label, "", *rest] for n, (label, *rest) in enumerate(MONEY)),
        [*_HEADS],
        *([*row] for row in ROWS),
        ["总分", "", "", "", "", "", "100", "", "99.39"],
        ["注：本表数字均为虚构。"],
        ["填报人：某某", "", "", "联系电话：00000000"],
    ]
    found = [line + [""] * (wide - len(line)) for line in found]
    for at, text in changed.items():
        found[int(at[1:]) - 1][ord(at[0]) - 65] = text
    return found


def write_xlsx(path: Path, table: list[list[str]], merged: bool = True, numbers: bool = True) -> Path:
    """The lines as a workbook, with the level cells merged as in printed forms; numbers as numbers."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "自评表"
    for row, line in enumerate(table, 1):
        for column, text in enumerate(line, 1):
            if text:
                value: Any = float(text.replace(",", "")) if numbers and _NUMBER.fullmatch(text) else text
                sheet.cell(row, column, value)
    if merged:
        sheet.merge_cells("A1:J1")
        first = next(row for row, line in enumerate(table, 1) if line[0] == "一级指标") + 1
        for column in (1, 2):
            tops = [row for row in range(first, first + len(ROWS)) if table[row - 1][column - 1]]
            for top, after in zip(tops, [*tops[1:], first + len(ROWS)], strict=True):
                if after - 1 > top:
                    sheet.merge_cells(start_row=top, end_row=after - 1, start_column=column, end_column=column)
    book.save(path)
    return path


def write_csv(path: Path, table: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)
    return path


def project_form() -> list[list[str]]:
    """A self-evaluation form of a project as public ones are: labels at the side, goals in words between money and indicators."""
    return [
        ["项目支出绩效自评表"],
        ["（2024年度）"],
        ["项目名称", "", "青松县退化林修复项目（虚构）"],
        ["主管部门", "", "青松县林业和草原局（虚构）", "", "", "实施单位", "", "县国有林场"],
        ["项目资金\n（万元）", "", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["", "年度资金总额", "", "300", "320", "312", "10", "97.50%", "9.75"],
        ["", "其中：当年财政拨款", "", "300", "300", "292", "—", "97.33%", "—"],
        ["", "上年结转资金", "", "", "20", "20", "—", "100.00%", "—"],
        ["", "其他资金", "", "", "", "", "—", "", "—"],
        ["年度总体目标", "预期目标", "", "", "", "实际完成情况"],
        ["", "修复退化林 8000 亩。", "", "", "", "修复退化林 8200 亩。"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
        ["", "产出指标", "数量指标", "指标1：退化林修复面积", "≥8000亩", "8200亩", "20", "20", ""],
        ["", "", "", "指标2：", "", "", "", "", ""],
        ["", "", "质量指标", "指标1：验收合格率", "≥95%", "96%", "10", "10", ""],
        ["", "", "时效指标", "指标1：完成时间", "2024年11月底前", "2024年10月31日", "10", "10", ""],
        ["", "", "成本指标", "指标1：亩均投入", "≤400元/亩", "380元/亩", "10", "10", ""],
        ["", "效益指标", "生态效益\n指标", "指标1：林分郁闭度", ">0.6", "0.62", "30", "30", ""],
        ["", "满意度指标", "服务对象满意度指标", "指标1：林场职工满意度", "90%以上", "88%", "10", "9.78", "宣传不够"],
        ["总分", "", "", "", "", "", "100", "99.53"],
    ]


def scoring_table() -> list[list[str]]:
    """A scoring table of the same bureau under the common framework of departments: scores that the evaluators gave, and why."""
    heads = ["一级指标", "二级指标", "三级指标", "分值", "评分标准", "评价得分", "评分理由"]
    return [
        ["青松县林业和草原局2024年度部门整体支出绩效评价评分表（虚构）"],
        ["部门名称：" + BUREAU],
        heads,
        ["投入", "目标设定", "绩效目标合理性", "3", "依据充分、符合职责", "2.5", "个别目标未细化到股室"],
        ["", "", "绩效指标明确性", "3", "清晰、可衡量", "2", "两项指标没有数值"],
        ["", "预算配置", "在职人员控制率", "3", "不超编得满分", "2", "借调一人"],
        ["过程", "预算执行", "预算完成率", "5", "每低 5 个百分点扣 2 分", "5", ""],
        ["合计", "", "", "14", "", "11.5", ""],
    ]


def fact_table() -> list[list[str]]:
    """Facts by name, in two units."""
    return [
        ["2024年度部门基础数据（虚构）", "", "", ""],
        ["序号", "数据项", "数值", "单位"],
        ["1", "编制人数", "48", "人"],
        ["2", "公用经费预算", "126.40", "万元"],
        ["3", "公用经费决算", "119.85", "万元"],
        ["4", "在职人数", "45", "人"],
        ["5", "支出决算数", "1,921.40", "万元"],
        ["6", "调整后预算支出", "1,962.50", "万元"],
        ["7", "在岗人员数", "44", "人"],
    ]


FRAMEWORKS = ("self-evaluation-department", "self-evaluation-project", "department-mof-2013")
SPOILED = [
    "",
    "—",
    "0",
    "≥",
    "定性",
    "三级指标",
    "分值",
    "合计",
    "单位：元",
    "2024年",
    "=1+1",
    "nan",
    "９０",
    "-5",
    "百分率",
    "指标1：",
    "2024-02-30",
]
SPOILED += [
    "9" * 30,
    "90~95",
    "不适用",
    "缺",
    "数据项",
    "数值",
    "预算执行率",
    "其中：",
    "注：",
    "部门名称：",
    "1,2,3",
    "（",
    "'5",
    "≥≥5",
    "全年预算数",
]


def spoiled(dice: Random) -> list[list[str]]:
    """One of the forms with some cells changed, and rows twice or lost."""
    table = [[*line] for line in dice.choice([lines(), project_form(), scoring_table(), fact_table()])]
    for _ in range(dice.randint(1, 5)):
        row, column = dice.randrange(len(table)), dice.randrange(10)
        table[row] += [""] * (column + 1 - len(table[row]))
        table[row][column] = dice.choice(SPOILED)
        if dice.random() < 0.2:
            table.insert(row, [*dice.choice(table)])
        elif dice.random() < 0.1 and len(table) > 2:
            del table[row]
    return table
