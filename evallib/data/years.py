"""A department's year from files to evaluation, with last year beside it: the one call of command line, report and notebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from evallib.checks.plausibility import check_plausibility
from evallib.checks.prose import check_prose
from evallib.checks.sift import opened
from evallib.data.folder import at_one_moment, checksum, has_data
from evallib.data.handed import handed, standing_years
from evallib.data.load import Departments, LoadedYear, load_departments, load_year
from evallib.data.published import NONE, Published, check_published, load_published, reached_again
from evallib.data.rulebook import file_now
from evallib.methods.follow_up import key_of
from evallib.model.errors import InputRefused, Place, Problem, near, refuse_errors
from evallib.model.evaluation import Draft, Evaluation
from evallib.model.record import Listing, Record
from evallib.model.steady import steady
from evallib.model.words import NOTHING, Words, listed, words
from evallib.model.years import Absent, CountyYear, DepartmentYears, EvaluatedYear, Standing
from evallib.say.numbers import plain
from evallib.say.refusals import problem
from evallib.say.sentences import sentence
from evallib.score.reconcile import Numbers
from evallib.score.scoring import evaluate


@steady
def evaluate_year(data: Path, department: str, year: int, published: Published = NONE, *, draft: bool = False) -> EvaluatedYear:
    """Load, check and score a department's year, and last year's where there is data for it.

    A `draft` is of what there is: what is refused of rows and tables is left out and listed as a thing to do, and the total is the range
    that it can still take.

    Raises InputRefused with every problem found. Last year's data that cannot be used, or gives something else than is `published`, is
    remarked and left out.

    >>> evaluate_year(Path("data"), "hrss", 2023).evaluation.total
    Decimal('84.63')
    """
    if known := handed(data, department, year):
        return known
    with at_one_moment():
        return _evaluated(data, department, year, published, draft)


def _evaluated(data: Path, department: str, year: int, published: Published, draft: bool) -> EvaluatedYear:
    every = load_departments(data)
    before, unusable = _last_year(data, department, year, every)
    loaded = load_year(data, department, year, before.record if before else None, every, draft=True)
    evaluation = _evaluation(loaded, draft)
    previous = _evaluation(before) if before else None
    if previous and check_published(published, previous):
        previous, unusable = None, (problem("year.last_year_held", Place("published.csv"), department=department, year=year - 1),)
    strange = tuple(opened(loaded.framework, loaded.record, one) for one in check_plausibility(evaluation, previous, loaded.where))
    if any(one.level == "error" for one in strange) and reached_again(load_published(data).of(department, year), _evaluation(loaded)):
        strange = tuple(replace(one, level="warning", open=()) if one.level == "error" else one for one in strange)  # it stands as it is
    if still := tuple(dict.fromkeys(id for one in strange if one.level == "error" for id in (*loaded.open, *one.open))):
        loaded = replace(loaded, open=still)
    found = tuple(check_prose(evaluation, loaded.where))
    if loaded.open or not loaded.whole:  # what is said of numbers that are not known yet may still be right
        found = tuple(one for one in found if one.code == "prose.brace")
    else:
        found = (*_unknown_numbers(loaded, evaluation), *found)
    loaded = replace(loaded, remarks=(*loaded.remarks, *found, *strange))
    if not draft:
        refuse_errors(loaded.remarks)
    elif any(one.level == "error" for one in (*found, *strange)):
        evaluation = _evaluation(loaded, draft)
    again = _again(data, loaded.record, previous.record, every) if previous else {}
    older = _older(data, loaded.record, previous.record, every) if previous else ()
    return EvaluatedYear(evaluation, previous, (*unusable, *loaded.remarks), again, older)


def _older(data: Path, record: Record, previous: Record, every: Departments) -> tuple[Record, ...]:
    """The records of years before last year's whose findings are still followed."""
    years = {key_of(one, row).year for one in (record, previous) for row in one.follow_ups}
    found = (_last_year(data, record.department, year + 1, every)[0] for year in sorted(years) if year < previous.year)
    return tuple(loaded.record for loaded in found if loaded)


def _again(data: Path, record: Record, previous: Record, every: Departments) -> dict[str, int]:
    """The kinds of finding of a record that were found in the years before, too: in how many years on end."""
    kinds, earlier, found = {f.kind for f in record.findings}, previous, dict[str, int]()
    while kinds := kinds & {f.kind for f in earlier.findings}:
        found |= dict.fromkeys(kinds, record.year - earlier.year + 1)
        before, _ = _last_year(data, record.department, earlier.year, every)
        if before is None:
            break
        earlier = before.record
    return found


@lru_cache(maxsize=8)
def _evaluation(loaded: LoadedYear, draft: bool = False) -> Evaluation:
    """A loaded year's evaluation; the year after asks for it again."""
    todo = tuple(one for one in loaded.remarks if one.level == "error")
    return evaluate(loaded.framework, loaded.record, Draft(todo, loaded.open) if draft or todo else None)


def evaluate_department(data: Path, department: str, published: Published = NONE) -> DepartmentYears:
    """Every listed year of a department, evaluated; what cannot be is said, with the first of the reasons: see `evaluated_or_absent`.

    Raises InputRefused where the list cannot be read or does not know the department.
    """
    listings = load_departments(data).of(department)
    if not listings:
        load_year(data, department, 0)  # refuses with the codes that there are
    found = [evaluated_or_absent(data, row, year, published) for row in listings for year in row.years]
    evaluations = sorted((e.evaluation for e in found if isinstance(e, EvaluatedYear)), key=lambda e: e.record.year)
    absent = sorted((a for a in found if isinstance(a, Absent)), key=lambda a: a.year)
    return DepartmentYears(department, listings[-1].words, tuple(evaluations), tuple(absent))


def evaluate_county(data: Path, year: int, published: Published = NONE) -> CountyYear:
    """Every department that is listed for a year, evaluated; what cannot be is said, with the first of the reasons.

    Raises InputRefused where the list cannot be read.
    """
    listings, stand = [row for row in load_departments(data) if year in row.years], standing_years(data)
    found = [standing(stand, row.code, year, published) or evaluated_or_absent(data, row, year, published) for row in listings]
    evaluations = tuple(e if isinstance(e, Evaluation) else e.evaluation for e in found if not isinstance(e, Absent))
    return CountyYear(year, evaluations, tuple(a for a in found if isinstance(a, Absent)), ends_of_year(data, year))


def standing(stand: Standing, department: str, year: int, published: Published = NONE) -> Evaluation | None:
    """The evaluation of a department's year that stands; None where none does, or something else is published."""
    stands = stand.get((department, year))
    if not stands:
        return None
    from evallib.data.results import standing_evaluation  # late: only pages of many departments have any

    found = standing_evaluation(stands)
    return None if found and published.of(department, year) and check_published(published, found) else found


def ends_of_year(data: Path, year: int) -> dict[str, tuple[Decimal, Decimal]]:
    """The ends of the ranges of the totals that stand of a year, by department."""
    return {department: stands.ends for (department, of), stands in standing_years(data).items() if of == year and stands.ends}


def evaluated_or_absent(data: Path, row: Listing, year: int, published: Published = NONE) -> EvaluatedYear | Absent:
    """A listed year, or why it cannot be shown beside others: also where something else is `published` of it, which stands."""
    if not has_data(data, row.code, year):
        return Absent(row.code, row.words, year, words("没有数据", "there is no data"))
    try:
        found = evaluate_year(data, row.code, year, published)
    except InputRefused as refusal:
        return Absent(row.code, row.words, year, reason_of(refusal))
    seal = published.of(row.code, year)
    if seal and check_published(published, found.evaluation):
        total = sentence("corrections.held_total", total=plain(seal.total, 2)) if seal.total is not None else NOTHING
        return Absent(row.code, row.words, year, sentence("corrections.held", date=seal.date.isoformat(), total=total))
    return found


_LACKING = (
    *("cell.missing", "cell.empty_number", "fact.empty", "fact.missing", "judgement.missing", "judgement.unchecked", "judgement.choose"),
    *("judgement.no_score", "target.missing", "target.no_actual", "target.no_done", "target.no_verdict", "target.no_unit"),
)
_LACKING_WHERE_EMPTY = ("judgement.verdict", "target.lacks")


def lacking_of(problems: Sequence[Problem]) -> int:
    """How many cells a year still lacks, where that is all that is wrong with it: it is being filled in. 0 where something else is."""
    errors = [problem for problem in problems if problem.level == "error"]
    lacks = (p.code in _LACKING or (p.code in _LACKING_WHERE_EMPTY and not p.found) for p in errors)
    return len(errors) if all(lacks) and all(p.place.file.startswith("departments/") for p in errors) else 0


def reason_of(refusal: InputRefused) -> Words:
    """Why a year cannot be used, in short."""
    count = lacking_of(refusal.problems)
    return sentence("checks.filling", count=count) if count else refusal.in_short()


class DataChanged(InputRefused):
    """The data is no longer what it was when it was evaluated: one problem for each file that was changed, added or taken away."""


def refuse_changed(data: Path, shown: Sequence[Evaluation], again: Callable[[], Sequence[Evaluation]]) -> None:
    """Raise DataChanged where the data of evaluations, asked for `again`, is not what it was."""
    read: Sequence[Evaluation] = ()
    places: list[str] = []
    try:
        read = again()
    except InputRefused as refusal:
        places = [problem.place.file for problem in refusal.problems]
    if [e.record for e in read] == [e.record for e in shown]:
        return
    held, now = ({file.name: file.sha256 for e in some for file in e.record.files} for some in (shown, read))
    changed = [name for name in {**held, **now} if held.get(name) != (now.get(name) or checksum(file_now(data, name)))]
    names = changed or list(dict.fromkeys(places)) or ["departments.csv"]
    raise DataChanged(tuple(problem("report.data_changed", Place(name)) for name in names))


def _unknown_numbers(loaded: LoadedYear, evaluation: Evaluation) -> tuple[Problem, ...]:
    """A published figure must name a number that is computed, or none."""
    if not any(row.number for row in loaded.record.published):
        return ()
    known = Numbers(evaluation)
    return tuple(
        problem("published.unknown_number", loaded.where("published", index, "number"), row.number, near=listed(like))
        for index, row in enumerate(loaded.record.published)
        if row.number and row.number not in known
        for like in [near(row.number, known, alike=0.3) or [*known][:3]]
    )


def _last_year(data: Path, department: str, year: int, every: Departments) -> tuple[LoadedYear | None, tuple[Problem, ...]]:
    listed = any(year - 1 in row.years for row in every.of(department))
    if not listed or not has_data(data, department, year - 1):
        return None, ()
    try:
        return load_year(data, department, year - 1, every=every), ()
    except InputRefused as refusal:
        place, count = Place(refusal.problems[0].place.file), len(refusal.problems)
        remark = problem("year.last_year_wrong", place, department=department, year=year - 1, count=count)
        return None, (remark,)
