"""The one door: the list of departments and a department's year are loaded here, and nowhere else.

Everything that is wrong is collected and refused together; what passes is a checked `Record` with its `Framework`. What was read
before is not parsed again: the bytes of the files decide, so that a changed file is always seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path

from evallib.checks.follow_up import check_follow_ups_of_last_year
from evallib.checks.gone import Gone
from evallib.checks.identities import check_against_last_year
from evallib.checks.sift import Sieve, opened, sift
from evallib.data.cells import Made, Reader, load_table
from evallib.data.folder import File, YearFiles, data_root, lay_out_table, read_file, read_year, with_texts
from evallib.data.heads import head_key, heads_of
from evallib.data.names import by_id, told_ambiguous
from evallib.data.outlines import outline_of, read_texts
from evallib.data.rulebook import framework_named, framework_of, load_county, rulebook_files
from evallib.data.scoring_sheet import PARTS, SCORING, called
from evallib.data.scoring_sheet import model as scoring_sheet
from evallib.data.workbook_in import load_tables, read_sheets, sheets_of_tables
from evallib.files.sheets import Grid, read_csv
from evallib.files.xlsx_in import Sheet, read_workbook
from evallib.model.errors import InputRefused, Place, Problem, Where, nearest, refuse_errors
from evallib.model.framework import Framework
from evallib.model.grouped import grouped
from evallib.model.record import OPTIONAL, TABLES, Listing, Record
from evallib.model.rows import Row, columns
from evallib.model.table_words import SHEETS, TABLE_NAMES
from evallib.model.words import NOTHING, Words, folded, listed, name_key, words
from evallib.say.refusals import problem, refused

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names that no file may have on Windows."""
_NOT_YET = ("year.no_data", "file.missing", "workbook.sheet_missing")
"""What says that nobody has written something yet."""
_TOLD = 100
"""So many sheets that are no tables are told."""
_HEADS = 5
"""More heads of the sheet with a row an indicator no other sheet has."""
_VERY_HIDDEN = words("（菜单里看不到）", " (which no menu shows)")


class Departments(tuple[Listing, ...]):
    """The lines of the list of departments, found by code or by name."""

    @cached_property
    def _named(self) -> dict[str, list[Listing]]:
        return grouped((text, row) for row in self for text in {row.code, row.name, row.name_en})

    @cached_property
    def frameworks(self) -> frozenset[str]:
        """What the frameworks are called in it."""
        return frozenset(row.framework for row in self)

    def of(self, code: str) -> list[Listing]:
        """The lines of a department."""
        return [row for row in self._named.get(code, ()) if row.code == code]

    def code_of(self, text: str) -> str:
        """The code of the department that a text names, by its code or its name in either language; the text where none is called so.

        Raises InputRefused where several are.
        """
        named = [row for row in self if name_key(text) in map(name_key, (row.code, row.name, row.name_en))]
        codes = [text] if any(row.code == text for row in named) else list(dict.fromkeys(row.code for row in named))
        if len(codes) > 1:
            raise refused("name.ambiguous", "departments.csv", text, count=len(codes), ids=listed(codes))
        return next(iter(codes), text)

    def home(self, listing: Listing, year: int) -> Words:
        """The name of the department that a project or policy belongs to: as it is on the list that year, else as it was written."""
        named = self._named.get(listing.department, []) if listing.department else []
        in_force = (row for row in reversed(named) if row.first_year <= year)
        return next((row.words for row in (*in_force, *named)), words(listing.department))


def load_departments(data: Path) -> Departments:
    """The list of departments, from `departments.csv`.

    Raises InputRefused with every problem found.
    """
    root = data_root(data)
    load_county(root)  # a folder of an old version is told first
    found = _departments(read_file(root, "departments.csv", lay_out_table(Listing)))
    named = {name: framework_named(root, name) for name in found.frameworks}
    if all(name == id for name, id in named.items()):
        return found
    return Departments(row.model_copy(update={"framework": named[row.framework]}) for row in found)


def list_departments(data: Path) -> Departments:
    """The list of departments, for what needs at least one.

    Raises InputRefused where the list is empty, or with every problem found in it.
    """
    listings = load_departments(data)
    if not listings:
        raise refused("list.empty", "departments.csv")
    return listings


@lru_cache(maxsize=4)
def _departments(file: File) -> Departments:
    reader = Reader()
    listings = Departments(load_csv(reader, file, "departments", Listing))
    reader.stop_if_wrong()
    by_code: dict[str, list[Listing]] = {}
    for index, row in enumerate(listings):
        earlier = by_code.setdefault(row.code, [])
        if any(other.first_year <= row.last_year and row.first_year <= other.last_year for other in earlier):
            place, years = reader.place("departments", index, "first_year"), f"{row.code} {row.first_year}–{row.last_year}"
            reader.problems.append(problem("list.years_overlap", place, years))
        earlier.append(row)
        if row.code in RESERVED:
            reader.problems.append(problem("department.code_of_windows", reader.place("departments", index, "code"), row.code))
    reader.stop_if_wrong()
    return listings


@dataclass(frozen=True, eq=False)
class LoadedYear:
    """A department's year, checked: its framework, its record, what was remarked, and where each row stands.

    Of a draft the record holds what can be used, the remarks hold errors too, `whole` is whether no row was left out, and `open` names the
    indicators that hang on these.
    Loading the same files again gives the same object.
    """

    framework: Framework
    record: Record
    remarks: tuple[Problem, ...]
    where: Where
    whole: bool = True
    open: tuple[str, ...] = ()


def load_year(
    data: Path, department: str, year: int, previous: Record | None = None, every: Departments | None = None, *, draft: bool = False
) -> LoadedYear:
    """A department's year, checked, with the framework it is evaluated by; held against last year's record where one is given.

    `every` is the list of departments, where the caller has read it. A `draft` leaves out what is refused of rows and tables, and says so
    in its remarks; it may be of a year without any data.

    Raises InputRefused with every problem found: place, what is wrong, how to mend it.
    """
    root = data_root(data)
    every = load_departments(root) if every is None else every
    listings = every.of(department)
    if not listings:
        codes = sorted({row.code for row in every or list_departments(root)})  # which refuses an empty list
        near = nearest(department, codes)
        name = "department.mistyped" if near else "department.unknown"
        raise refused(name, "departments.csv", department, near=near, codes=listed(codes))
    listing = next((row for row in listings if year in row.years), None)
    if listing is None:
        years = ", ".join("–".join(str(year) for year in sorted({row.first_year, row.last_year})) for row in listings)
        raise refused("year.not_listed", "departments.csv", department=department, year=year, years=years)
    rules = rulebook_files(root, listing.framework, year)
    framework = framework_of(rules, year)  # what is wrong with it is said before the tables are read
    try:
        files = read_year(root, department, year, needed_tables(framework, listing))
    except InputRefused as refusal:
        if not draft or refusal.problems[0].code != "year.no_data":
            raise
        files = YearFiles(nothing=refusal.problems[0])
    files = with_texts(root, department, year, files)
    loaded = _year(listing, every.home(listing, year), year, rules, files)
    if previous is not None:
        sieve = Sieve(framework, loaded.record, loaded.where, Gone())
        found = sieve.take(check_against_last_year(framework.catalogue, loaded.record, previous, sieve.where))
        found += sieve.take(check_follow_ups_of_last_year(loaded.record, previous, sieve.where))
        found = [opened(framework, sieve.record, one) for one in found]
        still = tuple(dict.fromkeys((*loaded.open, *(id for one in found for id in one.open))))
        if found:
            loaded = replace(loaded, record=sieve.record, remarks=(*loaded.remarks, *found), where=sieve.where, open=still)
    if not draft:
        refuse_errors(loaded.remarks)
    return loaded


def load_book(root: Path, every: Departments, listing: Listing, year: int, book: File) -> LoadedYear:
    """A department's year as a workbook says it that is not in the data folder; a draft: what is refused of it is among the remarks."""
    return _year(listing, every.home(listing, year), year, rulebook_files(root, listing.framework, year), YearFiles(book=book))


@lru_cache(maxsize=8)
def _year(listing: Listing, home: Words, year: int, rules: tuple[File, ...], files: YearFiles) -> LoadedYear:
    """A department's year from the files as they were read; identities that do not hold stand among its remarks."""
    framework = framework_of(rules, year)
    catalogue = framework.catalogue
    reader = Reader(catalogue.units)
    needed = needed_tables(framework, listing)
    tables = _load_workbook(reader, files.book, needed, framework) if files.book else _load_folder(reader, files)
    lost = [one for one in reader.problems if one.level == "error" and one.place.row is None]
    for table in TABLES if lost else ():
        if table not in tables:  # what is lost may be this one
            reader.gone.add(table, {}, lost[0].place, any(one.code not in _NOT_YET for one in lost))
    tables, ambiguous = by_id(framework, tables)
    outline = outline_of(files.outline, rules[1], listing.kind)
    written = read_texts(files.texts, outline)
    reader.problems += written.problems
    given = [*rules, *([files.book] if files.book else [file for _, file in files.tables])]
    given += [file for file in files.texts if file.name in written.places.values()]

    def place(table: str, index: int, column: str | None = None) -> Place:
        return Place(written.places.get((index, str(column)), table)) if table == "texts" else reader.place(table, index, column)

    record = Record(
        department=listing.code,
        name=listing.words,
        year=year,
        framework=framework.id,
        kind=listing.kind,
        belongs_to=home,
        files=tuple(file.noted for file in sorted(given, key=lambda f: f.name)),
        texts=written.texts,
        outline=outline,
        **tables,
    )
    sifted = sift(framework, record, place, reader.gone, reader.problems, partial(told_ambiguous, ambiguous))
    return LoadedYear(framework, sifted.record, sifted.problems, sifted.where, sifted.whole, sifted.open)


def needed_tables(framework: Framework, listing: Listing) -> frozenset[str]:
    """The tables that a year must have, though they be empty: a department's all but the optional ones, a project's those that its
    framework asks for.
    """
    if listing.kind == "department":
        return frozenset(TABLES) - OPTIONAL
    rules = [*(i.rule for i in framework.indicators), *(s.own_rule for s in framework.open_sections if s.own_rule)]
    asked = {
        "facts": any(i.value for i in framework.indicators),
        "own_indicators": bool(framework.open_sections),
        "targets": any(rule.measures == "completion" for rule in rules),
        "judgements": any(rule.takes in ("items", "tier", "score") for rule in rules),
        "findings": any(rule.takes == "findings" for rule in rules),
    }
    return frozenset({"sources"} | {table for table, needed in asked.items() if needed})


def load_csv(reader: Reader, file: File, table: str, model: type[Made]) -> tuple[Made, ...]:
    """The rows of a table from its file; what is wrong with it, or with them, is added to the reader's problems."""
    if file.problem:
        reader.tables[table] = Grid(file.name)
        reader.problems.append(file.problem)
        reader.gone.add(table, {}, file.problem.place, file.problem.code not in _NOT_YET)
        return ()
    return load_table(reader, read_csv(file.name, file.content), table, model)


def _load_folder(reader: Reader, files: YearFiles) -> dict[str, tuple[Row, ...]]:
    reader.problems += [files.nothing] if files.nothing else []
    meant = {SHEETS.get(folded(_unknown_table(reader, Place(stray), Path(stray).stem))) for stray in files.strays}
    there = [(name, file) for name, file in files.tables if not (name in meant and file.problem and file.problem.code == "file.missing")]
    tables = {name: load_csv(reader, file, name, TABLES[name]) for name, file in there}
    reader.problems += [problem("file.named_otherwise", Place(name), fix=told) for name, told in files.misnamed]
    return tables


def _load_workbook(reader: Reader, book: File, needed: Collection[str], framework: Framework) -> dict[str, tuple[Row, ...]]:
    sheets, problems = read_workbook(book.name, book.sound().content)
    reader.problems.extend(problems)
    if not sheets:
        reader.stop_if_wrong()
    named = [(SHEETS.get(folded(sheet.name), ""), sheet) for sheet in sheets if not sheet.is_own]
    found, hidden = sheets_of_tables(sheets), {table: sheet for table, sheet in reversed(named) if sheet.hidden}
    for table, sheet in named:
        if table in found and not sheet.hidden and sheet is not found[table]:
            reader.problems.append(problem("workbook.sheet_twice", sheet.place, other=found[table].name, table=called(table)))
    unknown = [sheet for table, sheet in named if not (table or sheet.hidden)]
    filled = [sheet for sheet in unknown[:_TOLD] if not sheet.is_empty]  # programs add empty ones
    meant = {SHEETS.get(folded(_unknown_table(reader, sheet.place, sheet.name, found, sheet))) for sheet in filled}
    tables, lost = load_tables(reader, read_sheets(found, framework)), {*meant}
    named_so = {*found, *meant, *hidden}
    is_new = SCORING in named_so or not {"own_indicators", "targets"} & named_so  # in which a table without a sheet is empty
    for name, model in {SCORING: scoring_sheet(), **TABLES}.items():
        if name in found:
            continue
        if name in hidden and (name in needed or hidden[name].grid.rows):
            very = "workbook.sheet_very_hidden" if hidden[name].very_hidden else "workbook.sheet_hidden"
            reader.problems.append(problem(very, hidden[name].place, sheet=hidden[name].name, table=called(name)))
            lost.add(name)
        elif name not in meant and (name == SCORING if is_new else name in needed):
            line = listed(words(str(model.model_fields[column].title), column) for column in columns(model))
            reader.problems.append(problem("workbook.sheet_missing", Place(book.name), sheet=called(name), heads=line))
            lost |= {name} & {SCORING}
    for table in {*(lost & TABLES.keys()), *(PARTS if SCORING in lost else ())}:  # some of its rows may stand on another sheet
        reader.gone.add(table, {}, Place(book.name))
    if unread := [words(f"“{sheet.name}”") + (_VERY_HIDDEN if sheet.very_hidden else NOTHING) for _, sheet in named if sheet.hidden]:
        reader.problems.append(problem("workbook.sheets_hidden", Place(book.name), sheets=listed(unread)))
    return tables


def _is_scoring(head: Iterable[str]) -> bool:
    """Whether a line of heads is rather that of the sheet with a row an indicator than of any other."""
    return sum(head_key(text) in heads_of(scoring_sheet()) for text in head) > _HEADS


def _unknown_table(reader: Reader, place: Place, name: str, there: Collection[str] = (), sheet: Sheet | None = None) -> str:
    """Tell of a table that is none, and give the name that it should probably have by its own, or by its heads."""
    lacking = [table for table in TABLES if table not in there]
    lacking += [SCORING] if sheet and SCORING not in there else []
    near = nearest(name, [*lacking, *(text for table in lacking for text in (called(table).zh, called(table).en))])
    near = called(SCORING).zh if sheet and SCORING in lacking and _is_scoring(sheet.headed(_is_scoring).head) else near
    if sheet:  # in a workbook a table is known by its name, as a CSV file by its id
        tables = listed([called(SCORING), *TABLE_NAMES.values()])
    else:
        tables = listed(words(f"{id}（{name.zh}）", id) for id, name in TABLE_NAMES.items())
    reader.problems.append(problem("table.mistyped" if near else "table.unknown", place, near=near, tables=tables))
    return near
