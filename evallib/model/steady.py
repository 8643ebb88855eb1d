"""Decimals are computed alike whatever a notebook, or the process that calls, has set for its own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import cached_property, wraps
from inspect import isfunction
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

STANDARD = Context(
    prec=28, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, capitals=1, clamp=0, traps=[InvalidOperation, DivisionByZero, Overflow]
)


def steady(compute: Callable[P, R]) -> Callable[P, R]:
    """A function that computes with decimals as they are by default.

    >>> from decimal import Decimal, getcontext
    >>> with localcontext(Context(prec=2)):
    ...     steady(lambda: Decimal(2) / 3)(), Decimal(2) / 3
    (Decimal('0.6666666666666666666666666667'), Decimal('0.67'))
    """

    @wraps(compute)
    def computed(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(STANDARD):
            return compute(*args, **kwargs)

    return computed


def all_steady(cls: C) -> C:
    """A class whose methods and properties compute so."""
    for name, held in list(vars(cls).items()):
        made: Any = None
        if isfunction(held):
            made = steady(held)
        elif isinstance(held, property) and held.fget:
            made = property(steady(held.fget), held.fset, held.fdel, held.__doc__)
        elif isinstance(held, cached_property):
            made = cached_property(steady(held.func))
            made.__set_name__(cls, name)
        if made is not None:
            setattr(cls, name, made)
    return cls
