"""The file of a whole government's budget as people see it: its name, its columns, the kinds of heads. Nothing is read here."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import Field

from evallib.model.base import Year
from evallib.model.rows import Sourced, told
from evallib.model.table_words import CHOICES
from evallib.model.words import Words

FILE = "budget_heads.csv"
Kind = Literal["ordinary", "interest", "contingency", "income", "outside"]
KINDS: dict[Kind, Words] = {kind: CHOICES[kind] for kind in get_args(Kind)}
"""What a head is to PEFA, in words; either word or the id may stand in the file."""


class BudgetHead(Sourced):
    """A line of budget_heads.csv: one head of the government's budget in one year. All heads of a year are of one level."""

    year: Year
    code: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    kind: Kind
    original: Decimal | None = None
    revised: Decimal | None = None
    executed: Decimal | None = None
    unit: Annotated[str, Field(min_length=1)]
    unit_en: str = ""
    source: Annotated[str, Field(min_length=1)]


told(BudgetHead, "budget_heads")
