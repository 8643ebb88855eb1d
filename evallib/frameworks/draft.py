"""The lines of a framework's workbook as a document: what is left out is made, names become ids, every value keeps its place. No file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from evallib.data.language_docs import tables
from evallib.frameworks.rows import Names, given_of, suits_place, value_of
from evallib.frameworks.tables import OWNER, PARTS, RULES, SETTINGS, Column, sheets
from evallib.frameworks.workbook_in import Line, Lines
from evallib.model.entries import KINDS
from evallib.model.errors import Problem, meant
from evallib.model.made_ids import made_id
from evallib.model.table_words import TOTALS
from evallib.model.toml_lines import Path
from evallib.model.words import NOTHING, listed, name_key
from evallib.say.refusals import problem

_WITH_IDS = ("dimension", "group", "indicator", "rule", "grade", "source", "veto", "topic", "fact", "formula")
"""The sheets whose rows must have an id, those first that others stand in."""
_TOTALS = {text for several in TOTALS.values() for text in several}
_YEAR = re.compile(r"(?:19|20)\d\d")


class Draft:
    """A document under construction; `cells` has the line and column of every value by the way to it, `problems` what is wrong with a cell
    as such.
    """

    def __init__(self, lines: Lines, id: str, year: int | None, stem: str, names: Names) -> None:
        self.lines, self.names, self.problems = lines, names, list[Problem]()
        self.head = lines[SETTINGS][0]
        self.cells: dict[Path, tuple[Line, str]] = {}
        self._leave_totals()
        self.head.texts.setdefault("name", stem)
        if year is not None:
            self.head.texts["first_year"] = str(year)
        self._sections()
        self._sources()
        self._ids(_WITH_IDS)
        for table in _WITH_IDS:
            self.names.add(table, (line.texts for line in lines[table]))
        self._references()
        self._ids(("item", "tier"))
        self.document: dict[str, Any] = {"format": 2, "id": id} | self._entry(self.head, ())
        for table in dict.fromkeys((*tables(), *KINDS)):  # as they stand in a file
            if table in lines and table not in (SETTINGS, *PARTS) and lines[table]:
                self.fill(table, lines[table])

    def fill(self, table: str, lines: list[Line]) -> None:
        """Make the entries of a table of these lines."""
        self.document[table] = [self._entry(line, (table, n)) for n, line in enumerate(lines)]

    # --- what is left out is made

    def _leave_totals(self) -> None:
        """A row of the sum is no indicator: it says the full points, where nothing else does."""
        totals = [line for line in self.lines["indicator"] if {line.get(k) for k in ("dimension", "group", "name")} & _TOTALS]
        self.lines["indicator"] = [line for line in self.lines["indicator"] if line not in totals]
        for line in totals:
            if line.get("points") and not self.head.get("points"):
                self.head.texts["points"], self.head.places["points"] = line.get("points"), line.place("points")

    def _sections(self) -> None:
        """Dimensions and groups that only the indicators name, where these have no sheet filled in."""
        for level in ("group", "dimension"):
            if not self.lines[level]:
                seen = dict[tuple[str, str], Line]()
                for line in (*self.lines["group"], *self.lines["indicator"]):
                    if name := line.get(level):
                        within = line.get("dimension") if level == "group" else ""
                        texts = {"name": name, "dimension": within} if within else {"name": name}
                        made = Line(sheets()[level], line.place(level), texts, {"name": line.place(level)})
                        seen.setdefault((name_key(within), name_key(name)), made)
                self.lines[level] = list(seen.values())

    def _sources(self) -> None:
        """Documents that only the indicators name, where these have no sheet; an indicator that names none rests on the only one."""
        year, own, made = self.head.get("first_year"), self.lines["source"], dict[str, Line]()
        for line in (*self.lines["indicator"], *self.lines["veto"]) if not own else ():
            if (name := line.get("source")) and not self.names.find(("source",), name):
                made.setdefault(name_key(name), Line(sheets()["source"], line.place("source"), {"name": name}))
        own += made.values()
        if not own and not all(line.get("source") for line in self.lines["indicator"]):
            own.append(Line(sheets()["source"], self.head.place("name"), {"name": self.head.get("name")}))
        for line in own:
            found = _YEAR.search(line.get("number") + line.get("name"))
            line.texts.setdefault("year", found[0] if found else year)
        for line in self.lines["indicator"] if len(own) == 1 else ():
            line.texts.setdefault("source", own[0].get("id") or own[0].get("name"))

    def _ids(self, tables: Iterable[str]) -> None:
        """Ids made of names, and of what these stand in where another is called the same; rows of a rule are told apart within it."""
        lines = [(f"{table} {n}", line) for table in tables for n, line in enumerate(self.lines[table])]
        taken = {(id(line.owner), line.get("id")) for _, line in lines if line.get("id")}
        for number, line in lines:
            if not line.get("id"):
                name = line.get("name")
                apart = (f"{one} {name}" for one in (line.get("group"), line.get("dimension"), number) if one)
                choices = (made_id(text) for text in (name, *apart) if text)
                line.texts["id"] = next((one for one in choices if (id(line.owner), one) not in taken), "")
            taken.add((id(line.owner), line.get("id")))

    # --- names become ids

    @staticmethod
    def kind(line: Line) -> str:
        """The kind of the rule of a line; empty where it has none."""
        key = f"{RULES.get(line.table.id)}.kind"
        column = line.table.column(key)
        return (column.meant(line.get(key)) if column else "") or line.get(key)

    def _references(self) -> None:
        homes = {line.get("id"): line.get("id") for line in self.lines["dimension"]}
        for table in ("group", *(id for id in sheets() if id != "group")):
            for line in self.lines[table]:
                for column in line.table.columns:
                    if column.refers and (line.get(column.key) or column.key == OWNER):
                        self._refer(line, column, homes)
                if table in ("group", "indicator"):
                    self._one_place(line, homes)

    def _refer(self, line: Line, column: Column, homes: dict[str, str]) -> None:
        """Put the id for a name; of several of one name those count that suit best. A name that nothing has, or several have, is told."""
        text = line.get(column.key)
        word = column.meant(text)
        found = [word] if word else self.names.find(column.refers, text, suits_place(column.key, homes, line.get("dimension")))
        there = [one for table in column.refers for one in self.lines[table] if one.get("id") in found]
        if column.key == OWNER:
            there = self._bearers(line, there)
            found, line.owner = [one.get("id") for one in there], there[0] if len(there) == 1 else None
        if len(found) > 1:
            at = {one.get("id"): f" {one.home.sheet} {one.home.row}" for one in there}
            told = listed(f"{id}{at.get(id, '')}" for id in found)
            self.problems.append(problem("name.ambiguous", line.place(column.key), text, count=len(found), ids=told))
        elif found:
            line.texts[column.key] = found[0]
        elif "formula" not in column.refers:  # a catalogue has more of these
            known = [name for table in column.refers for names in self.names.of[table].values() for name in names[:1]]
            told = meant(text, known) if known else NOTHING
            self.problems.append(problem("framework_row.no_such_name", line.place(column.key), text, known=told))

    def _bearers(self, line: Line, called: list[Line]) -> list[Line]:
        """Of the entries of a name those to whose rule a row may belong: of a kind that has such rows, or of none yet."""
        suited = [one for one in called if self.kind(one) in PARTS[line.table.id]]
        return suited or [one for one in called if not self.kind(one)] or called

    def _rows(self, part: str, line: Line) -> list[Line]:
        """The rows of a sheet that belong to the rule of an entry."""
        return [one for one in self.lines[part] if one.owner is line]

    def _one_place(self, line: Line, homes: dict[str, str]) -> None:
        """A group says which dimension it stands in; another beside it is a slip."""
        home = homes.get(line.get("group"), "")
        if home and line.get("dimension") not in ("", home):
            (named,) = [one.get("name") for one in self.lines["dimension"] if one.get("id") == home][:1] or [home]
            self.problems.append(problem("framework_row.group_elsewhere", line.place("group"), home=named))
        if line.table.id == "group":
            homes[line.get("id")] = line.get("dimension") or home
        if line.get("group"):
            line.texts.pop("dimension", None)

    # --- the document

    def _entry(self, line: Line, path: Path) -> dict[str, Any]:
        """A line as an entry, with the rows of its rule in it."""
        entry, rule = dict[str, Any](), RULES.get(line.table.id, "")
        self.cells[path] = line, "name" if "name" in line.places else next(iter(line.places), "")
        if rule:
            self._rule(line, f"{rule}.")
            self.cells[(*path, rule)] = line, f"{rule}.kind"
        for column in sorted(line.table.columns, key=lambda column: column.key != "id"):
            text, self.cells[(*path, *column.path)] = line.get(column.key), (line, column.key)
            value = given_of(text, *self._asked(line)) if column.holds == "given" else value_of(column, text) if text else None
            if value is not None and column.key != OWNER:
                within = entry
                for step in column.path[:-1]:
                    within = within.setdefault(step, {})
                within[column.path[-1]] = value
        for part, keys in PARTS.items() if rule else ():
            if several := self._rows(part, line):
                inner = (*path, rule, keys.get(self.kind(line), next(iter(keys.values()))))
                self.cells[inner] = several[0], OWNER
                entry.setdefault(rule, {})[inner[-1]] = [self._entry(one, (*inner, n)) for n, one in enumerate(several)]
        return entry

    def _rule(self, line: Line, key: str) -> None:
        """A rule of which only the rows or the numbers are there is of the kind that has them; without any a person judges."""
        of = next((kinds for part, kinds in PARTS.items() if self._rows(part, line)), {})
        if of or line.table.id in ("indicator", "rule") or any(text and name.startswith(key) for name, text in line.texts.items()):
            line.texts.setdefault(f"{key}kind", next(iter(of), "awarded"))

    def _asked(self, line: Line) -> tuple[str, list[dict[str, str]]]:
        """The kind of the rule that an example is of, and the rows of that rule."""
        named = [(table, line.get(table)) for table in ("indicator", "group", "rule") if line.get(table)]
        one = next((one for table, id in named for one in self.lines[table] if one.get("id") == id), None)
        return (self.kind(one), [row.texts for part in PARTS for row in self._rows(part, one)]) if one else ("", [])
