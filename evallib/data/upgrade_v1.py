"""What version 1.0 wrote, said as today: frameworks, records and the names of formulas, as dicts. Reads no file but its own words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

MEANT = {"equals": "exact", "no_finding": "none"}
"""How version 1.0 treated "=" and an empty table of findings."""
BUILDS_ON = "department"
"""The catalogue that holds what version 1.0 knew by itself."""


@cache
def said_before() -> dict[str, Any]:
    """What of version 1.0 is said differently today, as `upgrade_v1.toml` holds it."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def formula_v2(metric: str | None, bases: Mapping[str, str]) -> str:
    """The formula of today that a metric was, on the base that its framework chose.

    >>> formula_v2("carryover_rate", {"carryover_rate": "outturn"}), formula_v2(None, {})
    ('carryover_rate_of_outturn', '')
    """
    if not metric:
        return ""
    return next((b["like"] for b in said_before()["base"] if (b["formula"], b["base"]) == (metric, bases.get(metric))), metric)


def number_v2(name: str, bases: Mapping[str, str]) -> str:
    """The name of today of a number that a published figure was held against.

    >>> number_v2("metric.quality_rate", {}), number_v2("metric.quality_rate.difference", {}), number_v2("total.score", {})
    ('formula.quality_rate', 'formula.quality_rate.difference', 'total.score')
    """
    found = re.fullmatch(r"metric\.([^.]+)(\..+)?", name)
    return f"formula.{formula_v2(found[1], bases)}{found[2] or ''}" if found else name


def framework_v2(document: dict[str, Any]) -> dict[str, Any]:
    """A framework of format 1 in format 2: bases become formulas of their own, ids that the program knew become roles."""
    bases = document.get("bases", {})
    roles = {(role["kind"], role["id"]): role["role"] for role in said_before()["role"]}
    made = {key: value for key, value in document.items() if key != "bases"} | {"format": 2, "builds_on": [BUILDS_ON]}
    made["treatment"] = document.get("treatment", {}) | MEANT
    for kind in ("group", "indicator"):
        made[kind] = [_entry_v2(entry, roles.get((kind, entry["id"]), ""), bases) for entry in document.get(kind, ())]
    return made


def _entry_v2(entry: dict[str, Any], role: str, bases: Mapping[str, str]) -> dict[str, Any]:
    made = {key: value for key, value in entry.items() if key != "metric"}
    if entry.get("metric"):
        made["value"] = formula_v2(entry["metric"], bases)
    return made | ({"role": role} if role else {})


def record_v2(document: dict[str, Any], bases: Mapping[str, str]) -> dict[str, Any]:
    """A record of version 1.0 in today's words; `bases` are those of its framework."""
    own = [
        {key: value for key, value in row.items() if key != "metric"} | {"formula": formula_v2(row.get("metric"), bases)}
        for row in document["own_indicators"]
    ]
    published = [row | {"number": number_v2(row["number"], bases)} for row in document["published"]]
    return document | {"own_indicators": own, "published": published}
