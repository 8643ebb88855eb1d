"""Checksums of what an evaluation says, not of bytes: the same content gives the same seal, however it is stored. Pure.

A seal covers what a reader is told: results, the rows of the record, the framework, and the definitions of the catalogue that were used.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from evallib.model.base import Frozen
from evallib.model.catalogue import Catalogue
from evallib.model.evaluation import Evaluation
from evallib.model.expression import names, parse
from evallib.model.steady import steady
from evallib.model.units import round_half_up

FORMAT = 1
"""What is sealed and how; another one means that `evallib upgrade` seals again what was published before."""

UNSEALED = {"files", "follow_ups", "outline"}
"""Of the record: files may be saved anew, what becomes of findings is written down after the report was published, and an outline says
nothing.
"""


class Seals(NamedTuple):
    """The seals of an evaluation; `content` is over the others, what was tried and what was corrected: a page and a workbook carry it."""

    framework: str
    catalogue: str
    result: str
    content: str


def canonical(value: Any) -> str:
    """A value as text in the one way that a seal is made of: keys in order, numbers without idle zeros, nothing that is empty.

    >>> canonical({"b": Decimal("2.00"), "a": [1, ""], "c": None})
    '{"a":[1,""],"b":"2"}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = f"{value:f}"  # as it stands: no context of the caller rounds it
        return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
    if isinstance(value, Frozen):
        return _plain(value.model_dump(by_alias=True))
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        plain = ((str(key), _plain(one)) for key, one in value.items())
        return {key: one for key, one in plain if one not in (None, "", [], {})}  # a key that is added later changes no seal
    if isinstance(value, (list, tuple)):
        return [*map(_plain, value)]
    return value.isoformat() if hasattr(value, "isoformat") else value


def seal(value: Any) -> str:
    """The checksum of a value.

    >>> seal({"total": Decimal("84.630")}) == seal({"total": Decimal("84.63")})
    True
    """
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


@steady
def seals_of(evaluation: Evaluation) -> Seals:
    """The seals of an evaluation: that of its framework whatever order of keys it is written in, and with whichever remarks."""
    known = evaluation.__dict__.get("_seals")  # asked for by each part of a page
    if known is None:
        parts = seal(evaluation.framework), _catalogue_seal(evaluation), _result_seal(evaluation)
        tried, draft = [one.change for one in evaluation.tried], [evaluation.draft] if evaluation.draft else []
        known = Seals(*parts, seal([*parts, tried, evaluation.corrections, *draft]))
        evaluation.__dict__["_seals"] = known
    found: Seals = known
    return found


def _catalogue_seal(evaluation: Evaluation) -> str:
    """The checksum of the facts and formulas that an evaluation rests on; others may be added. A unit shows in the values."""
    catalogue = evaluation.catalogue
    formulas = _below(catalogue, {i.formula for i in evaluation.indicators if i.formula})
    facts = {name.id for id in formulas for name in catalogue.formulas[id].inputs} | {row.fact for row in evaluation.record.facts}
    facts = {part for id in facts & catalogue.facts.keys() for part in catalogue.family(id)}
    entries = [*(catalogue.formulas[id].entry for id in sorted(formulas)), *(catalogue.facts[id].entry for id in sorted(facts))]
    return seal([entries, catalogue.part.currencies, catalogue.part.periods])


def _below(catalogue: Catalogue, formulas: set[str]) -> set[str]:
    """Formulas with those inside them."""
    found: set[str] = set()
    waiting = [*formulas]
    while waiting:
        id = waiting.pop()
        if id in catalogue.formulas and id not in found:
            found.add(id)
            waiting += [catalogue.find(name.id) or "" for name in names(parse(catalogue.formulas[id].entry.value))]
    return found


def _result_seal(evaluation: Evaluation) -> str:
    """The checksum of the scores, and of the rows of the record, in whichever order they stand."""
    e, places = evaluation, evaluation.framework.rounding.rates
    rows = {
        name: sorted(map(canonical, table)) if isinstance(table, tuple) else table
        for name, table in ((name, getattr(e.record, name)) for name in type(e.record).model_fields if name not in UNSEALED)
    }
    scores = [
        [i.id, i.points, i.score, i.status, i.counted, i.extra, None if i.value is None else round_half_up(i.value, places)]
        for i in e.indicators
    ]
    sections = [[s.id, s.points, s.score] for s in e.sections]
    return seal([rows, e.total, e.points, e.grade_id, e.open, sections, scores])
