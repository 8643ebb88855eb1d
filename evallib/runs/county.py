"""The county's list, `county.json`: of each department's year what became of it, its total with its range, the checksums of its files
and what stands beside its page; which pages of several stand, and the checksums of the results. All heads are made of it alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from evallib.data.rulebook import load_county
from evallib.files.outputs import COUNTY_LIST, HISTORY, MORE, RESULTS, SEVERAL
from evallib.files.sheets import MAX_BYTES
from evallib.files.whole import Together
from evallib.model.errors import InputRefused
from evallib.model.grouped import grouped
from evallib.model.seals import seal
from evallib.model.words import NOTHING, Lang, Words, words
from evallib.pages.paged import paged
from evallib.pages.rendering import made_at
from evallib.runs.names import BESIDE, is_of, mark_of
from evallib.runs.stamps import USABLE, Outcome, read_result
from evallib.say.refusals import refused


@dataclass(frozen=True)
class Listed:
    """A department's year on the list. `content` is the seal of its evaluation, `files` holds checksums by the place under the folder.

    `ends` are those of the total's range, `beside` the ends of the names of files that other pages lead to, `date` the day since when all
    totals of its `group` are as they are.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    department: str
    year: int
    state: str
    total: str | None = None
    content: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    name: Words = NOTHING
    called: Words = NOTHING
    kind: str = ""
    framework: str = ""
    framework_name: Words = NOTHING
    points: str = ""
    ends: tuple[str, ...] = ()
    tried: bool = False
    beside: tuple[str, ...] = ()
    date: str = ""

    @property
    def key(self) -> tuple[str, int]:
        return self.department, self.year

    @property
    def group(self) -> tuple[int, str, str]:
        """With which others it may stand in one list."""
        return self.year, self.kind, self.framework

    @cached_property
    def rated(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """The total and the ends of its range as shares of the full points; None where it has no place among others."""
        if self.total is None or self.tried or not self.points or not Decimal(self.points):
            return None
        total, low, high = (Decimal(one) / Decimal(self.points) for one in (self.total, *(self.ends or (self.total, self.total))))
        return total, low, high


@dataclass(frozen=True)
class County:
    """The list: what the county is called, its rows, and the places of pages of several and of the results, these with their checksums."""

    name: Words = NOTHING
    rows: Mapping[tuple[str, int], Listed] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)

    def with_row(self, row: Listed) -> County:
        """The list with a row in the place of the one of its department's year."""
        return replace(self, rows={**self.rows, row.key: row})


_COUNTY = TypeAdapter(tuple[Words, list[Listed], dict[str, str] | list[str]])


def read_list(out: Path) -> County:
    """The county's list in a folder of reports; nothing where there is none.

    Raises InputRefused where it cannot be read, or its checksum is not that of what it says.
    """
    file = out / COUNTY_LIST
    if not file.exists():
        return County()
    stat = file.stat()
    return _read(file, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def known_list(out: Path) -> County:
    """The same; nothing where somebody has made something else of it."""
    try:
        return read_list(out)
    except InputRefused:
        return County()


@lru_cache(maxsize=2)
def _read(file: Path, size: int, changed: int, number: int) -> County:
    try:
        if size > MAX_BYTES:
            raise ValueError
        held = json.loads(file.read_bytes())
        parts = [held[part] for part in ("name", "reports", "pages")]
        if held["format"] != 2 or held["checksum"] != seal(parts):
            raise ValueError
        name, rows, pages = _COUNTY.validate_python(parts)
        if any(row.rated is None for row in rows if row.ends and not row.tried):
            raise ValueError
        return County(name, {row.key: row for row in rows}, pages if isinstance(pages, dict) else dict.fromkeys(pages, ""))
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError, ValidationError):
        raise refused("verify.list_unreadable", COUNTY_LIST) from None


def list_text(county: County) -> str:
    """The list as it is written: by year, then by department."""
    ordered = sorted(county.rows.values(), key=lambda row: (row.year, row.department))
    parts = {"name": asdict(county.name), "reports": [asdict(row) for row in ordered], "pages": dict(sorted(county.pages.items()))}
    found = {"format": 2, "checksum": seal([*parts.values()]), **parts}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def renewed(out: Path, rows: Iterable[Listed], name: Words) -> County:
    """The list anew, of what stands now. A row takes along what the list knows of other files of the same result: see `with_known`."""
    now = known_list(out)
    return County(name or now.name, {row.key: with_known(row, now.rows.get(row.key)) for row in rows}, pages_of_several(out))


def county_name(data: Path) -> Words:
    """What the county is called; nothing where its settings do not say."""
    try:
        county = load_county(data)
    except InputRefused:
        return NOTHING
    return words(county.name, county.name_en)


def pages_of_several(out: Path) -> dict[str, str]:
    """The places of the index and of the pages of several years or departments that stand, and of the results with their checksums."""
    found = [*out.glob("index*.html"), *(file for folder in SEVERAL for file in (out / folder).glob("[!.]*.html"))]
    results = [name for name in RESULTS if (out / name).is_file()]
    return {file.relative_to(out).as_posix(): "" for file in found} | {name: mark_of(out / name) for name in results}


def put_paged(change: Together, page: Path, html: str, lang: Lang, rows: int = 0) -> str:
    """Put what goes on from a page into a folder beside it; what went on there before gives way. What is left of the page is returned."""
    html, pages = paged(html, page.stem, f"{page.stem}{MORE}", lang, rows)
    beside = page.with_suffix(MORE)
    if pages:
        new = change.put(beside)
        new.mkdir()
        for name, text in pages.items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
    elif beside.exists():
        change.remove(beside)
    return html


def dated(county: County, before: County) -> County:
    """The list where each row says since when the totals of its group are as they are."""
    was, now = _totals(before), _totals(county)
    dates = {row.group: row.date for row in before.rows.values() if was[row.group] == now.get(row.group)}
    today = made_at()[:10]
    return replace(county, rows={key: replace(row, date=dates.get(row.group) or today) for key, row in county.rows.items()})


def _totals(county: County) -> dict[tuple[int, str, str], list[Any]]:
    return grouped((row.group, (row.department, row.rated)) for row in sorted(county.rows.values(), key=lambda row: row.department))


def list_of(outcomes: Iterable[Outcome]) -> list[Listed]:
    """The rows of the list by what stands of the reports of a batch."""
    rows = []
    for outcome in outcomes:
        job = outcome.job
        if job.kind == "report":
            state = "up_to_date" if outcome.state == "made" else outcome.state
            row = Listed(job.department, job.year, state, name=job.listed_name, kind=job.of, called=words(str(job.year)))
            if outcome.state in USABLE and (result := read_result(job)):
                files = {f"{job.year}/{name}": mark for name, mark in (read_result(job, "files") or {}).items()}
                row = replace(facts_of(row, result), files=files)
                row = replace(row, beside=tuple(end for end in BESIDE if is_of(job.folder / f"{job.department}{end}", row.content)))
            rows.append(row)
    return rows


def facts_of(row: Listed, result: Mapping[str, Any]) -> Listed:
    """A row with what is known of its result: see `evallib.runs.stamps.result_shown`."""
    told: dict[str, Any] = {"called": Words(**result["year"]), "framework_name": Words(**result["framework_name"])}
    told["name"] = words(result["name"], result.get("name_en"))
    told |= {key: result[key] for key in ("total", "kind", "framework")} | {"tried": bool(result.get("tried"))}
    told |= {"content": result.get("content", ""), "points": result.get("points") or "", "ends": tuple(result.get("ends", ()))}
    return replace(row, **told)


def with_known(row: Listed, known: Listed | None) -> Listed:
    """A row with what was known of the other files of its result (another language, a workbook), and of what was published before."""
    if known is None:
        return row
    if row.state == "held" and known.content:
        return replace(row, total=known.total, content=known.content, files=known.files)
    same = row.content and row.content == known.content
    files = {name: mark for name, mark in known.files.items() if same or name.startswith(f"{HISTORY}/")}
    return replace(row, files={**files, **row.files})
