"""A gallery of what evallib makes, for any static host: the example's documents and a small synthetic county. Run by `make gallery`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evallib.demo.county import make_demo
from evallib.model.words import LANGS, Lang
from evallib.pages.style import page_css

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "reports" / "gallery"
YEAR = 2024
CORRECTED = "water"
"""A department of the county that is published and then corrected."""
_LINK = re.compile(r'\b(?:href|src)="([^"]*)"')


def evallib(*arguments: object) -> str:
    """What a command prints. Data that is wrong on purpose lets `batch` end with 1."""
    done = subprocess.run([sys.executable, "-m", "evallib", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and arguments[0] != "batch":
        raise SystemExit(done.stderr)
    return done.stdout


def build(folder: Path = GALLERY) -> None:
    """Make all anew and put it in the place of what was there; a link that leads nowhere stops it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".gallery-") as made:
        new = Path(made) / "new"
        make_example(new / "example")
        make_county(new / "county", Path(made) / "work")
        write_first_page(new)
        for ours in [path for path in new.rglob(".*") if path.is_file()]:  # what a batch remembers, and locks
            ours.unlink()
        if lost := sorted({*dead_links(new)}):
            raise SystemExit("\n".join(lost))
        shutil.rmtree(folder, ignore_errors=True)
        new.replace(folder)


def make_example(out: Path) -> None:
    """Every document of the example, in both languages."""
    more = [option for option in ("--xlsx", "--word", "--figures") if option in evallib("report", "--help")]
    for lang in LANGS:
        evallib("report", "hrss", 2023, "--lang", lang, *more, "--out", out)


def make_county(out: Path, work: Path) -> None:
    """Every page of a small county; one department's result is published, and corrected after a paper was found."""
    data = make_demo(work, departments=9, first_year=YEAR - 2, last_year=YEAR).data
    where = ("--data", data, "--out", out)
    for lang in LANGS:
        evallib("batch", *where, "--lang", lang)
    evallib("publish", CORRECTED, YEAR, *where)
    judged = data / "departments" / CORRECTED / str(YEAR) / "judgements.csv"
    judged.write_text(judged.read_text(encoding="utf-8").replace(",not_met,", ",met,", 1), encoding="utf-8")
    evallib("publish", CORRECTED, YEAR, *where, "--correction", "漏看了已经交来的材料 / papers that had been handed in were overlooked")
    for lang in LANGS:
        evallib("batch", *where, "--lang", lang)


def write_first_page(folder: Path) -> None:
    """The page that leads through, in each language."""
    jinja = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    files = sorted(path.relative_to(folder).as_posix() for path in (folder / "example").rglob("*") if path.is_file())
    for lang in LANGS:
        given = {"lang": lang, "css": page_css(), "year": YEAR, "corrected": CORRECTED, "files": [f for f in files if is_in(f, lang)]}
        page = jinja.get_template("gallery.html.j2").render(**given, t=lambda zh, en, lang=lang: zh if lang == "zh" else en)
        (folder / name_in("index.html", lang)).write_text(page, encoding="utf-8", newline="\n")


def name_in(name: str, lang: Lang) -> str:
    return name if lang == "zh" else name.replace(".html", ".en.html")


def is_in(name: str, lang: Lang) -> bool:
    """Whether a file is in a language, or in none."""
    return ".evaluation." in name or (".en." in name) == (lang == "en")


def dead_links(folder: Path) -> Iterator[str]:
    """Links of the pages that lead to nothing in the folder, or out of it."""
    for page in folder.rglob("*.html"):
        for link in _LINK.findall(page.read_text(encoding="utf-8")):
            path = unquote(urldefrag(link)[0])
            if path and not path.startswith(("data:", "http")):
                target = (page.parent / path).resolve()
                if not target.is_file() or not target.is_relative_to(folder.resolve()):
                    yield f"{page.relative_to(folder)}: {link}"


if __name__ == "__main__":
    build()
