"""The county's pages of corrections: what was corrected or revised after it was published, the newest first."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from evallib.data.load import load_departments
from evallib.data.published import Published, load_published
from evallib.files.outputs import HISTORY, evaluation_file, page_name
from evallib.files.whole import whole
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang, Words, words
from evallib.pages.rendering import county_page
from evallib.say.corrections import differences, why


def write_corrections(data: Path, out: Path, lang: Lang) -> None:
    """Write `corrections.html` in both languages, where something was corrected; `lang` is that of the index that comes after.

    Raises InputRefused where `published.csv` or the list of departments cannot be read.
    """
    for name, page in corrections_pages(load_published(data), data, out, coming=[f"{page_name('index', lang)}.html"]).items():
        with whole(out / name) as file:
            file.write_text(page, encoding="utf-8", newline="\n")


def corrections_pages(
    published: Published, data: Path, out: Path, known: Evaluation | None = None, coming: Collection[str] = ()
) -> dict[str, str]:
    """The pages by their names; none where nothing was corrected.

    `known` is an evaluation that does not stand in `out` yet, `coming` are the places of pages there that do not yet.
    """

    def link(stem: str) -> Words:
        """The page of each language; where there is none, that of the other."""
        pages = {lang: f"{page_name(stem, lang)}.html" for lang in LANGS}
        there = {lang: page for lang, page in pages.items() if page in coming or (out / page).is_file()}
        return Words(*(there.get(lang) or next(iter(there.values()), "") for lang in LANGS))

    keys = dict.fromkeys((row.department, row.year) for row in published.rows if row.kind != "first")
    if not keys:
        return {}
    listed = load_departments(data)
    rows = []
    for department, year in keys:
        fresh = known is not None and (known.record.department, known.record.year) == (department, year)
        names = {i.id: i.name for i in known.indicators} if known and fresh else _names(evaluation_file(out, department, year))
        name = next((row.words for row in listed.of(department) if year in row.years), words(department))
        for number, one in enumerate(published.corrections(department, year, names), 1):
            places = {"now": link(f"{year}/{department}"), "before": link(f"{HISTORY}/{year}/{department}.{number}")}
            told = {"c": one, "why": why(one), "differences": differences(one)}
            rows.append({"name": name, "year": year, **told, **places})
    rows.sort(key=lambda row: str(row["c"].date), reverse=True)  # type: ignore[attr-defined]
    return {f"{page_name('corrections', lang)}.html": county_page("corrections", lang, rows=rows, index=link("index")) for lang in LANGS}


def _names(file: Path) -> Mapping[str, Words]:
    """What the indicators of an evaluation are called; nothing where it cannot be read."""
    try:
        return {str(i["id"]): Words(str(i["name"]["zh"]), str(i["name"]["en"])) for i in json.loads(file.read_bytes())["indicators"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
