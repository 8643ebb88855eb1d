"""The file of a whole government's budget as people see it: its name, its columns, the kinds of heads. Nothing is read here."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from evallib.core.rows import Sourced, column
from evallib.core.words import Words, words

FILE = "budget_heads.csv"
Kind = Literal["ordinary", "interest", "contingency", "income", "outside"]
KINDS: dict[Kind, Words] = {
    "ordinary": words("一般支出", "ordinary expenditure"),
    "interest": words("债务利息", "interest on debt"),
    "contingency": words("预备费", "contingency"),
    "income": words("收入", "income"),
    "outside": words("不计入", "left outside"),
}
"""What a head is to PEFA, in words; either word or the id may stand in the file."""


class BudgetHead(Sourced):
    """A line of budget_heads.csv: one head of the government's budget in one year. All heads of a year are of one level."""

    year: Annotated[int, Field(ge=1990, le=2200)] = column("年度", "year of the budget")
    code: Annotated[str, Field(min_length=1)] = column("科目编码", "code of the head")
    name: Annotated[str, Field(min_length=1)] = column("名称", "name, in any script")
    name_en: str = column("名称（英文）", "name in English", "")
    kind: str = column(
        "类别", "ordinary, interest, contingency, income or outside (not measured)", note="一般支出、债务利息、预备费、收入 或 不计入"
    )
    original: Decimal | None = column(
        "年初批复预算", "approved budget (PEFA: original); empty: not known", None, unit="unit", note="不知道则留空"
    )
    revised: Decimal | None = column(
        "调整后预算", "adjusted budget (PEFA: revised); empty: not known", None, unit="unit", note="不知道则留空"
    )
    executed: Decimal | None = column(
        "决算数", "outturn (PEFA: executed); empty: not known, 0: nothing was spent", None, unit="unit", note="不知道则留空；没有支出填 0"
    )
    unit: Annotated[str, Field(min_length=1)] = column("单位", "unit of money, the same in all rows", note="金额单位，各行相同")
    unit_en: str = column("单位（英文）", "unit of money in English", "")
    source: Annotated[str, Field(min_length=1)] = column("来源", "source document, by its title", note="来源文件的名称")


def kind_of(text: str) -> Kind | None:
    """What a cell of the column `kind` means: the id, or its name in Chinese or English."""
    said = unicodedata.normalize("NFKC", text).strip().lower()
    return next((kind for kind, name in KINDS.items() if said in (kind, name.zh, name.en)), None)
