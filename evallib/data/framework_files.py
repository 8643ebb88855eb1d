"""A framework laid out as a workbook, and a workbook taken in as a framework file, with what is wrong told by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from evallib.checks.framework_texts import check_texts
from evallib.data.folder import File, data_root
from evallib.data.framework_draft import Draft
from evallib.data.framework_in import read_lines
from evallib.data.framework_rows import Names, rows_of
from evallib.data.framework_tables import PARTS, RULES, SETTINGS, Table, sheets
from evallib.data.framework_workbook import framework_workbook
from evallib.data.language_docs import kinds
from evallib.data.locks import held
from evallib.data.rulebook import (
    document_of,
    files_beside,
    framework_of,
    own_entries,
    rulebook_files,
    shipped_catalogue,
    shipped_catalogues,
)
from evallib.data.whole import together, whole
from evallib.model.entries import KINDS, Part
from evallib.model.errors import InputRefused, Place, Problem, refuse_errors
from evallib.model.framework import Framework
from evallib.model.made_ids import made_id
from evallib.model.toml_lines import Lines, called
from evallib.model.toml_lines import Path as Way
from evallib.model.toml_out import toml_text
from evallib.model.words import Lang, listed, name_key
from evallib.model.worths import worths
from evallib.say.mistakes import keys_of
from evallib.say.refusals import problem, refused
from evallib.score.answers import PANEL, SURVEY

_ENTRIES = {*KINDS} - {"source"}
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
        there = _there(root, framework)
        if there == framework and there.catalogue.part == framework.catalogue.part:
            return Taken(to, False, framework, remarks)
        if to.exists() and not instead:
            raise refused("framework_book.differs", read.file.name, id=framework.id, year=framework.first_year + 1)
        change.put(to).write_bytes(read.file.content)
    return Taken(to, True, framework, remarks)


def _there(data: Path, framework: Framework) -> Framework | None:
    """The framework of that name and first year as it stands in the folder; None where there is none, or it is wrong."""
    try:
        found = framework_of(rulebook_files(data.resolve(), framework.id, framework.first_year), framework.first_year)
    except InputRefused:
        return None
    return found if found.first_year == framework.first_year else None


class _Reading:
    """A workbook as a document with the places of its values, and the file that it makes."""

    def __init__(self, name: str, content: bytes, id: str, year: int | None, files: tuple[File, ...]) -> None:
        self.name, self.beside = name, files
        lines, self.remarks = read_lines(name, content)
        stem = Path(name).stem
        id = id or made_id(lines[SETTINGS][0].get("name") or stem)
        self.draft = Draft(lines, id, year, stem, _known(files))
        self.document = self.draft.document
        self._build_on()
        self._leave_known()
        self._points()
        year = self.document.get("first_year", 0)
        text = toml_text(self.document)
        self.file, self.rows = File(f"frameworks/{id}/{year}.toml", text.encode()), Lines(text).of

    def framework(self) -> tuple[Framework, tuple[Problem, ...]]:
        """The framework, and what is to be remarked of it. Raises InputRefused with every problem, by cell."""
        year = self.document.get("first_year")
        problems, framework = self.draft.problems, None
        try:
            framework = framework_of((self.file, *self.beside), year if isinstance(year, int) else 2200)
        except InputRefused as refusal:
            problems = [*problems, *self._in_cells(refusal.problems)]
        known = {one.place for one in self.draft.problems}  # which says more of the cell
        refuse_errors(one for one in problems if one in self.draft.problems or one.place not in known)
        assert framework is not None
        return framework, (*self.remarks, *self._in_cells(check_texts(framework, self.file.name)))

    def _build_on(self) -> None:
        """Catalogues that nobody names are those of which formulas or documents are named that stand nowhere else."""
        beside, indicators = own_entries(self.beside[1:], ()), self.document.get("indicator", ())
        formulas = {name_key(i["value"]) for i in indicators if "value" in i} - {name_key(word) for word in (SURVEY, PANEL)}
        sources = {i.get("source") for i in indicators} - {one.get("id") for one in self.document.get("source", ())}
        for entry in (*self.document.get("formula", ()), *beside.get("formula", ())):
            formulas -= {name_key(entry.get(key, "")) for key in ("id", "name", "name_en")}
        used = []
        for name in shipped_catalogues():
            part = shipped_catalogue(name).part
            there = {name_key(text) for formula in part.formulas for text in (formula.id, formula.name, formula.name_en)}
            if formulas & there or sources & {source.id for source in part.sources}:
                used.append(name)
        if used and "builds_on" not in self.document:
            self.document["builds_on"] = used

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
            try:
                framework = Framework.model_validate({key: one for key, one in self.document.items() if key not in _ENTRIES})
            except ValidationError:
                return  # which is told where it is read
            self.document["points"] = next(inside for _, _, inside in worths(framework, framework.indicators))

    # --- what is wrong, by cell

    def _in_cells(self, problems: Iterable[Problem]) -> list[Problem]:
        found: list[Problem] = []
        for one in problems:
            place = one.place
            if place.file != self.file.name:
                found.append(one)
                continue
            for line in (place.row, *place.again):
                way = self._way(line, place.column or "")
                said = {part: getattr(one, part).with_other(self.file.name, self.name) for part in ("what", "fix")}
                found.append(self._told(replace(one, place=self._cell(way), acts="author", **said), way))
        return found

    def _way(self, line: int | None, column: str) -> Way:
        """The way to the value that a problem is about, from its line and what it is called."""
        ways = [way for way, at in self.rows.items() if line is None or at == line]
        for way in sorted(ways, key=len, reverse=True):
            name = called(self.document, way)
            if column == name or column.startswith(f"{name}."):
                return (*way, *column[len(name) + 1 :].split(".")) if column != name else way
        last = column.rpartition(".")[2]
        return max(ways, key=lambda way: (str(way[-1]) == last, len(way)), default=(column,))

    def _cell(self, way: Way) -> Place:
        """The cell of a value; of what it stands in, where it has none."""
        while way and way not in self.draft.places:
            way = way[:-1]
        return self.draft.places[way] if way else Place(self.name)

    def _told(self, one: Problem, way: Way) -> Problem:
        """A problem in the words of a workbook, where the file's are of keys."""
        table, path = _in_sheet(way)
        column = next((column for column in table.columns if column.path == path), None)
        if one.code in ("value.not_a_choice", "key.unknown_rule") and column is not None and column.choices:
            choices = listed(column.choice(value) for value in column.choices)
            return problem("value.not_a_choice", one.place, one.found, choices=choices)
        if one.code not in _TOLD:
            return one
        part = next((sheets()[id] for id, keys in PARTS.items() if way[-1:] and way[-1] in keys), None)
        if part is not None and one.code == "key.missing":
            return problem("framework_row.no_rows", one.place, sheet=part.name)
        keys = keys_of(kinds()[kind]) if (kind := self._kind(way)) in kinds() else {}
        used = listed(c.head for c in table.columns if not c.aside and c.path[:1] == path[:1] and c.path[-1] in keys)
        head = column.head if column is not None else table.name
        return problem(_TOLD[one.code], one.place, one.found, head=head, heads=used)

    def _kind(self, way: Way) -> str:
        """The kind of the rule that a value stands in; empty where it stands in none."""
        here: Any = self.document
        for step in way[:3] if {*way[2:3]} & {*RULES.values()} else ():
            here = here[step]
        return str(here.get("kind", ""))


def _in_sheet(way: Way) -> tuple[Table, Way]:
    """The sheet that a value of a document stands on, and the keys to it there."""
    table, path = sheets().get(str(way[0]) if way else ""), way[2:]
    if table is None:
        return sheets()[SETTINGS], way
    part = next((id for id, keys in PARTS.items() if path[1:2] and path[1] in keys), None)
    return (table, path) if part is None else (sheets()[part], path[3:])


def _entry(kind: str, one: Any) -> Any:
    """An entry as it is read, whatever way it is written; as it stands where it is wrong."""
    try:
        return Part.model_validate({kind: [one]})
    except ValidationError:
        return one


def _known(files: tuple[File, ...]) -> Names:
    """What the documents and topics of the catalogues are called, those shipped and the folder's own."""
    names, own = Names(), own_entries(files[1:], shipped_catalogues())
    for name in shipped_catalogues():
        names.add_part(shipped_catalogue(name).part)
    for table in ("source", "topic"):
        names.add_all(table, own.get(table, ()))
    return names
