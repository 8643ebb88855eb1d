"""What every model shares: frozen, unknown keys refused, named in two languages. No field of the domain lives here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from evallib.model.words import Words, words

Basis = Literal["published", "reconstructed", "own"]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class Frozen(BaseModel):
    """Immutable, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
