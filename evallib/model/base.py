"""What every model shares: frozen, unknown keys refused, named in two languages. No field of the domain lives here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from evallib.model.words import Words, words

Basis = Literal["published", "reconstructed", "own", "unverified"]
"""What a statement rests on. `unverified`: it is ascribed to a document that nobody held it against."""
CODE = r"^[a-z0-9][a-z0-9_]{0,39}$"
Code = Annotated[str, Field(pattern=CODE)]
"""The code of a department, project or policy: the name of its folder and files."""
YEARS = range(1990, 2201)
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[-1])]
"""A year that can be evaluated, or that a number can be of."""
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


def _whole(number: Any) -> int:
    """A whole number that is written as one: to a choice of numbers 2.0 is 2."""
    if type(number) is not int:
        raise PydanticKnownError("int_type")
    return number


Format = Annotated[Literal[2], BeforeValidator(_whole)]
"""How a file of rules is laid out."""
READING = {"names": True}
"""The context in which a row is made of the cells of a table: a name may then stand where an id is to be, until one is found for it."""


@dataclass(frozen=True)
class OrName:
    """What an id in a table of data is like; while the table is read, a name may stand there."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def checked(text: str, info: ValidationInfo) -> str:
            if info.context is not READING and not self.is_id(text):
                raise PydanticKnownError("string_pattern_mismatch", {"pattern": self.pattern})
            return text

        return core_schema.with_info_after_validator_function(checked, handler(source))

    def is_id(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


Ref = Annotated[str, Field(min_length=1), OrName(r"[a-z][a-z0-9_]{0,59}")]
"""An id in a table of data, or a name that an id is found for."""
NumberedRef = Annotated[str, Field(min_length=1), OrName(r"[a-z0-9][a-z0-9.-]{0,19}")]
"""The same, of what is numbered: 3.2."""


class Frozen(BaseModel):
    """Immutable, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    def __repr__(self) -> str:
        whole = super().__repr__()  # which of a framework or a record would fill a notebook
        return whole if len(whole) <= 600 else f"{whole[:600]}…"

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values; pydantic would take along what was worked out of the old ones."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Named(Frozen):
    """Anything with a name in Chinese, and where it has one in English."""

    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)


class Clause(Named):
    """A document that a rule, a framework or an entry of a catalogue rests on."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    number: str = ""
    year: int
