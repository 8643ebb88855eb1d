"""The documentation of the data tables, made from the models: `python -m evallib.data.table_docs > data/README.md`."""

from __future__ import annotations

import sys
from typing import get_args

from evallib.data.raw_tables import choices_of
from evallib.data.rulebook import UNITS, shipped_catalogue, shipped_catalogues
from evallib.model.budget_rows import BudgetHead
from evallib.model.catalogue import Entry, Part
from evallib.model.monitoring_rows import MonitoringRow
from evallib.model.record import OPTIONAL, TABLES, Listing
from evallib.model.rows import Row, columns, note_of
from evallib.model.table_words import CHOICES, PURPOSES, TABLE_NAMES

_HEAD = """# 数据表 / The tables of data

本文件由 evallib 自动生成，说明各表各列。
Made by evallib: every table and column.

- `departments.csv`：部门名单 / the list of departments.
- `county.toml`：设置；也标明这是数据文件夹 / the settings; it also marks the data folder.
- `frameworks/编号/起始年度.toml`：指标体系，评价年度决定用哪个文件 / frameworks; the year evaluated chooses the file.
- `catalogue/*.toml`：自己的数据项、公式、单位、勾稽关系，可以没有 / facts, formulas, units, relations of your own; may be left out.
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
    ("formula.编号", "公式的结果", "what a formula gives"),
    ("formula.编号.difference", "该公式前两个数之差", "the difference of its first two numbers"),
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
    return "\n".join([*parts, _number_names(), _RULE_BOOK, _entries(), _ROLES, *map(_catalogue, shipped_catalogues()), _units()])


_RULE_BOOK = """## 设置和目录 / Settings and catalogues

`county.toml` 写明 `format = 2`、名称（`name`、`name_en`）、语言（`language`）、新部门默认的指标体系（`framework`）；货币不是人民币元时写
`[currency]`（`symbol`、`name`、`name_en`、`one_en`、`also`），年度另有叫法时写 `[year]`（`label = "{year}/{next}"` 即 2023/24）。
`county.toml` says `format = 2`, the name, the language, the framework of a new department; `[currency]` where the money is not yuan, and
`[year]` where a year is called otherwise: `label = "{year}/{next}"` is 2023/24.

目录是 TOML 文件：指标体系用 `builds_on` 写明要用的（随 evallib 提供的见下），指标体系的文件里和 `catalogue` 文件夹的文件里都可以再加。
编号相同的，取不晚于评价年度的最新 `first_year`；起始年度也相同的会被拒绝，除非写明 `overrides = true`。
A catalogue is a TOML file. A framework names those it builds on (the shipped ones stand below) and may hold entries of its own, as may
the files of the folder `catalogue`. Of several entries with one id the newest holds whose `first_year` is not after the year evaluated;
the same id with the same first year is refused, unless it says `overrides = true`.

    [[fact]]
    id = "payments_planned"
    name = "计划支付金额"
    unit = "money"                 # money 是县里的货币 / the county's currency

    [[formula]]
    id = "expense_per_head"
    name = "人均公用经费"
    value = "公用经费决算 / 在职人数"   # 名称和编号都可以 / names work as well as ids
    unit = "money/人"
    good = "low"

    [[identity]]
    holds = "closing_carryover = adjusted_expenditure - outturn"

    [[limit]]
    holds = "projects_monitored <= projects"

式子里只有 `+ - * / ( )`、`min max abs sum`、数字和名称；名称含空格或符号的写在 `[ ]` 里；`名称@last_year`、`名称@-2` 是以前年度的数；
`=`、`<=` 只在最外层用一次。小数精确计算，除法保留 50 位。除以零没有值；表示增减的公式可写 `zero = "no change"`，零对零即没有变化。
An expression holds `+ - * / ( )`, `min max abs sum`, numbers and names; a name with spaces or signs stands in `[ ]`;
`name@last_year` and `name@-2` are of years before; `=` and `<=` stand once at the top. Decimals are exact, a division keeps 50 digits.
What is divided by zero has no value; a formula of a change may say `zero = "no change"`: nothing against nothing is then no rise.

数字带有印出的精度：700.50 万元是 ± 50 元；逐个数的和以货币本位计的没有误差。
Numbers have the precision they were printed with: 700.50 万元 is ± 50 元; what is counted one by one and money in the currency's own
unit are exact.
"""

_MEANINGS = (
    (
        "unit",
        "能换算、有英文名称或只能是整数的单位；其他的词不写也能用",
        "a unit that converts, has an English name or is whole",
    ),
    ("scale", "放大单位的词", "a word that makes a unit larger"),
    ("alike", "像金额、像百分比的词", "how words end or begin that look like money or a percentage"),
    ("source", "依据的文件", "a document that entries rest on"),
    ("topic", "数据项的分类标题", "a heading for facts"),
    (
        "fact",
        "数据项；parts 是加总成它的分项，derived 是只计算、不填写的",
        "a fact; its parts add up to it; derived: only computed",
    ),
    ("formula", "公式；at_least、at_most 是合理的范围", "a formula; at_least and at_most are bounds of plausibility"),
    ("identity", "须相等的", "what must be equal"),
    ("limit", "不能超过的", "what cannot exceed what"),
    ("plausible", "超过了只提示的", "what is only remarked where it is exceeded"),
    ("line", "报告中表格的一行", "a line of a table of the report"),
)


def _entries() -> str:
    """The kinds of entries with their keys."""
    lines = ["| 条目 / entry | 含义 | meaning | 键 / keys |", "| --- | --- | --- | --- |"]
    models = {info.alias or name: get_args(info.annotation)[0] for name, info in Part.model_fields.items()}
    for kind, zh, en in _MEANINGS:
        own = [key for key in models[kind].model_fields if key not in Entry.model_fields]
        lines.append(f"| `[[{kind}]]` | {zh} | {en} | {'、'.join(f'`{key}`' for key in own)} |")
    common = "、".join(f"`{key}`" for key in Entry.model_fields)
    return "\n".join([*lines, "", f"各条目都可以写 / every entry may have: {common}", ""])


_ROLES = """报告的各部分不认编号，只认 `role`；没有谁担任的，那一部分就不出现。
The sections of the report know no id, only what plays a `role`; where nothing does, that part is absent.

| role | 由谁担任 | played by |
| --- | --- | --- |
| `budget approved`、`budget adjusted`、`budget spent` | 数据项：批复、调整后、支出 | facts: approved, adjusted, spent |
| `carried in`、`carried out` | 数据项：年初、年末结转 | facts: what was carried in and out |
| `forms sent`、`forms returned`、`forms valid` | 数据项：问卷份数 | facts: numbers of forms |
| `rate of the budget`、`execution`、`change on last year` | 公式 | formulas |
| `satisfaction`、`clarity of goals` | 指标体系的二级或三级指标 | groups or indicators of a framework |
"""


def _catalogue(name: str) -> str:
    """The facts and formulas of a shipped catalogue."""
    catalogue = shipped_catalogue(name)
    lines = [
        f"## 目录 {name} / the catalogue {name}",
        "",
        "| 编号 / id | 名称 | name | 单位 / unit | 合计自 / sum of |",
        "| --- | --- | --- | --- | --- |",
    ]
    for topic, title in catalogue.topics.items():
        facts = [fact for fact in catalogue.facts.values() if fact.entry.topic == topic]
        lines += [f"| **{title.zh}** | | **{title.en}** | | |"] if facts else []
        for fact in facts:
            computed = "（只计算 / computed only）" if fact.derived else ""
            lines.append(f"| `{fact.id}` | {fact.name.zh} | {fact.name.en} | {fact.entry.unit} | {fact.entry.parts}{computed} |")
    lines += ["", "| 公式 / formula | 名称 | name | 单位 / unit | 式子 / value |", "| --- | --- | --- | --- | --- |"]
    for made in catalogue.formulas.values():
        lines.append(f"| `{made.id}` | {made.name.zh} | {made.name.en} | {made.entry.unit} | `{made.entry.value}` |")
    return "\n".join([*lines, ""])


def _units() -> str:
    units = shipped_catalogue(UNITS).units
    scales = "、".join(scale.word.strip() for scale in units.scales)
    return f"能换算或有英文名称的单位 / units that convert or have an English name: {'、'.join(u.symbol for u in units)}；{scales}\n"


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
