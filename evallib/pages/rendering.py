"""What the sections of every page share: templates, numbers as text, charts as figures. Knows no evaluation and no page by name."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any, ClassVar

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evallib.charts.drawing import Chart, Sheet
from evallib.core.units import money, percent, plain, quantity, section_number
from evallib.core.words import Lang, Words, words

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, repr=False)
class Section:
    """A section of a page, ready to be shown in a notebook and exported."""

    id: str
    html: str

    def __repr__(self) -> str:
        return f"<Section {self.id}>"  # what a notebook keeps beside the HTML

    def _repr_html_(self) -> str:
        return self.html


@cache
def environment() -> Environment:
    """The templates of the package; every text is escaped."""
    env = Environment(
        loader=PackageLoader("evallib", "template"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.globals |= {"words": words}
    return env


class Sections:
    """The sections of a page in one language. A kind of page says which there are, where their templates lie, what they see.

    `SECTIONS` holds ids and headings in their order, the first of them a summary without a number; `FOLDER` the folder of the
    templates; `APPENDICES` the ids that carry no number either.
    """

    SECTIONS: ClassVar[Mapping[str, Words]] = {}
    APPENDICES: ClassVar[tuple[str, ...]] = ()
    FOLDER: ClassVar[str] = ""

    def __init__(self, lang: Lang = "zh") -> None:
        self.lang: Lang = lang

    def names(self, id: str) -> dict[str, Any]:
        """What the template of a section sees beyond what all of them see."""
        raise NotImplementedError

    def draw(self, name: str) -> Chart:
        """A chart of this page by its name."""
        raise NotImplementedError

    def section(self, id: str) -> Section:
        """One section by its id.

        Raises KeyError for an id that is not in SECTIONS.
        """
        lang = self.lang
        html = (
            environment()
            .get_template(f"{self.FOLDER}/{id}.html.j2")
            .render(
                {
                    "lang": lang,
                    "id": id,
                    "heading": self._heading(id),
                    "t": lambda zh, en: zh if lang == "zh" else en,
                    "w": lambda text: text[lang],
                    "chart": self._figure,
                    "pct": _percent,
                    "money": _money,
                    "num": _number,
                    "qty": partial(_quantity, lang=lang),
                    "sec": partial(section_number, lang=lang),
                    **self.names(id),
                }
            )
        )
        return Section(id, html if lang == "zh" else mark_chinese(html))

    @classmethod
    def prepare(cls) -> None:
        """Compile the templates now, for a process that will make many pages."""
        for template in (*(f"{cls.FOLDER}/{id}" for id in cls.SECTIONS), "shared/_chart", "shared/_macros"):
            environment().get_template(f"{template}.html.j2")

    def _heading(self, id: str) -> str:
        heading, number = self.SECTIONS[id][self.lang], list(self.SECTIONS).index(id)
        if number == 0 or id in self.APPENDICES:
            return heading
        if self.lang == "en":
            return f"{number}. {heading}"
        return f"{_NUMERALS[number - 1] if number <= 10 else '十' + _NUMERALS[number - 11]}、{heading}"

    def _figure(self, name: str) -> Markup:
        """A chart as a figure: its finding, its picture with the words for who cannot see it, its numbers as a table."""
        chart = self.draw(name)
        picture = b64encode(chart.to_svg().encode()).decode("ascii")
        return Markup(
            environment()
            .get_template("shared/_chart.html.j2")
            .render(
                chart=chart,
                picture=picture,
                rows=chart.data.to_numpy().tolist(),
                heads=list(chart.data.columns),
                t=lambda zh, en: zh if self.lang == "zh" else en,
            )
        )


_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+(?:[0-9A-Za-z]+[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+)*")


def mark_chinese(html: str) -> str:
    """An English section whose Chinese parts (titles, document numbers, vouchers) say that they are Chinese.

    >>> mark_chinese("<td>found 待核实</td>")
    '<td>found <span lang="zh">待核实</span></td>'
    """
    return re.sub(r">[^<]*[\u3400-\u9fff][^<]*<", lambda text: _CHINESE.sub(r'<span lang="zh">\g<0></span>', text[0]), html)


def made_at() -> str:
    """When a page is made, to the minute; `SOURCE_DATE_EPOCH` (seconds since 1970, UTC) fixes it from outside."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now().astimezone()
    return moment.strftime("%Y-%m-%d %H:%M")


def _percent(value: Decimal | float | None, places: int = 2) -> str:
    return "—" if value is None else percent(Decimal(value), places)


def _money(value: Decimal | None) -> str:
    return "—" if value is None else money(value)


def _number(value: Decimal | None, places: int | None = None) -> str:
    return "—" if value is None else plain(value, places)


def _quantity(value: Decimal | None, unit: str, lang: Lang) -> str:
    return "—" if value is None else quantity(value, unit, lang)


def warm_fonts() -> None:
    """Draw a little text: the first that is drawn loads the fonts."""
    sheet = Sheet()
    sheet.text(0, 0, "县 county", bold=True)
    sheet.text(0, 0, "县 county")
    Chart("prepared", "", "", "", "", pd.DataFrame(), sheet.finish(9), "zh").to_svg()
