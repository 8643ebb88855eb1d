"""How objects show themselves: short as text, static as HTML, and nothing but what is meant to be used behind TAB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

import evallib as ev
from evallib.door.page import Refusal
from tests.conftest import DATA


def objects(r: ev.Result, book: ev.Book) -> Iterator[tuple[str, Any]]:
    """Everything that the door gives to look at."""
    yield from {"book": book, "county": book[2023], "years": book["education"], "result": r}.items()
    yield "every point changed", r.what_if(points=r.indicators.points * 1.1)
    yield "every point changed, compared", r.what_if(points=r.indicators.points * 1.1).compare()
    yield "years compared", book["education", 2023].compare()
    yield from ((f"explain {id}", r.explain(id)) for id in r.indicators.index)
    yield from ((f"section {name}", r.section(name)) for name in r.section)
    yield from ((f"chart {name}", r.chart(name)) for name in r.chart)
    yield from {"by name": r.section, "formula": ev.formula("outturn / staff_in_post", unit="元/人"), "report": ev.report(r)}.items()
    yield "rule", ev.rule(kind="proportional", of="completion")
    e = r.evaluation
    yield from {"evaluation": e, "record": e.record, "framework": e.framework, "catalogue": e.catalogue}.items()
    yield from ((f"indicator {i.id}", i) for i in e.framework.indicators)
    yield "figure", ev.figure(r.plot.targets(), alt="targets")
    with pytest.raises(ev.InputRefused) as refused:
        book[book.absent.index[0]]
    yield "refusal", Refusal(refused.value, "en")


def test_no_text_is_longer_than_2_kb(r: ev.Result, book: ev.Book) -> None:
    long = {name: len(repr(one).encode()) for name, one in objects(r, book)}
    assert {name: size for name, size in long.items() if size > 2048} == {}
    assert all(size > 5 for size in long.values())


class Looked(HTMLParser):
    """What HTML would load, run or style from elsewhere, and whether its tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "img", "meta", "col"):
            self.open.append(tag)
        if tag in ("script", "link", "iframe", "object"):
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in ("src", "href") and not (value or "").startswith(("data:image/", "#", "../"))):
                self.wrong.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] != [tag]:
            self.wrong.append(f"</{tag}>")
        else:
            self.open.pop()


def test_html_is_static_and_whole(r: ev.Result, book: ev.Book) -> None:
    for name, one in objects(r, book):
        if name.startswith(("evaluation", "record", "framework", "catalogue", "indicator", "by name")):
            continue
        data, mark = one._repr_mimebundle_()
        looked = Looked()
        looked.feed(data["text/html"])
        assert (looked.wrong, looked.open) == ([], []), name
        assert mark["evallib"]["kind"]
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", data["text/html"]), name


def test_what_cannot_be_used_is_counted_and_said(book: ev.Book) -> None:
    shown = repr(book[2023])
    assert shown.startswith("2023: 6 departments\nCannot be used: Water Bureau (synthetic), 2023: ")
    assert "cannot be used: .absent says why" in shown
    assert re.search(r"Water Bureau \(synthetic\) +2023 +— +cannot be used\n", shown)
    assert "more are not listed here: all are in .totals" in repr(book)


def test_a_comparison_says_what_with(r: ev.Result, book: ev.Book) -> None:
    assert repr(r.what_if(staff_administrative=19).compare()).splitlines()[0].endswith(", 2023, against the recorded data")
    last = "Education Bureau (synthetic), 2023, against Education Bureau (synthetic), 2022"
    assert repr(book["education", 2023].compare()).splitlines()[0] == last


def test_a_plot_that_was_not_called_says_how_to_draw_it(r: ev.Result) -> None:
    assert repr(r.plot.targets) == "a plot, drawn by r.plot.targets()"
    assert "past the line" in (r.plot.targets.__doc__ or "")


def test_a_formula_without_a_name_shows_itself() -> None:
    assert repr(ev.formula("outturn / staff_in_post", unit="元/人")).startswith("outturn / staff_in_post (元/人)\n")


def test_a_figure_speaks_the_language_of_the_folder(r: ev.Result) -> None:
    ev.open(DATA, lang="en")
    assert "Made by the analyst" in repr(ev.figure(r.plot.targets(), alt="targets"))
    assert "分析人员自制" in repr(ev.figure(r.plot.targets(), alt="targets", lang="zh"))
    with pytest.raises(ev.InputRefused, match="no words"):
        ev.figure(r.plot.targets())


def test_own_words_are_escaped() -> None:
    shown = ev.formula("outturn", unit="元", name="<script>alert(1)</script>")._repr_mimebundle_()[0]["text/html"]
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(kernel_name="python3", extra_arguments=["--IPKernelApp.log_level=CRITICAL"])
    client.execute_interactive(f"import evallib as ev; b = ev.open({str(DATA)!r}); r = b['hrss', 2023]", timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.filterwarnings("default")  # of the kernel's connection
def test_an_own_picture_in_a_kernel_draws_chinese(kernel: BlockingKernelClient) -> None:
    said: list[str] = []
    code = (
        "import matplotlib as m; from evallib.charts.fonts import chinese_font as f; print(f() is None or f() in m.rcParams['font.family'])"
    )
    kernel.execute_interactive(code, timeout=60, output_hook=lambda m: said.append(m["content"].get("text", "")))
    assert "True\n" in said


@pytest.mark.parametrize("typed", ["ev.", "b.", "r.", "r.section.", "r.chart.", "r.plot.", "r.explain('quality').", "x = r."])
@pytest.mark.filterwarnings("default")  # of the kernel's connection
def test_tab_shows_ours_only(kernel: BlockingKernelClient, typed: str) -> None:
    kernel.complete(typed, len(typed))
    matches = kernel.get_shell_msg(timeout=30)["content"]["matches"]
    assert 3 < len(matches) <= 30
    assert not [name for name in matches if name.startswith("_") or name in ("annotations", "TYPE_CHECKING", "with_traceback")]
