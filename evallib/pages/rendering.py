"""What the sections of every page share: templates, numbers as text, charts as figures. Knows no page by name.

The words of pages stand in `catalogue/words/sentences/pages.toml`, those of one section alone in its template.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
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
from evallib.model.evaluation import Evaluation
from evallib.model.table_words import CHOICES
from evallib.model.units import Unit
from evallib.model.words import Given, Lang, Words, joined, listed, words
from evallib.say.numbers import money, percent, plain, quantity, section_number
from evallib.say.sentences import sentence
from evallib.say.workings import reached_text, target_text

_NUMERALS = "一二三四五六七八九十"


def told(name: str, /, **given: Given) -> Words:
    """What pages say, by name.

    >>> told("left_out.no_data")["en"]
    'for want of data'
    """
    return sentence(f"pages.{name}", **given)


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
    templates; `APPENDICES` the ids that carry no number either; `OF_POINTS` those that need indicators with points. What is `absent`
    is left out: it has no HTML, the others are numbered without it, and the last one names it.
    """

    SECTIONS: ClassVar[Mapping[str, Words]] = {}
    APPENDICES: ClassVar[tuple[str, ...]] = ()
    OF_POINTS: ClassVar[tuple[str, ...]] = ()
    FOLDER: ClassVar[str] = ""

    def __init__(self, lang: Lang = "zh", evaluations: Sequence[Evaluation] = ()) -> None:
        self.lang: Lang = lang
        self.evaluations = tuple(evaluations)
        self.catalogue = evaluations[-1].catalogue if evaluations else Catalogue()

    def names(self, id: str) -> dict[str, Any]:
        """What the template of a section sees beyond what all of them see."""
        raise NotImplementedError

    def draw(self, name: str) -> Chart:
        """A chart of this page by its name."""
        raise NotImplementedError

    def content(self) -> Mapping[str, object]:
        """What sections are about, for those that are left out where that is nothing."""
        return {}

    def absent(self) -> Mapping[str, Words]:
        """The sections that do not apply or have no data, each with the reason."""
        pointless = self.OF_POINTS if self.evaluations and not any(e.has_total for e in self.evaluations) else ()
        reasons = {id: "no_points" if id in pointless else "no_data" for id, found in self.content().items() if not found}
        return {id: told(f"left_out.{reason}") for id, reason in reasons.items()}

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
                    "yrs": lambda years: listed(self.catalogue.year(year) for year in years)[lang],
                    "t": lambda zh, en: zh if lang == "zh" else en,
                    "w": lambda text: text[lang],
                    "chart": self._figure,
                    "qty": self._quantity,
                    "goal": partial(target_text, lang=lang),
                    "reached_of": partial(reached_text, lang=lang),
                    "sign": lambda operator: CHOICES[operator][lang],
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
        by_reason: dict[Words, list[Words]] = {}
        for id, reason in self._absent.items():
            name = self.SECTIONS[id]
            by_reason.setdefault(reason, []).append(words(name.zh.removeprefix("附录："), name.en.removeprefix("Appendix: ")))
        parts = (told("left_out.sections", sections=joined(names, "、", "; "), reason=why) for why, names in by_reason.items())
        said = told("left_out.line", left_out=joined(parts, "；", ". Left out "))[self.lang]
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
