"""Which pages a data folder is to have: the list of jobs. Nothing is made here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evallib.data.beside import departments_or_beside, files_beside, overview_years
from evallib.data.folder import has_data, refuse_mixed, rule_files, year_files
from evallib.data.monitoring import monitored_years
from evallib.data.notebooks import notebook_of, read_cells
from evallib.data.place import COUNTY
from evallib.data.published import load_published
from evallib.files.outputs import MORE, SEVERAL, TABLES, evaluation_file, page_name
from evallib.kit import PAGES, REPORT
from evallib.model.grouped import grouped
from evallib.model.made_ids import is_made
from evallib.model.monitoring_rows import file_name
from evallib.model.record import Kind
from evallib.model.words import NOTHING, Lang, Words, joined, listed, words
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

_CALLED: dict[str, Words] = {kind: sentence(f"batch.page.{kind}") for kind in SEVERAL}
_OF_ONE: dict[str, tuple[Callable[[Path], list[tuple[str, int]]], Callable[[str, int], str]]] = {
    "monitoring": (monitored_years, file_name),
}
"""Pages of a department's year other than its report: of which years there are any, and the file that each shows."""


@dataclass(frozen=True)
class Job:
    """One page to be made, with absolute paths, so that any process can do it.

    A page is of a department and a year; a comparison of a department alone, an overview of a year.
    `listed` is what the list says of those it shows, `inputs` the files of their years, the ones before, and their rule books; `of` is
    whether a report is of a department, a project or a policy, `framework` by which it is evaluated, and `official` that the official
    report is to be made too.
    """

    kind: str
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
    official: bool = False

    @property
    def folder(self) -> Path:
        return self.out / (str(self.year) if self.kind == "report" else self.kind)

    @property
    def stem(self) -> str:
        return self.department if self.kind == "report" else "-".join(map(str, self.about))

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
        names = [self.listed_name if is_made(str(one)) and self.listed_name else words(str(one)) for one in self.about]
        return joined(names, " ", " ") + _CALLED.get(self.kind, NOTHING)

    @property
    def stamp(self) -> Path:
        return self.folder / f".{self.name}.stamp.json"

    @property
    def has_data(self) -> bool:
        """Whether there is anything to show: data of the year, or of any of its years or departments."""
        return has_data(self.data, self.department, self.year) if self.kind == "report" else bool(self.inputs)

    @property
    def beside(self) -> Path:
        """The folder of a report's tables, or of what goes on from another page."""
        return self.folder / (f"{self.department}{TABLES}" if self.kind == "report" else f"{self.name}{MORE}")

    @property
    def word(self) -> bool:
        """Whether the official report is made: where it is asked for, or stands already."""
        return self.kind == "report" and (self.official or (self.folder / f"{self.name}.docx").is_file())

    @property
    def outputs(self) -> tuple[Path, ...]:
        pages: tuple[Path, ...] = self.folder / f"{self.name}.html", self.folder / f"{self.name}.ipynb"
        pages += (self.folder / f"{self.name}.docx",) if self.word else ()
        return (*pages, evaluation_file(self.out, self.department, self.year)) if self.kind == "report" else pages


def list_jobs(data: Path, out: Path, *, lang: Lang = "zh", notebook: Path | None = None) -> tuple[Job, ...]:
    """The report of every department and year of `departments.csv`, in the order of the list, by the notebook that makes reports here.

    Raises InputRefused where the list cannot be read, or is empty and there is no budget, or there is no such notebook.
    """
    data, out = data.resolve(), out.resolve()
    refuse_mixed(data, out)
    notebook = _usable(notebook or notebook_of(data, REPORT))
    listings = departments_or_beside(data)
    found, published, rules = list[Job](), load_published(data), cache(rule_files)

    @cache
    def files(department: str, year: int, framework: str | None) -> tuple[Path, ...]:
        return year_files(data, department, year, rules(data, framework, year))

    for row in listings:
        rows = listings.of(row.code)
        listed = "\n".join(other.model_dump_json() for other in rows)
        for year in row.years:
            before = next((other.framework for other in rows if year - 1 in other.years), None)
            inputs = (*files(row.code, year - 1, before), *files(row.code, year, row.framework))
            corrected = "".join(published.corrected(row.code, one) for one in (year - 1, year))
            about = (listed + corrected, row.words, inputs, row.kind, row.framework)
            found.append(Job("report", row.code, year, lang, data, out, notebook, *about))
    return tuple(found)


def list_pages(data: Path, out: Path, lang: Lang = "zh", notebooks: Path | None = None) -> tuple[Job, ...]:
    """Every page of the data folder, made by the notebooks of a folder, where one is named: the reports; a comparison over the years of
    each department; an overview of each year, into which the two before go, also of years without any department's report; and a page of
    each file of a department that has one of its own: for that it need be listed only.

    Raises InputRefused as `list_jobs` does.
    """
    report, *books = (notebook_of(data, name, notebooks) for name in PAGES.values())
    reports = list_jobs(data, out, lang=lang, notebook=report)
    data, out = data.resolve(), out.resolve()
    made_by = dict(zip(SEVERAL, map(_usable, books), strict=True))
    by_department = grouped((job.department, job) for job in reports)

    def several(kind: str, jobs: Sequence[Job], department: str = "", year: int = 0, more: Iterable[Path] = ()) -> Job:
        inputs = dict.fromkeys((*(path for job in jobs for path in job.inputs), *more))
        listed = "\n".join(dict.fromkeys(f"{job.listed} {job.year}" for job in jobs))
        name = jobs[-1].listed_name if jobs else NOTHING
        return Job(kind, department, year, lang, data, out, made_by[kind], listed, name, tuple(inputs))

    found = [several("comparison", jobs, department=code) for code, jobs in by_department.items()]
    years, beside = {job.year for job in reports}, files_beside(data)
    for year in sorted(years):
        shown = [job for job in reports if year - 2 <= job.year <= year]
        found.append(several("overview", shown, year=year, more=beside))
    found += [several("overview", (), year=year, more=(*beside, data / COUNTY)) for year in sorted(overview_years(data) - years)]
    for kind, (years_of, file_of) in _OF_ONE.items() if reports else ():
        for code, year in years_of(data):
            says, name = next(((job.listed, job.listed_name) for job in reversed(by_department.get(code, ()))), ("", words(code)))
            found.append(Job(kind, code, year, lang, data, out, made_by[kind], says, name, (data / file_of(code, year),)))
    return (*reports, *found)


def _usable(notebook: Path) -> Path:
    """A notebook that makes pages. Raises InputRefused where it is not there, or is none."""
    read_cells(notebook)
    return notebook.resolve()


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
