"""What became of a page the last time, and whether that still stands: a stamp beside the page, with a checksum of all that decides it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from evallib import __version__
from evallib.analysis.documents import result_of
from evallib.data.notebooks import read_cells
from evallib.data.place import COUNTY
from evallib.files.outputs import TABLES
from evallib.files.whole import whole
from evallib.kit import PACKAGE
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.seals import seals_of
from evallib.model.words import LANGS, NOTHING, Lang, Words
from evallib.model.years import Stands
from evallib.pages.head import ends_of
from evallib.runs.jobs import Job, list_jobs
from evallib.runs.names import mark_of, size_of
from evallib.say.sentences import sentence

State = Literal["made", "up_to_date", "held", "filling", "refused", "failed", "missing", "waiting"]
"""`held`: published, and today's data is refused; `filling`: laid out, and not filled in yet."""

STATES: dict[State, Words] = {state: sentence(f"batch.state.{state}") for state in get_args(State)}
USABLE: tuple[State, ...] = ("made", "up_to_date", "held")
_OF_ONE: tuple[State, ...] = ("waiting", "failed")
"""What says nothing of a page in another language."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job, why where it did not become a page, and what of its notebook the page that was made leaves out."""

    job: Job
    state: State
    reason: Words = NOTHING
    left_out: tuple[Words, ...] = ()
    remark: Words = NOTHING
    """What is said once of a whole batch, whichever job met it."""


def fingerprint(job: Job, known: dict[Path, bytes] | None = None) -> str:
    """A checksum over everything that decides what a page says: data of its years and the ones before, frameworks, list,
    notebook, templates, version and language. `known` holds the checksums of files between many calls.
    """
    known = {} if known is None else known
    digest = hashlib.sha256(f"{__version__} {job.kind} {job.lang} {job.department} {job.year}\n{job.listed}".encode())
    digest.update(program())
    if job.notebook not in known:
        known[job.notebook] = repr(read_cells(job.notebook)).encode()
    digest.update(known[job.notebook])
    beginning = len(str(job.data))
    for file in job.inputs:
        if file not in known:
            known[file] = str(file)[beginning:].encode() + hashlib.sha256(file.read_bytes()).digest()
        digest.update(known[file])
    return digest.hexdigest()


@cache
def program() -> bytes:
    """The checksum of what is the same for every job: the package itself and its templates."""
    digest = hashlib.sha256()
    for file in sorted(p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix in (".py", ".j2", ".css", ".json", ".toml")):
        digest.update(file.relative_to(PACKAGE).as_posix().encode() + file.read_bytes())
    return digest.digest()


def standing(job: Job, known: dict[Path, bytes] | None = None) -> Outcome | None:
    """What became of the job the last time, where nothing that decides it has changed since and its outputs are whole.

    None where it has to be done: for the first time, anew, or because an output is gone or was cut short.
    """
    try:
        stamp = _read(job)
        if stamp["fingerprint"] != fingerprint(job, known):
            return None
        state: State = stamp.get("state", "up_to_date")
        if state in USABLE and stamp["outputs"] != _sizes(job):
            return None
        return Outcome(job, state, Words(**stamp["reason"]) if "reason" in stamp else NOTHING)
    except (OSError, KeyError, TypeError, InputRefused):
        return None


def _read(job: Job) -> dict[str, Any]:
    """What a stamp holds; nothing where there is none, or it is not as it was written: index and results are made of it unseen."""
    try:
        mark, _, text = job.stamp.read_text(encoding="utf-8").partition("\n")
        found = json.loads(text) if mark == _checksum(text) else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stamp_text(content: dict[str, Any]) -> str:
    """A stamp as it is written: a checksum, then what it holds."""
    text = json.dumps(content, indent=1) + "\n"
    return f"{_checksum(text)}\n{text}"


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def standing_anywhere(jobs: Sequence[Job], heard: Sequence[Outcome] = ()) -> list[Outcome]:
    """What stands of each page: what was heard of it in this run, else what its stamp says; else what is known of it in another language.

    A page that stands in another language only is given with the job of that language.
    """
    now, known = {outcome.job: outcome for outcome in heard}, dict[Path, bytes]()

    def of(job: Job) -> Outcome:
        return now.get(job) or standing(job, known) or Outcome(job, "waiting" if job.has_data else "missing")

    found = []
    for job in jobs:
        own = of(job)
        others = [of(replace(job, lang=lang)) for lang in LANGS if lang != job.lang] if own.state not in USABLE else []
        held = next((other for other in others if other.state == "held"), None)
        found.append(held or (own if own.state != "waiting" else next((other for other in others if other.state not in _OF_ONE), own)))
    return found


def stands(data: Path, out: Path, lang: Lang, years: Collection[int]) -> dict[tuple[str, int], Stands]:
    """The evaluations of some years that stand beside their reports, as their stamps prove: of today's data, whole, and no trial."""
    found, known = dict[tuple[str, int], Stands](), dict[Path, bytes]()
    with suppress(InputRefused):  # there may be no notebook for reports
        for job in list_jobs(data, out, lang=lang):
            now = standing(job, known) if job.year in years and job.has_data else None
            held = _read(job) if now and now.state == "up_to_date" else {}
            result, mark = held.get("result") or {}, (held.get("files") or {}).get(job.outputs[-1].name)
            if mark and result and not result.get("tried"):
                low, high = (Decimal(end) for end in result["ends"]) if "ends" in result else (None, None)
                found[job.department, job.year] = Stands(str(job.outputs[-1]), mark, None if low is None or high is None else (low, high))
    return found


def shared_mark(found: Sequence[Outcome], data: Path, out: Path) -> str:
    """A checksum over what decides what all reports share: what stands, the list, what was published, and name, size and times of every
    file in the output, which tell when somebody has touched one of them.
    """
    digest = hashlib.sha256(program())
    for name in ("departments.csv", "published.csv", COUNTY):
        digest.update((data / name).read_bytes() if (data / name).is_file() else b"-")
    for one in found:
        job = one.job
        state = "up_to_date" if one.state == "made" else one.state
        digest.update(
            repr((job.kind, job.department, job.year, job.lang, job.of, job.framework, job.listed_name, state, one.reason)).encode()
        )
    waiting = [out]
    while waiting:
        with os.scandir(folder := waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if folder != out or not entry.name.startswith("."):  # locks, work, and where this checksum stands
                    times = entry.stat(follow_symlinks=False)
                    digest.update(
                        f"{entry.path} {times.st_size} {times.st_mtime_ns} {times.st_ctime_ns}\n".encode("utf-8", "surrogateescape")
                    )
                    if entry.is_dir(follow_symlinks=False) and not entry.name.endswith(TABLES):
                        waiting.append(Path(entry.path))
    return digest.hexdigest()


def write_stamp(job: Job, mark: str, state: State = "up_to_date", reason: Words = NOTHING, result: Any = None) -> None:
    """Write down what became of a job, by a fingerprint that was taken before it was done. What has a page is told with its sizes and the
    result that it shows.
    """
    content: dict[str, Any] = {"fingerprint": mark, "state": state} | ({"reason": asdict(reason)} if reason else {})
    if state in USABLE:
        files = {file.name: mark_of(file) for file in _standing(job)}
        content |= {"outputs": _sizes(job), "files": files, "result": result or {}}
    with whole(job.stamp, job.out) as file:
        file.write_text(stamp_text(content), encoding="utf-8", newline="\n")


def _sizes(job: Job) -> dict[str, int]:
    return {file.name: size_of(file) for file in _standing(job)}


def _standing(job: Job) -> list[Path]:
    """What a job puts out; the folder beside is wanting where a page needs none, or an earlier version has made one that is published."""
    return [*job.outputs, *(one for one in [job.beside] if one.exists())]


def result_shown(made: Evaluation) -> dict[str, Any]:
    """What a stamp holds of a report: all that a row of index and results needs, in both languages."""
    called = {"year": asdict(made.catalogue.year(made.record.year)), "framework_name": asdict(made.framework.words)}
    ends = {"ends": [*map(str, ends_of(made))]} if made.has_total else {}
    return result_of(made) | called | ends | {"kind": made.record.kind, "content": seals_of(made).content}


def read_result(job: Job, part: str = "result") -> dict[str, Any] | None:
    """The result of a report, or its `files` with their checksums, as its stamp holds it; None where there is none.

    Whether it stands is for `standing` to say.
    """
    found = _read(job).get(part)
    return found if isinstance(found, dict) else None
