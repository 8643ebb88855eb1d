"""A long page made short: tables keep their first rows, and go on in pages of their own beside it. Text in, text out."""

from __future__ import annotations

import re
from html import escape

from evallib.model.words import Given, Lang
from evallib.pages.markdown import plain_text
from evallib.pages.page_seal import sealed_page
from evallib.say.sentences import sentence

_STYLE = ".pages{margin:-.4rem 0 1rem}.pages a,.pages strong{display:inline-block;padding:.3rem .25rem}\n</style>"
ROWS = 100
"""So many rows of a table stand on one page."""
NAMES = 60
"""A folded list that leads to more places than this is a page of its own."""

_BEGIN = r'<div class="scroll"[^>]*>\s*<table[^>]*>|<table id="list"[^>]*>\s*<colgroup>(?:<col[^>]*>)*</colgroup>'
_TABLE = re.compile(
    rf"((?:{_BEGIN})\s*<thead[^>]*>(?:(?!</table>).)*?</thead>\s*<tbody[^>]*>)(.*?)(</tbody>\s*</table>(?:\s*</div>)?)", re.DOTALL
)
ROW = re.compile(r"<tr\b.*?</tr>\s*", re.DOTALL)
_LIST = re.compile(r"<details[^>]*><summary>([^<]*)</summary>((?:(?!</?details|</?table).)*)</details>", re.DOTALL)
_SECTION = re.compile(r'<section\b[^>]*? id="([\w-]+)"')


def paged(html: str, name: str, folder: str, lang: Lang, rows: int = 0) -> tuple[str, dict[str, str]]:
    """A page of a name as it is written, and the pages of the folder beside it, by their names; none where it is short. So many `rows` of a
    table stand on a page.

    >>> rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(ROWS + 1))
    >>> table = f'<div class="scroll"><table><thead></thead><tbody>{rows}</tbody></table></div>'
    >>> page, more = paged(f'<body><section id="ranking">{table}</section></body>', "2023", "2023.pages", "en")
    >>> page.count("<tr>"), list(more), more["ranking-2.html"].count("<tr>")
    (100, ['ranking-2.html'], 1)
    """
    making = _Paging(html, name, folder, lang, rows or ROWS)
    page = _TABLE.sub(making.of_table, _LIST.sub(making.of_list, html))
    return (sealed_page(page.replace("</style>", _STYLE, 1)), making.pages) if making.pages else (html, {})


class _Paging:
    def __init__(self, html: str, name: str, folder: str, lang: Lang, rows: int) -> None:
        self.name, self.folder, self.lang, self.most = name, folder, lang, rows
        self.pages: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        head, _, rest = html.replace("</style>", _STYLE, 1).partition("<body")
        self._body = f"<body{rest.partition('>')[0]}>"
        self._head = re.sub(r"<title>.*?</title>", "<title></title>", head, flags=re.DOTALL)
        self._title = plain_text(found[1]) if (found := re.search(r"<title>(.*?)</title>", head, re.DOTALL)) else ""
        self._warning = "".join(re.findall(r'<p class="warning">.*?</p>', html[: html.find("<table")], re.DOTALL))
        self._footer = found[0] if (found := re.search(r"<footer>.*?</footer>", html, re.DOTALL)) else ""

    def of_table(self, found: re.Match[str]) -> str:
        begin, body, end = found.groups()
        label = plain_text(named[1]) if (named := re.search(r'aria-label="([^"]*)"', begin)) else self._title
        rows = ROW.findall(body)
        sums = [row for row in rows if row.startswith('<tr class="sum"')]
        rows = [row for row in rows if row not in sums]
        if len(rows) <= self.most:
            return found[0]
        parts = [rows[at : at + self.most] for at in range(0, len(rows), self.most)]
        section = self._section(found)
        names = ["", *(self._new(section, first=2) for _ in parts[1:])]
        spans = [f"{at + 1}–{at + len(part)}" for at, part in zip(range(0, len(rows), self.most), parts, strict=True)]
        shown = [f"{begin}{''.join([*part, *sums])}{end}" for part in parts]
        for number, (name, table) in enumerate(zip(names[1:], shown[1:], strict=True), 1):
            around = self._around(names, spans, number, len(rows), section)
            told = f"{label.removeprefix(self._said('table'))} {spans[number]}"
            self._write(name, told, section, f"{around}\n{self._higher(table)}\n{around}")
        return f"{shown[0]}\n{self._around(names, spans, 0, len(rows), section)}"

    def of_list(self, found: re.Match[str]) -> str:
        summary, names = found.groups()
        if names.count("<a ") <= NAMES:
            return found[0]
        if names not in self._known:
            section, before = self._section(found), found.string[: found.start()]
            row = before[before.rfind("<tr") :] if before.rfind("<tr") > before.rfind("</tr>") else ""
            told = plain_text(head[1]) if (head := re.search(r'<th scope="row"[^>]*>(.*?)</th>', row, re.DOTALL)) else self._title
            self._known[names] = self._new(f"{section}-list")
            self._write(
                self._known[names], f"{told}{self._said('colon')}{plain_text(summary)}", section, f"<p>{self._higher(names.strip())}</p>"
            )
        return f'<a href="{self.folder}/{self._known[names]}">{summary}</a>'

    def _said(self, name: str, **given: Given) -> str:
        return sentence(f"pages.paged.{name}", **given)[self.lang]

    def _section(self, found: re.Match[str]) -> str:
        sections = _SECTION.findall(found.string, 0, found.start())
        return sections[-1] if sections else "main"

    def _new(self, kind: str, first: int = 1) -> str:
        number = self._numbers[kind] = self._numbers.get(kind, first - 1) + 1
        return f"{kind}-{number}.html"

    def _around(self, names: list[str], spans: list[str], here: int, count: int, section: str) -> str:
        """The links to the pages of a table; on the first of them and on the others."""
        to = [f"{self.folder}/{name}" if here == 0 else name for name in names]
        to[0] = f"../{self.name}.html#{section}" if here else ""

        def link(text: str, at: int, rel: str = "") -> str:
            return f'<a href="{escape(to[at])}"{rel}>{escape(text)}</a>'

        links = [f'<span class="quiet">{self._said("shown", span=spans[here], count=count)}</span>']
        links += [link(self._said("before"), here - 1, ' rel="prev"')] if here else []
        links += [link(self._said("after"), here + 1, ' rel="next"')] if here + 1 < len(names) else []
        links += [f"<strong>{span}</strong>" if at == here else link(span, at) for at, span in enumerate(spans)]
        return f'<div class="pages" role="navigation" aria-label="{self._said("pages")}">{" ".join(links)}</div>'

    def _higher(self, html: str) -> str:
        """What its links lead to lies a folder higher."""
        html = re.sub(r'href="(?!#|[a-z]+:)', 'href="../', html)
        return html.replace('href="#', f'href="../{self.name}.html#')

    def _write(self, name: str, title: str, section: str, body: str) -> None:
        """A page of what goes on elsewhere, with the first page's look."""
        head = self._head.replace("<title></title>", f"<title>{escape(title)} · {escape(self._title)}</title>")
        back = f'<nav aria-label="{self._said("back")}"><p><a href="../{self.name}.html#{section}">← {escape(self._title)}</a></p></nav>'
        main = f'<main id="main">\n<h1>{escape(title)}</h1>\n{self._warning}\n{body}\n</main>'
        page = f'{head}{self._body}\n<div class="sheet">\n{back}\n{main}\n{self._footer}\n</div>\n'
        self.pages[name] = sealed_page(f"{page}</body>\n</html>\n")
