"""What was published: `published.csv` of a data folder, read and written, and what of today's results differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from evallib.data.cells import Reader
from evallib.data.folder import data_root, mend_above, read_file
from evallib.data.load import load_csv
from evallib.data.raw_tables import head_of, shown, texts_of
from evallib.files.csv_out import csv_bytes
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Correction, Difference, Evaluation
from evallib.model.made_ids import typed
from evallib.model.published_rows import FILE, Kind, Seal, paired
from evallib.model.rows import columns
from evallib.model.seals import FORMAT, seals_of
from evallib.model.words import Lang, Words, words
from evallib.say.corrections import differences
from evallib.say.refusals import entries, problem
from evallib.say.sentences import sentence


@dataclass(frozen=True)
class Published:
    """Every result that was published, in the order of the file."""

    rows: tuple[Seal, ...] = ()

    def history(self, department: str, year: int) -> tuple[Seal, ...]:
        """What was published of a department's year, the first first."""
        return tuple(row for row in self.rows if (row.department, row.year) == (department, year))

    def of(self, department: str, year: int) -> Seal | None:
        """What is in force of a department's year; None where nothing was published."""
        return next(iter(reversed(self.history(department, year))), None)

    def corrected(self, department: str, year: int) -> str:
        """What tells a corrected year from what it was before; empty where nothing was corrected."""
        row = self.of(department, year)
        told = "" if row is None or row.kind == "first" else row.result_seal
        return told if row is None or row.format == FORMAT else f"{told}{row.format}"  # until `upgrade` seals it again

    def with_row(self, row: Seal, instead: Seal | None = None) -> Published:
        """What is published once a row is added, or stands in the place of another one."""
        return Published(tuple(row if one == instead else one for one in self.rows) if instead else (*self.rows, row))

    def corrections(self, department: str, year: int, names: Mapping[str, Words]) -> tuple[Correction, ...]:
        """What was corrected and revised of a department's year, the first first; `names` are those of the indicators by their ids."""
        return tuple(_correction(before, row, names) for before, row in pairwise(self.history(department, year)))

    def told(self, evaluation: Evaluation) -> Evaluation:
        """An evaluation that says how it differs from what was published before."""
        record = evaluation.record
        return replace(evaluation, corrections=self.corrections(record.department, record.year, _names(evaluation)))


NONE = Published()


def load_published(data: Path) -> Published:
    """What was published of a data folder; nothing where there is no `published.csv`.

    Raises InputRefused with every problem found in it.

    >>> load_published(Path("data")).of("hrss", 2023) is None
    True
    """
    root = data_root(data)
    mend_above(root)
    if not (root / FILE).exists():
        return Published()
    file, reader = read_file(root, FILE).sound(), Reader()
    rows = load_csv(reader, file, "seals", Seal)
    last: dict[tuple[str, int], Seal] = {}
    for index, row in enumerate(rows):
        before = last.get((row.department, row.year))
        if (before.result_seal if before else "") != row.replaces:
            place = reader.place("seals", index, "replaces")
            reader.problems.append(problem("published.out_of_order", place, f"{row.department} {row.year}"))
        last[row.department, row.year] = row
    try:
        reader.stop_if_wrong()
    except InputRefused as refusal:  # nobody fills in this table: what is wrong with it came later
        said = entries()["published.out_of_order"]
        fix = words(said["fix_zh"], said["fix_en"])
        raise InputRefused(tuple(replace(one, fix=fix) for one in refusal.problems)) from None
    return Published(rows)


def sealed(evaluation: Evaluation, day: str, kind: Kind = "first", why: str = "", before: Seal | None = None) -> Seal:
    """The row by which an evaluation is published, first or in the place of the one `before`; of the pages nothing is said yet."""
    e, seals = evaluation, seals_of(evaluation)
    return Seal.model_validate(
        {
            "department": e.record.department,
            "year": e.record.year,
            "kind": kind,
            "date": day,
            "framework": _framework(e),
            "total": e.total if e.has_total else None,
            "grade": e.grade.zh,
            "why": why,
            "scores": paired({i.id: _score(i.score) for i in e.indicators}),
            "files": paired({file.name.replace("=", "").replace(";", ""): file.sha256 for file in e.record.files}),
            "framework_seal": seals.framework,
            "catalogue_seal": seals.catalogue,
            "result_seal": seals.result,
            "replaces": before.result_seal if before else "",
            "format": FORMAT,
        }
    )


def write_published(published: Published, file: Path, lang: Lang) -> None:
    """Write what was published as a table for Excel, with its heads in words."""
    ids = columns(Seal)
    lines = [[head_of(Seal, id, lang) for id in ids]]
    for row in published.rows:
        texts = texts_of(row)
        lines.append([shown(Seal, id, texts[id], lang) for id in ids])
    file.write_bytes(csv_bytes(lines))


def check_published(published: Published, evaluation: Evaluation) -> tuple[Problem, ...]:
    """What of an evaluation is not as it was published; nothing where it was not, or all is as it was."""
    e = evaluation
    row = published.of(e.record.department, e.record.year)
    if row is None:
        return ()
    seals = seals_of(e)
    department = typed(row.department, e.record.name)
    place = Place(f"{row.department} {row.year}", called=department + words(f" {row.year}"))
    if row.format != FORMAT:
        return (problem("published.old_format", place),)
    found: list[Problem] = []
    if row.framework == _framework(e):  # another one is another result
        for name, was, now in (("framework", row.framework_seal, seals.framework), ("catalogue", row.catalogue_seal, seals.catalogue)):
            if was != now:
                found.append(problem(f"published.{name}_changed", place, framework=row.framework, was=was[:12], now=now[:12]))
    if row.result_seal != seals.result:
        said = difference(row, e)
        found.append(problem("published.differs", place, differences=said, department=department, year=row.year))
    elif said_otherwise := row_touched(row, e):
        found.append(said_otherwise)
    return tuple(found)


def reached_again(row: Seal | None, evaluation: Evaluation) -> bool:
    """Whether the scores are those that were published, in whatever format they were sealed."""
    return row is not None and not _otherwise(row, sealed(evaluation, row.date.isoformat()), "total", "grade", "framework", "scores")


def _otherwise(row: Seal, now: Seal, *names: str) -> list[str]:
    """What a row says otherwise than another."""
    return [name for name in names if getattr(row, name) != getattr(now, name)]


def row_touched(row: Seal, evaluation: Evaluation) -> Problem | None:
    """What a row says otherwise than the result that it seals: from it the pages tell what a correction changed."""
    now = sealed(evaluation, row.date.isoformat())
    wrong = _otherwise(row, now, "total", "grade", "scores")
    if not wrong or row.result_seal != now.result_seal:
        return None
    said = str(getattr(row, wrong[0]))
    return problem("published.touched", Place(FILE), f"{said[:40]}…" if len(said) > 40 else said, of=f"{row.department} {row.year}")


def difference(row: Seal, evaluation: Evaluation) -> Words:
    """What an evaluation says otherwise than was published."""
    return differences(_correction(row, sealed(evaluation, row.date.isoformat()), _names(evaluation)))


def _framework(evaluation: Evaluation) -> str:
    return f"{evaluation.framework.id}/{evaluation.framework.first_year}"


def _score(score: Decimal | None) -> str:
    return "—" if score is None else f"{score:f}"


def _names(evaluation: Evaluation) -> dict[str, Words]:
    return {i.id: i.name for i in evaluation.indicators}


def _correction(before: Seal, after: Seal, names: Mapping[str, Words]) -> Correction:
    """What lies between two published results."""
    was, now = before.pairs("scores"), after.pairs("scores")
    moved = (Difference(id, names.get(id, words(id)), _number(was.get(id)), _number(now.get(id))) for id in {**was, **now})
    held, given = before.pairs("files"), after.pairs("files")
    files = tuple(name for name in {**held, **given} if held.get(name) != given.get(name))
    total = Difference("total", sentence("changes.total"), before.total, after.total)
    return Correction(
        "revision" if after.kind == "revision" else "correction",
        after.date.isoformat(),
        after.why,
        total,
        tuple(one for one in moved if one.before != one.after),
        files,
    )


def _number(text: str | None) -> Decimal | None:
    return None if text in (None, "—") else Decimal(str(text))
