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
    `year`: a date shows its year. `plain`: all that is shown is known to the letter.
    """

    when: tuple[str, Decimal] | None = None
    general: bool = False
    date: bool = False
    year: bool = False
    percent: bool = False
    moved: bool = False
    plain: bool = True
    grouped: bool = False
    whole: int = 0
    decimals: int = 0
    before: str = ""
    behind: str = ""

    def text(self, value: Decimal) -> str | None:
        """A number as it is shown, to the letter; None where that is not certain, or where more digits stand in the cell than are shown."""
        if self.general and self.plain:
            return f"{self.before}{value:f}{self.behind}"
        if not self.plain or self.moved or self.date or not 0 <= value < (1000 if self.grouped else 10**15):
            return None
        shown = value.quantize(Decimal((0, (1,), -self.decimals)), ROUND_HALF_UP, _WIDE)
        digits = f"{shown:f}".rjust(self.whole + self.decimals + bool(self.decimals), "0")
        return f"{self.before}{digits}{'%' * self.percent}{self.behind}" if shown == value else None


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
    return tuple(map(_section, parts))


def _tokens(format: str) -> Iterator[tuple[str, str]]:
    """The tokens of a format; what only takes room (`_x`, `*x`) is none."""
    for found in _TOKEN.finditer(format):
        if found.lastgroup:
            yield found.lastgroup, found[found.lastgroup]


def _section(tokens: list[tuple[str, str]]) -> Section:
    whens = [_CONDITION.fullmatch(text) for kind, text in tokens if kind == "bracket"]
    when = next(((found[1], Decimal(found[2])) for found in whens if found), None)
    spelled = any(kind == "bracket" and text.upper().startswith("DBNUM") for kind, text in tokens)  # 四十二
    if not tokens or any(kind == "general" for kind, _ in tokens):
        before, behind = _around(tokens, "general")
        return Section(when, general=True, plain=not spelled, before=before, behind=behind)
    times = "".join(text.lower() for kind, text in tokens if kind == "time")
    if times or any(kind == "bracket" and _ELAPSED.fullmatch(text) for kind, text in tokens):
        return Section(when, date=True, year=bool({*"yeb"} & {*times}))
    kinds = [kind for kind, _ in tokens]
    places = [n for n, kind in enumerate(kinds) if kind == "digit"]
    if not places:  # only words, as "—" for zero: what stands in the cell is the number
        return Section(when, plain=False, percent="percent" in kinds)
    inner = tokens[places[0] : places[-1] + 1]
    point = next((n for n, (kind, _) in enumerate(inner) if kind == "point"), len(inner))
    odd = "exponent" in kinds or ("sign", "/") in inner
    last_whole = max((n for n, (kind, _) in enumerate(inner[:point]) if kind == "digit"), default=0)
    scales = ("comma", ",") in (*inner[last_whole + 1 : point], *tokens[places[-1] + 1 : places[-1] + 2])
    between = any(kind in ("quoted", "escaped", "sign") and text.strip() for kind, text in inner)
    decimals = [text for kind, text in inner[point + 1 :] if kind == "digit"]
    before, behind = _around(tokens, "digit")
    return Section(
        when,
        percent="percent" in kinds,
        moved=(scales or between or kinds.count("percent") > 1) and not odd,
        plain=not odd and not spelled and {*decimals} <= {"0"} and not any(text == "?" for kind, text in inner if kind == "digit"),
        grouped=any(kind == "comma" for kind, _ in inner[:last_whole]),
        whole=sum(kind == "digit" and text == "0" for kind, text in inner[:point]),
        decimals=0 if odd else min(len("".join(decimals).rstrip("#")), 15),
        before=before,
        behind=behind,
    )


def _around(tokens: list[tuple[str, str]], middle: str) -> tuple[str, str]:
    """The texts that a format puts before and behind the number."""
    places = [n for n, (kind, _) in enumerate(tokens) if kind == middle] or [0]

    def said(part: list[tuple[str, str]]) -> str:
        money = (found[1] for kind, text in part if kind == "bracket" and (found := _CURRENCY.match(text)))
        return "".join([text for kind, text in part if kind in ("quoted", "escaped", "sign")] + [*money]).strip()

    return said(tokens[: places[0]]), said(tokens[places[-1] + 1 :])
