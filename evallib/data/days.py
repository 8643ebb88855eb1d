"""Days as people write them. Knows no table."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date

from evallib.model.units import narrow

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:前|以前|之前)?(?: 00:00:00)?")
_PERIOD = re.compile(r"(\d{4})年(?:(\d{1,2})月)?(?:份|末|底|底前|末前|前|以前|之前)?")


def read_day(text: str) -> str | None:
    """A day as it is written here, from the ways in which people write one; the last of a month or year that something is due by.

    >>> read_day("2023/3/1"), read_day("2023年12月底前"), read_day("2023年2月"), read_day("年底")
    ('2023-03-01', '2023-12-31', '2023-02-28', None)
    """
    plain = narrow(text)
    if found := _DATE.fullmatch(plain):
        return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"
    if (found := _PERIOD.fullmatch(plain)) and 1 <= int(found[2] or 12) <= 12:
        year, month = int(found[1]), int(found[2] or 12)
        return f"{year}-{month:02}-{monthrange(year, month)[1]}"
    return None


def day_without_year(text: str) -> str:
    """The month, and day, of what is a date but for its year; empty where it is none.

    >>> day_without_year("11月5日"), day_without_year("12月底前"), day_without_year("11月45日"), day_without_year("35")
    ('11-05', '12-31', '', '')
    """
    with suppress(ValueError):
        return f"{date.fromisoformat(read_day(f'2023年{text}') or ''):%m-%d}" if "月" in text else ""
    return ""
