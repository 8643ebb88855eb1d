"""What every model shares: frozen, unknown keys refused, named in two languages. No field of the domain lives here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from evallib.core.words import Words, words

Basis = Literal["published", "reconstructed", "own"]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class Frozen(BaseModel):
    """Immutable, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Frozen):
    """Anything with a name in Chinese and one in English."""

    name: Annotated[str, Field(min_length=1)]
    name_en: Annotated[str, Field(min_length=1)]

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)
