"""Many pages: the list of jobs, what is up to date, and the work, on any executor. How a page is made is for `report` to know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from evallib import __version__
from evallib.analysis.documents import result_of
from evallib.data.folder import COUNTY, has_data, monitored_years, refuse_mixed, year_files
from evallib.data.government import budget_years
from evallib.data.load import list_departments, load_departments
from evallib.data.notebooks import notebook_of, read_cells
from evallib.data.whole import whole
from evallib.data.years import DataChanged
from evallib.kit import COMPARISON, MONITORING, OVERVIEW, PACKAGE, PAGES, REPORT
from evallib.model.budget_rows import FILE as HEADS
from evallib.model.errors import InputRefused
from evallib.model.record import Kind
from evallib.model.words import NOTHING, Lang, Words, listed, words
from evallib.runs.report import Page, ReportFailed, Written, page_name, run_comparison, run_monitoring, run_overview, run_report
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

PageKind = Literal["report", "comparison", "overview", "monitoring"]
State = Literal["made", "up_to_date", "refused", "failed", "missing", "waiting"]

STATES: dict[State, Words] = {state: sentence(f"batch.state.{state}") for state in get_args(State)}
_PAGES: dict[PageKind, Words] = {kind: sentence(f"batch.page.{kind}") for kind in get_args(PageKind) if kind != "report"}


@dataclass(frozen=True)
class Job:
    """One page to be made, with absolute paths, so that any process can do it.

    A report and a monitoring page are of a department and a year, a comparison of a department, an overview of a year.
    `listed` is what the list says of those it shows, `inputs` the files of their years, the ones before, and their rule books; `of` is
    whether a report is of a department, a project or a policy, and `framework` by which it is evaluated.
    """

    kind: PageKind
    department: str
    year: int
    lang: Lang
    data: Path
    out: Path
    notebook: Path
    listed: str
    listed_name: Words
    inputs: tuple[Path, ...]
    of: Kind = "department"
    framework: str = ""

    @property
    def folder(self) -> Path:
        return self.out / (str(self.year) if self.kind == "report" else self.kind)

    @property
    def stem(self) -> str:
        return f"{self.department}-{self.year}" if self.kind == "monitoring" else self.department or str(self.year)

    @property
    def name(self) -> str:
        return page_name(self.stem, self.lang)

    @property
    def about(self) -> list[str | int]:
        """The department, the year or both."""
        return [part for part in (self.department, self.year) if part]

    @property
    def title(self) -> Words:
        """What it is called in messages."""
        return words(" ".join(map(str, self.about))) + _PAGES.get(self.kind, NOTHING)

    @property
    def stamp(self) -> Path:
        return self.folder / f".{self.name}.stamp.json"

    @property
    def has_data(self) -> bool:
        """Whether there is anything to show: data of the year, or of any of its years or departments."""
        return has_data(self.data, self.department, self.year) if self.kind == "report" else bool(self.inputs)

    @property
    def outputs(self) -> tuple[Path, ...]:
        pages = self.folder / f"{self.name}.html", self.folder / f"{self.name}.ipynb"
        return (*pages, self.folder / f"{self.department}.evaluation.json") if self.kind == "report" else pages


@dataclass(frozen=True)
class Outcome:
    """What became of a job, why where it did not become a page, and what of its notebook the page that was made leaves out."""

    job: Job
    state: State
    reason: Words = NOTHING
    left_out: tuple[Words, ...] = ()


def list_jobs(data: Path, out: Path, *, lang: Lang = "zh", notebook: Path | None = None) -> tuple[Job, ...]:
    """The report of every department and year of `departments.csv`, in the order of the list, by the notebook that makes reports here.

    Raises InputRefused where the list cannot be read, or is empty and there is no budget, or there is no such notebook.
    """
    data, out = data.resolve(), out.resolve()
    refuse_mixed(data, out)
    notebook = _usable(notebook, data, REPORT)
    listings = load_departments(data) if budget_years(data) else list_departments(data)
    found: list[Job] = []
    for row in listings:
        rows = [other for other in listings if other.code == row.code]
        listed = "\n".join(other.model_dump_json() for other in rows)
        for year in row.years:
            before = next((other.framework for other in rows if year - 1 in other.years), None)
            inputs = (*year_files(data, row.code, year - 1, before), *year_files(data, row.code, year, row.framework))
            about = (listed, row.words, inputs, row.kind, row.framework)
            found.append(Job("report", row.code, year, lang, data, out, notebook, *about))
    return tuple(found)


def _usable(notebook: Path | None, data: Path, name: str) -> Path:
    """The notebook that was asked for, else the one of a name that makes pages of a data folder.

    Raises InputRefused where it is not there, or is none.
    """
    found = (notebook or notebook_of(data, name)).resolve()
    read_cells(found)
    return found


def list_pages(data: Path, out: Path, lang: Lang = "zh", notebooks: Path | None = None) -> tuple[Job, ...]:
    """Every page of the data folder: reports, comparisons, overviews, monitoring; made by the notebooks of a folder, where one is named.

    Raises InputRefused as `list_jobs` does.
    """
    report, comparison, overview, monitoring = (notebook_of(data, name, notebooks) for name in PAGES.values())
    reports = list_jobs(data, out, lang=lang, notebook=report)
    return (
        *reports,
        *list_comparisons(reports, comparison),
        *list_overviews(reports, overview),
        *_list_budgets(reports, data.resolve(), out.resolve(), lang, overview),
        *list_monitorings(reports, monitoring),
    )


def choose_jobs(jobs: Sequence[Job], departments: Sequence[str], years: Sequence[int]) -> tuple[Job, ...]:
    """The jobs about the departments and years asked for; about all of them where none is named.

    A comparison is about a department and no single year, an overview about a year and no single department.
    Raises InputRefused for a department or a year that none of the jobs is about.
    """
    for wanted, known in ((departments, {job.department for job in jobs}), (years, {job.year for job in jobs})):
        if unknown := sorted(str(one) for one in set(wanted) - known):
            on_list = listed(sorted(str(one) for one in known if one))
            raise refused("report.not_listed", "departments.csv", ", ".join(unknown), listed=on_list)
    return tuple(job for job in jobs if (not departments or job.department in departments) and (not years or job.year in years))


def list_comparisons(reports: Sequence[Job], notebook: Path | None = None) -> tuple[Job, ...]:
    """A comparison over the years for each department of the reports, which must be all of that department's."""
    if not reports:
        return ()
    notebook = _usable(notebook, reports[0].data, COMPARISON)
    found: dict[str, list[Job]] = {}
    for job in reports:
        found.setdefault(job.department, []).append(job)
    return tuple(_together("comparison", jobs, notebook, department=code) for code, jobs in found.items())


def list_overviews(reports: Sequence[Job], notebook: Path | None = None) -> tuple[Job, ...]:
    """An overview of each year of the reports, which must be all there are; the two years before go into it where they are listed."""
    if not reports:
        return ()
    notebook = _usable(notebook, reports[0].data, OVERVIEW)
    return tuple(
        _together("overview", [job for job in reports if year - 2 <= job.year <= year], notebook, year=year)
        for year in sorted({job.year for job in reports})
    )


def _list_budgets(reports: Sequence[Job], data: Path, out: Path, lang: Lang, notebook: Path) -> Iterator[Job]:
    """An overview of each year for which there is the government's budget and no department."""
    for year in sorted(budget_years(data) - {job.year for job in reports}):
        files = (data / COUNTY, data / HEADS)
        yield Job("overview", "", year, lang, data, out, notebook.resolve(), "", NOTHING, tuple(f for f in files if f.is_file()))


def list_monitorings(reports: Sequence[Job], notebook: Path | None = None) -> tuple[Job, ...]:
    """The page of each running year that has a monitoring file; `reports` must be all there are. A department need be listed only."""
    if not reports:
        return ()
    first, listed = reports[0], {job.department: (job.listed, job.listed_name) for job in reports}
    notebook = _usable(notebook, first.data, MONITORING)
    found = []
    for code, year, file in monitored_years(first.data):
        says, name = listed.get(code, ("", words(code)))
        found.append(Job("monitoring", code, year, first.lang, first.data, first.out, notebook, says, name, (file,)))
    return tuple(found)


def _together(kind: PageKind, jobs: Sequence[Job], notebook: Path, department: str = "", year: int = 0) -> Job:
    first = jobs[0]
    heads = first.data / HEADS
    inputs = dict.fromkeys(path for job in jobs for path in job.inputs)
    if kind == "overview" and heads.is_file():
        inputs[heads] = None
    listed = "\n".join(dict.fromkeys(f"{job.listed} {job.year}" for job in jobs))
    return Job(kind, department, year, first.lang, first.data, first.out, notebook, listed, jobs[-1].listed_name, tuple(inputs))


# --- what is up to date --------------------------------------------------------------------------------------------


def fingerprint(job: Job, known: dict[Path, bytes] | None = None) -> str:
    """A checksum over everything that decides what a page says: data of its years and the ones before, frameworks, list,
    notebook, templates, version and language. `known` holds the checksums of files between many calls.
    """
    known = {} if known is None else known
    digest = hashlib.sha256(f"{__version__} {job.kind} {job.lang} {job.department} {job.year}\n{job.listed}".encode())
    digest.update(_program())
    if job.notebook not in known:
        known[job.notebook] = repr(read_cells(job.notebook)).encode()
    digest.update(known[job.notebook])
    beginning = len(str(job.data))
    for file in job.inputs:
        if file not in known:
            known[file] = hashlib.sha256(file.read_bytes()).digest()
        digest.update(str(file)[beginning:].encode())
        digest.update(known[file])
    return digest.hexdigest()


@cache
def _program() -> bytes:
    """The checksum of what is the same for every job: the package itself and its templates."""
    digest = hashlib.sha256()
    for file in sorted(p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix in (".py", ".j2", ".css", ".json", ".toml")):
        digest.update(file.relative_to(PACKAGE).as_posix().encode() + file.read_bytes())
    return digest.digest()


def standing(job: Job, known: dict[Path, bytes] | None = None) -> Outcome | None:
    """What became of the job the last time, where nothing that decides it has changed since and its outputs are whole.

    None where it has to be done: for the first time, anew, or because an output is gone or was cut short.
    """
    try:
        stamp = json.loads(job.stamp.read_text(encoding="utf-8"))
        if stamp["fingerprint"] != fingerprint(job, known):
            return None
        if "refused" in stamp:
            return Outcome(job, "refused", Words(**stamp["refused"]))
        if stamp["outputs"] != _sizes(job):
            return None
    except (OSError, ValueError, KeyError, TypeError, InputRefused):
        return None
    return Outcome(job, "up_to_date")


def _sizes(job: Job) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in job.outputs}


def _write_stamp(job: Job, **content: Any) -> None:
    with whole(job.stamp, job.out) as file:
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


# --- work ----------------------------------------------------------------------------------------------------------


_MAKE: dict[PageKind, Callable[..., Page]] = {
    "report": run_report,
    "comparison": run_comparison,
    "overview": run_overview,
    "monitoring": run_monitoring,
}


def run_job(job: Job) -> Outcome:
    """Make one page. Whatever goes wrong becomes an outcome; nothing is raised but the wish to stop."""
    from evallib.runs.engine import fast_engine

    mark, result, make = fingerprint(job), {}, _MAKE[job.kind]
    try:
        page: Page = make(*job.about, data=job.data, out=job.out, lang=job.lang, notebook=job.notebook, engine=fast_engine())
        if isinstance(page, Written):
            made = page.evaluation
            called = {"year": asdict(made.catalogue.year(job.year)), "framework_name": asdict(made.framework.words)}
            result = result_of(made) | called | {"kind": made.record.kind}
    except DataChanged as change:  # nothing that would hold the next time
        return Outcome(job, "refused", change.in_short())
    except InputRefused as refusal:
        reason = refusal.in_short()
        _write_stamp(job, fingerprint=mark, refused=asdict(reason))
        return Outcome(job, "refused", reason)
    except ReportFailed as failure:
        return Outcome(job, "failed", words(failure.details.strip()[:2000]))
    except Exception as error:  # one report that breaks must not break the others
        return _broken(job, error)
    _write_stamp(job, fingerprint=mark, outputs=_sizes(job), result=result)
    return Outcome(job, "made", left_out=tuple(words(p.describe("zh"), p.describe("en")) for p in page.left_out))


def _broken(job: Job, error: BaseException) -> Outcome:
    return Outcome(job, "failed", words(f"{type(error).__name__}: {error}"[:2000]))


def run_batch(
    jobs: tuple[Job, ...], executor: Executor, *, force: bool = False, told: Callable[[Outcome], None] = lambda outcome: None
) -> tuple[Outcome, ...]:
    """Make the pages that are not up to date, on any executor; the outcomes in the order of the jobs.

    `told` hears of each outcome as it comes. A job that breaks its worker is an outcome, too.
    """
    outcomes: dict[Job, Outcome] = {}
    known: dict[Path, bytes] = {}

    def done(job: Job, outcome: Outcome) -> None:
        outcomes[job] = outcome
        told(outcome)

    waiting: dict[Future[Outcome], Job] = {}
    for job in jobs:
        if not job.has_data:
            done(job, Outcome(job, "missing"))
        elif not force and (stands := standing(job, known)):
            done(job, stands)
        else:
            waiting[executor.submit(run_job, job)] = job
    for future in as_completed(waiting):
        job, error = waiting[future], future.exception()
        done(job, _broken(job, error) if error else future.result())
    return tuple(outcomes[job] for job in jobs)


def outcome_outside(job: Job, known: dict[Path, bytes]) -> Outcome:
    """What stands of a page that was not part of a run."""
    return Outcome(job, "missing") if not job.has_data else standing(job, known) or Outcome(job, "waiting")


def read_result(job: Job) -> dict[str, Any] | None:
    """The result of a report that is up to date, as its stamp holds it; None where there is none."""
    try:
        found = json.loads(job.stamp.read_text(encoding="utf-8"))["result"]
    except (OSError, ValueError, KeyError):
        return None
    return found if isinstance(found, dict) else None
