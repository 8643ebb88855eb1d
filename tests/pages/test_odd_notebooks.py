"""Notebooks as nobody should write them: the page bears what can be borne, and refuses the rest in a sentence."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from nbformat import v4

from evallib.pages.exporter import PageRefused, ReportExporter
from evallib.pages.markdown import picture_beside
from tests.pages.notebooks import bundle, code, codes, export, handed, headings, markdown, notebook, page_of, parameters

OF: Any = {"page": "report", "department": "hrss", "year": 2023, "name": "x", "lang": "zh", "fingerprint": "1", "changes": [], "said": []}
PNG = b"\x89PNG\r\n\x1a\n"


def marked(html: str, **mark: Any) -> Any:
    """An output that says it is the kit's."""
    output = bundle(text_html=html, text_plain="x")
    output.metadata["evallib"] = mark
    return output


def test_headings_are_numbered_beyond_ninety_nine() -> None:
    html, _ = export(notebook(parameters(), *(markdown("## 同") for _ in range(121))))
    shown = [headings(html)[n].removesuffix("、同") for n in (98, 99, 100, 109, 120)]
    assert shown == ["九十九", "一百", "一百零一", "一百一十", "一百二十一"]


@pytest.mark.parametrize("width", [float("nan"), float("inf"), -5, 0, 10**400, "x", [1]])
def test_an_impossible_width_is_none(width: Any) -> None:
    picture = bundle(image_png="iVBORw0KGgo=")
    picture.metadata["image/png"] = {"width": width}
    assert page_of(code(picture)).select("figure img[width]") == []


@pytest.mark.parametrize("svg", ["abcde", "ab=cd", b64encode(b"\xff\xfe<svg>").decode()])
def test_a_drawing_that_is_none_stays_a_picture(svg: str) -> None:
    known = hashlib.sha256(b"\xff\xfe<svg>").hexdigest()
    page = page_of(code(marked(f'<img alt="x" src="data:image/svg+xml;base64,{svg}">', kind="chart", sha256=known)))
    assert page.select('main img[alt="x"]')
    assert not page.select("main svg")


@pytest.mark.parametrize("attached", [5, None, ["aW", "Zn"], {"a": 1}, "aWZn"])
def test_an_attachment_of_any_form(attached: Any) -> None:
    nb = notebook(parameters(), markdown("![x](attachment:a.png)"))
    nb.cells[1]["attachments"] = {"a.png": {"image/png": attached}}
    html, left_out = export(nb)
    assert ("aWZn" in html) == isinstance(attached, str | list)
    assert codes(left_out) == ([] if isinstance(attached, str | list) else ["picture_missing"])


@pytest.mark.parametrize("tags", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<div></b>", "<math>"])
@pytest.mark.parametrize("mark", [{}, {"kind": "section", "id": "x"}, {"kind": "object"}])
def test_what_is_nested_without_end_is_left_out_and_told(tags: str, mark: dict[str, str]) -> None:
    output = bundle(text_html=tags * 100_000 + "x")
    output.metadata |= {"evallib": mark} if mark else {}
    _, left_out = export(notebook(parameters(), code(output)))
    assert codes(left_out) == ["too_deep"]


def test_a_large_table_is_not_deep() -> None:
    table = f"<table>{'<tr><td>1<td>2</tr>' * 20_000}</table>{'<p>x' * 5000}"
    _, left_out = export(notebook(parameters(), code(bundle(text_html=table))))
    assert left_out == ()


@pytest.mark.parametrize("line", ["[" + "=" * 200_000, "1" * 200_000, "1/1 [" + "1" * 200_000, "1% " * 50_000, "   " * 50_000 + "x"])
def test_long_lines_are_looked_at_once(line: str) -> None:
    """Not twice for every character: it would take a minute."""
    assert line.strip() in page_of(code(v4.new_output("stream", name="stdout", text=line))).text
    assert "x" in page_of(code(marked(f"{line}<p>x</p>", kind="section", id="x"))).text


def test_many_things_left_out_are_told_once_each() -> None:
    _, left_out = export(notebook(parameters(), code(*[bundle(text_plain=f"<x at 0x{n % 3000:08x}>") for n in range(6000)])))
    assert len(left_out) == 3000


def test_half_characters_and_characters_that_are_no_text() -> None:
    cells: list[Any] = [markdown("## a\ud800"), code(bundle(text_html="<b>b\udfff</b>")), code(bundle(text_plain="1\x00\x08\x1b[31m2"))]
    html, _ = export(notebook(parameters(), *cells))
    assert html.encode()
    assert "<pre>12</pre>" in html


def test_pictures_are_of_the_notebooks_folder(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    (folder / "sub").mkdir(parents=True)
    for file in (tmp_path / "outside.png", folder / "sub" / "in.png"):
        file.write_bytes(PNG)
    (folder / "out.png").symlink_to(tmp_path / "outside.png")
    (folder / "in.png").symlink_to(folder / "sub" / "in.png")
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "dir.png").mkdir()
    (folder / "loop.png").symlink_to(folder / "loop.png")
    for address in ("sub/in.png", "in.png", "./sub/../sub/in.png", "sub%2Fin.png"):
        assert picture_beside(folder, address), address
    outside = ["../outside.png", "..%2Foutside.png", "%2e%2e/outside.png", "sub/../../outside.png", "out.png", "elsewhere/outside.png"]
    for address in [*outside, str(tmp_path / "outside.png"), "dir.png", "loop.png", "in.png%00", "x" * 5000, "file:///etc/hosts"]:
        assert picture_beside(folder, address) is None, address


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("<svg></svg>", True),
        ('\ufeff<?xml version="1.0"?>\n<!-- made by <x> -->\n<!DOCTYPE svg PUBLIC "a" "b">\n  <svg>', True),
        ("<html><svg></svg></html>", False),
        ("root:x:0:0 <svg", False),
        ("<!---->" * 500 + "<p>", False),
    ],
)
def test_an_svg_begins_as_one(tmp_path: Path, text: str, is_one: bool) -> None:
    (tmp_path / "a.svg").write_text(text, encoding="utf-8")
    assert bool(picture_beside(tmp_path, "a.svg")) == is_one


CELL: dict[str, Any] = {"cell_type": "code", "metadata": {}, "source": "x", "id": "a", "outputs": [], "execution_count": 1}
ODD: list[Any] = [{}, ["x"], [{}], [CELL | {"outputs": [{}]}], [CELL | {"cell_type": "wow"}], [CELL | {"metadata": {"tags": None}}]]
BOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}


@pytest.mark.parametrize(
    "made",
    [
        *("", "{", "[]", "5", "null", '"x"', "\ud83d", "{}", '{"nbformat": 9, "metadata": {}, "cells": []}'),
        *(json.dumps(BOOK | {"cells": cells}) for cells in ODD),
        json.dumps(BOOK),
    ],
)
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, made: str) -> None:
    (tmp_path / "mine.ipynb").write_bytes(made.encode("utf-8", "surrogatepass"))
    exporter: Any = ReportExporter
    with pytest.raises(PageRefused, match=r"(?s)不是笔记本文件，或已损坏.*mine\.ipynb: is not a notebook, or is damaged"):
        exporter().from_filename(str(tmp_path / "mine.ipynb"))


def test_a_trial_that_does_not_say_what_it_changed_is_refused() -> None:
    tried = OF | {"changes": [{"kind": "actual"}]}
    with pytest.raises(PageRefused, match="cannot be read"):
        export(notebook(parameters(), handed(tried)))
    assert "试算" in export(notebook(parameters(), handed(tried | {"said": ["a → b"]})))[0]


@pytest.mark.parametrize("wrong", [{"lang": "fr"}, {"changes": {}}, {"said": [1]}, {"year": "soon"}, {"fingerprint": 5}, {"department": 1}])
def test_what_is_handed_over_in_another_form_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PageRefused, match="cannot be read"):
        export(notebook(parameters(), handed(OF | wrong)))
