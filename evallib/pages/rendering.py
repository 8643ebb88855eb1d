"""What the sections of every page share: templates, numbers as text, charts as figures. Knows no page by name.

The words of pages stand in `catalogue/words/sentences/pages.toml`, those of one section alone in its template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, cached_property, partial
from typing import Any, ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from evallib import __version__
from evallib.charts.drawing import Chart
from evallib.charts.measure import inside
from evallib.charts.parts import or_dash
from evallib.kit import TEMPLATES
from evallib.model.catalogue import Catalogue
from evallib.model.evaluation import Evaluation
from evallib.model.grouped import grouped
from evallib.model.table_words import CHOICES
from evallib.model.units import Unit
from evallib.model.words import Given, Lang, Words, agreed, joined, listed, quoted_once, stopped_once, words
from evallib.pages.handed import MARK, Mark, Of
from evallib.pages.page_seal import sealed_page
from evallib.pages.style import framed, page_css
from evallib.say.numbers import money, percent, plain, quantity, section_number
from evallib.say.sentences import sentence
from evallib.say.workings import reached_text, target_text


def told(name: str, /, **given: Given) -> Words:
    """What pages say, by name.

    >>> told("left_out.no_data")["en"]
    'nothing recorded'
    """
    return sentence(f"pages.{name}", **given)


@dataclass(frozen=True, repr=False)
class Section:
    """A section of a page, ready to be shown in a notebook, where a heading stands above it, and to be put into a page, which gives it one.

    The page knows it by its `mark`: among others its `heading`, the same in both languages as a notebook writes it (`pair`), the SHA-256
    of the `drawings` in it, and whether it is a working `paper`, which a page keeps behind the main text.
    """

    id: str
    html: str
    lang: Lang = "zh"
    mark: Mark = field(default_factory=lambda: Mark(kind="section"))

    def __repr__(self) -> str:
        return f"<Section {self.id}>"  # what a notebook keeps beside the HTML

    @property
    def whole(self) -> str:
        """The section with its heading, for a place where none stands above it."""
        heading = f'<h2 id="h-{self.id}">{escape(self.mark["heading"])}</h2>'
        return re.sub(r"<section [^>]*>\n", rf"\g<0>{heading}\n", self.html, count=1)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, str], dict[str, Any]]:
        """What a notebook keeps of it: the section in the page's style, and by what the page knows it."""
        return {"text/html": framed(self.html, self.lang), "text/plain": repr(self)}, {MARK: self.mark}


@cache
def environment() -> Environment:
    """The templates of the package; every text is escaped."""
    env = Environment(
        loader=PackageLoader("evallib", "template"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.globals |= {"words": words, "inside": inside, "pct": _percent, "money": partial(or_dash, write=money), "num": _number, "t": _either}
    return env


@cache
def _as_it_stands() -> Environment:
    return environment().overlay(autoescape=False, trim_blocks=False, lstrip_blocks=False)


def whole_page(page: Any) -> str:
    """A page that has taken all cells of its notebook, whose text is harmless already."""
    return _as_it_stands().get_template("page/index.html.j2").render(page=page)


@pass_context
def _either(context: Context, zh: Any, en: Any) -> Any:
    """What a template says in one language or the other."""
    text = zh if context["lang"] == "zh" else en
    return type(text)(quoted_once(text if context["lang"] == "zh" else agreed(text))) if isinstance(text, str) else text


def rendered(template: str, lang: Lang, **given: Any) -> str:
    """A template in a language; in English the Chinese parts say that they are Chinese."""
    html = environment().get_template(f"{template}.html.j2").render(lang=lang, **given)
    head, body, rest = html.rpartition("<body")
    return html if lang == "zh" else head + body + mark_chinese(rest)


class Sections:
    """The sections of a page in one language. A kind of page says which there are, where their templates lie, what they see.

    `SECTIONS` holds ids and headings in their order, the first of them a summary; `FOLDER` the folder of the templates;
    `OF_POINTS` those that need indicators with points, `PAPERS` the working papers. What is `absent` is
    left out: it has no HTML, and the last one of the main text names it. `of` says of which evaluation the page is, if of any.
    """

    SECTIONS: ClassVar[Mapping[str, Words]] = {}
    OF_POINTS: ClassVar[tuple[str, ...]] = ()
    PAPERS: ClassVar[tuple[str, ...]] = ()
    FOLDER: ClassVar[str] = ""

    def __init__(self, lang: Lang = "zh", evaluations: Sequence[Evaluation] = (), of: Of | None = None) -> None:
        self.lang: Lang = lang
        self.evaluations = tuple(evaluations)
        self.of = of
        self.catalogue = evaluations[-1].catalogue if evaluations else Catalogue()

    def template(self, id: str) -> str:
        """Where the template of a section lies."""
        return f"{self.FOLDER}/{id}"

    def names(self, id: str) -> dict[str, Any]:
        """What the template of a section sees beyond what all of them see."""
        raise NotImplementedError

    def draw(self, name: str) -> Chart:
        """A chart of this page by its name."""
        raise NotImplementedError

    def content(self) -> Mapping[str, object]:
        """What sections are about, for those that are left out where that is nothing."""
        return {}

    @cached_property
    def absent(self) -> Mapping[str, Words]:
        """The sections that do not apply or have no data, each with the reason."""
        return {id: told(f"left_out.{self.why(id)}") for id, found in self.content().items() if not found}

    def why(self, id: str) -> str:
        """The name of the reason why a section has nothing to say."""
        pointless = self.evaluations and not any(e.has_total for e in self.evaluations)
        return "no_points" if pointless and id in self.OF_POINTS else "no_data"

    @property
    def shown(self) -> tuple[str, ...]:
        """The sections that are there, in their order."""
        return tuple(id for id in self.SECTIONS if id not in self.absent)

    def section(self, id: str) -> Section:
        """One section by its id; without HTML where it is left out.

        Raises KeyError for an id that is not in SECTIONS.
        """
        heading, drawings = self.SECTIONS[id], list[str]()
        html = self._html(id, drawings) if id in self.shown else ""
        mark: Mark = {"kind": "section", "page": self.FOLDER, "id": id, "heading": heading[self.lang], "pair": pair(heading), "of": self.of}
        mark |= {"absent": not html, "drawings": drawings, "paper": id in self.PAPERS}
        return Section(id, html, self.lang, mark)

    def _html(self, id: str, drawings: list[str]) -> str:
        lang = self.lang
        shared = {
            "page": self,
            "id": id,
            "heading": self.SECTIONS[id][lang],
            "cur": self.catalogue.units.money.name[lang],
            "yr": lambda year: self.catalogue.year(year)[lang],
            "yrs": lambda years: listed(self.catalogue.year(year) for year in years)[lang],
            "w": lambda text: text[lang],
            "chart": partial(self._figure, drawings=drawings),
            "qty": self._quantity,
            "goal": partial(target_text, lang=lang),
            "reached_of": partial(reached_text, lang=lang),
            "sign": lambda operator: CHOICES[operator][lang],
            "sec": partial(section_number, lang=lang),
        }
        html = rendered(self.template(id), lang, **shared | self.names(id))
        if self.absent and id == [one for one in self.shown if one not in self.PAPERS][-1]:
            html = html.rstrip().removesuffix("</section>") + self._left_out() + "</section>\n"
        return stopped_once(html)

    @classmethod
    def prepare(cls) -> None:
        """Compile the templates now, for a process that will make many pages."""
        for template in environment().list_templates(["j2"]):
            if template.startswith((f"{cls.FOLDER}/", "shared/")):
                environment().get_template(template)

    def _left_out(self) -> str:
        """One line that names what is left out, and why."""
        named = ((reason, self.SECTIONS[id]) for id, reason in self.absent.items())
        by_reason = grouped((why, words(name.zh.removeprefix("附录："), name.en.removeprefix("Appendix: "))) for why, name in named)
        parts = (told("left_out.sections", sections=joined(names, "、", "; "), reason=why) for why, names in by_reason.items())
        said = told("left_out.line", left_out=joined(parts, "；", ". "))[self.lang]
        return f'<p class="quiet left-out">{escape(said)}</p>\n'

    def _quantity(self, value: Decimal | None, unit: Unit | str) -> str:
        """A number with its unit, an object or as it was written."""
        if value is None:
            return "—"
        return quantity(value, self.catalogue.units.read(unit) if isinstance(unit, str) else unit, self.lang)

    def _figure(self, name: str, drawings: list[str]) -> Markup:
        """A chart as a figure; what tells its pictures from all others is noted."""
        chart = self.draw(name)
        if not chart.nothing:
            drawings += chart.drawings
        return Markup(chart.to_html())


def pair(heading: Words) -> str:
    """A heading as a notebook writes it above its section.

    >>> pair(Words("摘要", "Summary"))
    '摘要 / Summary'
    """
    return f"{heading.zh} / {heading.en}"


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


def _number(value: Decimal | float | None, places: int | None = None) -> str:
    return "—" if value is None else plain(value if isinstance(value, Decimal) else Decimal(str(value)), places)


def county_page(name: str, lang: Lang, **given: Any) -> str:
    """A page at the top of the output, whole and sealed: the index, or what was corrected."""
    css = page_css() + (TEMPLATES / "index" / "index.css").read_text(encoding="utf-8")
    return sealed_page(rendered(f"index/{name}", lang, css=css, made=made_at(), version=__version__, **given))
