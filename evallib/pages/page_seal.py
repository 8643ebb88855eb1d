"""The checksum that a page carries in its head, and its own head of the county, which changes without it. Knows no evaluation."""

from __future__ import annotations

import hashlib
import re

_OWN = re.compile(r'(<meta name="evallib-page" content=")([^"]*)(">)')
_CONTENT = re.compile(r'<meta name="evallib-content" content="([^"]*)">')
_BEGIN, _END = "<!--head-->", "<!--/head-->"


def parted(html: str) -> tuple[str, str, str]:
    """A page up to where its head stands, the head, and the rest: the head is put in anew when the county changes, and sealed by itself.

    >>> parted("<main><!--head--><p>3 of 12<!--/head--><h1>")
    ('<main><!--head-->', '<p>3 of 12', '<!--/head--><h1>')
    """
    before, begin, rest = html.partition(_BEGIN)
    head, end, after = rest.partition(_END)
    return (before + begin, head, end + after) if end else (html, "", "")


def with_head(html: str, head: str) -> str:
    """A page with another head, which carries its own checksum; as it is where it has no room for one.

    >>> page = with_head("<main><!--head--><!--/head--><h1>", "<p>3 of 12")
    >>> page_seal(page) == page_seal("<main><!--head--><!--/head--><h1>"), is_head_whole(page), is_head_whole(page.replace("3", "1"))
    (True, True, False)
    """
    before, _, after = parted(html)
    return f"{before}{marked_head(head)}{after}" if after else html


def is_head_whole(html: str) -> bool:
    """Whether the head of a page is as it was put in, or has not been put in yet."""
    head = parted(html.replace("\r\n", "\n"))[1]
    return not head.strip() or head == marked_head(head.partition("-->")[2])


def marked_head(head: str) -> str:
    """A head as it stands in a page: after its own checksum."""
    return f"<!--{_checksum(head)}-->{head}"


def page_seal(html: str) -> str:
    """The checksum of a page, but for its head, for the place where it carries that checksum, and for how lines end."""
    before, _, after = parted(html.replace("\r\n", "\n").removeprefix("\ufeff"))
    return _checksum(_OWN.sub(r"\1\3", before + after, count=1))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sealed_page(html: str) -> str:
    """A page with its checksum in its head, where there is room for it.

    >>> page = sealed_page('<meta name="evallib-page" content=""><p>84.63')
    >>> carried_by(page) == ("", page_seal(page)), carried_by(page.replace("84", "94"))[1] == page_seal(page.replace("84", "94"))
    (True, False)
    """
    return _OWN.sub(rf"\g<1>{page_seal(html)}\3", html, count=1)


def carried_by(html: str) -> tuple[str, str]:
    """What a page carries: the seal of the evaluation that it shows, and its own; empty where it carries none."""
    head = html[: html.find("</head>") + 1 or None]
    content, own = _CONTENT.search(head), _OWN.search(head)
    return content[1] if content else "", own[2] if own else ""
