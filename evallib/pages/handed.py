"""Whose page a notebook is: what the kit's outputs say of the evaluation they show, and the one evaluation that follows. No HTML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic asks for it before Python 3.12

from evallib.model.cells import assigned
from evallib.model.errors import InputRefused, Place
from evallib.model.evaluation import Evaluation
from evallib.model.seals import seals_of
from evallib.model.words import LANGS, Lang, Words, words
from evallib.say.corrections import told
from evallib.say.drafts import said_of_draft
from evallib.say.refusals import problem
from evallib.say.sentences import sentence

MARK = "evallib"
"""Where an output of the kit says in its metadata what it is."""


class Of(TypedDict):
    """The evaluation that something shows, as plain JSON: what the page is of, and what of it was changed to try it.

    `fingerprint` is empty where only the notebook's parameters are known. `seal` ties the page to what the evaluation holds,
    `corrections` say how it differs from what was published before, `draft` that it is one.
    """

    page: str
    department: str | None
    year: int | None
    name: str
    lang: Lang
    fingerprint: str
    changes: list[Any]
    said: list[str]
    seal: NotRequired[str]
    corrections: NotRequired[list[str]]
    draft: NotRequired[list[str]]


class Mark(TypedDict):
    """What an output of the kit says of itself: see the parts of the kit that make one."""

    kind: str
    id: NotRequired[str]
    page: NotRequired[str]
    heading: NotRequired[str]
    pair: NotRequired[str]
    absent: NotRequired[bool]
    paper: NotRequired[bool]
    drawings: NotRequired[list[str]]
    title: NotRequired[str]
    alt: NotRequired[str]
    source: NotRequired[str]
    of: NotRequired[Of | None]


_MARK = TypeAdapter(Mark)


def of_evaluation(evaluation: Evaluation, lang: Lang) -> Of:
    """What a report says of its evaluation.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> of = of_evaluation(evaluate_year(Path("data"), "hrss", 2023).evaluation, "en")
    >>> of["page"], of["department"], of["year"], of["changes"]
    ('report', 'hrss', 2023, [])
    """
    record, tried = evaluation.record, evaluation.tried
    found: Of = {
        "page": "report",
        "department": record.department,
        "year": record.year,
        "name": record.name[lang],
        "lang": lang,
        "fingerprint": evaluation.fingerprint,
        "changes": [json.loads(one.change) for one in tried],
        "said": [one.said[lang] for one in tried],
        "seal": seals_of(evaluation).content,
        "corrections": [told(one)[lang] for one in evaluation.corrections],
    }
    if evaluation.draft:
        found["draft"] = [one[lang] for one in said_of_draft(evaluation)]
    return found


def of_several(
    page: str, parts: Iterable[Evaluation | str], lang: Lang, department: str | None = None, year: int | None = None, name: str = ""
) -> Of:
    """What a page of several years or departments, or of a running year, says of itself; `parts` tell it from another."""
    told = [part if isinstance(part, str) else part.fingerprint for part in parts]
    mark = hashlib.sha256(json.dumps([page, *told]).encode()).hexdigest()[:16]
    return Of(page=page, department=department, year=year, name=name, lang=lang, fingerprint=mark, changes=[], said=[])


def mark_of(output: Mapping[str, Any]) -> Mark | None:
    """What an output of the kit says of itself; None where it is not the kit's, or says it in another form than ours."""
    found = output.get("metadata", {}).get(MARK)
    try:
        return _MARK.validate_python(found) if found is not None else None
    except ValidationError:
        return None


def cell_place(number: int, source: str) -> Place:
    """A cell of a notebook, by its number from the top and the beginning of its text.

    >>> cell_place(3, "df.plot()").describe("en")
    'cell 3 (df.plot())'
    """
    short = in_short(next((line for line in source.splitlines() if line.strip()), ""), 40)
    shown = words(f"（{short}）", f" ({short})") if short else words("")
    return Place("notebook", called=sentence("pages.notebook.cell", number=number) + shown)


def in_short(text: str, length: int) -> str:
    """A text in one line, as much of it as is shown."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def one_evaluation(nb: Any) -> Of | None:
    """The evaluation that a run notebook is the page of: the one it hands over with `ev.report`, else that of the kit's sections in it,
    else that of its charts, else what its parameters name; None where there is none of these.

    Raises InputRefused where two are handed over, or the sections are of more than one, or of another than the one handed over.
    """
    found = [(place, mark) for place, mark in _marks(nb) if mark.get("of")]
    handed, sections, charts = (_different(found, kind) for kind in ("report", "section", "chart"))
    if len(handed) > 1:
        raise _two("notebook.two_handed_over", handed)
    if chosen := next(iter(handed or sorted(sections, key=lambda one: one[1]["page"] != "report")), None):
        others = [one for one in sections if one[1]["page"] == chosen[1]["page"] and one[1]["fingerprint"] != chosen[1]["fingerprint"]]
        if others:
            raise _two("notebook.section_of_another" if handed else "notebook.two_evaluations", [chosen, *others])
        return chosen[1]
    named = _named(nb)
    if named and len(charts) != 1:
        return next((of for _, of in charts if (of["department"], of["year"]) == (named["department"], named["year"])), named)
    if len(charts) > 1:
        raise _two("notebook.two_evaluations", charts)
    return charts[0][1] if charts else named


def _marks(nb: Any) -> Iterator[tuple[Place, Mark]]:
    for number, cell in enumerate(nb.cells, 1):
        for output in cell.get("outputs", []):
            if mark := mark_of(output):
                yield cell_place(number, cell.source), mark
            elif isinstance(found := output.get("metadata", {}).get(MARK), dict) and found.get("kind") == "report":
                # something is handed over, but not as ours; recorded data is not to stand in its place unsaid
                raise InputRefused((problem("report.unreadable_changes", cell_place(number, cell.source)),))


def _different(found: Sequence[tuple[Place, Mark]], kind: str) -> list[tuple[Place, Of]]:
    """The evaluations that marks of a kind name, each once, with the cell where it is met first."""
    each: dict[tuple[str, str], tuple[Place, Of]] = {}
    for place, mark in found:
        if mark["kind"] == kind and (of := mark.get("of")):
            each.setdefault((of["page"], of["fingerprint"]), (place, of))
    return list(each.values())


def _two(name: str, found: Sequence[tuple[Place, Of]]) -> InputRefused:
    (first, one), (second, other) = found[:2]
    both = [words(place.describe("zh"), place.describe("en")) for place in (first, second)]
    return InputRefused((problem(name, second, one=called(one), other=called(other), first=both[0]),))


def called(of: Of) -> Words:
    """An evaluation by its department and year, and what of it was changed."""
    parts = [str(part) for part in (of["name"] or of["department"], of["year"]) if part]
    tried = words("；".join(of["said"]), "; ".join(of["said"]))
    return words(" ".join(parts)) + (sentence("pages.trial.with", changes=tried) if of["said"] else words(""))


def _named(nb: Any) -> Of | None:
    """What the parameters of a notebook name; those that were put in by papermill come last and hold."""
    given: dict[str, Any] = {}
    for tag in ("parameters", "injected-parameters"):
        for cell in nb.cells:
            if cell.cell_type == "code" and tag in cell.metadata.get("tags", []):
                given |= assigned(cell.source)
    department, year = given.get("department"), given.get("year")
    if department is None and year is None:
        return None
    lang: Lang = given["lang"] if given.get("lang") in LANGS else "zh"
    page = "report" if department is not None and year is not None else "comparison" if year is None else "overview"
    whole = int(str(year)) if str(year).isdecimal() else None
    named = of_several(page, (), lang, None if department is None else str(department), whole)
    return {**named, "fingerprint": ""}
