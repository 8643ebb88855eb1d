"""The parts of a page in their order: whose heading stands over what, numbers, the list of contents. Knows no notebook and no nbconvert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from itertools import chain, count

from evallib.kit import PAGES
from evallib.model.words import Lang, Words
from evallib.pages.handed import Mark
from evallib.pages.markdown import Heading, plain_text
from evallib.pages.rendering import pair
from evallib.say.numbers import numeral
from evallib.say.sentences import sentence, sentences

_DIGITS = "一二三四五六七八九十百"
_OWN_NUMBER = re.compile(
    rf"第[{_DIGITS}\d]+[章节部分]|[（(]?[{_DIGITS}]+[）)、．.]|附录[{_DIGITS}\d]+|Appendix \d"
    r"|[（(]?\d{1,2}(?:\.\d+)*(?:[.、）)]|(?<=\.\d)\s)"
)
_APPENDIX = re.compile(r"^(?:附录：|Appendix: ?)")
_FRAME = re.compile(r'<div class="evallib"[^>]*>(.*)</div>', re.DOTALL)
_SECTION = re.compile(r"(?:(<header\b.*?</header>)\s*)?<section\b[^>]*>\n?(.*)</section>", re.DOTALL)


@cache
def pairs() -> dict[str, Words]:
    """The headings of the kit's sections, as notebooks write them."""
    return {pair(heading): heading for page in PAGES for heading in sentences(f"pages.{page}.sections").values()}


@dataclass(eq=False)
class Part:
    """What stands under one heading of the second level.

    `kit` is a heading of the kit's, as written; `taken`: its section is here; `filled`: something is; `paper`: it is a working
    paper, and `after` what an analyst shows after it.
    """

    text: str
    html: str
    kit: str = ""
    id: str = ""
    taken: bool = False
    paper: bool = False
    filled: bool = False
    pieces: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Outline:
    """Takes what a page shows in its order, and gives the whole with headings, numbers and contents.

    >>> outline = Outline("en")
    >>> outline.heading(Heading(2, "目标完成情况 / Target completion", "…"))
    >>> outline.section({"kind": "section", "id": "targets", "pair": "目标完成情况 / Target completion"}, "<section><p>17</p></section>")
    >>> outline.heading(Heading(2, "Our view", "Our <em>view</em>"))
    >>> outline.contents()
    [('targets', '1. Target completion'), ('Our-view', '2. Our view')]
    """

    def __init__(self, lang: Lang, ids: AbstractSet[str] = frozenset()) -> None:
        self.lang: Lang = lang
        self._ids = ids  # those in what is added
        self.title, self._title_html, self._header = "", "", ""
        self._begin: list[str] = []
        self._parts: list[Part] = []

    def add(self, html: str, nothing: bool = False) -> None:
        """Something under the heading that was met last; `nothing`: it only says that there is nothing, and no chapter stands for it."""
        if html.strip():
            part = self._parts[-1] if self._parts else None
            if part:
                part.filled = part.filled or not nothing
            (self._begin if part is None else part.after if part.paper else part.pieces).append(html)

    def heading(self, heading: Heading) -> None:
        """A heading that a notebook writes. The first of the first level, before all parts, is the page's title."""
        if heading.level == 1 and not self._parts and not self._title_html:
            self.title, self._title_html = heading.text, heading.html
            return
        known = pairs().get(heading.text)
        text = known[self.lang] if known else heading.text
        self._parts.append(Part(text, escape(text) if known else heading.html, heading.text if known else ""))

    def section(self, mark: Mark, html: str) -> None:
        """A section of the kit, cleaned: under the heading that waits for it, else under its own."""
        if framed := _FRAME.fullmatch(html.strip()):
            html = framed[1]
        if found := _SECTION.fullmatch(html.strip()):
            self._header, html = self._header or found[1] or "", found[2]
        if not html.strip():
            return
        part = self._parts[-1] if self._parts else None
        own = mark.get("pair", "")
        if part is None or part.taken or part.kit not in ("", own):
            heading = mark.get("heading", "")
            part = Part(heading, escape(heading), own)
            self._parts.append(part)
        part.filled = part.taken = True
        part.id, part.paper = mark.get("id", ""), mark.get("paper", False)
        part.pieces.append(html)

    def html(self, name: str) -> str:
        """Everything, the working papers closed at its end; `name` is the title where nothing else is.

        What an analyst adds at the end of a notebook stands in the open, not among the papers that it happens to follow.
        """
        main, papers = [*self._titles(name), *self._begin], list[str]()
        for id, number, part in self._numbered():
            parts, id = papers if part.paper else main, escape(id)
            unseen, link = ' class="unseen"' if part.id == "summary" and part.kit else "", self._said("link")
            here = f'<a class="here" href="#{id}" aria-label="{link}" title="{link}"></a>'
            parts.append(f'<section id="{id}" aria-labelledby="h-{id}">\n<h2 id="h-{id}"{unseen}>{number}{part.html}{here}</h2>')
            last = part.id == self._parts[-1].id and part.paper
            parts += [*part.pieces, *([] if last else part.after), "</section>"]
        if papers:
            said = f"<summary><strong>{self._said('papers')}</strong> {self._said('about_papers')}</summary>"
            main += [*self._parts[-1].after, f'<details class="papers">{said}<div id="papers"></div>', *papers, "</details>"]
        return "\n".join(main)

    def contents(self, papers: bool = False) -> list[tuple[str, str]]:
        """Where each part of the main text is, or each working paper, and its heading with its number."""
        return [(id, number + part.text) for id, number, part in self._numbered() if part.paper == papers]

    def _said(self, name: str) -> str:
        return escape(sentence(f"pages.{name}")[self.lang])

    def _titles(self, name: str) -> Iterator[str]:
        """The title that the notebook gives, and under it the kit's; else the kit's alone."""
        header = self._header
        if self._title_html:
            yield f"<h1>{self._title_html}</h1>"
            header = re.sub(r"<h1>(.*?)</h1>", r'<p class="lead">\1</p>', header, flags=re.DOTALL)
        elif found := re.search(r"<h1>(.*?)</h1>", header, re.DOTALL):
            self.title = plain_text(found[1])
        else:
            self.title = name
            yield f"<h1>{escape(name)}</h1>"
        if header:
            yield header

    def _numbered(self) -> Iterator[tuple[str, str, Part]]:
        """The parts with their ids and numbers, working papers last: appendices count by themselves; what brings a number keeps it."""
        # a heading of the kit that leads to nothing is none; one's own stays
        shown = sorted((part for part in self._parts if part.filled or not part.kit), key=lambda part: part.paper)
        appendices = [part for part in shown if part.paper or _APPENDIX.match(part.text)]  # a working paper is one without saying so
        given, again, zh = {part.id for part in shown if part.id} | self._ids, set[str](), self.lang == "zh"
        numbers = count(1)
        for part in shown:
            bare, held = part.id or _slug(part.text), again if part.id else given | again
            id = next(one for one in chain([bare], (f"{bare}-{n}" for n in count(2))) if one not in held)
            again.add(id)
            number = ""
            if part in appendices:
                place = appendices.index(part) + 1 if len(appendices) > 1 else 0
                head = f"附录{numeral(place) if place else ''}：" if zh else f"Appendix {place or ''}".rstrip() + ": "
                part = replace(part, text=head + _APPENDIX.sub("", part.text), html=head + _APPENDIX.sub("", part.html))
            elif part.id != "summary" and not _OWN_NUMBER.match(part.text):
                number = f"{numeral(next(numbers))}、" if zh else f"{next(numbers)}. "
            yield id, number, part


def _slug(text: str) -> str:
    """An id for a heading, as JupyterLab makes one.

    >>> _slug("Our view: jobs")
    'Our-view-jobs'
    """
    return "-".join(re.findall(r"\w+", text)) or "part"
