"""Many reports: the list of jobs, what is up to date, workers, and the tables that come of it. Knows no notebook and no page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from evallib import __version__
from evallib.data_folder import has_data, year_files
from evallib.errors import InputRefused, refuse
from evallib.load import load_departments
from evallib.report import NOTEBOOKS, ReportFailed, run_report, whole
from evallib.tables import result_of
from evallib.words import Lang, Words, words

State = Literal["made", "up_to_date", "refused", "failed", "missing"]

STATES: dict[State, Words] = {
    "made": words("已生成", "made"),
    "up_to_date": words("无需重做", "up to date"),
    "refused": words("数据有误", "data refused"),
    "failed": words("运行失败", "failed"),
    "missing": words("没有数据", "no data"),
}


@dataclass(frozen=True)
class Job:
    """One report to be made: a department's year in a language, with absolute paths, so that any process can do it.

    `listed` is what the list says of the department, `inputs` the files of the year and the one before with their frameworks.
    """

    department: str
    year: int
    lang: Lang
    data: Path
    out: Path
    notebook: Path
    listed: str
    listed_name: Words
    inputs: tuple[Path, ...]

    @property
    def name(self) -> str:
        return self.department if self.lang == "zh" else f"{self.department}.{self.lang}"

    @property
    def stamp(self) -> Path:
        return self.out / str(self.year) / f".{self.name}.stamp.json"

    @property
    def outputs(self) -> tuple[Path, ...]:
        folder = self.out / str(self.year)
        return folder / f"{self.name}.html", folder / f"{self.name}.ipynb", folder / f"{self.department}.evaluation.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a job, and why where it did not become a page."""

    department: str
    year: int
    state: State
    reason: Words = field(default_factory=lambda: words(""))


def list_jobs(
    data: Path,
    out: Path,
    *,
    departments: tuple[str, ...] = (),
    years: tuple[int, ...] = (),
    lang: Lang = "zh",
    notebook: Path = NOTEBOOKS / "department_report.ipynb",
) -> tuple[Job, ...]:
    """Every department and year of `departments.csv`, or those asked for, in the order of the list.

    Raises InputRefused where the list cannot be read, or a department is asked for that is not on it.
    """
    data, out = data.resolve(), out.resolve()
    listings = load_departments(data)
    unknown = sorted(set(departments) - {row.code for row in listings})
    if unknown:
        raise refuse(
            "departments.csv",
            "没有这些部门编码",
            "there are no such department codes",
            "改正编码，或在名单中增加",
            "correct the codes, or add them to the list",
            ", ".join(unknown),
        )
    found: list[Job] = []
    for row in listings:
        rows = [other for other in listings if other.code == row.code]
        listed = "\n".join(other.model_dump_json() for other in rows)
        for year in range(row.first_year, row.last_year + 1):
            if (departments and row.code not in departments) or (years and year not in years):
                continue
            before = next((other.framework for other in rows if other.first_year <= year - 1 <= other.last_year), None)
            inputs = (*year_files(data, row.code, year - 1, before), *year_files(data, row.code, year, row.framework))
            found.append(Job(row.code, year, lang, data, out, notebook.resolve(), listed, row.words, inputs))
    return tuple(found)


# --- what is up to date --------------------------------------------------------------------------------------------


def fingerprint(job: Job) -> str:
    """A checksum over everything that decides what a report says: data of the year and the one before, frameworks, list,
    notebook, templates, version and language.
    """
    digest = hashlib.sha256(f"{__version__} {job.lang} {job.department} {job.year}\n{job.listed}".encode())
    digest.update(_program(job.notebook))
    for file in job.inputs:
        digest.update(file.relative_to(job.data).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@cache
def _program(notebook: Path) -> bytes:
    """The checksum of what is the same for every job: the package itself, its templates, and the notebook."""
    digest = hashlib.sha256(notebook.read_bytes())
    package = Path(__file__).parent
    for file in sorted(p for p in package.rglob("*") if p.is_file() and p.suffix in (".py", ".j2", ".css", ".json")):
        digest.update(file.relative_to(package).as_posix().encode() + file.read_bytes())
    return digest.digest()


def standing(job: Job) -> Outcome | None:
    """What became of the job the last time, where nothing that decides it has changed since and its outputs are whole.

    None where it has to be done: for the first time, anew, or because an output is gone or was cut short.
    """
    try:
        stamp = json.loads(job.stamp.read_text(encoding="utf-8"))
        if stamp["fingerprint"] != fingerprint(job):
            return None
        if "refused" in stamp:
            return Outcome(job.department, job.year, "refused", Words(**stamp["refused"]))
        if stamp["outputs"] != {file.name: file.stat().st_size for file in job.outputs}:
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Outcome(job.department, job.year, "up_to_date")


def _write_stamp(job: Job, **content: Any) -> None:
    with whole(job.stamp) as file:
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


# --- work ----------------------------------------------------------------------------------------------------------


def run_job(job: Job) -> Outcome:
    """Make one report. Whatever goes wrong becomes an outcome; nothing is raised but the wish to stop."""
    from evallib.engine import fast_engine

    mark, engine = fingerprint(job), fast_engine()
    try:
        written = run_report(job.department, job.year, data=job.data, out=job.out, lang=job.lang, notebook=job.notebook, engine=engine)
    except InputRefused as refusal:
        reason = refusal.in_short()
        _write_stamp(job, fingerprint=mark, refused=asdict(reason))
        return Outcome(job.department, job.year, "refused", reason)
    except ReportFailed as failure:
        return Outcome(job.department, job.year, "failed", words(failure.details.strip()[:2000]))
    except Exception as error:  # one report that breaks must not break the others
        return Outcome(job.department, job.year, "failed", words(f"{type(error).__name__}: {error}"[:2000]))
    sizes = {file.name: file.stat().st_size for file in job.outputs}
    _write_stamp(job, fingerprint=mark, outputs=sizes, result=result_of(written.evaluation))
    return Outcome(job.department, job.year, "made")


def run_batch(
    jobs: tuple[Job, ...], executor: Executor, *, force: bool = False, told: Callable[[Outcome], None] = lambda outcome: None
) -> tuple[Outcome, ...]:
    """Make the reports that are not up to date, on any executor; the outcomes in the order of the jobs.

    `told` hears of each outcome as it comes. A job that breaks its worker is an outcome, too.
    """
    outcomes: dict[Job, Outcome] = {}

    def done(job: Job, outcome: Outcome) -> None:
        outcomes[job] = outcome
        told(outcome)

    waiting: dict[Future[Outcome], Job] = {}
    for job in jobs:
        if not has_data(job.data, job.department, job.year):
            done(job, Outcome(job.department, job.year, "missing"))
        elif not force and (known := standing(job)):
            done(job, known)
        else:
            waiting[executor.submit(run_job, job)] = job
    for future in as_completed(waiting):
        job, error = waiting[future], future.exception()
        if error is None:
            done(job, future.result())
        else:
            done(job, Outcome(job.department, job.year, "failed", words(f"{type(error).__name__}: {error}")))
    return tuple(outcomes[job] for job in jobs)


def read_result(job: Job) -> dict[str, Any] | None:
    """The result of a report that is up to date, as its stamp holds it; None where there is none."""
    try:
        found = json.loads(job.stamp.read_text(encoding="utf-8"))["result"]
    except (OSError, ValueError, KeyError):
        return None
    return found if isinstance(found, dict) else None


def clear_leftovers(out: Path) -> None:
    """Delete the temporary folders that a killed run left behind."""
    import shutil

    for folder in _temporary(out):
        shutil.rmtree(folder, ignore_errors=True)


def _temporary(out: Path) -> Iterator[Path]:
    if out.is_dir():
        yield from (p for year in out.iterdir() if year.is_dir() for p in year.glob(".*-*") if p.is_dir())
