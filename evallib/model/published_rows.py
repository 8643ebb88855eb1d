"""The file of what was published, as people see it: its name, its columns. Nothing is read here."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from evallib.model.base import Code, Year
from evallib.model.rows import Row, told

FILE = "published.csv"
Kind = Literal["first", "correction", "revision"]
Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Pairs = Annotated[str, Field(pattern=r"^$|^[^=;]+=[^=;]+(; [^=;]+=[^=;]+)*$")]
"""Names with what belongs to them: `a=1.00; b=2.00`."""


class Seal(Row):
    """A line of published.csv: a result of a department's year that was published, first, after an error or with new data."""

    department: Code
    year: Year
    kind: Kind
    date: datetime.date
    framework: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/\d{4}$")]
    total: Decimal | None = None
    grade: str = ""
    why: str = ""
    scores: Pairs = ""
    files: Pairs = ""
    pages: Pairs = ""
    framework_seal: Checksum
    catalogue_seal: Checksum
    result_seal: Checksum
    replaces: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    format: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _said_why(self) -> Self:
        if (self.kind == "first") == bool(self.why) or (self.kind == "first") == bool(self.replaces):
            raise ValueError("correction_says_why")
        return self

    def pairs(self, column: Literal["scores", "files", "pages"]) -> dict[str, str]:
        """The names in a column, with what belongs to them."""
        text: str = getattr(self, column)
        return dict(pair.split("=", 1) for pair in text.split("; ")) if text else {}


def paired(pairs: dict[str, str]) -> str:
    """Names with what belongs to them, as a cell holds them.

    >>> paired({"a": "1.00", "b": "—"})
    'a=1.00; b=—'
    """
    return "; ".join(f"{name}={one}" for name, one in pairs.items())


told(Seal, "seals")
