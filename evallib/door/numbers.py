"""Numbers at the door: exact inside, floats in frames; what an analyst gives is read in the unit that frames name."""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Real
from typing import Any

from evallib.data.frames import PERCENT, unit_shown
from evallib.model.units import Unit, Units, amount, convert, parse_decimal, possible
from evallib.say.refusals import refused


def exact(given: Any, unit: Unit, units: Units, what: str) -> Decimal:
    """What an analyst gives for a number of some unit, exactly: a float, an int, a number of numpy's, a Decimal, or text with a unit.

    A bare number is in the unit that frames name (a share in percent); text may name another unit of the same kind.

    Raises InputRefused where it is no number, or of a unit that measures something else.

    >>> from evallib.model.entries import Part, UnitEntry
    >>> from evallib.model.units import SHARE
    >>> units = Units(Part(unit=[UnitEntry(symbol="%", measures="share", factor="1/100"), UnitEntry(symbol="人", measures="people")]))
    >>> exact(94.96, SHARE, units, "rate"), exact("94.96%", SHARE, units, "rate"), exact("40人", units.read("人"), units, "staff")
    (Decimal('0.9496'), Decimal('0.9496'), Decimal('40'))
    """
    shown = units.read(PERCENT) if unit_shown(unit) != unit.symbol else unit
    if isinstance(given, str):
        number, named = amount(given, units) or (None, None)
    else:
        number, named = _number(given), None
    if number is None or (named is not None and named.dimensions != unit.dimensions):
        wrong = "number_only" if not unit_shown(unit) else "no_number" if number is None else "of_another_unit"
        raise refused(f"door.{wrong}", what, told_short(given), unit=unit_shown(unit))
    return convert(number, named or shown, unit) if unit.symbol else number


def _number(given: Any) -> Decimal | None:
    """A number of Python's or numpy's, with the digits that it is written with; None where it is none, or no record could hold it."""
    given = _plain(given)
    if isinstance(given, bool) or not isinstance(given, Decimal | Real):
        return None
    try:
        number = given if isinstance(given, Decimal) else parse_decimal(_digits(given))
        return None if number is None else possible(number)
    except (ValueError, OverflowError):
        return None


def _plain(given: Any) -> Any:
    """What numpy and pandas hold as one value, as Python's."""
    try:
        return given.item()
    except Exception:  # it is none of theirs, or holds several
        return given


def is_nothing(given: Any) -> bool:
    """Whether it is what stands in a frame where nothing is known.

    >>> is_nothing(float("nan")), is_nothing(Decimal("NaN")), is_nothing(0), is_nothing([])
    (True, True, False, False)
    """
    if type(given).__name__ in ("NAType", "NaTType"):  # pandas', which need not be loaded
        return True
    return given.is_nan() if isinstance(given, Decimal) else isinstance(given, Real) and bool(given != given)


def verdict(given: Any, what: str) -> bool:
    """Whether an item of a checklist is met: True or False, also numpy's, 1 or 0.

    Raises InputRefused for anything else: a text that says "no" is not to count as met.
    """
    plain = _plain(given)
    if isinstance(plain, Real) and plain in (0, 1):
        return bool(plain)
    raise refused("door.no_verdict", what, told_short(given))


def told_short(given: Any) -> str:
    """What was given, for a refusal: however large it is, and whatever it does when it is asked for its text."""
    try:
        return str(given)[:60]
    except Exception:
        return type(given).__name__


def _digits(given: Real) -> str:
    """The digits of a number, without an exponent; of a float the 15 that are sure, as a spreadsheet shows it: 3 * 1.1 is 3.3."""
    if isinstance(given, int):
        return str(given)
    number = float(given)
    return f"{Decimal(f'{number:.15g}'):f}" if math.isfinite(number) else ""
