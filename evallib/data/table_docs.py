"""The documentation of the data tables, made from the models: `python -m evallib.data.table_docs > data/README.md`."""

from __future__ import annotations

import sys

from evallib.core.budget_rows import BudgetHead
from evallib.core.facts import FACTS, TOPICS
from evallib.core.monitoring_rows import MonitoringRow
from evallib.core.record import OPTIONAL, TABLES, Listing
from evallib.core.rows import Row, columns, note_of
from evallib.core.table_words import CHOICES, PURPOSES, TABLE_NAMES
from evallib.core.units import UNITS
from evallib.data.raw_tables import choices_of

_HEAD = """# 数据表 / The tables of data

本文件由 evallib 自动生成，说明各表各列。
Made by evallib: every table and column.

- `departments.csv`：部门名单 / the list of departments.
- `frameworks/编号/起始年度.toml`：指标体系，评价年度决定用哪个文件 / frameworks; the year evaluated chooses the file.
- `budget_heads.csv`：全县预算，可以没有 / the whole government's budget by head; may be left out.
- `monitoring/部门/年度.csv`：年度中的运行监控，可以没有 / what was observed while a year runs; may be left out.
- `departments/部门/年度/*.csv`，或一个工作簿 `departments/部门/年度.xlsx`（一表一页）/
  a folder of CSV files, or one workbook with a sheet for each table.

列名可用编号、中文或英文；以 `#` 开头的列和工作表只是备注。数值列里只写数字，或数字加与单位列相同的单位。
A column heading may be the id, Chinese or English; columns and sheets that begin with `#` are remarks. A number cell holds digits only, or
digits with the unit that its row names.

`0` 是零；数值留空并写明原因，表示已知没有数据；公式需要而没有这一行，是遗漏，会被拒绝。
`0` is a zero; an empty value with a note is known to be missing; a row that a formula needs and that is not there is refused.
"""


_PURPOSE_LIST = "每行一个部门，用一个名称、一个指标体系，管若干年度"
_PURPOSE_HEADS = "全县预算的一个科目，一年一行；同一年的科目在同一级次"
_PURPOSE_MONITORING = "某一天观察到的一个数；同一监控项的名称、目标等可以只写在第一行"
_MAY_LACK = "（可以没有 / may be left out）"


_NUMBER_NAMES = (
    ("fact.编号", "评价年度的数据项", "a fact of the year evaluated"),
    ("fact.编号@年度", "另一年度的数据项", "a fact of another year"),
    ("metric.编号", "公式算出的比率", "a rate that a formula gives"),
    ("metric.编号.difference", "该比率前两个数之差", "the difference of its first two numbers"),
    ("target.编号.target", "目标值", "the target"),
    ("target.编号.actual", "实际值", "the actual"),
    ("target.编号.completion_rate", "完成率", "completion"),
    ("target.编号.attainment", "达成程度，最高 100%", "attainment, capped at 100%"),
    ("indicator.编号.score", "三级指标得分", "score of an indicator"),
    ("group.编号.score", "二级指标得分", "score of a group"),
    ("dimension.编号.score", "一级指标得分", "score of a dimension"),
    ("dimension.编号.points", "一级指标分值", "points of a dimension"),
    ("dimension.编号.rate", "一级指标得分率", "score rate of a dimension"),
    ("total.score", "总分", "total"),
    ("total.points", "满分", "full points"),
    ("grade", "等级", "grade"),
    ("self.score", "自评得分", "score of the self-evaluation"),
    ("self.grade", "自评等级", "grade of the self-evaluation"),
    ("count.dimensions", "一级指标数", "how many dimensions"),
    ("count.groups", "二级指标数", "how many groups"),
    ("count.indicators", "三级指标数", "how many indicators"),
    ("count.work_targets", "年度目标任务数", "how many work targets"),
    ("count.finding_kinds", "问题类别数", "how many kinds of findings"),
    ("count.units.类别", "该类机构数", "how many units of a kind"),
    ("finding.编号.amount", "凭证金额", "amount of the voucher"),
    ("finding.编号.parts", "分项之和", "sum of its parts"),
    ("finding.编号.product", "数量乘单价", "quantity times price"),
    ("finding.编号.overpaid", "多付金额", "paid too much"),
)
_NUMBERS = """## 对应数值 / Computed numbers

“公布数字”表的“对应数值”列写其中之一，“编号”“年度”“类别”换成实际的；目标的编号就是指标编号。
The column `number` of the table Published names one of these, with the real id, year or kind; a target goes by its indicator's id.

| 写法 | name | 含义 | meaning |
| --- | --- | --- | --- |"""


def _number_names() -> str:
    """The names that a published figure may be compared with."""
    lines = [_NUMBERS]
    for zh, meaning, meaning_en in _NUMBER_NAMES:
        en = zh.replace("编号", "ID").replace("年度", "YEAR").replace("类别", "KIND")
        lines.append(f"| `{zh}` | `{en}` | {meaning} | {meaning_en} |")
    return "\n".join([*lines, ""])


def table_documentation() -> str:
    """The text of `data/README.md`."""
    parts = [_HEAD, _table("departments.csv 部门名单 / departments", Listing, _PURPOSE_LIST)]
    parts += [_table("budget_heads.csv 全县预算 / the government's budget", BudgetHead, _PURPOSE_HEADS)]
    parts += [
        _table(
            "monitoring/部门/年度.csv 运行监控 / monitoring during the year",
            MonitoringRow,
            "某一天观察到的一个数；同一监控项的名称、目标等可以只写在第一行。",
        )
    ]
    parts += [
        _table(f"{name} {TABLE_NAMES[name].zh} / {TABLE_NAMES[name].en}{_MAY_LACK if name in OPTIONAL else ''}", model, PURPOSES[name].zh)
        for name, model in TABLES.items()
    ]
    facts = ["## 数据项 / Facts", "", "| 编号 / id | 名称 | name | 单位 / unit | 合计自 / sum of |", "| --- | --- | --- | --- | --- |"]
    for topic, topic_name in TOPICS.items():
        facts.append(f"| **{topic_name.zh}** | | **{topic_name.en}** | | |")
        for kind in (k for k in FACTS.values() if k.topic == topic):
            parts_of = " + ".join(kind.parts).replace("+ -", "− ")
            computed = "（只计算 / computed only）" if kind.derived else ""
            facts.append(f"| `{kind.id}` | {kind.name.zh} | {kind.name.en} | {kind.unit} | {parts_of}{computed} |")
    units = "、".join(u.symbol for u in UNITS.values() if u.symbol != "share")
    return "\n".join([*parts, _number_names(), "\n".join(facts), "", f"单位 / units: {units}", ""])


def _table(title: str, model: type[Row], purpose: str = "") -> str:
    lines = [f"## {title}", "", *([purpose, ""] if purpose else []), (model.__doc__ or "").split("\n")[0], ""]
    lines += ["| 列 / column | 列名 | 必填 / required | 说明 | note |", "| --- | --- | --- | --- | --- |"]
    for name in columns(model):
        info, note = model.model_fields[name], note_of(model, name)
        zh = note.zh if note.zh != info.title else ""
        if choices := choices_of(model, name):
            zh = "；".join(part for part in (zh, "可选：" + "、".join(f"`{v}` {CHOICES[v].zh}" for v in choices)) if part)
        lines.append(f"| `{name}` | {info.title} | {'是 / yes' if info.is_required() else ''} | {zh} | {note.en.replace('|', '/')} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a terminal's stream can
    sys.stdout.write(table_documentation())
