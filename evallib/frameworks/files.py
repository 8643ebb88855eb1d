"""A framework laid out as a workbook, and a workbook taken in as a framework file, with what is wrong told by cell."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from evallib.checks.framework_texts import check_texts
from evallib.data.folder import File, data_root
from evallib.data.language_docs import kinds
from evallib.data.rulebook import (
    document_of,
    files_beside,
    framework_of,
    load_framework,
    own_entries,
    placed,
    rulebook_files,
    shipped_catalogue,
    shipped_catalogues,
)
from evallib.files.locks import held
from evallib.files.whole import together, whole
from evallib.frameworks.draft import Draft
from evallib.frameworks.rows import Names, rows_of
from evallib.frameworks.tables import OWNER, PARTS, SETTINGS, sheets
from evallib.frameworks.workbook import framework_workbook
from evallib.frameworks.workbook_in import read_lines
from evallib.model.entries import KINDS, Part
from evallib.model.errors import Place, Problem, attempted, refuse_errors
from evallib.model.framework import Framework
from evallib.model.made_ids import made_id
from evallib.model.toml_lines import Lines, called
from evallib.model.toml_lines import Path as Way
from evallib.model.toml_out import toml_text
from evallib.model.words import Lang, listed
from evallib.model.worths import worths
from evallib.say.mistakes import keys_of
from evallib.say.refusals import problem, refused

_ENTRIES = {*KINDS} - {"source"}
_CITED = (("formula", "value"), ("source", "source"))
"""What indicators name of catalogues: the kind, and the key under which it stands."""
_TOLD = {"key.unknown": "framework_row.takes_no", "key.mistyped": "framework_row.takes_no", "key.missing": "framework_row.lacks"}
"""What is said of a cell, where a file speaks of its keys."""


def write_framework_workbook(data: Path, id: str, year: int, to: Path, lang: Lang) -> Path:
    """Lay out the framework in force in a year as a workbook, with the entries of the folder's own catalogues that it is read with.

    Raises InputRefused where there is no such framework, or the file is there already; OSError where it cannot be written.
    """
    if to.exists():
        raise refused("framework_book.there", str(to))
    files = rulebook_files(data.resolve(), id, year)
    framework = framework_of(files, year)
    document = document_of(files[0])
    for kind, entries in own_entries(files[2:], framework.builds_on).items():
        document[kind] = [*document.get(kind, []), *(entries if kind != "source" else ())]
    with whole(to) as made:
        made.write_bytes(framework_workbook(rows_of(document, framework, lang), framework, lang))
    return to


class Taken(NamedTuple):
    """A framework that was taken from a workbook: its file, whether that is new or as it was, and what is to be remarked."""

    file: Path
    changed: bool
    framework: Framework
    remarks: tuple[Problem, ...]


def take_framework(data: Path, book: Path, id: str = "", year: int | None = None, instead: bool = False) -> Taken:
    """Write the framework file of a workbook: `frameworks/ID/YEAR.toml`, whole; a file that says the same stays as it is.

    Raises InputRefused with every problem found, told by sheet and cell, or where there is another file already and it is not to be
    written `instead`; OSError where it cannot be written.
    """
    try:
        content = book.read_bytes()
    except FileNotFoundError:
        raise refused("framework_book.missing", str(book)) from None
    root = data_root(data)
    with held(root, "framework"), together(root) as change:
        read = _Reading(book.name, content, id, year, files_beside(root))
        framework, remarks = read.framework()
        to = root / read.file.name
        there = attempted([], load_framework, root, framework.id, framework.first_year)  # None where there is none, or it is wrong
        if there == framework and there.catalogue.part == framework.catalogue.part:
            return Taken(to, False, framework, remarks)
        if to.exists() and not instead:
            raise refused("framework_book.differs", read.file.name, id=framework.id, year=framework.first_year + 1)
        change.put(to).write_bytes(read.file.content)
    return Taken(to, True, framework, remarks)


class _Reading:
    """A workbook as a document with the cells of its values, and the file that it makes."""

    def __init__(self, name: str, content: bytes, id: str, year: int | None, files: tuple[File, ...]) -> None:
        self.name, self.beside = name, files
        lines, self.remarks = read_lines(name, content)
        stem, self.shipped = Path(name).stem, {name: shipped_catalogue(name).part for name in shipped_catalogues()}
        self.draft = Draft(lines, id or made_id(lines[SETTINGS][0].get("name") or stem), year, stem, self._names())
        self.document = self.draft.document
        self._build_on()
        self._leave_known()
        self._points()
        text = toml_text(self.document)
        self.file = File(f"frameworks/{self.document['id']}/{self.document.get('first_year', 0)}.toml", text.encode())
        self.ways = {line: way for way, line in Lines(text).of.items()}

    def framework(self) -> tuple[Framework, tuple[Problem, ...]]:
        """The framework, and what is to be remarked of it. Raises InputRefused with every problem, by cell."""
        year, problems = self.document.get("first_year"), list[Problem]()
        files = (self.file, *self.beside)
        framework = attempted(problems, framework_of, files, year if isinstance(year, int) else 2200)
        known = {one.place for one in self.draft.problems}  # which says more of the cell
        refuse_errors((*self.draft.problems, *(one for one in self._in_cells(problems) if one.place not in known)))
        assert framework is not None
        return framework, (*self.remarks, *self._in_cells(placed(files, check_texts(framework, self.file.name))))

    def _names(self) -> Names:
        """What the documents and topics of the catalogues are called, those shipped and the folder's own."""
        names, own = Names(), own_entries(self.beside[1:], self.shipped)
        for part in self.shipped.values():
            names.add_part(part, "sources", "topics")
        for table in ("source", "topic"):
            names.add(table, own.get(table, ()))
        return names

    def _build_on(self) -> None:
        """Catalogues that nobody names are those of which formulas or documents are named that stand nowhere else."""
        own, beside = Names(), own_entries(self.beside[1:], ())
        for table in ("formula", "source"):
            own.add(table, (*self.document.get(table, ()), *beside.get(table, ())))
        named = [(table, i[key]) for i in self.document.get("indicator", ()) for table, key in _CITED if key in i]
        used = list[str]()
        for name, part in self.shipped.items():
            there = Names()
            there.add_part(part, "sources", "formulas")
            used += [name] if any(there.find((table,), text) and not own.find((table,), text) for table, text in named) else []
        if used:
            self.document.setdefault("builds_on", used)

    def _leave_known(self) -> None:
        """Entries that stand in the folder's own catalogues already, just so."""
        for kind, entries in own_entries(self.beside[1:], self.document.get("builds_on", ())).items():
            if kind in self.document:
                known, lines = [_entry(kind, one) for one in entries], self.draft.lines[kind]
                new = [line for line, one in zip(lines, self.document[kind], strict=True) if _entry(kind, one) not in known]
                self.draft.fill(kind, new)

    def _points(self) -> None:
        """Full points that nobody says are what the indicators make up."""
        if "points" not in self.document:
            with suppress(ValidationError):  # which is told where it is read
                framework = Framework.model_validate({key: one for key, one in self.document.items() if key not in _ENTRIES})
                self.document["points"] = next(inside for _, _, inside in worths(framework, framework.indicators))

    # --- what is wrong, by cell

    def _in_cells(self, problems: Iterable[Problem]) -> list[Problem]:
        found: list[Problem] = []
        for one in problems:
            ways = [self._way(one.place), *(self.ways[row] for row in one.place.again)] if one.place.file == self.file.name else []
            found += [self._in_cell(one, way) for way in ways] or [one]
        return found

    def _way(self, place: Place) -> Way:
        """The way to the value that a problem is about, from its line and what it is called: a key that is lacking has no line."""
        here, column = self.ways.get(place.row or 0, ()), place.column or ""
        for steps in range(len(here), min(len(here) - 1, 1), -1):
            name = called(self.document, here[:steps])
            if f"{column}.".startswith(f"{name}."):
                return (*here[:steps], *filter(None, column[len(name) :].split(".")))
        return here

    def _in_cell(self, one: Problem, way: Way) -> Problem:
        """A problem at the cell of a value, or of what it stands in, in the words of a workbook where the file's are of keys."""
        at = next(way[:steps] for steps in range(len(way), -1, -1) if way[:steps] in self.draft.cells)
        line, key = self.draft.cells[at]
        place, column = line.place(key), None if key == OWNER else line.table.column(key)
        part = next((sheets()[id] for id, keys in PARTS.items() if way[-1:] and way[-1] in keys.values()), None)
        if one.code in ("value.not_a_choice", "key.unknown_rule") and column is not None and column.choices:
            one = problem("value.not_a_choice", place, one.found, choices=listed(column.choice(value) for value in column.choices))
        elif one.code == "key.missing" and part is not None:
            one = problem("framework_row.no_rows", place, sheet=part.name)
        elif one.code in _TOLD:
            keys = keys_of(kinds()[kind]) if (kind := self.draft.kind(line)) in kinds() else {}
            beside = [c for c in line.table.columns if column is not None and not c.aside and c.path[:1] == column.path[:1]]
            heads = listed(c.head for c in beside if c.path[-1] in keys)
            one = problem(_TOLD[one.code], place, one.found, head=line.table.name if column is None else column.head, heads=heads)
        what, fix = (text.with_other(self.file.name, self.name) for text in (one.what, one.fix))
        return replace(one, place=place, what=what, fix=fix, acts="author")


def _entry(kind: str, one: Any) -> Any:
    """An entry as it is read, whatever way it is written; as it stands where it is wrong."""
    try:
        return Part.model_validate({kind: [one]})
    except ValidationError:
        return one
