"""Reports held against what they carry, without any network: nothing is believed that can be computed again or has a checksum."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from evallib.data.folder import checksum, mend_above
from evallib.data.published import Published, difference, load_published, row_touched
from evallib.data.results import read_evaluation
from evallib.data.rulebook import file_now
from evallib.data.score_workbook import score_workbook
from evallib.files.outputs import COUNTY_LIST, EVALUATION, HISTORY, MORE, RESULTS, SEVERAL, TABLES, earlier_place, is_draft, is_ours
from evallib.files.workbook_seal import Cells, ReadBook, cells_seal, read_book
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.published_rows import Seal
from evallib.model.seals import FORMAT, seals_of
from evallib.model.words import LANGS, NOTHING, Given, Words, joined, words
from evallib.pages.page_seal import carried_by, is_head_whole, page_seal, parted, with_head
from evallib.runs.county import County, Listed, read_list
from evallib.runs.heads import Heads
from evallib.runs.names import mark_of
from evallib.say.numbers import plain
from evallib.say.refusals import problem, refused
from evallib.say.workings import total_text
from evallib.word.seal import ReadDocument, read_document, text_seal, touched

_Read = TypeVar("_Read", ReadBook, ReadDocument)

Kind = Literal["evaluation", "page", "workbook", "document", "notebook", "other"]
_KINDS: dict[str, Kind] = {".html": "page", ".xlsx": "workbook", ".docx": "document", ".ipynb": "notebook", ".json": "evaluation"}
_OPTIONS = {".xlsx": " --xlsx", ".docx": " --word"}
"""What makes a file of a kind again, beside the page."""
_LEADING = ("index", "corrections")
_LARGEST = 100_000_000
_SHOWN = 8
_TOTAL = re.compile(r'<p class="total"><span class="figure">([^<]*)</span>')


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one file: what it holds, and what is wrong with it. What is only remarked leaves it sound."""

    file: str
    kind: Kind
    holds: Words = NOTHING
    problems: tuple[Problem, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not any(problem.level == "error" for problem in self.problems)

    @property
    def looked_at(self) -> bool:
        """Whether there was anything to verify it by."""
        return not any(problem.code in ("verify.unchecked", "verify.no_list") for problem in self.problems)


def verify(path: Path, data: Path | None = None) -> tuple[Verdict, ...]:
    """What is to be said of a page, an evaluation, a workbook, a Word report or a notebook, or of all in a folder of reports, file by file.

    Every evaluation is scored again from the record in it. A page, a workbook, a Word report are held against their own checksum and
    against the evaluation that lies beside; a folder also against its list. Where `data` is given, all is held against what was
    published, and the files there against those that the evaluations were made from.

    Raises InputRefused where there is no such file or folder, or the list or what was published cannot be read.
    """
    mend_above(path)
    known = _Known(data)
    if path.is_dir():
        here = path.resolve()
        root = _root(here)
        if found := tuple(one for one in _folder(root, known) if (root / one.file).is_relative_to(here)):
            return found
    elif not path.is_file():
        raise refused("verify.nothing", str(path))
    elif (file := _File(path, path.name, known)).kind != "other":
        return (file.verdict(),)
    raise refused("verify.none_of_ours", str(path))


class _Known:
    """What many files are held against: the evaluations that were read, what was published, the data folder."""

    def __init__(self, data: Path | None) -> None:
        self.data, self.published = data, load_published(data) if data else Published()
        self._read: dict[Path, Evaluation | InputRefused | None] = {}

    def evaluation(self, file: Path) -> Evaluation | InputRefused | None:
        """The evaluation in a file, or why it cannot be used; None where there is no such file."""
        if file not in self._read:
            try:
                self._read[file] = read_evaluation(_bytes(file), file.name) if file.is_file() else None
            except InputRefused as refusal:
                self._read[file] = refusal
        return self._read[file]


class _File:
    """One file: `content` is the seal of the evaluation that it says it is of."""

    def __init__(self, path: Path, name: str, known: _Known) -> None:
        self.path, self.name, self.known = path, name, known
        self.kind: Kind = _KINDS.get(path.suffix, "other")
        if self.kind == "evaluation" and not path.name.endswith(EVALUATION) and "/" in name:
            self.kind = "other"
        self.problems: list[Problem] = []
        self.content = ""

    def say(self, what: str, found: str = "", /, **given: Given) -> None:
        """Something is wrong, or to be remarked."""
        self.problems.append(problem(f"verify.{what}", Place(self.name), found, **given))

    @cached_property
    def json(self) -> Path:
        """The file of the evaluation that it is of."""
        if self.kind == "evaluation":
            return self.path
        stem = self.path.name.removesuffix(self.path.suffix)
        for lang in LANGS:
            stem = stem.removesuffix(f".{lang}")
        return self.path.with_name(stem + EVALUATION)

    @property
    def evaluation(self) -> Evaluation | None:
        """The evaluation that it is of, where that can be used."""
        found = self.known.evaluation(self.json)
        return found if isinstance(found, Evaluation) else None

    def verdict(self) -> Verdict:
        """Look at it."""
        looks = {"page": self._page, "workbook": self._workbook, "document": self._document, "notebook": self._notebook}
        looks |= {"evaluation": self._evaluation}
        if self.kind in looks:
            looks[self.kind]()
        if self.kind != "evaluation" and self.content:
            self._held_against_json()
        e = self.evaluation
        if is_draft(self.path.name) and self.kind != "other":
            self.say("draft")
        elif e is not None and e.draft:
            self.say("draft_in_place")
        holds = NOTHING
        if e is not None and self.content:
            total = words(f" {total_text(e)} / {plain(e.points)} ") + e.grade if e.points else NOTHING
            holds = e.record.name + words(f" {e.record.year}") + total
        return Verdict(self.name, self.kind, holds, tuple(self.problems))

    def _held_against_json(self) -> None:
        if self.evaluation is not None:
            if seals_of(self.evaluation).content != self.content:
                self.say("of_another", file=self.json.name, option=_OPTIONS.get(self.path.suffix, ""))
        elif self.json.is_file():
            self.say("json_unusable", file=self.json.name)
        else:
            self.say("alone", file=self.json.name)

    def _evaluation(self) -> None:
        found = self.known.evaluation(self.path)
        if isinstance(found, InputRefused):
            self.problems += [replace(one, place=Place(self.name)) for one in found.problems]
        if (e := self.evaluation) is None:
            return
        self.content = seals_of(e).content
        row, earlier = self._row(e) if not e.draft else (None, False)
        if self.known.data is not None and not earlier:
            changed = [file.name for file in e.record.files if checksum(file_now(self.known.data, file.name)) != file.sha256]
            if changed:
                self.say("inputs_changed", files=_some(map(words, changed)))
        seals = seals_of(e)
        if row is not None and row.format == FORMAT:
            if row.result_seal != seals.result:
                self.say("not_as_published", date=row.date.isoformat(), differences=difference(row, e))
            elif (row.framework_seal, row.catalogue_seal) != (seals.framework, seals.catalogue):
                self.say("other_rules", date=row.date.isoformat())
            elif touched := row_touched(row, e):
                self.problems.append(touched)

    def _row(self, e: Evaluation) -> tuple[Seal | None, bool]:
        """The row by which an evaluation was published, and whether it is an earlier one: that bears its number."""
        history = self.known.published.history(e.record.department, e.record.year)
        number = self.path.name.removesuffix(EVALUATION).partition(".")[2]
        at = int(number) - 1 if number.isdecimal() else len(history) - 1
        return history[at] if 0 <= at < len(history) else None, number.isdecimal()

    def _page(self) -> None:
        html = _bytes(self.path).decode("utf-8", "replace")
        self.content, own = carried_by(html)
        if not own:
            self.say("no_seal")
        elif own != page_seal(html):
            shown = _some(_shown_wrong(html, self.evaluation)) if self.evaluation else NOTHING
            self.say("shows" if shown else "touched", differences=shown)
        if not is_head_whole(html):
            self.say("head_touched")

    def _workbook(self) -> None:
        book = self._carrying(read_book)
        if book and book.own != cells_seal(book.cells):
            cells = _cells_wrong(book.cells, self.evaluation) if self.evaluation else []
            self.say("shows" if cells else "touched", differences=_some(cells))

    def _document(self) -> None:
        book = self._carrying(read_document)
        if book and book.own != text_seal(book.paragraphs):
            self.say("paragraphs", paragraphs=_some(words(one[:60]) for one in touched(book.own, book.paragraphs)))

    def _carrying(self, read: Callable[[bytes], _Read]) -> _Read | None:
        """A file that carries a seal of its own; None where it cannot be read, or carries none, which is said."""
        try:
            found = read(_bytes(self.path))
        except ValueError as error:
            self.say("damaged", str(error))
            return None
        self.content = found.content
        if found.own:
            return found
        self.say("no_seal")
        return None

    def _notebook(self) -> None:
        try:
            book = json.loads(_bytes(self.path))
            marks = [output.get("metadata", {}).get("evallib") or {} for cell in book["cells"] for output in cell.get("outputs", ())]
            found = {(mark.get("of") or {}).get("seal", "") for mark in marks if mark.get("kind") in ("report", "section")} - {""}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self.say("damaged", type(error).__name__)
            return
        self.content = str(next(iter(found))) if len(found) == 1 else ""
        if not found:
            self.say("no_seal")


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.stat().st_size <= _LARGEST else b""


def _some(parts: Iterable[Words]) -> Words:
    """The first of several, and that there are more."""
    found = [*parts]
    return joined([*found[:_SHOWN], *([words("…")] if len(found) > _SHOWN else [])])


def _shown_wrong(html: str, e: Evaluation) -> Iterator[Words]:
    """The total and the scores that a page shows otherwise than the evaluation has them."""
    shown = _TOTAL.search(html)
    if shown and e.has_total and shown[1] != (right := plain(e.total, 2)):
        yield words(f"总分 {right} → {shown[1]}", f"total {right} → {shown[1]}")
    for i in e.indicators:
        found = re.search(rf'id="i-{re.escape(i.id)}">\s*<h4>[^\n]*?<span class="result">([^</\n]*) / ', html)
        right = "—" if i.score is None else plain(i.score, 2)
        if found and found[1] != right:
            yield i.name + words(f" {right} → {found[1]}")


def _cells_wrong(cells: Cells, e: Evaluation) -> list[Words]:
    """The cells that say something else than in the workbook as it is made of the evaluation; none where most of it is another."""
    for lang in LANGS:
        made = read_book(score_workbook(e, lang)).cells
        wrong = [at for at in {**made, **cells} if made.get(at) != cells.get(at)]
        if len(wrong) < len(made) // 10:
            return [words(f"{at}: {made.get(at, '—')[:60]} → {cells.get(at, '—')[:60]}") for at in wrong]
    return []


# --- a folder of reports --------------------------------------------------------------------------------------------


def _root(folder: Path) -> Path:
    """The folder of reports in which a folder of a year, or of pages of several, lies; else the folder itself."""
    part = is_ours(folder.name)
    return next((above for above in folder.parents[:2] if part and (above / COUNTY_LIST).is_file()), folder)


def _folder(root: Path, known: _Known) -> Iterator[Verdict]:
    county = read_list(root)
    listed_, heads = county.rows, Heads(county)
    files = _files(root)
    if files and not listed_:
        yield Verdict(COUNTY_LIST, "other", problems=(problem("verify.no_list", Place(COUNTY_LIST)),))
    for path in files:
        name = path.relative_to(root).as_posix()
        file = _File(path, name, known)
        verdict = file.verdict()
        if listed_ and not is_draft(path.name) and (about := _about(name)):
            more = _against_list(file, verdict, listed_.get(about))
            verdict = replace(verdict, problems=(*verdict.problems, *more))
        elif file.kind == "other":
            verdict = replace(verdict, problems=(problem("verify.unchecked", Place(name)),))
        if listed_ and file.kind == "page" and not verdict.problems and not is_draft(path.name):
            verdict = replace(verdict, problems=(*_head_against_list(path, name, heads),))
        yield verdict
    yield from _without_seal(root, county)
    yield from _gone(root, county, known)


def _without_seal(root: Path, county: County) -> Iterator[Verdict]:
    """The results of all, and the tables of each report: they carry no checksum themselves, but the list has one of each."""
    marks = {name: mark for row in county.rows.values() for name, mark in row.files.items() if name.endswith(TABLES)}
    tables = {file.relative_to(root).as_posix() for folder in _year_folders(root) for file in folder.glob(f"*{TABLES}")}
    for name in (*(name for name in RESULTS if (root / name).is_file()), *sorted(tables)):
        mark = marks.get(name) or county.pages.get(name, "")
        same = mark == mark_of(root / name)
        older = _some(_results_older(root / name, county)) if same and name == RESULTS[0] else NOTHING
        said = "results_older" if older else "" if same else "not_listed_one" if mark else "unchecked"
        if said or name in RESULTS:
            yield Verdict(name, "other", problems=(problem(f"verify.{said}", Place(name), reports=older),) if said else ())


def _gone(root: Path, county: County, known: _Known) -> Iterator[Verdict]:
    """What the list, a link or what was published promises, and is not there."""
    promised = dict.fromkeys(_links(root), "linked")
    promised |= {name: "missing" for row in county.rows.values() for name in row.files}
    promised |= {name: "missing" for name in RESULTS if name in county.pages}
    for row in known.published.rows:
        history, name = known.published.history(row.department, row.year), f"{row.department}{EVALUATION}"
        now = [f"{row.year}/{one}" for one in (name, *row.pairs("pages"))]
        places = now if row is history[-1] else [earlier_place(row.year, name, history.index(row) + 1)]
        promised |= dict.fromkeys(places, "unpublished")
    for name, why in promised.items():
        if not (root / name).exists():
            yield Verdict(name, "other", problems=(problem(f"verify.{why}", Place(name)),))


def _files(root: Path) -> list[Path]:
    """The files that a folder of reports shows people: what is hidden, or was put aside as stale, is none of them."""
    found = [file for folder in _year_folders(root) for file in folder.iterdir()]
    found += [file for name in SEVERAL for end in ("", f"*{MORE}/") for file in (root / name).glob(f"{end}*.html")]
    found += [file for name in _LEADING for end in ("", f"*{MORE}/") for file in root.glob(f"{name}{end}*.html")]
    return sorted(file for file in found if file.is_file() and not file.name.startswith("."))


def _year_folders(root: Path) -> list[Path]:
    folders = (folder for place in (root, root / HISTORY) if place.is_dir() for folder in sorted(place.iterdir()))
    return [folder for folder in folders if folder.name.isdecimal() and folder.is_dir()]


def _links(root: Path) -> Iterator[str]:
    """Where index and corrections lead to, and the pages on which others go on."""
    for page in (file for name in _LEADING for file in root.glob(f"{name}*.html")):
        yield from re.findall(r'href="([^":#]+)"', _bytes(page).decode("utf-8", "replace"))
    for page in (file for name in SEVERAL for file in (root / name).glob("*.html")):
        links = re.findall(rf'href="([^":#/]+{re.escape(MORE)}/[^":#]+)"', _bytes(page).decode("utf-8", "replace"))
        yield from (f"{page.parent.name}/{link}" for link in links)


def _about(name: str) -> tuple[str, int] | None:
    """The department and the year that a file is about by its place; None for a page of several."""
    *_, folder, file = ("", *name.split("/"))
    return (file.partition(".")[0], int(folder)) if folder.isdecimal() else None


def _against_list(file: _File, verdict: Verdict, row: Listed | None) -> Iterator[Problem]:
    """What the county's list says otherwise of a file."""
    place, same = Place(file.name), bool(row and file.content and file.content == row.content)
    mark = row.files.get(file.name) if row else None
    if mark is None:
        unsealed = row is not None and bool(row.content) and file.kind == "other"
        yield problem(f"verify.{'unlisted_same' if same else 'unchecked' if unsealed else 'unlisted'}", place)
    elif mark != mark_of(file.path) and verdict.sound:
        yield problem("verify.made_again" if same else "verify.not_listed_one", place)


def _results_older(file: Path, county: County) -> Iterator[Words]:
    """The reports on the list of which the results of all say another total, or nothing."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        said = {(row["department"], int(row["year"])): row["total"] for row in csv.DictReader(stream)}
    for key, row in county.rows.items():
        if row.content and said.get(key) != (row.total or ""):
            yield row.name + words(f" {row.year}")


def _head_against_list(path: Path, name: str, heads: Heads) -> Iterator[Problem]:
    """What the head of a page says otherwise than the county's list."""
    html = _bytes(path).decode("utf-8", "replace").replace("\r\n", "\n")
    if parted(html)[2] and with_head(html, heads.of(name)) != html:
        yield problem("verify.head_other", Place(name))


def as_objects(verdicts: tuple[Verdict, ...]) -> list[dict[str, object]]:
    """Verdicts as plain objects, for other programs."""
    return [
        {
            "file": one.file,
            "kind": one.kind,
            "sound": one.sound,
            "holds": {"zh": one.holds.zh, "en": one.holds.en},
            "problems": [{"code": p.code, "level": p.level, "zh": p.describe("zh"), "en": p.describe("en")} for p in one.problems],
        }
        for one in verdicts
    ]
