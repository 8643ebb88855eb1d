"""What tests ask of the heads of pages: where they lead, and a county whose pages are there but for what a notebook would say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from evallib.data.folder import has_data
from evallib.data.frames import write_tables
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.seals import seals_of
from evallib.model.words import words
from evallib.pages.page_seal import parted, sealed_page
from evallib.runs.heads import pages_of
from evallib.runs.index import write_shared
from evallib.runs.jobs import Job
from evallib.runs.stamps import Outcome, fingerprint, result_shown, write_stamp

PAGE = """<html><head><meta name="evallib-content" content="{seal}"><meta name="evallib-page" content=""></head><main id="main">
<!--head--><!--/head-->
<p>{said}</p></main></html>
"""


def head_of(page: Path) -> str:
    """The head of a page."""
    return parted(page.read_text(encoding="utf-8"))[1]


def links_of(page: Path) -> list[Path]:
    """Where the head of a page leads to."""
    return [(page.parent / unquote(found)).resolve() for found in re.findall(r'href="([^"]+)"', head_of(page))]


def dead_links(out: Path) -> list[str]:
    """The links of heads that lead nowhere."""
    return [f"{place} → {to}" for place, page in pages_of(out) for to in links_of(page) if not to.exists()]


def outcome(job: Job) -> Outcome:
    """What `run_job` says and leaves, with a page that no notebook has made."""
    job.folder.mkdir(parents=True, exist_ok=True)
    try:
        if job.kind == "report" and not has_data(job.data, job.department, job.year):
            return Outcome(job, "missing")
        made = evaluate_year(job.data, job.department, job.year).evaluation if job.kind == "report" else None
    except InputRefused as refusal:
        reason = words(refusal.describe("zh"), refusal.describe("en"))
        write_stamp(job, fingerprint(job), "refused", reason)
        return Outcome(job, "refused", reason)
    page = PAGE.format(seal=seals_of(made).content if made else "", said=job.title[job.lang])
    for file, text in zip(job.outputs, (sealed_page(page), "{}", made.to_json() if made else ""), strict=False):
        file.write_text(text, encoding="utf-8", newline="\n")
    if made and not job.beside.exists():
        write_tables(made, job.beside)
    write_stamp(job, fingerprint(job), result=result_shown(made) if made else None)
    return Outcome(job, "made")


def laid_out(jobs: Sequence[Job], out: Path) -> list[Outcome]:
    """All pages of a county, and what they share."""
    outcomes = [outcome(job) for job in jobs]
    write_shared(jobs, outcomes, out, jobs[0].lang)
    return outcomes
