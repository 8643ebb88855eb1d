"""Many pages: what is up to date is left alone, the rest is made, on any executor. How a page is made is for `report` to know."""

from __future__ import annotations

import platform
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from evallib.data import net
from evallib.data.results import read_evaluation
from evallib.data.years import DataChanged, lacking_of, reason_of
from evallib.model.errors import InputRefused
from evallib.model.words import NOTHING, Words, words
from evallib.runs.jobs import Job
from evallib.runs.monitoring import run_monitoring
from evallib.runs.report import KernelDied, Page, ReportFailed, Written, run_comparison, run_overview, run_report
from evallib.runs.stale import is_passing, is_published, set_aside
from evallib.runs.stamps import Outcome, State, fingerprint, program, result_shown, standing, write_stamp
from evallib.runs.workers import Died, Killed, work
from evallib.say.sentences import sentence

_MAKE: dict[str, Callable[..., Page]] = {
    "report": run_report,
    "comparison": run_comparison,
    "overview": run_overview,
    "monitoring": run_monitoring,
}


class OtherProgram(RuntimeError):
    """The machine of a worker has another evallib than the one that gives out the jobs: its pages would never be up to date."""


def _alike(ours: bytes, job: Job) -> Outcome:
    if program() != ours:
        raise OtherProgram(platform.node())
    return run_job(job)


def run_job(job: Job) -> Outcome:
    """Make one page. What is refused, or stops in the notebook, becomes an outcome.

    Raises Died where the process that ran the notebook was killed; whatever nobody expected is raised as it is.
    """
    from evallib.runs.engine import fast_engine, given_up

    mark, make, engine = fingerprint(job), _MAKE[job.kind], fast_engine()
    more = {"word": True} if job.word else {}
    try:
        about = {"data": job.data, "out": job.out, "lang": job.lang, "notebook": job.notebook}
        page: Page = make(*job.about, **about, engine=engine, among_many=True, **more)
    except DataChanged as change:  # nothing that would hold the next time
        return Outcome(job, "refused", change.in_short())
    except InputRefused as refusal:
        return _refused(job, mark, refusal)
    except KernelDied as death:
        raise Died from death
    except ReportFailed as failure:
        return Outcome(job, "failed", Words(*(text.strip()[:2000] for text in (failure.said.zh, failure.said.en))))
    write_stamp(job, mark, result={**page.result} if isinstance(page, Written) else None)
    left_out = tuple(words(p.describe("zh"), p.describe("en")) for p in page.left_out)
    return Outcome(job, "made", left_out=left_out, remark=sentence("batch.slow") if engine and given_up else NOTHING)


def _refused(job: Job, mark: str, refusal: InputRefused) -> Outcome:
    """What is written down of a refusal. A published page stands; of a year that is being filled in, it is counted what it lacks."""
    reason = reason_of(refusal)
    state: State = "filling" if lacking_of(refusal.problems) else "refused"
    if is_passing(refusal):
        return Outcome(job, state, reason)
    if _stands_published(job):
        return _held(job, mark, reason)
    write_stamp(job, mark, state, reason)
    return Outcome(job, state, reason)


def _stands_published(job: Job) -> bool:
    return job.kind == "report" and is_published(job.data, job.department, job.year) and all(file.is_file() for file in job.outputs)


def _held(job: Job, mark: str, reason: Words) -> Outcome:
    """The published page stands, and its result with it; today's data is not taken."""
    try:
        result = result_shown(read_evaluation(job.outputs[-1].read_bytes()))
    except InputRefused:  # which `verify` says
        result = {}
    write_stamp(job, mark, "held", reason, result=result)
    return Outcome(job, "held", reason)


def _missing(job: Job) -> Outcome:
    """No data has come in, or it is gone: nothing of earlier data may pass for a result of it."""
    if _stands_published(job):
        return _held(job, fingerprint(job), sentence("batch.gone"))
    if job.kind == "report" and is_published(job.data, job.department, job.year):  # in another language
        return Outcome(job, "missing")
    set_aside(job.out, job.folder.name, job.stem, among_many=True)
    return Outcome(job, "missing")


def run_batch(
    jobs: tuple[Job, ...], executor: Executor, *, force: bool = False, told: Callable[[Outcome], None] = lambda outcome: None
) -> tuple[Outcome, ...]:
    """Make the pages that are not up to date, on any executor; the outcomes in the order of the jobs.

    `told` hears of each outcome as it comes. A job that breaks is an outcome, too: it must not break the others.
    """
    outcomes: dict[Job, Outcome] = {}
    known: dict[Path, bytes] = {}

    def done(job: Job, outcome: Outcome) -> None:
        outcomes[job] = outcome
        told(outcome)

    waiting = []
    for job in jobs:
        if not job.has_data:
            done(job, _missing(job))
        elif not force and (stands := standing(job, known)):
            done(job, stands)
        else:
            waiting.append(job)
    for job, made in work(executor, partial(_alike, program()), waiting):
        done(job, made if isinstance(made, Outcome) else Outcome(job, "failed", _told(made, job)))
    return tuple(outcomes[job] for job in jobs)


def _told(error: BaseException, job: Job) -> Words:
    if isinstance(error, OtherProgram):
        return sentence("batch.other_program", machine=str(error))
    return sentence("batch.killed") if isinstance(error, Killed) else net.told(error, job.out)
