"""The documentation of the data tables: `python -m evallib.data.table_docs > data/README.md`.

Its text is the template `kit/data.md.j2`; the tables in it come from the models and the catalogues that are shipped.
"""

from __future__ import annotations

import sys
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evallib.data.raw_tables import choices_of
from evallib.data.rulebook import UNITS, shipped_catalogue, shipped_catalogues
from evallib.kit import TEMPLATES
from evallib.model.entries import Entry, Part
from evallib.model.government_rows import BudgetHead
from evallib.model.grouped import grouped
from evallib.model.monitoring_rows import MonitoringRow
from evallib.model.published_rows import Seal
from evallib.model.record import OPTIONAL, TABLES, Listing
from evallib.model.rows import Row, columns, note_of
from evallib.model.table_words import CHOICES, PURPOSES, TABLE_NAMES
from evallib.model.words import LANGS
from evallib.say.mistakes import keys_of, models_of
from evallib.say.refusals import entries, family_of, who


def table_documentation() -> str:
    """The text of `data/README.md`."""
    units = shipped_catalogue(UNITS).units
    return rendered(
        "data.md.j2",
        listing=_table(Listing),
        government=_table(BudgetHead),
        monitoring=_table(MonitoringRow),
        seals=_table(Seal),
        tables=[
            {"id": id, "name": TABLE_NAMES[id], "purpose": PURPOSES[id], "optional": id in OPTIONAL} | _table(model)
            for id, model in TABLES.items()
        ],
        keys=_keys,
        catalogues=[_catalogue(name) for name in shipped_catalogues()],
        units=[unit.symbol for unit in units],
        checks=_checks(),
        scales=[scale.word.strip() for scale in units.scales],
    )


def rendered(template: str, **given: Any) -> str:
    """A page of documentation from a template of the kit."""
    loader = FileSystemLoader(TEMPLATES / "kit")
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return environment.get_template(template).render(**given)


def _table(model: type[Row]) -> dict[str, Any]:
    """What a row of a table is, and its columns."""
    return {"about": (model.__doc__ or "").split("\n")[0], "columns": [_column(model, id) for id in columns(model)]}


def _column(model: type[Row], id: str) -> dict[str, Any]:
    info, note = model.model_fields[id], note_of(model, id)
    said = [note.zh] if note.zh != info.title else []
    if choices := choices_of(model, id):
        said.append("可选：" + "、".join(f"`{value}` {CHOICES[value].zh}" for value in choices))
    meaning = note.en.replace("|", "/")
    return {"id": id, "title": info.title, "required": info.is_required(), "note": "；".join(said), "meaning": meaning}


def _checks() -> list[dict[str, Any]]:
    """The checks of data and frameworks by family: who acts and why, and what each says."""

    def row(name: str, entry: dict[str, Any]) -> dict[str, Any]:
        return {"id": name, "level": entry.get("level", "error")} | {lang: entry[lang].replace("|", "/") for lang in LANGS}

    told = ((family_of(name), row(name, entry)) for name, entry in sorted(entries().items()))
    found = grouped((family, row) for family, row in told if family.acts != "runner")
    return [{"why": family.why, "who": who(family.acts), "rows": rows} for family, rows in found.items()]


def _keys(kind: str = "") -> str:
    """The keys of a kind of entry of a catalogue; without one, those that every entry may have."""
    model = models_of(keys_of(Part)[kind].annotation)[0] if kind else Entry
    return "、".join(f"`{key}`" for key in model.model_fields if not kind or key not in Entry.model_fields)


def _catalogue(name: str) -> dict[str, Any]:
    """The facts of a shipped catalogue by topic, and its formulas."""
    catalogue = shipped_catalogue(name)
    facts = list(catalogue.facts.values())
    by_topic = [(title, [fact for fact in facts if fact.entry.topic == topic]) for topic, title in catalogue.topics.items()]
    return {"name": name, "topics": [topic for topic in by_topic if topic[1]], "formulas": list(catalogue.formulas.values())}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a terminal's stream can
    sys.stdout.write(table_documentation())
