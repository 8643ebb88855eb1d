"""The parameters of a notebook as people and papermill give them: a department, a year, a language. Each is taken or refused here."""

from __future__ import annotations

import operator
from pathlib import Path
from typing import SupportsIndex

from evallib.data.load import load_departments, load_year
from evallib.model.errors import InputRefused, Problem, attempted, meant
from evallib.model.words import LANGS, Lang
from evallib.say.refusals import refused


def checked_parameters(department: object, year: object, lang: object, data: Path) -> tuple[str | None, int | None, Lang]:
    """Department, year and language as the kit takes them; a page of several has no department, or no year.

    Raises InputRefused with a sentence on each that is none.

    >>> checked_parameters("hrss", "2023", "en", Path("data"))
    ('hrss', 2023, 'en')
    """
    problems: list[Problem] = []

    code = None if department is None else attempted(problems, checked_department, department, data)
    number = None if year is None else attempted(problems, checked_year, year)
    language = attempted(problems, checked_lang, lang)
    if language is None or problems:
        raise InputRefused(tuple(problems))
    return code, number, language


def checked_department(given: object, data: Path) -> str:
    """A department's code. papermill makes numbers of codes: one that is on the list as such a number is meant by it.

    Raises InputRefused where it is no text and no such number.

    >>> checked_department("hrss", Path("data"))
    'hrss'
    """
    if isinstance(given, str):
        return given
    if isinstance(given, bool) or not isinstance(given, int):
        raise refused("parameters.department_no_text", "department", str(given))
    codes = {row.code for row in load_departments(data)}
    if str(given) in codes:
        return str(given)
    for code in sorted(codes):
        if code.isdecimal() and int(code) == given:
            raise refused("parameters.department_lost_zeros", "department", str(given), code=code)
    load_year(data, str(given), 0)  # refuses with the codes that there are
    return str(given)


def checked_year(given: object) -> int:
    """A year, as a number or in digits.

    Raises InputRefused where it is none.

    >>> checked_year("2023")
    2023
    """
    number = None
    if isinstance(given, str) and len(given) < 20 and given.strip().isdecimal():
        number = int(given)
    elif isinstance(given, SupportsIndex) and not isinstance(given, bool):  # numpy's too
        number = operator.index(given)
    elif isinstance(given, float) and given.is_integer():  # as frames and papermill make of it
        number = int(given)
    if number is not None and 0 <= number <= 9999:
        return number
    raise refused("parameters.no_year", "year", "…" if isinstance(given, int) and abs(given) > 10**9 else str(given)[:60])


def checked_lang(given: object) -> Lang:
    """A language.

    Raises InputRefused where it is none of the kit's.

    >>> checked_lang("zh")
    'zh'
    """
    for lang in LANGS:
        if given == lang:
            return lang
    raise refused("parameters.no_language", "lang", str(given), known=meant(str(given), [*LANGS]))
