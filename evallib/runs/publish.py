"""A result is published, corrected or revised: sealed in `published.csv`, the earlier one kept, its pages made again, all as one set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from evallib.data.folder import data_root
from evallib.data.published import Published, check_published, load_published, row_touched, sealed, write_published
from evallib.data.results import read_evaluation
from evallib.data.rulebook import load_county
from evallib.data.years import evaluate_year
from evallib.files.locks import held
from evallib.files.outputs import TABLES, earlier_place, evaluation_file, page_name
from evallib.files.whole import Together, together
from evallib.model.errors import InputRefused, Place, refuse_errors
from evallib.model.evaluation import Evaluation
from evallib.model.made_ids import typed
from evallib.model.published_rows import FILE, Kind, Seal, paired
from evallib.model.seals import seals_of
from evallib.model.signs import code_of, hidden_sign
from evallib.model.words import LANGS, Lang, Words, words
from evallib.pages.page_seal import carried_by
from evallib.pages.rendering import made_at
from evallib.runs.corrections import corrections_pages
from evallib.runs.county import Listed, county_name, facts_of, pages_of_several, read_list, with_known
from evallib.runs.heads import put_list
from evallib.runs.names import BESIDE, files_of, mark_of
from evallib.runs.report import How, run_report
from evallib.runs.stamps import result_shown
from evallib.runs.verify import verify
from evallib.say.refusals import problem, refused

_LONGEST = 2000


@dataclass(frozen=True)
class Publication:
    """A result that is published: its row, whether it stood already, its pages, and how its department is named."""

    row: Seal
    stood: bool
    pages: tuple[Path, ...]
    called: Words


def publish(department: str, year: int, *, kind: Kind = "first", why: str = "", **how: Unpack[How]) -> Publication:
    """Publish the result of a department's year: what stands in `out`, where it is of today's data and nothing in it was touched.

    A `correction` (an error of ours) or a `revision` (new data) takes the place of what was published, and says `why`: the pages are made
    again and begin with what changed, the earlier ones go to `OUT/history/YEAR/CODE.N.*`. The same result again changes nothing but
    the checksums of its pages, where these were made again.

    Raises InputRefused where the data, the framework or what stands in `out` does not allow it, ReportFailed where the notebook stopped
    (nothing is written then), OSError where something cannot be written.
    """
    data, out = data_root(how["data"]), how["out"].resolve()
    why, home = _reason(kind, why), _home(data, out)
    with held(data, "publish"), held(out, "publish"):
        published, today = load_published(data), evaluate_year(data, department, year).evaluation
        before, differs = published.of(department, year), check_published(published, today)
        called = typed(department, today.record.name)
        if before is None and kind != "first":
            raise _refused("publish.nothing_before", called, year)
        if before is None or not differs:
            today = published.told(today)
            pages = _sound_pages(out, today)
            row = _with_pages(before or sealed(today, made_at()[:10]), pages)
            if row != before:
                with together(home) as change:
                    _write(change, data, out, published.with_row(row, instead=before), today, _files(out, department, year))
            return Publication(row, before is not None, pages, called)
        if kind == "first":
            raise InputRefused(differs)
        refuse_errors(one for one in differs if one.code != "published.differs")
        row = sealed(today, made_at()[:10], kind, why, before)
        with together(home) as change:
            made = change.room("new")
            for lang, workbook, word, figures in _forms(out, department, year, how.get("lang", "zh")):
                again: How = {**how, "data": data, "out": made, "lang": lang}
                run_report(department, year, workbook=workbook, word=word, figures=figures, published=published.with_row(row), **again)
            number, new = len(published.history(department, year)), _files(made, department, year)
            files = {earlier_place(year, file.name, number): file for file in _earlier(out, before)} | new
            row = _with_pages(row, tuple(file for file in new.values() if file.suffix == ".html"))
            anew = _write(change, data, out, published.with_row(row), published.with_row(row).told(today), files)
            for place, file in files.items():
                if place not in anew:
                    change.move(file, out / place)
        return Publication(row, False, tuple(out / place for place in new if place.endswith(".html")), called)


def _reason(kind: Kind, why: str) -> str:
    """Why something is corrected, in one line."""
    why = " ".join(why.split())
    if (kind == "first") != (not why):
        raise refused("publish.no_reason", "publish")
    if sign := hidden_sign(why):
        raise refused("publish.hidden_sign", "publish", code_of(sign))
    if len(why) > _LONGEST:
        raise refused("publish.long_reason", "publish", f"{why[:40]}…", limit=_LONGEST)
    return why


def _home(data: Path, out: Path) -> Path:
    """The folder that holds data and reports, in which all of it changes together."""
    shared = next((folder for folder in data.parents if out.is_relative_to(folder)), data)
    there = next(folder for folder in (out, *out.parents) if folder.exists())
    if shared == shared.parent or there.stat().st_dev != data.stat().st_dev:
        raise refused("publish.apart", str(out), data=str(data))
    return shared


def _files(out: Path, department: str, year: int) -> dict[str, Path]:
    """The files of a department's year in a folder of reports, by their places in it."""
    return {f"{year}/{file.name}": file for file in files_of(out / str(year), department)}


def _sound_pages(out: Path, today: Evaluation) -> tuple[Path, ...]:
    """The pages of a result that stand, once all that stands of it is of today's data and nothing in it was touched.

    Raises InputRefused where something is missing, was touched, is a trial, or is of other data.
    """
    department, year = today.record.department, today.record.year
    called = typed(department, today.record.name)
    standing = _files(out, department, year)
    json = evaluation_file(out, department, year)
    pages = tuple(file for file in standing.values() if file.suffix == ".html")
    if (not json.is_file() or not pages) and evaluation_file(out, department, year, draft=True).is_file():
        raise _refused("publish.draft", called, year)
    if not json.is_file() or not pages:
        raise _refused("publish.no_report", called, year)
    told = read_evaluation(json.read_bytes(), json.name)
    if told.draft:
        raise _refused("publish.draft", called, year)
    if told.tried:
        raise _refused("publish.trial", called, year)
    if seals_of(told).content != seals_of(today).content:
        raise _refused("publish.other_data", called, year)
    refuse_errors(
        problem
        for file in standing.values()
        if file.suffix not in (".png", TABLES)
        for verdict in verify(file)
        for problem in verdict.problems
    )
    for page in pages:
        if not carried_by(page.read_text(encoding="utf-8"))[0]:
            raise refused("publish.untied", page.name)
    return pages


def _refused(name: str, department: Words, year: int) -> InputRefused:
    """A department's year is not published, the department by its name."""
    place = Place(f"{department.zh} {year}", called=department + words(f" {year}"))
    return InputRefused((problem(name, place, department=department, year=year),))


def _with_pages(row: Seal, pages: tuple[Path, ...]) -> Seal:
    """A row with the checksums that its pages carry."""
    return row.model_copy(update={"pages": paired({page.name: carried_by(page.read_text(encoding="utf-8"))[1] for page in pages})})


def _forms(out: Path, department: str, year: int, lang: Lang) -> list[tuple[Lang, bool, bool, bool]]:
    """What is made again: each language that has a page, or is asked for; with workbook, Word and pictures where there are any."""
    standing = [file.name for file in _files(out, department, year).values()]
    pictures = [name for name in standing if name.endswith(".png")]
    english = sum(1 for name in pictures if name.startswith(f"{page_name(department, 'en')}."))
    drawn = {"zh": english < len(pictures), "en": english > 0}
    names = {one: page_name(department, one) for one in LANGS}
    made = {one: name for one, name in names.items() if one == lang or f"{name}.html" in standing}
    return [(one, f"{name}.xlsx" in standing, f"{name}.docx" in standing, drawn[one]) for one, name in made.items()]


def _earlier(out: Path, before: Seal) -> list[Path]:
    """What stands of the result that was published before.

    Raises InputRefused where something else stands there.
    """
    json = evaluation_file(out, before.department, before.year)
    if json.is_file():
        told = read_evaluation(json.read_bytes(), json.name)
        if seals_of(told).result != before.result_seal:
            raise refused("publish.not_the_published", json.name, date=before.date.isoformat())
        refuse_errors(filter(None, [row_touched(before, told)]))
    return [*_files(out, before.department, before.year).values()]


def _write(change: Together, data: Path, out: Path, published: Published, today: Evaluation, files: dict[str, Path]) -> set[str]:
    """What was published, the county's list, the heads and the pages of corrections, as they are then; `files` by their places under
    `out`. The places of pages among them that are taken care of are returned.
    """
    record, county = today.record, read_list(out)
    write_published(published, change.put(data / FILE), load_county(data).language)
    marks = {place: mark_of(file) for place, file in files.items()}
    beside = tuple(end for end in BESIDE if f"{record.year}/{record.department}{end}" in files)
    row = replace(facts_of(Listed(record.department, record.year, "published"), result_shown(today)), files=marks, beside=beside)
    row = with_known(row, county.rows.get(row.key))
    pages = {place: county.pages.get(place, mark) for place, mark in pages_of_several(out).items()}
    county = replace(county.with_row(row), name=county.name or county_name(data), pages=pages)
    for name, page in corrections_pages(published, data, out, today, files).items():
        change.put(out / name).write_text(page, encoding="utf-8", newline="\n")
    return put_list(change, out, county, files)
