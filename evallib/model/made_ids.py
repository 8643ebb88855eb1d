"""Ids that the program makes of names, so that nobody who fills in has to invent one. No table lives here."""

from __future__ import annotations

import hashlib
import re

from evallib.model.words import Words, name_key


def made_id(name: str) -> str:
    """The id of what has only a name: the same for the same name, in every year and every table; readers never see it.

    >>> made_id("造林面积") == made_id(" 造林面积 "), made_id("《会计法》") == made_id("会计法"), len(made_id("造林面积"))
    (True, True, 11)
    """
    return f"n{hashlib.sha256(name_key(name).encode()).hexdigest()[:10]}"


def is_made(id: str) -> bool:
    """Whether an id looks like one that was made of a name: no reader is to see it.

    >>> is_made(made_id("造林面积")), is_made("new_jobs")
    (True, False)
    """
    return re.fullmatch("n[0-9a-f]{10}", id) is not None


def typed(code: str, name: Words) -> Words:
    """What a person types to name a department: its code; its name, where the code was made of that.

    >>> typed("hrss", Words("人社局", "HR bureau"))["zh"], typed(made_id("林业局"), Words("林业局", "Forestry bureau"))["en"]
    ('hrss', '"Forestry bureau"')
    """
    if not is_made(code):
        return Words(code, code)
    return Words(*(f'"{text}"' if " " in text else text for text in (name.zh, name.en)))
