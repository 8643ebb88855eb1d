"""The command that makes the page of a running year. Parsing and printing only."""

from __future__ import annotations

from evallib.cli.options import DATA, REPORTS, Data, Department, Language, Notebooks, Out
from evallib.cli.pages import tell_page
from evallib.cli.shared import page_being_made
from evallib.kit import PAGES


def monitor(
    department: Department, year: int, lang: Language = "zh", data: Data = DATA, out: Out = REPORTS, notebooks: Notebooks = None
) -> None:
    """Make the monitoring page of a running year."""
    from evallib.runs.monitoring import run_monitoring

    with page_being_made(PAGES["monitoring"], notebooks, data, out, lang) as how:
        made = run_monitoring(department, year, **how)
    tell_page(made, lang)
