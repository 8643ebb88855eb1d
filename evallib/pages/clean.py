"""What of HTML may stand on a page: an allow list of elements, attributes and values (nh3); drawings become pictures. Knows no notebook.

The page asks nothing of anybody: no script, no address but links that wait to be clicked, pictures as data only.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache, partial
from html import escape, unescape
from itertools import zip_longest

import css_inline
import nh3

_TEXT = """a abbr b bdi blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure h3 h4 h5 h6 hr i img ins
kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr"""
_KIT = "article aside h1 header section svg g text path"
_MATH = """math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable
mtd mtext mtr munder munderover none menclose"""
_OF_MATH = """accent accentunder columnalign columnlines depth display displaystyle fence form height largeop linethickness lspace
mathvariant maxsize minsize movablelimits notation rowlines rspace scriptlevel separator stretchy symmetric voffset width"""
_OF_TEXT = {
    "*": {"class", "dir", "lang", "style", "title"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "div": {"tabindex"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan", "scope"},
    "th": {"colspan", "rowspan", "scope"},
}
_OF_OWN = _OF_TEXT | {tag: set(_OF_MATH.split()) for tag in _MATH.split()}
_OF_KIT = _OF_TEXT | {
    "*": _OF_TEXT["*"] | {"aria-hidden", "aria-label", "aria-labelledby", "aria-live", "id", "role", "tabindex"},
    "svg": {"data-chart", "font-family", "height", "viewBox", "width"},
    "text": {"x", "y"},
    "path": {"d"},
}

_SCHEMES = {"data", "http", "https", "mailto"}
_LINK = re.compile(r"#\S*|https?://[^\s\\]+|mailto:[^\s\\]+|(?![\w+.-]*:)[^\s/\\#?:][^\s\\:]*", re.IGNORECASE | re.ASCII)
"""A place on the page, a page or an address that waits for a click, or a file beside the page."""
_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_PROPERTY = re.compile(
    r"background(-color)?|border(-(bottom|collapse|color|left|radius|right|spacing|style|top|width))?|caption-side|color|display"
    r"|fill(-opacity)?|font-(family|size|style|variant-numeric|weight)|(line-|min-|max-)?(height|width)|list-style-type|opacity"
    r"|padding(-(bottom|left|right|top))?|stroke(-(dasharray|dashoffset|linecap|linejoin|opacity|width))?"
    r"|text-(align|anchor|decoration|transform)|vertical-align|white-space|word-break"
)
_PLAIN = r"[\w\s#.,%+-]"
_VALUE = re.compile(
    rf"(?:{_PLAIN}|['/]|(?:rgba?|hsla?|linear-gradient|var)\((?:{_PLAIN}|(?:rgba?|hsla?)\([\d\s.,%/]*\))*\))+(?:! ?important)?"
)
_COLOURED = re.compile(r"(?:^|[;\s])(?:color|background(?:-color)?)\s*:", re.IGNORECASE)

_FRAME = {"code", "contents", "sheet", "skip", "trial", "unseen"}
"""Classes of what stands around sections on a page."""
_FOREIGN_SVG = re.compile(r"<svg\b.*?(?:</svg\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SVG_WORDS = re.compile(r"<svg\b[^<>]*\saria-label=\"([^\"]*)\"|(?s:.*?)<title[^<>]*>([^<]*)</title>", re.IGNORECASE)
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
_STYLES = re.compile(r"<style(?![^>]*\bscoped\b)[^>]*>", re.IGNORECASE)
_FRAME_TABLE, _ROW = (re.compile(rf"<{tag}\b[^<>]*>(?:(?!<{tag}\b).)*?</{tag}>", re.DOTALL) for tag in ("table", "tr"))
_CELL, _HEAD = (re.compile(rf"<{tag}>((?:(?!<{tag}>).)*?)</{tag}>", re.DOTALL) for tag in ("td", "th"))
_NUMBER = re.compile(r"[+\-−]?[\d,]*\.?\d+(?:e[+-]\d+)?%?|[+-]?inf|NaN|NaT|None|&lt;NA&gt;|—|")
_HIDDEN = re.compile(
    r"<(script|style|noscript|template|iframe|object|title)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(
    r"<(/?)(?!(?:area|br|col|dd|dt|hr|img|input|li|mprescripts|mspace|none|option|p|path|tbody|td|tfoot|th|thead|tr|wbr)\b)([a-z][^\s/>]*)",
    re.IGNORECASE,
)
"""What must be closed."""
_DEEPEST = 1000
_SHOWING = re.compile(r"<(?:img|svg|hr|math)\b", re.IGNORECASE)


def kept_link(address: str) -> str | None:
    """An address that a link may lead to, else None.

    >>> kept_link("https://example.org/a"), kept_link("figures.xlsx"), kept_link("javascript:alert(1)"), kept_link("//example.org")
    ('https://example.org/a', 'figures.xlsx', None, None)
    """
    return address if _LINK.fullmatch(address.strip()) else None


@lru_cache(maxsize=4096)
def kept_style(style: str) -> str:
    """What of a style only colours, sizes and places text: nothing that fetches, covers or moves.

    >>> kept_style("color: #c00; background: url(//x/y.png); position:fixed; width:10em")
    'color:#c00;width:10em'
    """
    kept = []
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon and _PROPERTY.fullmatch(name) and len(value) < 400 and _VALUE.fullmatch(value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


_JUDGED = {"id", "class", "href", "src", "style"}
"""The attributes whose values are looked at; of the others on the lists any may stand."""


class Cleaner:
    """Cleans the parts of one page, so that no id stands on it twice; `dropped` are the addresses of pictures that were left out."""

    def __init__(self) -> None:
        self.ids, self.dropped = {"main"}, list[str]()
        # nh3 holds its filter for ever: that knows the two, and not the cleaner
        of_kit, of_own = (partial(_kept, self.ids, self.dropped, own) for own in (False, True))
        kit, own = {*_TEXT.split(), *_KIT.split()}, {*_TEXT.split(), *_MATH.split()}
        self._kit = nh3.Cleaner(tags=kit, attributes=_OF_KIT, attribute_filter=of_kit, link_rel=None, url_schemes=_SCHEMES)
        self._own = nh3.Cleaner(tags=own, attributes=_OF_OWN, attribute_filter=of_own, url_schemes=_SCHEMES)

    def kit(self, html: str) -> str:
        """HTML that the kit has made: with its classes and ids, each id once, and with its drawings.

        >>> Cleaner().kit('<section id="a" onclick="x()"><svg viewBox="0 0 1 1"><path d="M0 0"/><script>x()</script></svg></section>')
        '<section id="a"><svg viewBox="0 0 1 1"><path d="M0 0"></path></svg></section>'
        """
        return self._kit.clean(html)

    def own(self, html: str) -> str:
        """HTML from elsewhere: without ids and classes, its SVG as pictures, the rules of its style sheets put where they hold.

        It is made ready first and cleaned last: nothing is changed in it any more once it is harmless.

        >>> Cleaner().own('<h1 id="main" class="skip">A <a href="javascript:x()">b</a></h1><img src="https://x.org/y.png" alt="z">')
        '<h3>A <a rel="noopener noreferrer">b</a></h3><img alt="z">'
        """
        html = _FRAME_TABLE.sub(lambda table: _aligned(table[0]) if 'class="dataframe"' in table[0] else table[0], svg_as_pictures(html))
        if _STYLES.search(html):
            html = _inlined(html)
        html = re.sub(r"<(/?)h[12]\b", r"<\1h3", html, flags=re.IGNORECASE)
        html = re.sub(r"<table\b", r'<div class="scroll" tabindex="0">\g<0>', html, flags=re.IGNORECASE)
        return self._own.clean(re.sub(r"</table\s*>", r"\g<0></div>", html, flags=re.IGNORECASE))


def _kept(ids: set[str], dropped: list[str], own: bool, tag: str, name: str, value: str) -> str | None:
    """What of an attribute's value may stand; an id once on a page."""
    if name not in _JUDGED:
        return value
    if name == "id":
        new = value not in ids
        ids.add(value)
        return value if new else None
    if name == "class":
        kept = next((one for one in ("dataframe", "scroll") if one in value.split()), None)
        return kept if own else None if _FRAME & {*value.split()} else value
    if name == "href":
        return kept_link(value)
    if name == "style":
        return kept_style(value) or None
    if _DATA.fullmatch(value):
        return value
    dropped.append(value)
    return None


def _aligned(table: str) -> str:
    """The table of a pandas frame with its columns of text on the left, wide enough not to be broken into single characters.

    >>> _aligned('<tr><th></th><th>name</th></tr><tr><th>a</th><td>Jobs</td></tr>')
    '<tr><th></th><th style="text-align:left">name</th></tr><tr><th>a</th><td style="text-align:left">Jobs</td></tr>'
    """
    columns = list(zip_longest(*filter(None, (_CELL.findall(row) for row in _ROW.findall(table))), fillvalue=""))
    styles = ["" if all(_NUMBER.fullmatch(cell.strip()) for cell in cells) else _of_text(cells) for cells in columns]

    def styled(row: re.Match[str]) -> str:
        places = iter(styles)
        if "<td>" in row[0]:
            return _CELL.sub(lambda cell: f"<td{next(places, '')}>{cell[1]}</td>", row[0])
        before = len(_HEAD.findall(row[0])) - len(styles)  # the names of the index stand before those of the columns
        heads = iter([""] * before + [' style="text-align:left"' if style else "" for style in styles])
        return _HEAD.sub(lambda head: f"<th{next(heads, '')}>{head[1]}</th>", row[0])

    return _ROW.sub(styled, table) if any(styles) else table


def _of_text(cells: Iterable[str]) -> str:
    widest = max(sum(2 if character >= "\u2e80" else 1 for character in unescape(cell)) for cell in cells)
    return f' style="text-align:left{f";min-width:{min(widest, 24) / 2:g}em" if widest > 8 else ""}"'


def svg_data(svg: str) -> str:
    """An SVG as the address of a picture, where neither its scripts nor its links work.

    >>> svg_data("<svg></svg>")[:30]
    'data:image/svg+xml;base64,PHN2'
    """
    if "xmlns=" not in svg.partition(">")[0] and svg.lower().startswith("<svg"):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg"{svg[4:]}'
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode('ascii')}"


def svg_words(svg: str) -> str:
    """What an SVG says to those who cannot see it, escaped.

    >>> svg_words("<svg><title>Jobs by year</title></svg>"), svg_words("<svg></svg>")
    ('Jobs by year', '')
    """
    found = _SVG_WORDS.match(svg)
    return escape(unescape((found[1] or found[2]).strip())) if found else ""


def svg_as_pictures(html: str) -> str:
    """HTML with each drawing in it as a picture."""
    return _FOREIGN_SVG.sub(lambda found: f'<img alt="{svg_words(found[0])}" src="{svg_data(found[0])}">', html)


def with_words(html: str, alt: str) -> tuple[str, bool]:
    """HTML, not cleaned yet, whose pictures all have words for those who cannot see them; and whether some had none.

    >>> with_words('<img src="a.png"><img alt="b" src="b.png">', "Figure")
    ('<img alt="Figure" src="a.png"><img alt="b" src="b.png">', True)
    """
    html = re.sub(r"(<img\b[^<>]*?)\salt\s*=\s*(?:''|\"\"|(?=[\s/>]))", r"\1", html, flags=re.IGNORECASE)
    html, lacking = re.subn(r"<img\b(?![^<>]*\salt\s*=)", f'<img alt="{escape(alt)}"', html, flags=re.IGNORECASE)
    return html, bool(lacking)


def is_coloured(html: str) -> bool:
    """Whether cleaned HTML brings colours of its own, which are made for a light ground."""
    return any(_COLOURED.search(style) for style in re.findall(r' style="([^"]*)"', html))


def is_deep(html: str) -> bool:
    """Whether elements stand in one another as in no text: a parser's time grows with the square of it.

    >>> is_deep("<div>" * 2000), is_deep("<div><p></div>" * 2000)
    (True, False)
    """
    open_now: Counter[str] = Counter()
    depth = 0
    for found in _TAG.finditer(html):
        tag = found[2].lower()
        if not found[1]:
            open_now[tag] += 1
            depth += 1
            if depth > _DEEPEST:
                return True
        elif open_now[tag]:
            open_now[tag] -= 1
            depth -= 1
    return False


def shows_something(html: str) -> bool:
    """Whether anything would be seen of it once it is cleaned.

    >>> shows_something("<div><script>plot()</script></div>"), shows_something("<p>text</p>")
    (False, True)
    """
    return bool(_SHOWING.search(html) or _HIDDEN.sub("", html).replace("&nbsp;", "").strip())


def _inlined(html: str) -> str:
    """The rules of style sheets written at the elements where they hold."""
    try:
        return _INLINER.inline_fragment(html, "")
    except Exception:  # of whatever is wrong with the style sheet: the text does without
        return html
