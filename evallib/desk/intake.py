"""Data at the desk, as plain calls: forms looked at and taken, the year checked and marked, its draft and page. No widget.

Each calls what the command of the same name calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from evallib.data.check_all import Checked, check_data
from evallib.data.load import load_departments
from evallib.data.marked import write_marked
from evallib.desk.calls import Calls
from evallib.desk.page import DeskPage
from evallib.forms import told as import_told
from evallib.forms.imports import Imported, import_forms
from evallib.model.errors import InputRefused, Place, gathered
from evallib.pages.rendering import Section
from evallib.runs.report import run_report
from evallib.say.drafts import said_missing, to_do
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

FORMS = (".xlsx", ".csv")


class Made(NamedTuple):
    """A file to be taken away: what it is called, what it holds, and where it was left."""

    name: str
    content: bytes
    path: Path | None = None


class Intake:
    """What is done with data at a desk, in its language and folder.

    >>> intake = Intake(Calls("data", "en"))
    >>> "of everything" in intake.check().html, intake.marked().name[-10:]
    (False, ' 2023.xlsx')
    """

    def __init__(self, desk: Calls) -> None:
        self.desk = desk
        self.given: tuple[Sequence[tuple[str, bytes]], Mapping[str, Any]] = ((), {})
        self.found: Imported | None = None

    def lying(self) -> list[Path]:
        """The workbooks and CSV files that lie in the working folder."""
        return sorted(file for file in self.desk.data.parent.glob("*.*") if file.suffix.lower() in FORMS and not file.name.startswith("~$"))

    def look(self, files: Sequence[tuple[str, bytes]], **how: Any) -> Section:
        """What would be taken of forms, by name and content; nothing is written. `how` is what `import_forms` takes.

        Raises InputRefused as that does; then there is nothing to take.
        """
        self.given, self.found = (files, how), None
        self.found = self._import(dry=True)
        return self._told(self.found)

    def take(self) -> Section:
        """Take what was looked at as the year's data, which the desk then shows.

        Raises InputRefused where nothing was looked at, or as `import_forms` does.
        """
        if self.found is None:
            raise refused("desk.nothing_looked_at", "desk")
        found, self.found = self._import(dry=False), None
        self.desk.choose(found.listing.code, found.year)
        return self._told(found)

    def _import(self, dry: bool) -> Imported:
        files, how = self.given
        with TemporaryDirectory() as folder:
            paths = [Path(folder) / Path(name).name for name, _ in files]
            for path, (_, content) in zip(paths, files, strict=True):
                path.write_bytes(content)
            return import_forms(self.desk.data, paths, dry=dry, lang=self.desk.lang, **how)

    def _told(self, found: Imported) -> Section:
        problems = [one.describe(self.desk.lang) for one in (*found.remarks, *found.lacking)]
        return self._page("taken", name=found.listing.words, found=found, told=import_told, problems=problems)

    def wrong(self, refusal: InputRefused) -> Section:
        """Why a form cannot be taken, at which cells."""
        said = [one.describe(self.desk.lang) for one in gathered(refusal.problems)]
        return self._page("problems", title=sentence("desk.data.wrong"), problems=said)

    def check(self) -> Section:
        """What is to be done in the department's year that is chosen: by whom, at which cells, and what hangs on it."""
        checked = self._checked()
        problems = [one for each in checked for one in each.problems]
        evaluation = next((one.evaluation for one in checked if one.evaluation), None)
        rest = [one for one in problems if one.level != "error"]
        missing = said_missing(evaluation) if evaluation else ()
        return self._page("checked", title=self._title(), parts=to_do(evaluation, problems), rest=rest, missing=missing, place=_place)

    def marked(self) -> Made:
        """The year's workbook with what is to be done marked in it."""
        for one in self._checked():
            if one.evaluation is not None:
                with TemporaryDirectory() as folder:
                    file = Path(folder) / "marked.xlsx"
                    write_marked(self.desk.data.resolve(), one.evaluation, one.problems, file, self.desk.lang)
                    return Made(f"{self._title()}.xlsx", file.read_bytes())
        raise refused("desk.no_data", "departments.csv")

    def page(self, draft: bool = False) -> Made:
        """The page of the year, or of its draft, made anew.

        Raises InputRefused, ReportFailed and OSError as `run_report` does.
        """
        code, year = self._chosen()
        made = run_report(code, year, data=self.desk.data, out=self.desk.out, lang=self.desk.lang, draft=draft).page
        ending = f" {sentence('desk.data.of_draft')[self.desk.lang]}" if draft else ""
        return Made(f"{self._title()}{ending}.html", made.read_bytes(), made)

    def _checked(self) -> list[Checked]:
        code, year = self._chosen()
        return [one for one in check_data(self.desk.data, code, year) if one.department == code]

    def _chosen(self) -> tuple[str, int]:
        if not all(self.desk.asked):
            raise refused("desk.no_data", "departments.csv")
        return self.desk.asked

    def _title(self) -> str:
        code, year = self._chosen()
        row = next((row for row in load_departments(self.desk.data) if row.code == code and year in row.years), None)
        return f"{row.words[self.desk.lang] if row else code} {year}"

    def _page(self, id: str, **given: object) -> Section:
        return DeskPage(self.desk.lang, given).section(id)


def _place(place: Place) -> str:
    """Where a problem is, short: its sheet or file, and its cell."""
    return " ".join(filter(None, (place.sheet or place.file, place.cell or (str(place.row) if place.row else ""))))
