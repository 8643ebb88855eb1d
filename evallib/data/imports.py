"""Forms that people have become a department's year: read, projected, compared with what is there, written whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from evallib.checks.record import check_record
from evallib.data.csv_files import set_aside, write_year
from evallib.data.folder import data_of, data_root
from evallib.data.form_again import Change, Compared, Keep, compare, read_taken, taken_file, taken_text
from evallib.data.form_blocks import At, Sheeted, read_sheet, reread
from evallib.data.form_project import Projection
from evallib.data.form_tables import Left, Piece, Read, Taken, read_tables
from evallib.data.form_taking import Source, why
from evallib.data.form_whose import kind_said, listing_said, other_year, year_said
from evallib.data.form_words import kind_of_form
from evallib.data.forms_in import read_form
from evallib.data.import_book import headline, is_year_book, read_book
from evallib.data.listing import list_year
from evallib.data.load import load_departments
from evallib.data.locks import held
from evallib.data.raw_tables import Tables
from evallib.data.raw_years import read_raw_year
from evallib.data.rulebook import load_framework
from evallib.data.sheets import Raw, told_hidden
from evallib.data.whole import together
from evallib.model.errors import InputRefused, Place, Problem, Where, gathered
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.made_ids import made_id
from evallib.model.record import TABLES, Listing, Record
from evallib.model.units import amount
from evallib.model.words import Lang, Words, folded
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem, refused
from evallib.score.scoring import evaluate

_READ = re.compile(r"(?:(.+)!)?\$?([A-Za-z]{1,2})\$?([1-9]\d{0,5})=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Imported:
    """What an import took and wrote, or would write.

    `taken` are the raw rows with the cells they came from, none of a workbook that is taken as it is; `lacking` what the year still
    needs; `changes` what another import changed, with where what was there before is kept. `evaluation` tells which indicators have
    no number yet.
    """

    listing: Listing
    year: int
    framework: Framework
    taken: Mapping[str, Sequence[Mapping[str, Piece]]]
    left: tuple[Left, ...]
    lacking: tuple[Problem, ...]
    evaluation: Evaluation
    remarks: tuple[Problem, ...] = ()
    path: Path | None = None
    again: bool = False
    changes: tuple[Change, ...] = ()
    backup: Path | None = None

    @property
    def open_points(self) -> tuple[Decimal, tuple[Words, ...]]:
        """The points of the indicators that have no number yet, and their names."""
        waiting = [one for one in self.evaluation.indicators if one.status == "missing" and one.points]
        return sum((one.points for one in waiting), Decimal(0)), tuple(one.name for one in waiting)


def import_forms(
    data: Path,
    files: Sequence[Path],
    *,
    department: str = "",
    year: int | None = None,
    framework: str = "",
    reads: Sequence[str] = (),
    keep: Keep = "",
    dry: bool = False,
    lang: Lang = "zh",
) -> Imported:
    """Take forms that people have (.xlsx, .csv) as a department's year: list it, write its workbook, and keep beside it what was taken.
    A workbook of the kit's own becomes the year as it is.

    Department, year and framework are what the forms say, where they are not named; a department that is not listed yet is. `reads` say how
    cells are to be read (`G7=95%`, `Sheet!G7=95%`). Where the year was imported before, what changed in the form since is changed in the
    data; what was changed in both is asked about, unless `keep` says which stays. With `dry` nothing is written.

    Raises InputRefused where a form cannot be read, where two readings fit (both are named), or where the year has data of another kind.
    Nothing has changed then.

    >>> import tempfile
    >>> from evallib.data.working_folder import lay_out
    >>> heads = "一级指标,二级指标,三级指标,指标性质,指标值,度量单位,分值,实际完成值"
    >>> lines = ["2024年度部门整体支出绩效自评表", "部门名称,甲局", heads, "产出指标,数量指标,造林面积,≥,100,亩,50,95"]
    >>> with tempfile.TemporaryDirectory() as place:
    ...     form = Path(place) / "form.csv"
    ...     written = form.write_text(chr(10).join(lines), encoding="utf-8")
    ...     found = import_forms(lay_out(Path(place) / "county") / "data", [form], dry=True)
    >>> [(one.name.zh, one.score) for one in found.evaluation.indicators if one.own]
    [('造林面积', Decimal('47.50'))]
    """
    root = data_root(data)

    def plan() -> _Plan:
        return _planned(root, files, department, year, framework, reads, keep)

    if dry:
        return plan().found
    with held(root, "import"), together(root) as change:
        planned = plan()
        found, code = planned.found, planned.found.listing.code
        target, backup = found.path or root / "departments" / code / f"{found.year}.xlsx", None
        if found.path is None or found.changes:
            backup = set_aside(change, target) if found.path else None
            if planned.book and target.suffix == ".xlsx":
                change.put(target).write_bytes(planned.book)  # with what else stands in it
            else:
                write_year(planned.tables, change.put(target), found.framework, lang, f"{found.listing.words[lang]} {found.year}")
        if planned.kept:
            kept = change.put(taken_file(root, code, found.year))
            kept.write_text(planned.kept, encoding="utf-8", newline="\n")
        list_year(root / "departments.csv", found.listing, change)
    return replace(found, path=target, backup=backup)


class _Plan(NamedTuple):
    """What an import will write: what it found, the tables, what is kept of the forms, the bytes of a workbook of the kit's
    own.
    """

    found: Imported
    tables: Tables
    kept: str
    book: bytes = b""


def _planned(
    root: Path, files: Sequence[Path], department: str, year: int | None, framework: str, reads: Sequence[str], keep: Keep
) -> _Plan:
    """Everything but the writing."""
    forms = [read_form(path) for path in files]
    if any(map(is_year_book, forms)):
        if len(files) > 1 or reads:
            raise refused("form.book_alone", next(path.name for path, form in zip(files, forms, strict=True) if is_year_book(form)))
        return _planned_book(root, files[0], department, year, framework)
    raws = [raw for form in forms for raw in form]
    sheets = [read_sheet(raw) for raw in _reread(raws, reads)]
    filled, others = [sheet for sheet in sheets if sheet.blocks], [sheet for sheet in sheets if not sheet.blocks]
    if not filled:
        raise InputRefused(tuple(problem("form.nothing_found", Place(path.name)) for path in files))
    kind, said = kind_said(filled), year
    year = year_said(filled, others, year)
    listing = listing_said(root, load_departments(root), (filled, others), kind, department, year, framework)
    rules = load_framework(root, listing.framework, year)
    projection = Projection(rules, year, kind.own if kind else None)
    for sheet in filled:
        projection.sheet(sheet, _source(projection.taken, sheet, year))
    _profile(projection.taken, filled, listing)
    read = read_tables(projection.taken, rules.catalogue.units)
    if read.asked:
        raise InputRefused(read.asked)
    there, compared = data_of(root, listing.code, year), Compared(read.tables, (), ())
    if there is not None:
        before = read_taken(taken_file(root, listing.code, year))
        here = read_raw_year(there, rules).tables
        compared = compare(before, read.tables, here, rules, there.name, keep)
        if compared.asked:
            raise InputRefused(compared.asked)
    told = {"department": listing.code, "name": listing.words, "year": year, "framework": rules.id, "files": (), "kind": listing.kind}
    record, wrong = _sound(rules, told, read, projection.taken.rows)
    lacking = tuple(dict.fromkeys((*read.lacking, *wrong)))
    rows = projection.taken.rows
    evaluation = evaluate(rules, record)
    unread = [Left(Place(s.raw.file, sheet=s.raw.sheet), s.raw.sheet or s.raw.file, why("no_table")) for s in others if s.raw.cells]
    left = (
        *read.left,
        *unread,
        *_differing(evaluation, projection.compared),
        *_other_rates(evaluation, projection.rates),
        *_not_the_sum(evaluation, projection.scored),
    )
    remarks = (*_hidden(filled), *(other_year(filled, year) if said else ()))
    found = Imported(listing, year, rules, rows, left, lacking, evaluation, remarks, there, there is not None, compared.changes)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return _Plan(found, compared.tables, taken_text(read.tables, _origins(rows), sums, reads))


def _planned_book(root: Path, file: Path, department: str, year: int | None, framework: str) -> _Plan:
    """The same of a workbook of the kit's own: it becomes the year as it is."""
    head, every, said = [headline(file)], load_departments(root), year
    year = year_said(head, [], year)
    listing = listing_said(root, every, (head, []), None, department, year, framework)
    rules, there = load_framework(root, listing.framework, year), data_of(root, listing.code, year)
    book = read_book(root, file, every, listing, year, rules, there)
    lacking = gathered(tuple(one for one in book.problems if one.level == "error"))
    remarks = (*(other_year(head, year) if said else ()), *(one for one in book.problems if one.level != "error"))
    found = Imported(listing, year, rules, {}, (), lacking, book.evaluation, remarks, there, there is not None, book.changes)
    return _Plan(found, book.tables, "", file.read_bytes())


def _sound(
    framework: Framework, told: dict[str, Any], read: Read, rows: Mapping[str, Sequence[Mapping[str, Piece]]]
) -> tuple[Record, list[Problem]]:
    """The record of what can be scored, and all that is wrong: a row with a mistake is left out, so that others are looked at too."""
    kept = {table: [*range(len(rows))] for table, rows in read.typed.items()}
    taken = {
        row[c].text
        for table in ("targets", "judgements", "facts")
        for row in rows.get(table, ())
        for c in ("indicator", "fact")
        if c in row
    }
    found: list[Problem] = []
    while True:
        there = {table: tuple(rows[index] for index in kept[table]) for table, rows in read.typed.items()}
        record = Record.model_validate(told | there)
        wrong = [one for one in check_record(framework, record, _where(read, kept)) if one.level == "error"]
        found += [
            one for one in wrong if one.place.cell or not any(id in one.what.en.split() for id in taken)
        ]  # it is there, with a mistake
        gone = read.rows_of(wrong)
        if not gone:
            return record, found
        kept = {table: [index for index in some if (table, index) not in gone] for table, some in kept.items()}


def _where(read: Read, kept: Mapping[str, list[int]]) -> Where:
    """Where the rows stand that were kept."""

    def where(table: str, index: int, column: str | None) -> Place:
        at = kept[table]
        return read.reader.place(table, at[index] if index < len(at) else len(read.typed[table]), column)

    return where


def _differing(evaluation: Evaluation, scores: Mapping[str, Piece]) -> Iterator[Left]:
    """The scores of a form that are computed otherwise: the computed one counts, until somebody overrides it with a reason."""
    for id, said in scores.items():
        score = evaluation.indicator(id).score if id in evaluation.in_force else None
        read = amount(said.text, evaluation.catalogue.units)
        if said.place and (read is None or score is None or read[0] != score):
            yield Left(said.place, said.text, why("score_differs", score="—" if score is None else plain(score, 2)))


def _other_rates(evaluation: Evaluation, rates: Sequence[tuple[str, Piece]]) -> Iterator[Left]:
    """Rates that a form prints: what is computed counts; one that is not the same, rounded as it is printed, is told."""
    for id, said in rates:
        result, read = evaluation.indicator(id), amount(said.text, evaluation.catalogue.units)
        if not said.place or result.value is None or not result.unit.is_share or read is None:
            continue
        number, unit = read
        half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
        scales = [Decimal(100)] if unit else [Decimal(100), Decimal(1)]  # without a sign it may be a share
        if all(abs(result.value * scale - number) > half for scale in scales):
            yield Left(said.place, said.text, why("rate_differs", rate=percent(result.value)))


def _hidden(sheets: Sequence[Sheeted]) -> Iterator[Problem]:
    """That rows or columns were read which nobody sees."""
    for sheet in sheets:
        rows = [row.number for block in sheet.blocks for row in block.rows if row.number in sheet.raw.hidden_rows]
        heads = [one.text for block in sheet.blocks for one in block.heads.values() if one.at[1] in sheet.raw.hidden_columns]
        if rows or heads:
            place = Place(sheet.raw.file, sheet=sheet.raw.sheet)
            yield problem("table.hidden_cells", place, hidden=told_hidden(rows, heads))


def _not_the_sum(evaluation: Evaluation, scores: Mapping[str, Piece]) -> Iterator[Left]:
    """The unit's own total, where it is not the sum of its scores."""
    numbers = {id: read[0] for id, one in scores.items() if (read := amount(one.text, evaluation.catalogue.units))}
    total = numbers.pop("total", None)
    place, added = scores["total"].place if "total" in scores else None, sum(numbers.values(), Decimal(0))
    if total is not None and place and numbers.keys() >= {i.id for i in evaluation.indicators if i.points} and added != total:
        yield Left(place, scores["total"].text, why("sum_differs", sum=plain(added)))


def _origins(rows: Mapping[str, Sequence[Mapping[str, Piece]]]) -> dict[str, list[dict[str, str]]]:
    """Where each cell came from: file, sheet and address."""
    return {
        table: [
            {c: "!".join(filter(None, (at.file, at.sheet, at.cell))) for c, one in row.items() if one.text and (at := one.place)}
            for row in rows.get(table, ())
        ]
        for table in TABLES
    }


def _reread(raws: Sequence[Raw], reads: Iterable[str]) -> list[Raw]:
    """The sheets with the cells that are to be read otherwise."""
    by_sheet: dict[int, dict[At, str]] = {}
    for said in reads:
        found = _READ.fullmatch(said.strip())
        meant = (
            [n for n, raw in enumerate(raws) if found and (raw.sheet or Path(raw.file).stem) == found[1]]
            if found and found[1]
            else [*range(len(raws))]
        )
        if found is None or len(meant) != 1:
            raise refused("form.read_wrong", "--read", said)
        index = 0
        for letter in found[2].upper():
            index = index * 26 + ord(letter) - 64
        by_sheet.setdefault(meant[0], {})[int(found[3]), index - 1] = found[4]
    return [reread(raw, by_sheet.get(n, {})) for n, raw in enumerate(raws)]


def _source(taken: Taken, sheet: Sheeted, year: int) -> Source:
    """The form as a document that rows come from: its title, else the name of its file."""
    raw = sheet.raw
    title = next((one for one in sheet.titles if kind_of_form([one.text])), None)
    text = title.text if title else Path(raw.file).stem
    id = made_id(text)
    if not any(row["source"].text == id for row in taken.rows.get("sources", ())):
        told = Piece(text, raw.place(*title.at)) if title else Piece(text, Place(raw.file))
        taken.add("sources", {"source": id, "title": told, "year": str(year), "kind": "report"})
    return Source(id, raw)


def _profile(taken: Taken, sheets: Sequence[Sheeted], listing: Listing) -> None:
    """The name of the department, as the first form that says it."""
    for sheet in sheets:
        for field in ("project", "department"):
            if field in sheet.fields and folded(sheet.fields[field].text) == folded(listing.name):
                one, id = sheet.fields[field], taken.rows["sources"][0]["source"].text
                text = Piece(one.text, sheet.raw.place(*one.at))
                taken.add("profile", {"key": "full_name", "text": text, **Source(id, sheet.raw).of(one.at)})
                return
