"""Number formats of workbooks, taken apart into tokens: what a cell with one shows. Nothing is searched for in them as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

GENERAL = "General"
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>General|G/[^\s;\"]{0,9}?(?:格式|標準)|@)"
    r"|(?P<exponent>E[+-])|(?P<time>AM/PM|A/P|上午/下午|[ymdhsegba])"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<next>;)|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile("h+|m+|s+", re.IGNORECASE)
_RED = ("RED", "红色", "红", "COLOR3")
_BELOW = re.compile(r"[-−－–△▲]|负|[(（]\s*$")
_CURRENCY = re.compile(r"\$([^-]*)")
_HOLDS = {
    "<": Decimal.__lt__, "<=": Decimal.__le__, ">": Decimal.__gt__, ">=": Decimal.__ge__, "=": Decimal.__eq__, "<>": Decimal.__ne__,
}  # fmt: skip
_WIDE = Context(prec=60)  # whatever a notebook sets
_BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 48: "##0.0E+0"},
    **{14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss"},
    **{22: "yyyy/m/d h:mm", 30: "m-d-yy", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 49: "@", 52: "yyyy年m月"},
    **dict.fromkeys((27, 31, 36, 50, 57), "yyyy年m月d日"),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), "m月d日"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h时mm分"),
    **dict.fromkeys((5, 6, 37, 38, 41, 42), "#,##0"),
    **dict.fromkeys((7, 8, 39, 40, 43, 44), "#,##0.00"),
}
"""The formats that a file names by number alone; 27 to 36 and 50 to 58 are the dates of Chinese and Japanese Excel."""


class Section(NamedTuple):
    """What one section of a format makes of a number. `before` and `behind` are the texts around its digits.

    `moved`: a point or a text between its digits, or a comma behind them, shows another number than there is.
    `whole_day`: a date shows its year, month and day. `plain`: all that is shown is known to the letter. `words`: no digit is shown.
    `unsigned`: what is below zero gets no minus but what stands in the section, or its colour.
    """

    when: tuple[str, Decimal] | None = None
    general: bool = False
    date: bool = False
    whole_day: bool = False
    percent: bool = False
    words: bool = False
    unsigned: bool = False
    coloured: bool = False
    moved: bool = False
    plain: bool = True
    grouped: bool = False
    whole: int = 0
    decimals: int = 0
    before: str = ""
    behind: str = ""

    def text(self, value: Decimal) -> str | None:
        """A number as it is shown, to the letter; None where that is not certain, or where more digits stand in the cell than are shown."""
        if not self.plain or self.moved or self.date or (value < 0 and (self.before or not self.general)):
            return None
        if self.general:
            return f"{self.before}{value:f}{self.behind}".strip()
        if not (0 if self.whole else 1) <= value < (1000 if self.grouped else 10**15):
            return None
        shown = value.quantize(Decimal((0, (1,), -self.decimals)), ROUND_HALF_UP, _WIDE)
        digits = f"{shown:f}".rjust(self.whole + self.decimals + bool(self.decimals), "0")
        return f"{self.before}{digits}{self.behind}".strip() if shown == value else None

    def shows_another(self, value: Decimal) -> bool:
        """Whether a number other than zero is shown as another, with the other sign, or not at all."""
        below = bool(_BELOW.search(self.before)) or self.behind.strip() == "-" or (value < 0 and (not self.unsigned or self.coloured))
        return bool(value) and (self.moved or self.words or below != (value < 0))


def format_of(number: int, own: dict[int, str]) -> str:
    """A format by the number by which cells name it; General where there is none."""
    return own.get(number) or _BUILT_IN.get(number, GENERAL)


def section_of(format: str, value: Decimal) -> Section:
    """The section of a format that is in force for a number.

    >>> [section_of('0.00"%"', Decimal(84)).percent, section_of("0;-0%", Decimal(-1)).percent, section_of("[h]:mm", Decimal(1)).date]
    [False, True, True]
    >>> [section_of(format, Decimal(1)).moved for format in ("0!.0000", "#,##0,", "#,##0.00", '0.00" 万元"')]
    [True, True, False, False]
    """
    sections = _sections(format)
    usual: tuple[tuple[str, Decimal] | None, ...] = ((">=" if len(sections) < 3 else ">", Decimal(0)), ("<", Decimal(0)), None)
    for n, section in enumerate(sections[:3]):
        when = section.when or (usual[n] if len(sections) > 1 and n < len(sections) - (1 if len(sections) < 4 else 2) else None)
        if when is None or _HOLDS[when[0]](value, when[1]):
            return section
    return sections[0]


@lru_cache(1000)
def _sections(format: str) -> tuple[Section, ...]:
    parts: list[list[tuple[str, str]]] = [[]]
    for kind, text in _tokens(format):
        if kind == "next":
            parts.append([])
        else:
            parts[-1].append((kind, text))
    sections = [*map(_section, parts)]
    if len(sections) > 1 and not (sections[0].when or sections[1].when):
        sections[1] = sections[1]._replace(unsigned=True)
    return tuple(sections)


def _tokens(format: str) -> Iterator[tuple[str, str]]:
    """The tokens of a format; what only takes room (`_x`, `*x`) is none."""
    for found in _TOKEN.finditer(format):
        if found.lastgroup:
            yield found.lastgroup, found[found.lastgroup]


def _section(tokens: list[tuple[str, str]]) -> Section:
    brackets = [text for kind, text in tokens if kind == "bracket"]
    when = next(((found[1], Decimal(found[2])) for text in brackets if (found := _CONDITION.fullmatch(text))), None)
    spelled = any(text.upper().startswith("DBNUM") for text in brackets)  # 四十二
    kinds = [kind for kind, _ in tokens]
    usual = Section(when, percent="percent" in kinds, coloured=any(text.upper() in _RED for text in brackets))
    times = "".join(text.lower() for kind, text in tokens if kind == "time")
    if "general" in kinds:
        before, behind = _around(tokens, kinds.index("general"), kinds.index("general"))
        return usual._replace(general=True, plain=not spelled, before=before, behind=behind)
    if times or any(map(_ELAPSED.fullmatch, brackets)):
        return usual._replace(date=True, whole_day=bool({*"yeb"} & {*times}) and {"m", "d"} <= {*times})
    places = [n for n, kind in enumerate(kinds) if kind == "digit"]
    if not places:  # only words, as "—" for zero: what stands in the cell is the number
        return usual._replace(plain=False, words=True)
    first, last = places[0] - (kinds[places[0] - 1 : places[0]] == ["point"]), places[-1]
    inner = tokens[first : last + 1]
    point = next((n for n, (kind, _) in enumerate(inner) if kind == "point"), len(inner))
    odd = "exponent" in kinds or ("sign", "/") in inner
    last_whole = max((n for n, (kind, _) in enumerate(inner[:point]) if kind == "digit"), default=0)
    scales = ("comma", ",") in (*inner[last_whole + 1 : point], *tokens[last + 1 : last + 2])
    between = [text for kind, text in inner if kind in ("quoted", "escaped", "sign")]
    decimals = [text for kind, text in inner[point + 1 :] if kind == "digit"]
    before, behind = _around(tokens, first, last)
    beside = re.search(r"\d[.,]?$", before) or re.match(r"[.,]?\d", behind)
    strange = scales or beside or any(map(str.strip, between)) or kinds.count("percent") > 1 or kinds.count("point") > 1
    return usual._replace(
        moved=bool(strange) and not odd,
        plain=not odd and not spelled and not between and {*decimals} <= {"0"} and ("digit", "?") not in inner,
        grouped=any(kind == "comma" for kind, _ in inner[:last_whole]),
        whole=len("".join(text for kind, text in inner[:point] if kind == "digit").lstrip("#")),
        decimals=0 if odd else min(len("".join(decimals).rstrip("#")), 15),
        before=before,
        behind=behind,
    )


def _around(tokens: list[tuple[str, str]], first: int, last: int) -> tuple[str, str]:
    """The texts that a format puts before and behind the number."""

    def said(part: list[tuple[str, str]]) -> str:
        shown = {"quoted", "escaped", "sign", "percent"}
        money = {text: found[1] for kind, text in part if kind == "bracket" and (found := _CURRENCY.match(text))}
        return "".join(text if kind in shown else money.get(text, "") for kind, text in part)

    return said(tokens[:first]), said(tokens[last + 1 :])
