"""Evaluations read back from `evaluation.json`, of this version and of 1.0: scored again, and refused where their parts do not add up."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from math import inf, isfinite
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evallib.analysis.changed import WHAT_IF
from evallib.analysis.changes import Change
from evallib.data.rulebook import shipped_catalogue
from evallib.data.upgrade_v1 import BUILDS_ON, framework_v2, record_v2
from evallib.files.sheets import MAX_BYTES
from evallib.model.assemble import assemble
from evallib.model.entries import Part
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Record
from evallib.model.steady import steady
from evallib.model.words import Words, words
from evallib.model.years import Stands
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence
from evallib.score.scoring import evaluate

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
_HUGE = re.compile(r"[+-]?[\d.]+[eE][+-]?0*\d{3,}|[+-]?\d{60,}")
_GIVEN = {"version", "framework", "record", "tried", "corrections", "draft"}
"""What of an evaluation does not follow from scoring."""


@steady
def read_evaluation(text: str | bytes, name: str = "evaluation.json") -> Evaluation:
    """The evaluation that an `evaluation.json` holds. One that version 1.0 wrote is scored again from the framework and record in it.

    Raises InputRefused where it is none, of a later format, damaged, or where scoring the record in it again gives something else: each
    part that does not add up is named. `name` is what the file is called then.
    """
    document = _document(text, name)
    if document.get("format") not in (1, 2):
        raise refused("evaluation.format", name, str(document.get("format"))[:40])
    try:
        told = _of_version_1(document) if document["format"] == 1 else Evaluation.from_document(document)
        made = evaluate(told.framework, told.record, told.draft)
        every = _said_of_version_1(document, made) if document["format"] == 1 else _said(told, made)
        otherwise = (_differs(name, what, said, found) for what, said, found in every if said != found)
        wrong = (*otherwise, *_untold(told, name))
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise refused("evaluation.damaged", name, where[:80]) from None
    except (InputRefused, KeyboardInterrupt):
        raise
    except Exception as error:  # of whatever somebody has put into the file
        raise refused("evaluation.damaged", name, f"{type(error).__name__} {error}"[:80]) from None
    if wrong:
        raise InputRefused(wrong)
    return told if document["format"] == 2 else made


def standing_evaluation(stands: Stands) -> Evaluation | None:
    """The evaluation of recorded data that a batch has left, scored again from its record; None where its file is not as it was left, or
    holds a trial. Of what was corrected it says nothing.
    """
    file = Path(stands.file)
    text = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(text).hexdigest() != stands.checksum:
        return None
    document = json.loads(text)
    if document["tried"] or document.get("draft"):
        return None
    framework = _rules(json.dumps([document["catalogue"], document["framework"]]), document["record"]["year"])
    return evaluate(framework, Record.model_validate(document["record"], context={"units": framework.catalogue.units}))


@lru_cache(maxsize=8)
def _rules(text: str, year: int) -> Framework:
    """The framework of an evaluation with its definitions; those of one year share it."""
    definitions, framework = json.loads(text)
    catalogue, _ = assemble([("evaluation.json", Part.model_validate(definitions))], year)
    read = Framework.model_validate(framework, context={"units": catalogue.units})
    return read.model_copy(update={"catalogue": catalogue})


def _document(text: str | bytes, name: str) -> dict[str, Any]:
    """A JSON object, read strictly: no key twice, no number that is none, nothing of a size that no evaluation has."""
    if len(text) > MAX_BYTES:
        raise refused("evaluation.too_large", name, limit=MAX_BYTES // 1_000_000)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("the same key twice")
        return found

    def number(digits: str) -> Any:
        found = json.loads(digits) if len(digits) <= 40 else inf
        if not isfinite(found):
            raise ValueError(f"{digits[:20]}…")
        return found

    def none(constant: str) -> Any:
        raise ValueError(constant)

    try:
        document = json.loads(text, object_pairs_hook=once, parse_constant=none, parse_int=number, parse_float=number)
        if isinstance(document, dict) and (huge := next(filter(_HUGE.fullmatch, _texts(document)), None)):
            raise ValueError(f"{huge[:20]}…")
    except (ValueError, RecursionError) as error:
        said = "nesting" if isinstance(error, RecursionError) else str(error)
        raise refused("evaluation.no_json", name, said[:80]) from None
    if not isinstance(document, dict):
        raise refused("evaluation.format", name, type(document).__name__)
    return document


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        else:
            waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _of_version_1(document: dict[str, Any]) -> Evaluation:
    """An evaluation of version 1.0, which knew no change of nothing against nothing."""
    record = Record.model_validate(record_v2(document["record"], document["framework"].get("bases", {})))
    part = shipped_catalogue(BUILDS_ON, record.year).part
    formulas = tuple(formula.model_copy(update={"zero": ""}) for formula in part.formulas)
    catalogue, _ = assemble([(BUILDS_ON, part.model_copy(update={"formulas": formulas}))], record.year)
    framework = Framework.model_validate(framework_v2(document["framework"]))
    return evaluate(framework.model_copy(update={"catalogue": catalogue}), record)


_Said = tuple[Words, Any, Any]
"""What of an evaluation, as it says it, as scoring its record again gives it."""


def _said_of_version_1(document: dict[str, Any], made: Evaluation) -> Iterator[_Said]:
    """The scores and what they add up to, which are held against today's."""
    yield from ((_part(key), str(document[key]), str(getattr(made, key))) for key in ("total", "points", "grade_id"))
    names = {i.id: i.name for i in made.indicators}
    then, now = {i["id"]: _short(i["score"]) for i in document["indicators"]}, {i.id: _short(i.score) for i in made.indicators}
    yield from ((names.get(id, words(id)), then.get(id, ""), now.get(id, "")) for id in {**now, **then})


def _said(told: Evaluation, made: Evaluation) -> Iterator[_Said]:
    """All that follows from scoring."""
    for field in fields(Evaluation):
        said, found = getattr(told, field.name), getattr(made, field.name)
        if field.name not in _GIVEN and said != found:
            yield from _rows(said, found) if isinstance(said, tuple) else [(_part(field.name), said, found)]


def _differs(name: str, what: Words, said: Any, found: Any) -> Problem:
    return problem("evaluation.differs", Place(name), _short(said), what=what, made=_short(found))


def _untold(told: Evaluation, name: str) -> Iterator[Problem]:
    """What was tried must be told, and be what was tried: of several the last one holds."""
    changes = [_CHANGE.validate_json(one.change) for one in told.tried]
    if not changes and told.record.find_source(WHAT_IF):
        yield problem("evaluation.trial_untold", Place(name))
    if changes and changes[-1].VALUE and (found := changes[-1].recorded(told)) not in (None, changes[-1].new):
        yield _differs(name, changes[-1].label(told), changes[-1].new, found)


def _part(name: str) -> Words:
    return sentence(f"corrections.part.{name}")


def _rows(said: Sequence[Any], found: Sequence[Any]) -> Iterator[_Said]:
    """The results of indicators, sections, targets or formulas that differ: which, by its first field that does, what, and what instead."""
    was, now = ({one.id: one for one in some} for some in (said, found))
    for id in {**was, **now}:
        a, b = was.get(id), now.get(id)
        if a is None or b is None:
            name = (was | now)[id].name
            yield words(f"{name.zh}（{id}）", f"{name.en} ({id})"), a and "+", b and "+"
        elif a != b:
            names = ["score", *(field.name for field in fields(a))]
            first = next(one for one in names if getattr(a, one, None) != getattr(b, one, None))
            yield b.name + words(f" {first}"), getattr(a, first), getattr(b, first)
    if [*was] != [*now] and {*was} == {*now}:
        yield words("顺序", "order"), " ".join(was), " ".join(now)


def _short(value: Any) -> str:
    text = "—" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
