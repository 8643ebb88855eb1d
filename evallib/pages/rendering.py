"""What the sections of every page share: templates, numbers as text, charts as figures. Knows no evaluation and no page by name."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, cached_property, partial
from typing import Any, ClassVar

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from evallib.charts.drawing import Chart, Sheet, inside
from evallib.model.catalogue import Catalogue
from evallib.model.units import Unit
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import money, percent, plain, quantity, section_number

_NUMERALS = "一二三四五六七八九十"
EVALUATED: dict[str, Words] = {
    "department": words("部门整体支出", "a department's expenditure"),
    "project": words("项目支出", "a project"),
    "policy": words("政策", "a policy"),
}
"""What was evaluated, by kind, as titles say it."""
NO_DATA, NO_POINTS = words("没有数据", "for want of data"), words("指标没有分值", "for want of points")
"""Why a section is left out."""


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
    env.globals |= {"words": words, "inside": inside, "pct": _percent, "money": _money, "num": _number}
    return env


class Sections:
    """The sections of a page in one language. A kind of page says which there are, where their templates lie, what they see.

    `SECTIONS` holds ids and headings in their order, the first of them a summary without a number; `FOLDER` the folder of the
    templates; `APPENDICES` the ids that carry no number either. What is `absent` is left out: it has no HTML, the others are
    numbered without it, and the last one names it.
    """

    SECTIONS: ClassVar[Mapping[str, Words]] = {}
    APPENDICES: ClassVar[tuple[str, ...]] = ()
    FOLDER: ClassVar[str] = ""

    def __init__(self, lang: Lang = "zh", catalogue: Catalogue | None = None) -> None:
        self.lang: Lang = lang
        self.catalogue = catalogue or Catalogue()

    def names(self, id: str) -> dict[str, Any]:
        """What the template of a section sees beyond what all of them see."""
        raise NotImplementedError

    def draw(self, name: str) -> Chart:
        """A chart of this page by its name."""
        raise NotImplementedError

    def absent(self) -> Mapping[str, Words]:
        """The sections that do not apply or have no data, each with the reason."""
        return {}

    @cached_property
    def _absent(self) -> Mapping[str, Words]:
        return self.absent()

    @property
    def shown(self) -> tuple[str, ...]:
        """The sections that are there, in their order."""
        return tuple(id for id in self.SECTIONS if id not in self._absent)

    def section(self, id: str) -> Section:
        """One section by its id; without HTML where it is left out.

        Raises KeyError for an id that is not in SECTIONS.
        """
        lang, heading = self.lang, self.SECTIONS[id]
        if id in self._absent:
            return Section(id, "")
        html = (
            environment()
            .get_template(f"{self.FOLDER}/{id}.html.j2")
            .render(
                {
                    "lang": lang,
                    "id": id,
                    "heading": self._heading(id, heading[lang]),
                    "cur": self.catalogue.units.money.name[lang],
                    "yr": lambda year: self.catalogue.year(year)[lang],
                    "yrs": lambda years: words("、", ", ")[lang].join(self.catalogue.year(year)[lang] for year in years),
                    "t": lambda zh, en: zh if lang == "zh" else en,
                    "w": lambda text: text[lang],
                    "chart": self._figure,
                    "qty": self._quantity,
                    "sec": partial(section_number, lang=lang),
                    **self.names(id),
                }
            )
        )
        if self._absent and id == self.shown[-1]:
            html = html.rstrip().removesuffix("</section>") + self._left_out() + "</section>\n"
        return Section(id, html if lang == "zh" else mark_chinese(html))

    @classmethod
    def prepare(cls) -> None:
        """Compile the templates now, for a process that will make many pages."""
        for template in (*(f"{cls.FOLDER}/{id}" for id in cls.SECTIONS), "shared/_chart", "shared/_macros"):
            environment().get_template(f"{template}.html.j2")

    def _heading(self, id: str, heading: str) -> str:
        """A heading with its number among the sections, or the appendices, that are there."""
        appendices = [one for one in self.shown if one in self.APPENDICES]
        if id in appendices:
            number = appendices.index(id) + 1
            many = len(appendices) > 1
            return heading.replace("附录：", f"附录{_numeral(number)}：").replace("Appendix:", f"Appendix {number}:") if many else heading
        number = [one for one in self.shown if one not in appendices].index(id)
        if number == 0:
            return heading
        return f"{number}. {heading}" if self.lang == "en" else f"{_numeral(number)}、{heading}"

    def _left_out(self) -> str:
        """One line that names what is left out, and why."""
        by_reason: dict[Words, list[str]] = {}
        for id, reason in self._absent.items():
            name = self.SECTIONS[id][self.lang].removeprefix("附录：").removeprefix("Appendix: ")
            by_reason.setdefault(reason, []).append(name)
        if self.lang == "zh":
            said = "没有列出：" + "；".join(f"{'、'.join(names)}（{reason.zh}）" for reason, names in by_reason.items()) + "。"
        else:
            said = " ".join(f"Left out {reason.en}: {'; '.join(names)}." for reason, names in by_reason.items())
        return f'<p class="quiet left-out">{escape(said)}</p>\n'

    def _quantity(self, value: Decimal | None, unit: Unit | str) -> str:
        """A number with its unit, an object or as it was written."""
        if value is None:
            return "—"
        return quantity(value, self.catalogue.units.read(unit) if isinstance(unit, str) else unit, self.lang)

    def _figure(self, name: str) -> Markup:
        """A chart as a figure: its finding, its picture with the words for who cannot see it, its numbers as a table."""
        chart = self.draw(name)
        if chart.nothing:
            return Markup("")
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


def _number(value: Decimal | float | None, places: int | None = None) -> str:
    return "—" if value is None else plain(value if isinstance(value, Decimal) else Decimal(str(value)), places)


def _numeral(number: int) -> str:
    return _NUMERALS[number - 1] if number <= 10 else "十" + _NUMERALS[number - 11]


def warm_fonts() -> None:
    """Draw a little text: the first that is drawn loads the fonts."""
    sheet = Sheet()
    sheet.text(0, 0, "县 county", bold=True)
    sheet.text(0, 0, "县 county")
    Chart("prepared", "", "", "", "", pd.DataFrame(), sheet.finish(9), "zh").to_svg()
