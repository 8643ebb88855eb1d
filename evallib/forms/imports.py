"""Forms that people have become a department's year: read, projected, compared with what is there, written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from openpyxl.utils.cell import coordinate_to_tuple

from evallib.checks.sift import sift
from evallib.data.comparing import Change, Comparison, Keep, read_taken, taken_file, taken_text
from evallib.data.csv_files import set_aside, write_year
from evallib.data.folder import File, data_of, data_root
from evallib.data.form_words import kind_of_form
from evallib.data.listing import list_year
from evallib.data.load import Departments, load_book, load_departments
from evallib.data.raw_tables import Tables
from evallib.data.raw_years import read_raw_year
from evallib.data.rulebook import load_framework
from evallib.files.locks import held
from evallib.files.sheets import Raw, told_hidden
from evallib.files.whole import together
from evallib.forms.blocks import Piece, Sheeted
from evallib.forms.project import Projection
from evallib.forms.reading import headline, is_year_book, read_form
from evallib.forms.taking import Left, why
from evallib.forms.whose import kind_said, listing_said, other_year, year_said
from evallib.model.errors import InputRefused, Place, Problem, gathered
from evallib.model.evaluation import Draft, Evaluation
from evallib.model.framework import Framework
from evallib.model.made_ids import made_id
from evallib.model.record import Listing, Record
from evallib.model.units import SHARE, amount, half_width
from evallib.model.words import Lang, Words, folded
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem, refused
from evallib.score.scoring import evaluate

_READ = re.compile(r"(?:(.+)!)?(\$?[A-Za-z]{1,2}\$?[1-9]\d{0,5})=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Imported:
    """What an import took and wrote, or would write.

    `taken` are the raw rows with the cells they came from, none of a workbook that is taken as it is; `lacking` what the year still
    needs; `changes` what another import changed, with where what was there before is kept. `evaluation` tells which indicators have
    no number yet. `tables` are what the year becomes, `forms` what the forms say; `book` is the workbook that is taken as it is.
    """

    listing: Listing
    year: int
    framework: Framework
    taken: Mapping[str, Sequence[Mapping[str, Piece]]]
    left: tuple[Left, ...]
    lacking: tuple[Problem, ...]
    evaluation: Evaluation
    remarks: tuple[Problem, ...] = ()
    there: Path | None = None
    changes: tuple[Change, ...] = ()
    path: Path | None = None
    backup: Path | None = None
    tables: Tables = field(default_factory=dict, repr=False)
    forms: Tables | None = field(default=None, repr=False)
    book: bytes = field(default=b"", repr=False)

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
    if dry:
        return _planned(root, files, department, year, framework, reads, keep)
    with held(root, "import"), together(root) as change:
        found = _planned(root, files, department, year, framework, reads, keep)
        code = found.listing.code
        target, backup = found.there or root / "departments" / code / f"{found.year}.xlsx", None
        if found.there is None or found.changes:
            backup = set_aside(change, target) if found.there else None
            if found.book and target.suffix == ".xlsx":
                change.put(target).write_bytes(found.book)  # with what else stands in it
            else:
                write_year(found.tables, change.put(target), found.framework, lang, f"{found.listing.words[lang]} {found.year}")
        if found.forms is not None:
            kept = change.put(taken_file(root, code, found.year))
            kept.write_text(taken_text(found.forms, files, reads), encoding="utf-8", newline="\n")
        list_year(root / "departments.csv", found.listing, change)
    return replace(found, path=target, backup=backup)


def _planned(
    root: Path, files: Sequence[Path], department: str, said: int | None, framework: str, reads: Sequence[str], keep: Keep
) -> Imported:
    """Everything but the writing: what forms, or a workbook, say, held against the data that is there."""
    forms = [read_form(path) for path in files]
    book = next((path for path, form in zip(files, forms, strict=True) if is_year_book(form)), None)
    if book and (len(files) > 1 or reads):
        raise refused("form.book_alone", book.name)
    sheets = [headline(book)] if book else [Sheeted(raw) for raw in _reread([raw for form in forms for raw in form], reads)]
    filled, others = [s for s in sheets if s.blocks or book], [s for s in sheets if not (s.blocks or book)]
    if not filled:
        raise InputRefused(tuple(problem("form.nothing_found", Place(path.name)) for path in files))
    every, kind, year = load_departments(root), None if book else kind_said(filled), year_said(filled, others, said)
    listing = listing_said(root, every, (filled, others), kind, department, year, framework)
    rules, there = load_framework(root, listing.framework, year), data_of(root, listing.code, year)
    if book:
        found = _of_book(root, every, listing, year, rules, book)
    else:
        found = _of_forms(Projection(rules, year, kind.own if kind else None), filled, others, listing)
    found = replace(found, there=there, remarks=(*(other_year(filled, year) if said else ()), *found.remarks))
    if there is None:
        return found
    if book:
        here: Tables = {}
        with suppress(InputRefused):  # the workbook may be what mends it
            here = read_raw_year(there, rules).tables
        return replace(found, changes=tuple(Comparison(rules, here, found.tables, here).changes))
    before, here = read_taken(taken_file(root, listing.code, year)), read_raw_year(there, rules).tables
    where = ("source", "section")  # a form says of itself where a row stands in it
    compared = Comparison(rules, before, found.tables, here, keep, where, kept="sources")
    if compared.both:
        place = Place(there.name)
        raise InputRefused(tuple(problem("form.both_changed", place, then=one.then, **one.said) for one in compared.both))
    return replace(found, changes=tuple(compared.changes), tables=compared.tables)


def _of_forms(taken: Projection, filled: Sequence[Sheeted], others: Sequence[Sheeted], listing: Listing) -> Imported:
    """What forms become."""
    rules, year = taken.framework, taken.year
    for sheet in filled:
        taken.sheet(sheet, _source(taken, sheet, year))
    _profile(taken, filled, listing)
    typed = taken.read()
    if taken.asked:
        raise InputRefused(taken.questions)
    told = {"department": listing.code, "name": listing.words, "year": year, "framework": rules.id, "files": (), "kind": listing.kind}
    sifted = sift(rules, Record.model_validate(told | typed), taken.reader.place, taken.reader.gone, taken.lacking)
    evaluation = evaluate(rules, sifted.record)
    taken.left += [Left(Place(s.raw.file, sheet=s.raw.sheet), s.raw.sheet or s.raw.file, why("no_table")) for s in others if s.raw.cells]
    taken.left += _differing(evaluation, taken.compared)
    taken.left += _other_rates(evaluation, taken.rates)
    taken.left += _not_the_sum(evaluation, taken.scored)
    lacking = tuple(dict.fromkeys(one for one in sifted.problems if one.level == "error"))
    found = Imported(listing, year, rules, taken.rows, tuple(taken.left), lacking, evaluation, tuple(_hidden(filled)))
    return replace(found, tables=taken.tables, forms=taken.tables)


def _of_book(root: Path, every: Departments, listing: Listing, year: int, rules: Framework, path: Path) -> Imported:
    """A workbook of the kit's own becomes the year as it is.

    Raises InputRefused where its heads cannot be read: a cell would be lost.
    """
    book, tables = File(path.name, path.read_bytes()), read_raw_year(path, rules, path.name).tables
    loaded = load_book(root, every, listing, year, book)
    todo, told = tuple(one for one in loaded.remarks if one.level == "error"), tuple(one for one in loaded.remarks if one.level != "error")
    evaluation = evaluate(rules, loaded.record, Draft(todo, loaded.open) if todo else None)
    return replace(Imported(listing, year, rules, {}, (), gathered(todo), evaluation, told), tables=tables, book=book.content)


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
        half = half_width(number, SHARE)
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


def _reread(raws: Sequence[Raw], reads: Iterable[str]) -> list[Raw]:
    """The sheets with other texts in the cells of which somebody said how these are to be read."""
    found = [*raws]
    for said in reads:
        sheet, cell, text = read.groups() if (read := _READ.fullmatch(said.strip())) else (None, "", "")
        meant = [n for n, raw in enumerate(raws) if cell and sheet in (None, raw.sheet or Path(raw.file).stem)]
        if len(meant) != 1:
            raise refused("form.read_wrong", "--read", said)
        row, column = coordinate_to_tuple(cell)
        raw, at = found[meant[0]], (row, column - 1)
        cells = {**raw.cells, at: text} if text.strip() else {other: one for other, one in raw.cells.items() if other != at}
        found[meant[0]] = replace(raw, cells=cells, marked={other: mark for other, mark in raw.marked.items() if other != at})
    return found


def _source(taken: Projection, sheet: Sheeted, year: int) -> str:
    """The form as a document that rows come from: its title, else the name of its file."""
    file = Piece(Path(sheet.raw.file).stem, Place(sheet.raw.file))
    title = next((one for one in sheet.titles if kind_of_form([one.text])), file)
    id = made_id(title.text)
    if not any(row["source"].text == id for row in taken.rows.get("sources", ())):
        taken.add("sources", None, source=id, title=title.read_as(title.text), year=str(year), kind="report")
    return id


def _profile(taken: Projection, sheets: Sequence[Sheeted], listing: Listing) -> None:
    """The name of the department, as the first form that says it."""
    said = (sheet.fields[field] for sheet in sheets for field in ("project", "department") if field in sheet.fields)
    name = next((one for one in said if folded(one.text) == folded(listing.name)), None)
    if name:
        taken.source = taken.rows["sources"][0]["source"].text
        taken.add("profile", name, key="full_name", text=name.read_as(name.text))
