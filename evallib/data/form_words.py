"""What forms call their columns, rows and groups: the words of `catalogue/words/forms.toml`, and how texts are held against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from evallib.kit import words_of
from evallib.model.table_words import TOTALS
from evallib.model.words import folded

BlockKind = Literal["indicators", "money", "facts"]
KINDS: tuple[BlockKind, ...] = ("indicators", "money", "facts")
_LEFT_OUT = re.compile(r"[\s*＊※:：、。]+")
_BRACKET = re.compile(r"\(([^()]*)\)")
_NUMBERED = re.compile(r"^(?:指标\s*\d+\s*[:：]|[(（]?\d{1,2}[)）.、．](?!\d))\s*")
_OF_WHICH = re.compile("^其中")


class Kind(NamedTuple):
    """A kind of form: what its title says, the framework it goes by, whether its plain scores are the unit's own."""

    title: tuple[str, ...]
    framework: str
    kind: str
    own: bool


def forms() -> dict[str, Any]:
    """The words of forms as they stand in their file."""
    return words_of("forms")


@cache
def form_kinds() -> tuple[Kind, ...]:
    """The kinds of forms, the nearest told first."""
    return tuple(
        Kind(tuple(map(plain, one["title"])), one.get("framework", ""), one.get("kind", ""), one["own"]) for one in forms()["form"]
    )


def plain(text: str) -> str:
    """A text as the words of forms are told apart.

    >>> plain("权重\\n（分值） *"), plain("三级 指标：")
    ('权重(分值)', '三级指标')
    """
    return _LEFT_OUT.sub("", folded(text))


def bracketed(text: str) -> tuple[str, ...]:
    """What a text says in brackets.

    >>> bracketed("年初预算数（万元）")
    ('万元',)
    """
    return tuple(_BRACKET.findall(plain(text)))


def without_brackets(text: str) -> str:
    """A text as it is told apart, without what stands in brackets.

    >>> without_brackets("年初预算数（万元）")
    '年初预算数'
    """
    return _BRACKET.sub("", plain(text))


def named(text: str) -> str:
    """A name without the number that a form puts before it.

    >>> named("指标1：造林面积"), named("（2）造林面积"), named("2.5公里")
    ('造林面积', '造林面积', '2.5公里')
    """
    return _NUMBERED.sub("", " ".join(text.split())).strip()


@cache
def _known(of: str) -> dict[str, str]:
    """What each text of a table of words means."""
    return {plain(text): meaning for meaning, texts in forms()[of].items() for text in (*texts, *([meaning] if of == "groups" else []))}


def heads_known(kind: BlockKind) -> Mapping[str, str]:
    """The heads of a kind of block, and the column that each means."""
    return _known(kind)


def column_of(kind: BlockKind, text: str) -> str:
    """The column that a head means; empty where it means none.

    >>> column_of("money", "年初预算数\\n（万元）"), column_of("indicators", "*权重（分值）")
    ('approved', 'points')
    """
    known = _known(kind)
    return known.get(plain(text)) or known.get(without_brackets(text), "")


def line_of(text: str) -> str:
    """The line of money that a row is: `total`, or the name of a line of the catalogue; empty where it is none."""
    said = _OF_WHICH.sub("", without_brackets(text))
    return _known("lines").get(said) or ""


def field_of(text: str) -> str:
    """What is named above the table: department, project, owner, year, money; empty where it is none of these."""
    return _known("fields").get(plain(text)) or _known("fields").get(without_brackets(text), "")


_NEXT = re.compile(r"[\s;；]+(?=[^\s:：;；]{1,12}[:：])")


def beside(texts: Sequence[tuple[int, str]], what: Callable[[str], str] = field_of) -> Iterator[tuple[int, str, str]]:
    """What the cells of a row that is no row of a table say: where each stands, what it names (empty: nothing known), the text.

    >>> [*beside([(0, "部门名称：甲局"), (2, "金额单位"), (3, "万元"), (5, "自评表")])]
    [(0, 'department', '甲局'), (3, 'money', '万元'), (5, '', '自评表')]
    """
    at = 0
    while at < len(texts):
        index, text = texts[at]
        at += 1
        parts = [part.replace("：", ":").partition(":") for part in _NEXT.split(text)]
        if len(parts) > 1 and all(what(before) and behind.strip() for before, _, behind in parts):
            yield from ((index, what(before), behind.strip()) for before, _, behind in parts)
            continue
        before, colon, behind = text.replace("：", ":").partition(":")
        named = what(before)
        if named and behind.strip():
            yield index, named, behind.strip()
        elif named and at < len(texts) and not what(texts[at][1].replace("：", ":").partition(":")[0]):
            yield texts[at][0], named, texts[at][1]
            at += 1
        else:
            yield index, named if colon else "", "" if named and colon else text


def nature_of(text: str) -> str | None:
    """The operator that the nature of an indicator says in words of forms; None where it says none of these."""
    return _known("nature").get(plain(text))


def group_of(text: str) -> str:
    """What a framework calls the group that a form calls so; the text itself where nothing else is known."""
    return _known("groups").get(plain(text), text)


def is_total(text: str) -> bool:
    """Whether a row of this name adds up the others.

    >>> is_total("总 分"), is_total("合计"), is_total("资金总额到位率")
    (True, True, False)
    """
    return plain(text) in _totals()


def is_subtotal(text: str) -> bool:
    """Whether such a row adds up only a part of the others.

    >>> is_subtotal("小计"), is_subtotal("总分")
    (True, False)
    """
    return plain(text) in map(plain, forms()["totals"]["part"])


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(plain, (*TOTALS["sum"], *forms()["totals"]["sum"], *forms()["totals"]["part"])))


def is_apart(text: str, what: Literal["signature", "note", "side", "empty"]) -> bool:
    """Whether a text is no data: a signature, a note, a label at the side, or a sign for nothing.

    >>> is_apart("填报人：张三", "signature"), is_apart("注：以上均为虚构", "note"), is_apart("绩 效\\n指 标", "side")
    (True, True, True)
    """
    words = forms()["apart"][what]
    if what in ("side", "empty"):
        return plain(text) in {plain(word) or word for word in words}
    before, colon, _ = folded(text).partition(":")
    return without_brackets(before) in map(plain, words) and (bool(colon) or len(plain(text)) < 8 or what == "signature")


def kind_of_form(texts: Sequence[str]) -> Kind | None:
    """The kind of form that the texts above a table say, the first that fits."""
    said = [plain(text) for text in texts]
    return next((kind for kind in form_kinds() if any(word in text for word in kind.title for text in said)), None)
