"""Pictures of the gallery's report for the README: desktop, phone and paper. Run by `make pictures`, which makes the gallery first."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from evallib.model.words import LANGS
from tests.browser.browser import launched
from tests.browser.gallery import GALLERY, ROOT, name_in

PICTURES = ROOT / ".pictures"


def main() -> None:
    """Photograph the first screen of the report in both languages, and its first sheet."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        for lang in LANGS:
            page_file = GALLERY / "example" / "2023" / name_in("hrss.html", lang)
            for name, width, height in (("desktop", 1280, 860), ("phone", 390, 844)):
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(page_file.as_uri())
                page.screenshot(path=PICTURES / f"{name}.{lang}.png")
                page.close()
            page = browser.new_page()
            page.goto(page_file.as_uri())
            paper = Path(folder) / "paper.pdf"
            page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
            page.close()
            target = PICTURES / f"paper.{lang}"
            subprocess.run(["pdftoppm", "-r", "80", "-l", "1", "-singlefile", "-png", str(paper), str(target)], check=True)


if __name__ == "__main__":
    main()
