"""The days of a year that may begin on any day: which year a day is in, and how much of it has gone. Knows no measure and no file."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

CALENDAR = "01-01"
"""The month and day on which a year begins where nothing else is said."""


def first_day(year: int, begins: str = CALENDAR) -> date:
    """The first day of a year.

    >>> first_day(2023, "04-01")
    datetime.date(2023, 4, 1)
    """
    month, day = begins.split("-")
    return date(year, int(month), int(day))


def last_day(year: int, begins: str = CALENDAR) -> date:
    """The last day of a year.

    >>> str(last_day(2023)), str(last_day(2023, "04-01")), str(last_day(2023, "03-01"))
    ('2023-12-31', '2024-03-31', '2024-02-29')
    """
    return first_day(year + 1, begins) - timedelta(days=1)


def year_of(day: date, begins: str = CALENDAR) -> int:
    """The year that a day is in.

    >>> year_of(date(2024, 3, 31), "04-01"), year_of(date(2024, 4, 1), "04-01")
    (2023, 2024)
    """
    return day.year if day >= first_day(day.year, begins) else day.year - 1


def days_of(year: int, begins: str = CALENDAR) -> int:
    """The days of a year.

    >>> days_of(2024), days_of(2100), days_of(2023, "04-01")
    (366, 365, 366)
    """
    return (first_day(year + 1, begins) - first_day(year, begins)).days


def days_gone(day: date, begins: str = CALENDAR) -> int:
    """The days of its year that have gone by the end of a day.

    >>> days_gone(date(2024, 3, 31)), days_gone(date(2024, 3, 31), "04-01")
    (91, 366)
    """
    return (day - first_day(year_of(day, begins), begins)).days + 1


def year_gone(day: date, begins: str = CALENDAR) -> Decimal:
    """The share of its year that has gone by the end of a day, by days.

    >>> year_gone(date(2023, 12, 31)), round(year_gone(date(2024, 6, 30)), 4), round(year_gone(date(2023, 6, 30)), 4)
    (Decimal('1'), Decimal('0.4973'), Decimal('0.4959'))
    """
    return Decimal(days_gone(day, begins)) / days_of(year_of(day, begins), begins)


def months_of(year: int, begins: str = CALENDAR) -> tuple[date, ...]:
    """The days on which the calendar's months begin within a year, and its first day where that is within a month.

    >>> [str(day) for day in months_of(2023, "04-06")][:2], len(months_of(2023, "04-06")), len(months_of(2023))
    (['2023-04-06', '2023-05-01'], 13, 12)
    """
    first, last = first_day(year, begins), last_day(year, begins)
    months = [date(first.year + n // 12, n % 12 + 1, 1) for n in range(first.month - 1, first.month + 12)]
    return tuple(dict.fromkeys(max(first, month) for month in months if month <= last))
