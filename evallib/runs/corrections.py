"""The county's pages of corrections: what was corrected or revised after it was published, the newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from evallib import __version__
from evallib.data.load import load_departments
from evallib.data.published import Published, load_published
from evallib.data.whole import whole
from evallib.kit import TEMPLATES
from evallib.model.evaluation import Evaluation
from evallib.model.seals import sealed_page
from evallib.model.words import LANGS, Lang, Words, words
from evallib.pages.rendering import environment, made_at, mark_chinese
from evallib.pages.style import page_css
from evallib.runs.names import page_name
from evallib.say.corrections import differences

HISTORY = "history"
"""Where in a folder of reports those lie that were published before."""


def write_corrections(data: Path, out: Path) -> None:
    """Write `corrections.html` in both languages, where something was corrected.

    Raises InputRefused where `published.csv` or the list of departments cannot be read.
    """
    for name, page in corrections_pages(load_published(data), data, out).items():
        with whole(out / name) as file:
            file.write_text(page, encoding="utf-8", newline="\n")


def corrections_pages(published: Published, data: Path, out: Path, known: Evaluation | None = None) -> dict[str, str]:
    """The pages by their names; none where nothing was corrected. `known` is an evaluation that does not stand in `out` yet."""
    keys = dict.fromkeys((row.department, row.year) for row in published.rows if row.kind != "first")
    if not keys:
        return {}
    listed = load_departments(data)
    rows = []
    for department, year in keys:
        fresh = known is not None and (known.record.department, known.record.year) == (department, year)
        names = {i.id: i.name for i in known.indicators} if known and fresh else _names(out / str(year) / f"{department}.evaluation.json")
        name = next((row.words for row in listed.of(department) if year in row.years), words(department))
        for number, one in enumerate(published.corrections(department, year, names), 1):
            rows.append({"name": name, "department": department, "year": year, "number": number, "c": one, "differences": differences(one)})
    rows.sort(key=lambda row: str(row["c"].date), reverse=True)  # type: ignore[attr-defined]
    return {f"{page_name('corrections', lang)}.html": _page(rows, lang) for lang in LANGS}


def _names(file: Path) -> Mapping[str, Words]:
    """What the indicators of an evaluation are called; nothing where it cannot be read."""
    try:
        return {str(i["id"]): Words(str(i["name"]["zh"]), str(i["name"]["en"])) for i in json.loads(file.read_bytes())["indicators"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _page(rows: list[dict[str, object]], lang: Lang) -> str:
    page = (
        environment()
        .get_template("index/corrections.html.j2")
        .render(
            rows=rows,
            lang=lang,
            t=lambda zh, en: zh if lang == "zh" else en,
            css=page_css() + (TEMPLATES / "index" / "index.css").read_text(encoding="utf-8"),
            end="" if lang == "zh" else f".{lang}",
            history=HISTORY,
            made=made_at(),
            version=__version__,
        )
    )
    if lang == "en":
        head, mark, body = page.partition("<body")
        page = head + mark + mark_chinese(body)
    return sealed_page(page)
