"""Pictures of the report for the README: desktop, phone and paper. Run by `make pictures`."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from evallib.runs.report import run_report
from tests.browser.browser import launched

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / ".pictures"


def main() -> None:
    """Make the report in both languages and photograph its first screen in each."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        for lang in ("zh", "en"):
            page_file = run_report("hrss", 2023, data=ROOT / "data", out=Path(folder), lang=lang).page
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
