"""The language of the rule book: formulas, sums of parts, identities, limits. Parsed once, computed exactly, written out from one tree.

Closed: ``+ - * / ( )``, ``min max abs sum``, numbers, names, and once at the top ``=`` or ``<=``. A name is an id or a Chinese or
English name, in brackets where it holds spaces or signs: ``[approved posts]``; ``name@last_year`` and ``name@-2`` are of years before.
Nothing here knows what a name means. Decimals have 50 digits; a division keeps as many.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import reduce
from itertools import product
from operator import add, itemgetter, mul, sub, truediv
from typing import Any, NamedTuple, TypeVar

EXACT = Context(prec=50)
"""The arithmetic of formulas: 50 digits."""

MAX_LENGTH = 300
MAX_DIGITS = 40
FUNCTIONS = {"min", "max", "abs", "sum"}

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>\[[^\[\]]+\]|[^\W\d]\w*)(?P<at>@(?:last_year|-\d{1,2}))?|(?P<sign><=|[-+*/(),=]))"
)
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "≤": "<=", "、": ","})


class BadExpression(Exception):
    """An expression that cannot be read: the name of what is wrong, what its words leave room for, from which character on."""

    def __init__(self, name: str, at: int = 0, **given: str | int) -> None:
        super().__init__(name)
        self.name, self.at, self.given = name, at, given


class Undefined(Exception):
    """A division by zero: the formula has no value."""


class Name(NamedTuple):
    """What an expression takes: an id, or a name as it was written; of so many years before."""

    id: str
    before: int = 0


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in an expression."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Operation:
    """Two terms and the sign between them: ``+ - * /``, or at the top ``=`` or ``<=``."""

    sign: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Call:
    """``min``, ``max`` or ``abs`` of some terms."""

    function: str
    terms: tuple[Tree, ...]


Tree = Name | Number | Operation | Call


def parse(text: str) -> Tree:
    """The tree of an expression.

    Raises BadExpression, with the place, for what the language does not hold.

    >>> parse("closing = adjusted - [经费 决算]@last_year").right.right
    Name(id='经费 决算', before=1)
    """
    try:
        return _parsed(text)
    except BadExpression as bad:
        bad.at = min(bad.at, len(text))  # a sign may be read as two characters
        raise


def _parsed(text: str) -> Tree:
    if len(text) > MAX_LENGTH:
        raise BadExpression("expression.too_long", MAX_LENGTH, most=MAX_LENGTH)
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    leaves, source, starts, at = list[Tree](), "", list[int](), 0
    while plain[at:].strip():
        found = _TOKEN.match(plain, at)
        if found is None:
            at += len(plain[at:]) - len(plain[at:].lstrip())
            raise BadExpression("expression.misplaced", at, sign=plain[at])
        at, start, count = found.end(), found.end() - len(found[0].lstrip()), len(leaves)
        name, age = (found["name"] or "").strip("[]").strip(), found["at"] or ""
        if found["number"]:
            if len(found["number"]) > MAX_DIGITS:
                raise BadExpression("expression.too_many_digits", start, most=MAX_DIGITS)
            leaves.append(Number(Decimal(found["number"])))
        elif found["name"] and (age or name not in FUNCTIONS or not plain[at:].lstrip().startswith("(")):
            leaves.append(Name(name, 1 if age == "@last_year" else int(age[2:] or 0) if age else 0))
        written = f"x{count} " if len(leaves) > count else "==" if found["sign"] == "=" else found["sign"] or name
        source, starts = source + written, starts + [start] * len(written)
    if not source:
        raise BadExpression("expression.empty")
    try:
        body = ast.parse(source, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None)  # none at the end
        raise BadExpression("expression.incomplete", starts[min(column, len(starts)) - 1] if column else len(plain.rstrip())) from None
    return _tree(body, leaves, starts, top=True)


_OPERATORS: dict[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_AT_TOP = _OPERATORS | {ast.Eq: "=", ast.LtE: "<="}


def _tree(node: ast.expr, leaves: list[Tree], starts: list[int], top: bool = False) -> Tree:
    match node:
        case ast.Name(id):
            return leaves[int(id[1:])]
        case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]) if type(sign) in (_AT_TOP if top else _OPERATORS):
            return Operation(_AT_TOP[type(sign)], _tree(left, leaves, starts), _tree(right, leaves, starts))
        case ast.UnaryOp(ast.USub(), term):
            return Operation("-", Number(Decimal(0)), _tree(term, leaves, starts))
        case ast.UnaryOp(ast.UAdd(), term):
            return _tree(term, leaves, starts)
        case ast.Call(ast.Name(function), args, []) if function in FUNCTIONS and args and (function != "abs" or len(args) == 1):
            terms = tuple(_tree(arg, leaves, starts) for arg in args)
            if function != "sum":
                return Call(function, terms)
            return reduce(lambda whole, term: Operation("+", whole, term), terms)
    raise BadExpression("expression.not_of_the_language", starts[node.col_offset])


def names(tree: Tree) -> tuple[Name, ...]:
    """Every name of an expression once, in the order in which they stand.

    >>> [n.id for n in names(parse("(a - b) / b"))]
    ['a', 'b']
    """
    return tuple(dict.fromkeys(leaf for leaf in leaves(tree) if isinstance(leaf, Name)))


def leaves(tree: Tree) -> Iterator[Name | Number]:
    """The names and numbers of an expression in the order in which they stand, each as often as it does."""
    if isinstance(tree, Name | Number):
        yield tree
    else:
        for term in tree.terms if isinstance(tree, Call) else (tree.left, tree.right):
            yield from leaves(term)


def renamed(tree: Tree, names: Callable[[Name], Tree]) -> Tree:
    """The same expression with other names, or with expressions in their places."""
    if isinstance(tree, Name):
        return names(tree)
    if isinstance(tree, Operation):
        return Operation(tree.sign, renamed(tree.left, names), renamed(tree.right, names))
    return Call(tree.function, tuple(renamed(term, names) for term in tree.terms)) if isinstance(tree, Call) else tree


def signed_names(tree: Tree, sign: int = 1) -> tuple[tuple[int, Name], ...] | None:
    """The terms of a sum with their signs; None where the expression is no sum of names.

    >>> [(sign, term.id) for sign, term in signed_names(parse("a - (b - c)"))]
    [(1, 'a'), (-1, 'b'), (1, 'c')]
    """
    if isinstance(tree, Name):
        return ((sign, tree),)
    if not isinstance(tree, Operation) or tree.sign not in ("+", "-"):
        return None
    left = () if tree.left == Number(Decimal(0)) else signed_names(tree.left, sign)
    right = signed_names(tree.right, sign if tree.sign == "+" else -sign)
    return None if left is None or right is None else (*left, *right)


# --- computing


@dataclass(frozen=True, slots=True)
class Interval:
    """All that a number may truly be: from low to high, both included."""

    low: Decimal
    high: Decimal

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:  # the divisor may be nothing: all can be
            return ANYTHING
        corners = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __abs__(self) -> Interval:
        return Interval(max(Decimal(0), self.low, -self.high), max(-self.low, self.high))

    def __lt__(self, other: Interval) -> bool:
        return (self.low, self.high) < (other.low, other.high)


ANYTHING = Interval(Decimal("-Infinity"), Decimal("Infinity"))

V = TypeVar("V", Decimal, Interval)

_OF: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": sub, "*": mul, "/": truediv, "=": sub, "<=": sub}


def _computing(tree: Tree, number: Callable[[Decimal], V]) -> Callable[[Mapping[Name, V]], V]:
    """What computes an expression of the values of its names; of a relation, its left side less its right."""
    if isinstance(tree, Name):
        return itemgetter(tree)
    if isinstance(tree, Number):
        known = number(tree.value)
        return lambda values: known
    if isinstance(tree, Call):
        terms, choose = [_computing(term, number) for term in tree.terms], min if tree.function == "min" else max
        if tree.function == "abs":
            return lambda values: abs(terms[0](values))
        return lambda values: choose(term(values) for term in terms)
    left, right, of = _computing(tree.left, number), _computing(tree.right, number), _OF[tree.sign]
    return lambda values: of(left(values), right(values))


def computing(tree: Tree) -> Callable[[Mapping[Name, Decimal]], Decimal]:
    """What computes an expression as `compute` does, for one that is computed many times.

    >>> change = computing(parse("(now - before) / before"))
    >>> change({Name("now"): Decimal(30), Name("before"): Decimal(20)})
    Decimal('0.5')
    """
    found = _computing(tree, Decimal)

    def computed(values: Mapping[Name, Decimal]) -> Decimal:
        with localcontext(EXACT):
            try:
                return found(values)
            except ArithmeticError:
                raise Undefined from None

    return computed


def compute(tree: Tree, values: Mapping[Name, Decimal]) -> Decimal:
    """The value of an expression; of a relation, its left side less its right.

    Raises Undefined for a division by zero, KeyError for a name without a value.

    >>> compute(parse("(now - before) / before"), {Name("now"): Decimal(30), Name("before"): Decimal(20)})
    Decimal('0.5')
    """
    return computing(tree)(values)


def _point(value: Decimal) -> Interval:
    return Interval(value, value)


MAX_SPLIT = 10
"""Names that stand more than once and are tried at both their ends; beyond these the interval found is wider than it need be."""


def compute_interval(tree: Tree, values: Mapping[Name, Interval]) -> Interval:
    """All that the value of an expression may truly be, given what its names may be.

    A name that stands once counts with its whole interval; one that stands several times is tried at both its ends, which finds
    the ends of every expression that rises or falls with it throughout.

    >>> n = {Name("u"): Interval(Decimal(1), Decimal(3)), Name("e"): Interval(Decimal(1), Decimal(1))}
    >>> compute_interval(parse("u / (u + e)"), n)
    Interval(low=Decimal('0.5'), high=Decimal('0.75'))
    """
    found = [leaf for leaf in leaves(tree) if isinstance(leaf, Name)]
    split = [n for n in dict.fromkeys(found) if found.count(n) > 1 and values[n].low != values[n].high][:MAX_SPLIT]
    computed, every = _computing(tree, _point), list[Interval]()
    with localcontext(EXACT):
        for ends in product(*((values[n].low, values[n].high) for n in split)):
            try:
                every.append(computed({**values, **dict(zip(split, map(_point, ends), strict=True))}))
            except ArithmeticError:  # no end against no end
                every.append(ANYTHING)
    return Interval(min(one.low for one in every), max(one.high for one in every))


# --- writing

_STRENGTH = {"=": 0, "<=": 0, "+": 1, "-": 1, "*": 2, "/": 2}
_WRITTEN = {"=": " = ", "<=": " ≤ ", "+": " + ", "-": " − ", "*": " × ", "/": " ÷ "}


def write(tree: Tree, name: Callable[[Name], str], number: Callable[[Decimal], str]) -> str:
    """An expression with names or with numbers put in, and no more brackets than it needs.

    >>> write(parse("(a - (b - c)) / (a * (b / c))"), lambda n: n.id, str)
    '(a − (b − c)) ÷ (a × b ÷ c)'
    """
    if isinstance(tree, Name):
        return name(tree)
    if isinstance(tree, Number):
        return number(tree.value)
    if isinstance(tree, Call):
        terms = [write(term, name, number) for term in tree.terms]
        return f"|{terms[0]}|" if tree.function == "abs" else f"{tree.function}({', '.join(terms)})"
    own = _STRENGTH[tree.sign]

    def side(term: Tree, right: bool) -> str:
        text = write(term, name, number)
        inner = _STRENGTH[term.sign] if isinstance(term, Operation) else 3
        loose = inner < own or (right and inner == own and tree.sign in ("-", "/")) or (right and own and text.startswith("−"))
        return f"({text})" if loose else text

    if tree.sign == "-" and tree.left == Number(Decimal(0)):  # a minus before a product would be read as that of its first term
        text = write(tree.right, name, number)
        return f"−({text})" if isinstance(tree.right, Operation) else f"−{text}"
    return side(tree.left, False) + _WRITTEN[tree.sign] + side(tree.right, True)
