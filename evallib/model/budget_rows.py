"""The file of a whole government's budget as people see it: its name, its columns, the kinds of heads. Nothing is read here."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from evallib.model.rows import Sourced, told
from evallib.model.words import Words, words

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

    year: Annotated[int, Field(ge=1990, le=2200)]
    code: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    kind: str
    original: Decimal | None = None
    revised: Decimal | None = None
    executed: Decimal | None = None
    unit: Annotated[str, Field(min_length=1)]
    unit_en: str = ""
    source: Annotated[str, Field(min_length=1)]


told(BudgetHead, "budget_heads")


def kind_of(text: str) -> Kind | None:
    """What a cell of the column `kind` means: the id, or its name in Chinese or English."""
    said = unicodedata.normalize("NFKC", text).strip().lower()
    return next((kind for kind, name in KINDS.items() if said in (kind, name.zh, name.en)), None)
