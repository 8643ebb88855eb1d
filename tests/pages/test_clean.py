"""What may stand on a page: attempts to run or ask something are harmless, and nothing of the kit's own is lost."""

from __future__ import annotations

import gc
import re
import weakref
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from evallib.data.years import evaluate_year
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from evallib.pages.clean import Cleaner, kept_link, kept_style, with_words
from evallib.pages.markdown import Around, latex_html, markdown_parts
from evallib.pages.page import plain_value
from evallib.pages.report import Report
from tests.conftest import DATA, GOLDEN
from tests.pages.notebooks import bundle, code, export, headings, markdown, notebook, parameters

ATTACKS = [line for line in (GOLDEN / "attacks.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
_KNOWN = re.compile(
    "a|abbr|article|aside|b|bdi|blockquote|br|caption|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|h[1-6]|header|hr|i"
    "|img|ins|kbd|li|mark|math|mfrac|mi|mn|mo|mover|mrow|ms|mspace|msqrt|mstyle|msub|msubsup|msup|mtable|mtd|mtext|mtr|munder|munderover|ol|p"
    "|path|pre|q|s|samp|section|small|span|strong|sub|summary|sup|svg|table|tbody|td|text|tfoot|th|thead|tr|u|ul|var|wbr"
)


def harm(html: str) -> list[str]:
    """What of cleaned HTML would run, ask something of somebody, cover the page or take another's place."""
    found = []
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        if not _KNOWN.fullmatch(element.name):
            found.append(f"<{element.name}>")
        for name, value in element.attrs.items():
            text = unquote(" ".join(value) if isinstance(value, list) else str(value)).lower()
            if name.startswith("on") or ":" in name or name in ("srcset", "ping", "srcdoc", "formaction", "action", "background", "usemap"):
                found.append(f"{name}={text}")
            if name == "src" and not re.match(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,", text):
                found.append(f"{name}={text}")
            if name == "href" and re.match(r"[\x00-\x20]*(j\s*a\s*v\s*a|data|vbscript|file|blob|/|\\)", text):
                found.append(f"{name}={text}")
            if name == "style" and re.search(r"url|expression|import|position|z-index|behavior|binding|image|\\|/\*", text):
                found.append(f"{name}={text}")
    return found


def test_there_are_many_attacks_and_most_would_do_harm() -> None:
    assert len(ATTACKS) == len(set(ATTACKS)) > 100
    assert sum(bool(harm(attack)) for attack in ATTACKS) > 80  # the others only once a browser has read them


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_harmless_wherever_it_stands(attack: str) -> None:
    own = Cleaner().own(with_words(attack, "Figure")[0])
    assert harm(own) == []
    assert BeautifulSoup(own, "html.parser").find(id=True) is None
    assert {name for e in BeautifulSoup(own, "html.parser").select("[class]") for name in e["class"]} <= {"dataframe", "scroll"}
    assert harm(Cleaner().kit(attack)) == []
    written = "".join(part if isinstance(part, str) else part.html for part in markdown_parts(attack, Around()))
    assert harm(Cleaner().own(written)) == []
    assert harm(Cleaner().own(latex_html(attack, Around()))) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_cleaned_stays_as_it_is(attack: str) -> None:
    """Parsed and written again it is the same: a browser reads nothing else in it than the cleaner did."""
    cleaner = Cleaner()
    once = cleaner.own(attack)
    assert cleaner._own.clean(once) == once


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_output_that_passes_itself_off_as_the_kits_does_no_harm(attack: str) -> None:
    of = {"page": "report", "department": "x", "year": 2023, "name": attack, "lang": "zh", "fingerprint": "1"}
    of |= {"changes": [], "said": [attack]}
    names = {"id": attack, "heading": attack, "pair": attack, "title": attack, "alt": attack, "source": attack, "place": "section"}
    outputs = []
    for kind in ("section", "chart", "object", "figure", "nonsense"):
        outputs.append(bundle(text_html=f'<section id="x">{attack}</section>', text_plain="x"))
        outputs[-1].metadata["evallib"] = {"kind": kind, **names, "drawings": [attack], "sha256": attack, "of": of}
    html, _ = export(notebook(parameters(), code(*outputs), markdown("## after")))
    assert harm(html.partition('<main id="main">')[2].partition("</main>")[0]) == []
    assert headings(html)[-1].endswith("after")


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_of_the_kits_is_lost(hrss: Evaluation, lang: Lang) -> None:
    report, cleaner = Report(evaluate_year(DATA, "hrss", 2023), lang), Cleaner()
    for id in report.SECTIONS:
        before, after = (BeautifulSoup(html, "html.parser") for html in (report.section(id).html, cleaner.kit(report.section(id).html)))
        assert [(e.name, e.attrs) for e in before.find_all(True)] == [(e.name, e.attrs) for e in after.find_all(True)]
        assert before.get_text() == after.get_text()
    svg = report.draw("targets").to_svg()
    before, after = (BeautifulSoup(html, "html.parser") for html in (svg, cleaner.kit(svg)))
    for e in before.select("[xmlns]"):
        del e["xmlns"]  # HTML needs none
    assert [(e.name, e.attrs) for e in before.find_all(True)] == [(e.name, e.attrs) for e in after.find_all(True)]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("#targets", True),
        ("https://example.org/a?b=c#d", True),
        ("http://example.org", True),
        ("mailto:a@example.org", True),
        ("../2023/hrss.html#i-quality", True),
        ("附件/数据.xlsx", True),
        ("/etc/passwd", False),
        ("//example.org", False),
        ("C:\\x", False),
        ("ftp://example.org", False),
        ("x y", False),
    ],
)
def test_links_that_may_stay(address: str, kept: bool) -> None:
    assert kept_link(address) == (address if kept else None)


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: #f1f1f1; background-color: rgb(2, 56, 88)", "color:#f1f1f1;background-color:rgb(2, 56, 88)"),
        ("width: 10em; background: linear-gradient(90deg, #d65f5f 75.0%, transparent 75.0%)", None),
        ("background: linear-gradient(90deg, url(x) 0%)", ""),
        ("fill:var(--c-ink);stroke-width:0.8", "fill:var(--c-ink);stroke-width:0.8"),
        ("width:84%", "width:84%"),
        ("COLOR:red !important", "color:red !important"),
        ("font-family:'Noto Sans SC', serif", None),
        ("margin-left:-999px;transform:scale(99)", ""),
        ("color:" + "a" * 500, ""),
    ],
)
def test_styles_that_may_stay(style: str, kept: str | None) -> None:
    assert kept_style(style) == (style.replace(": ", ":").replace("; ", ";") if kept is None else kept)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("84.63", "84.63"),
        ("True", "True"),
        ("'良'", "良"),
        ("(1, 'a')", "(1, 'a')"),
        ("{'a': Decimal('0.10')}", "{'a': 0.10}"),
        ("np.float64(84.63)", "84.63"),
        ("array([1., 2.])", "array([1., 2.])"),
        ("hrss    84.63\nroads   91.00\nName: total, dtype: float64", "hrss    84.63\nroads   91.00\nName: total, dtype: float64"),
        ("\x1b[1mbold\x1b[0m", "bold"),
        ("<Axes: xlabel='x'>", None),
        ("<Figure size 640x480 with 1 Axes>", None),
        ("[<matplotlib.lines.Line2D at 0x7f1234567890>]", None),
        ("(array([1.]), array([0., 1.]), <BarContainer object of 1 artists>)", None),
        ("Text(0.5, 1.0, 'title')", None),
        ("<IPython.core.display.Markdown object>", None),
        ("<function f at 0x7f1234567890>", None),
        ("FigureWidget({\n    'data': []\n})", None),
        ("Evaluation(version='1', framework=Framework(id='x'))", None),
        ("<Section targets>", None),
        ("", None),
    ],
)
def test_a_value_is_shown_and_the_name_of_an_object_is_not(text: str, shown: str | None) -> None:
    assert plain_value(text) == shown


def test_a_page_that_is_done_is_let_go() -> None:
    cleaner = Cleaner()
    assert cleaner.own("<p>a</p>") == "<p>a</p>"
    gone = weakref.ref(cleaner)
    del cleaner
    gc.collect()
    assert gone() is None
