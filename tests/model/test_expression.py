"""The language of formulas: what it holds and what not, how exactly it computes, how it writes itself out, what rounding may hide."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.model.errors import Fault, Place
from evallib.model.expression import (
    EXACT,
    MAX_LENGTH,
    BadExpression,
    Interval,
    Name,
    Number,
    Operation,
    Tree,
    Undefined,
    compute,
    compute_interval,
    computing,
    names,
    parse,
    renamed,
    signed_names,
    write,
)
from evallib.say.refusals import told


def value(text: str, **numbers: str | int) -> Decimal:
    tree = parse(text)
    return compute(tree, {name: Decimal(numbers[name.id]) for name in names(tree)})


def by_ids(tree: Tree) -> str:
    return write(tree, lambda n: n.id + "'" * n.before, str)


# --- reading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", "a"),
        ("  a+b ", "a + b"),
        ("决算 / 预算", "决算 ÷ 预算"),
        ("公用经费决算／在职人数", "公用经费决算 ÷ 在职人数"),  # full width
        ("a × b ÷ c − d", "a × b ÷ c − d"),
        ("[approved posts] + [“三公”经费 (预算)]", "approved posts + “三公”经费 (预算)"),
        ("min(a, b、c)", "min(a, b, c)"),
        ("max(a, 0)", "max(a, 0)"),
        ("abs(a - b)", "|a − b|"),
        ("sum(a, b, c)", "a + b + c"),
        ("a@last_year - a@-2", "a' − a''"),
        ("min", "min"),  # without a bracket it is a name
        ("[sum] + max@last_year", "sum + max'"),
        ("closing = adjusted - outturn", "closing = adjusted − outturn"),
        ("a ≤ b", "a ≤ b"),
        (".5 * a", "0.5 × a"),
        ("-a", "−a"),
        ("+a", "a"),
        ("a - -b", "a − (−b)"),
    ],
)
def test_an_expression_is_read(text: str, found: str) -> None:
    assert by_ids(parse(text)) == found


def test_every_name_is_known_once_in_its_order_with_its_year() -> None:
    assert names(parse("(b - a@last_year) / a@last_year + b + 2")) == (Name("b"), Name("a", 1))


NOWHERE = -1
REFUSED = [
    # what is written, from which character on it is refused
    ("", 0),
    ("   ", 0),
    ("a +", 3),
    ("(a", 0),
    ("a)", 1),
    ("a b", 2),
    ("2 a", 2),
    ("a ** b", NOWHERE),
    ("a // b", NOWHERE),
    ("a < b", 2),
    ("a >= b", 2),
    ("a != b", 2),
    ("a == b", NOWHERE),
    ("a = b = c", NOWHERE),
    ("(a = b) + c", NOWHERE),
    ("min(a = b, c)", NOWHERE),
    ("a.b", 1),
    ("a.__class__", 1),
    ("a[0]", 1),
    ("f(a)", NOWHERE),
    ("eval(a)", NOWHERE),
    ("abs(a, b)", NOWHERE),
    ("min()", NOWHERE),
    ("abs()", NOWHERE),
    ("min(*a)", NOWHERE),
    ("min(a=b)", NOWHERE),
    ("__import__('os')", 11),
    ('"text"', 0),
    ("lambda: 1", 6),
    ("a if b else c", 2),
    ("a and b", 2),
    ("not a", 4),
    ("(a, b)", NOWHERE),
    ("a; b", 1),
    ("a\\b", 1),
    ("a\nb", 2),
    ("1e5", 1),
    ("1_000", 1),
    ("0x10", 1),
    ("a@next_year", 1),
    ("a@2", 1),
    ("a@-999", NOWHERE),
    ("[]", 0),
    ("[a", 0),
    ("[[a]]", 0),
    ("a ~ b", 2),
    ("a % b", 2),
    ("a | b", 2),
    ("😀", 0),
    ("a\x00b", 1),
    ("9" * 41, 0),
    ("a + " + "9" * 5000, MAX_LENGTH),
    ("(" * 10_000 + "a" + ")" * 10_000, MAX_LENGTH),
    ("-" * 10_000 + "a", MAX_LENGTH),
]


@pytest.mark.parametrize(("text", "at"), REFUSED, ids=lambda x: repr(x)[:24])
def test_what_the_language_does_not_hold_is_refused_with_its_place(text: str, at: int) -> None:
    with pytest.raises(BadExpression) as refused:
        parse(text)
    assert told(Fault(refused.value.name, Place("x"), given={"at": refused.value.at, **refused.value.given})).what
    assert 0 <= refused.value.at <= len(text)
    if at != NOWHERE:
        assert refused.value.at == at


@pytest.mark.parametrize("text", ["(" * 140 + "a" + ")" * 140, "-" * 290 + "a", "+".join(["a"] * 145), "max(" * 70 + "a" + ")" * 70])
def test_what_is_deep_is_read_or_refused_and_never_breaks(text: str) -> None:
    try:
        assert value(text, a=1) is not None
        assert by_ids(parse(text))
    except BadExpression:
        pass


@given(st.text(st.sampled_from("ab1.5+-*/(),=<>@[]!^%&|~`'\"\\ \n大×÷−≤、＋（）_{}:;?#$"), max_size=40) | st.text(max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        tree = parse(text)
    except BadExpression as refused:
        place = refused.at
    else:
        assert write(tree, lambda n: n.id, str)
        place = 0
    assert 0 <= place <= len(text)


# --- computing


def test_decimals_are_exact_and_a_division_keeps_fifty_digits() -> None:
    assert value("a + b - c", a="0.1", b="0.2", c="0.3") == 0
    a, b = "1234567890123456.78", "9876543210987654.32"
    assert Fraction(value("a * b", a=a, b=b)) == Fraction(a) * Fraction(b)
    third = value("a / b", a=1, b=3)
    assert str(third) == "0." + "3" * 50
    assert getcontext().prec == 28  # nobody else's arithmetic is touched


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7 - 2 - 1", 4),
        ("7 - (2 - 1)", 6),
        ("12 / 2 / 3", 2),
        ("12 / (6 / 3)", 6),
        ("2 + 3 * 4", 14),
        ("-2 * 3", -6),
        ("min(3, 1, 2)", 1),
        ("max(3, 1, 2)", 3),
        ("abs(2 - 5)", 3),
        ("sum(1, 2, 3) / 2", 3),
        ("5 = 2", 3),  # of a relation, its left side less its right
        ("2 <= 5", -3),
    ],
)
def test_signs_bind_as_everywhere(text: str, found: int) -> None:
    assert value(text) == found


@pytest.mark.parametrize("text", ["a / 0", "0 / 0", "a / (b - b)", "min(1, 1 / 0)"])
def test_a_division_by_nothing_has_no_value(text: str) -> None:
    with pytest.raises(Undefined):
        value(text, a=1, b=2)


def test_a_name_without_a_value_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        compute(parse("a + b"), {Name("a"): Decimal(1)})


# --- trees that are made of trees


def same_way(tree: Tree, numbers: dict[Name, Decimal]) -> None:
    """It is computed again and again as it is computed once."""
    try:
        assert str(computing(tree)(numbers)) == str(compute(tree, numbers))
    except Undefined:
        with pytest.raises(Undefined):
            computing(tree)(numbers)


@pytest.mark.parametrize("text", ["min(a, b / 3) + 1", "max(a - b, 0) * 2", "abs(b - a) / a", "a <= b", "a = 0.5 * b"])
def test_what_is_computed_many_times_is_computed_as_once(text: str) -> None:
    same_way(parse(text), {Name("a"): Decimal(7), Name("b"): Decimal("2.50")})


LEAVES = st.sampled_from("abc").map(Name) | st.integers(0, 9).map(lambda n: Number(Decimal(n)))
TREES: st.SearchStrategy[Tree] = st.recursive(
    LEAVES, lambda below: st.builds(Operation, st.sampled_from("+-*/"), below, below), max_leaves=8
)


@given(TREES)
def test_what_is_written_out_reads_back_as_the_same(tree: Tree) -> None:
    text = write(tree, lambda n: n.id, str)
    again = parse(text)
    assert write(again, lambda n: n.id, str) == text
    numbers = {Name(id): Decimal(n) for id, n in zip("abc", (7, 3, 2), strict=True)}
    same_way(tree, numbers)
    try:
        expected = compute(tree, numbers)
    except Undefined:
        with pytest.raises(Undefined):
            compute(again, numbers)
    else:
        assert abs(compute(again, numbers) - expected) <= abs(expected) * Decimal("1e-45") + Decimal("1e-45")


@given(TREES)
def test_no_bracket_can_be_left_out(tree: Tree) -> None:
    """Each pair that is written is needed: without it the text is another tree."""
    text = write(tree, lambda n: n.id, str)
    whole = write(parse(text), lambda n: n.id, str)
    opened: list[int] = []
    for at, sign in enumerate(text):
        if sign == "(":
            opened.append(at)
        elif sign == ")":
            start = opened.pop()
            if text[start + 1] == "−":
                continue  # a − (−b) is easier to read than a − −b
            bare = text[:start] + text[start + 1 : at] + text[at + 1 :]
            with suppress(BadExpression):
                assert write(parse(bare), lambda n: n.id, str) != whole


def test_names_give_way_to_expressions_in_brackets_where_they_must() -> None:
    tree = renamed(parse("a * b"), lambda n: parse("x + y") if n.id == "a" else n)
    assert by_ids(tree) == "(x + y) × b"


def test_a_number_below_zero_put_in_for_a_name_stands_in_brackets_after_a_sign() -> None:
    tree = parse("a - b")
    assert write(tree, {Name("a"): "−5", Name("b"): "−3"}.__getitem__, str) == "−5 − (−3)"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a + b - c", [(1, "a"), (1, "b"), (-1, "c")]),
        ("a - (b - c)", [(1, "a"), (-1, "b"), (1, "c")]),
        ("-a", [(-1, "a")]),
        ("a * b", None),
        ("a + 1", None),
        ("max(a, b)", None),
        ("a = b", None),
    ],
)
def test_a_sum_is_told_from_what_is_none(text: str, found: list[tuple[int, str]] | None) -> None:
    signed = signed_names(parse(text))
    assert (None if signed is None else [(sign, name.id) for sign, name in signed]) == found


# --- what rounding may hide


def interval(low: str, high: str) -> Interval:
    return Interval(Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", ("1", "3")),
        ("a - a", ("0", "0")),  # the same number is taken from itself
        ("a - b", ("-3", "1")),
        ("-a", ("-3", "-1")),
        ("a * b", ("2", "12")),
        ("a / b", ("0.25", "1.5")),
        ("(a - b) / b", ("-0.75", "0.5")),
        ("a / (a + b)", ("0.2", "0.6")),
        ("min(a, b)", ("1", "3")),
        ("abs(a - 2)", ("0", "1")),
        ("a / a", ("1", "1")),
        ("a / z", ("-Infinity", "Infinity")),  # what is divided by may be nothing
        ("abs(a / y)", ("0", "Infinity")),
        ("abs(a / -y)", ("0", "Infinity")),
    ],
)
def test_all_that_a_value_may_truly_be(text: str, found: tuple[str, str]) -> None:
    spans = {"a": ("1", "3"), "b": ("2", "4"), "y": ("0", "1"), "z": ("-1", "1")}
    held = {Name(id): interval(*ends) for id, ends in spans.items()}
    assert compute_interval(parse(text), held) == interval(*found)


@given(TREES, st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=3, max_size=3))
def test_every_true_value_lies_within(tree: Tree, held: list[tuple[int, int]]) -> None:
    around = {Name(id): Interval(Decimal(low), Decimal(low + width)) for id, (low, width) in zip("abc", held, strict=True)}
    whole = compute_interval(tree, around)
    for ends in product((0, 1), repeat=3):
        numbers = {Name(id): Decimal(low + width * end) for end, id, (low, width) in zip(ends, "abc", held, strict=True)}
        try:
            one = compute(tree, numbers)
        except Undefined:
            continue
        with localcontext(EXACT):
            slack = (abs(one) + 1) * Decimal("1e-40")
            assert whole.low - slack <= one <= whole.high + slack


def test_a_minus_before_a_product_keeps_its_brackets() -> None:
    assert write(parse("-(a * b)"), lambda n: n.id, str) == "−(a × b)"
    assert write(parse("-a * b"), lambda n: n.id, str) == "(−a) × b"


def test_what_may_be_anything_stays_so() -> None:
    anything = interval("-Infinity", "Infinity")
    assert compute_interval(parse("0 * (a / b)"), {Name("a"): interval("1", "1"), Name("b"): interval("-1", "1")}) == anything


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [("-3", "2", ("0", "3")), ("-2", "3", ("0", "3")), ("1", "2", ("1", "2")), ("-5", "-4", ("4", "5")), ("0", "1", ("0", "1"))],
)
def test_the_size_of_what_may_be_on_either_side_of_nothing(low: str, high: str, found: tuple[str, str]) -> None:
    assert abs(Interval(Decimal(low), Decimal(high))) == Interval(Decimal(found[0]), Decimal(found[1]))
