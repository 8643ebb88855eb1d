"""Names in the place of ids: which id each name in the tables means, made ids for rows that have only a name, names for who reads.

What a column refers to stands in `catalogue/words/tables.toml`. What nothing is called by is left as it is: the checks tell of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, cast

from evallib.data.raw_tables import Tables, texts_of
from evallib.model.errors import Problem, Where, near
from evallib.model.framework import Framework
from evallib.model.in_force import own_rule
from evallib.model.made_ids import made_id
from evallib.model.record import TABLES, OwnIndicator, Source
from evallib.model.rows import Row, is_id, made_of, refers
from evallib.model.rules import Rule
from evallib.model.table_words import CALLED, DOCUMENTS
from evallib.model.words import Lang, Words, folded, listed, name_key, words
from evallib.say.refusals import problem

Cells = Mapping[str, Any]
Rows = dict[str, tuple[Row, ...]]
_TABLE_OF = {"source": "sources", "indicator": "own_indicators", "finding": "findings", "recommendation": "recommendations"} | {
    "published": "published"
}
"""The table in which each kind of thing has its rows."""
_NUMBER_OF = {"target": "indicator", "group": "section", "dimension": "section"}
"""What the numbers of some kinds are of."""
_ARTICLE = re.compile(r"《([^《》]+)》\s*((?:第.*)?)|([^《》:：]+?)\s*(第[\d零〇一二三四五六七八九十百]+条.*)")
"""A document and what of it is cited: 《会计法》第九条, 会计法第九条."""
_CLAUSES = re.compile(r"[;；\n]|[、,，](?=\s*《)")
_SEVERAL = (re.compile(r"[;；\n]"), re.compile("[、，]"), re.compile(r"\s+"))
_EARLIER = re.compile(r"(\d{4}-)(.+)")
_SLIP = 0.85
"""How like a title of the table another must be to be taken for a slip of the pen."""


@cache
def _id_column(table: str) -> str:
    """The column of a table that holds the ids of its rows; empty where it has none."""
    return next((column for column in TABLES[table].model_fields if made_of(TABLES[table], column)), "")


@cache
def _naming(model: type[Row]) -> list[str]:
    """The columns that say what a row is called."""
    return [one for column in model.model_fields for name in made_of(model, column) for one in (name, f"{name}_en")]


@cache
def _referring(model: type[Row]) -> list[tuple[str, list[str]]]:
    """The columns that refer to something, and to what kinds."""
    return [(column, kinds) for column in model.model_fields if (kinds := refers(model, column))]


def _names_of(model: type[Row], row: Cells) -> list[str]:
    """What a row is called, in its table's order; the first filled is what its id is made of."""
    return [row[column] for column in _naming(model) if row.get(column)]


def _id_of(model: type[Row], column: str, row: Cells) -> str:
    """The id of a row: as it was given, else made of its name; empty where it has neither."""
    text: str = row.get(column, "")
    if text and is_id(model, column, text):
        return text
    names = _names_of(model, row)
    return made_id(names[0]) if names else text


@dataclass
class _Things:
    """Things of one kind: their names by id, and the ids by name."""

    words: dict[str, Words] = field(default_factory=dict)
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, id: str, called: Words, *more: str) -> None:
        self.words.setdefault(id, called)
        for text in filter(None, dict.fromkeys((id, called.zh, called.en, *more))):
            key = name_key(text)
            if id not in (ids := self.ids.get(key, ())):
                self.ids[key] = (*ids, id)


def _of_framework(framework: Framework) -> dict[str, _Things]:
    """What a framework and its catalogue have names for, the same for all their years; a copy of the framework forgets it."""
    known: dict[str, _Things] | None = framework.__dict__.get("_names")
    if known is None:
        known, catalogue = framework.__dict__.setdefault("_names", {}), framework.catalogue
        named: dict[str, Iterable[tuple[str, Words]]] = {
            "indicator": ((i.id, i.words) for i in framework.indicators),
            "section": ((s.id, s.words) for s in framework.sections),
            "group": ((s.id, s.words) for s in framework.open_sections),
            "fact": ((fact.id, fact.name) for fact in catalogue.facts.values()),
            "formula": ((formula.id, formula.name) for formula in catalogue.formulas.values()),
            "veto": ((veto.id, veto.words) for veto in framework.vetoes),
        }
        for kind, things in named.items():
            for id, called in things:
                known.setdefault(kind, _Things()).add(id, called)
        for kind, ids in (("whole", ["total"]), ("formula", ["survey", "panel"])):
            for id in ids:
                known.setdefault(kind, _Things()).add(id, words(*CALLED[id][:2]), *CALLED[id][2:])
    return known


class _Several(Exception):
    """A name that several things have: its argument are their ids."""


class Names:
    """Everything that a cell of the tables can name: by framework and catalogue, and by the rows of the tables."""

    def __init__(self, framework: Framework, tables: Mapping[str, Iterable[Cells]]) -> None:
        self.framework, self.own = framework, [*tables.get("own_indicators", ())]
        self.made: list[Source] = []
        self.kinds = defaultdict(_Things, _of_framework(framework))
        for kind in _TABLE_OF:  # to which the tables add
            self.kinds[kind] = _Things({**self.kinds[kind].words}, {**self.kinds[kind].ids})
        self._choices: dict[tuple[str, str], _Things] = {}
        for kind, table in _TABLE_OF.items():
            for row in tables.get(table, ()):
                self._row(kind, TABLES[table], row)
        self.titles = [*self.kinds["source"].ids]

    def _row(self, kind: str, model: type[Row], row: Cells) -> None:
        column = _id_column(_TABLE_OF[kind])
        if id := _id_of(model, column, row):
            names, first = _names_of(model, row) or [id], made_of(model, column)[0]
            short = [name.removeprefix(one) for name in names for one in DOCUMENTS["short"]] if kind == "source" else []
            called = words(id) if kind == "published" else words(row.get(first) or names[0], row.get(f"{first}_en") or None)
            self.kinds[kind].add(id, called, *names, *short, row.get(column) or "")

    def _rule(self, id: str) -> Rule | None:
        """The rule of an indicator: of a department's own that it has, else of the framework's."""
        own = [row for row in reversed(self.own) if _id_of(OwnIndicator, "indicator", row) == id]
        rules: list[Rule | None] = [self.own_rule(row.get("group", ""), row.get("rule", "")) for row in own]
        rules += [i.rule for i in self.framework.indicators if i.id == id]
        return next((rule for rule in rules if rule), None)

    def own_rule(self, group: str, rule: str) -> Rule | None:
        """The rule of an indicator of the department's own, of a group by its name, where it can be told."""
        with suppress(ValueError):  # which the checks tell
            return own_rule(self.framework, "".join(self.ids("group", group)[:1]), rule)
        return None

    def _things(self, kind: str, row: Cells) -> _Things:
        """What a kind holds; of items and tiers those of the row's indicator."""
        if kind not in ("item", "tier"):
            return self.kinds[row.get("subject", "") if kind == "subject" else kind]
        key = (kind, row.get("indicator", ""))
        if key not in self._choices:
            found, rule = self._choices.setdefault(key, _Things()), self._rule(key[1])
            for one in (rule.checklist if kind == "item" else rule.verdicts) if rule else ():
                found.add(one.id, one.words)
        return self._choices[key]

    def ids(self, kind: str, text: str) -> Sequence[str]:
        """The ids of all things of a kind that are called so."""
        return self.kinds[kind].ids.get(name_key(text), ())

    def find(self, kinds: Sequence[str], text: str, row: Cells) -> str:
        """The id that a text means; the text itself where it is one, or where nothing is called so.

        Raises _Several where several things are.
        """
        if kinds == ["source"]:
            return self.cited(text)[0]
        if kinds == ["clause"]:
            return self._clauses(text)
        if kinds == ["number"]:
            return self._number(text, lambda kind, thing: self.find([kind], thing, {}))
        things = [self._things(kind, row) for kind in kinds]
        if any(text in one.words for one in things):
            return text
        ids = [*dict.fromkeys(id for one in things for id in one.ids.get(name_key(text), ()))]
        if len(ids) > 1:
            raise _Several(ids)
        if not ids and kinds[0] == "published":
            return self._apart(kinds, text, row)
        if not ids and kinds[0] in ("fact", "formula"):
            return self.framework.catalogue.find(text) or text  # of the one kind for the other, which the checks tell
        earlier = _EARLIER.fullmatch(text) if kinds == ["subject"] and not text.isascii() else None
        return ids[0] if ids else earlier[1] + made_id(earlier[2]) if earlier else text

    def shown(self, model: type[Row], column: str, row: Cells, lang: Lang) -> str:
        """What a cell says to a reader: the name of what it refers to, where that leads back to the same; no id that was made of a name."""
        text, kinds = str(row.get(column, "")), refers(model, column)
        if made_of(model, column):
            names = _names_of(model, row)
            return "" if names and text == made_id(names[0]) else text
        return self.called(kinds, text, lang, row) if text and kinds else text

    def called(self, kinds: Sequence[str], id: str, lang: Lang, row: Cells = MappingProxyType({})) -> str:
        """What an id is called, where that leads back to it; else the id."""
        called, made = self._called(kinds, id, row, lang), len(self.made)
        try:
            return called if self.find(kinds, called, row) == id and len(self.made) == made else id
        except _Several:
            return id

    def _called(self, kinds: Sequence[str], text: str, row: Cells, lang: Lang) -> str:
        """A cell with the names of what it refers to."""
        if kinds == ["clause"]:
            parts = [part.partition(":") for part in text.split("; ")]
            return "; ".join(f"《{self._called(['source'], id, row, lang)}》{article}" for id, _, article in parts)
        if kinds == ["number"]:
            return self._number(text, lambda kind, id: self._called([kind], id, row, lang))
        if kinds[0] == "published" and " " in text:
            return "；".join(self._called(kinds, part, row, lang) for part in text.split())
        things = [self._things(kind, row).words for kind in kinds]
        return next((one[text][lang] for one in things if text in one), text)

    def _apart(self, kinds: Sequence[str], text: str, row: Cells) -> str:
        """Several names in one cell: apart by semicolons; else by 、; else by blanks."""
        apart = (pattern.split(text) for pattern in _SEVERAL)
        parts = next(([part.strip() for part in parts if part.strip()] for parts in apart if len(parts) > 1), [text])
        found = [self.find(kinds, part, row) for part in parts] if len(parts) > 1 else parts
        return text if found == parts and all(part in text.split() for part in parts) else " ".join(found)

    def _number(self, text: str, change: Callable[[str, str], str]) -> str:
        """The name of a computed number with something else for what it is of: fact.编制人数@2022, indicator.就业.score."""
        kind, _, rest = text.partition(".")
        for end in ("", *re.findall(r"[.@][^.@]*$", rest)):
            thing = rest.removesuffix(end)
            if (found := change(_NUMBER_OF.get(kind, kind), thing)) != thing:
                return f"{kind}.{found}{end}"
        return text

    def cited(self, text: str) -> tuple[str, str]:
        """A document, and what of it the same text cites. One that no row tells of becomes a source with that title."""
        sources = self.kinds["source"]
        ids = (text,) if text in sources.words else sources.ids.get(name_key(text), ())
        if len(ids) > 1:
            raise _Several(ids)
        found = None if ids else _ARTICLE.fullmatch(text)
        if found and (found[2] or found[4]):
            return self.cited(found[1] or found[3])[0], found[2] or found[4]
        if ids or is_id(Source, "source", text) or self._is_slip(text):
            return (ids or (text,))[0], ""
        title = found[1] if found else text
        id = made_id(title)
        kind = next((kind for kind, tell in DOCUMENTS.items() if kind != "short" and any(one in folded(title) for one in tell)), "ledger")
        self.made.append(Source(source=id, title=title, kind=cast(Literal["law"], kind)))
        self._row("source", Source, self.made[-1].__dict__)
        return id, ""

    def _is_slip(self, text: str) -> bool:
        """Whether a title is nearly one of those of the table, and says no other number."""
        digits = re.findall(r"\d+", name_key(text))
        return any(re.findall(r"\d+", one) == digits for one in near(name_key(text), self.titles, alike=_SLIP))

    def _clauses(self, text: str) -> str:
        """The clauses that a finding breaks, each as SOURCE:ARTICLE, however they are written."""
        given = [part.strip() for part in _CLAUSES.split(text) if part.strip()]
        found = []
        for part in given:
            before, colon, article = part.replace("：", ":").partition(":")
            source, cited = self.cited(before.strip() if colon else part)
            article = article.strip() if colon else cited
            found.append((source, article, source == before.strip() and (bool(colon) or not article)))
        same = all(was for _, _, was in found)
        return text if same else "; ".join(f"{source}:{article}" if article else source for source, article, _ in found)


Ambiguous = tuple[str, int, str, str, Sequence[str]]
"""A name that several things have: the cell by table, row and column, its text, the ids of the things."""


def by_id(framework: Framework, tables: Rows) -> tuple[Rows, list[Ambiguous]]:
    """The tables with an id wherever a name stands, and with a source for each document that is cited by its title only.

    A name that several things have stays.
    """
    cells = {table: [row.__dict__ for row in rows] for table, rows in tables.items()}
    changes, made, several = _changes(framework, cells)
    found = {**tables}
    for table, changed in changes.items():
        rows = found[table]
        found[table] = tuple(row.model_copy(update=changed[n]) if n in changed else row for n, row in enumerate(rows)) if changed else rows
    return found | ({"sources": (*found.get("sources", ()), *made)} if made else {}), several


def told_ambiguous(several: Iterable[Ambiguous], where: Where) -> Iterator[Problem]:
    """What is said of names that several things have."""
    for table, index, column, text, ids in several:
        yield problem("name.ambiguous", where(table, index, column), text, count=len(ids), ids=listed(ids))


def raw_by_id(framework: Framework, tables: Tables) -> dict[str, list[dict[str, str]]]:
    """Tables in their raw form with an id wherever a name stands; what several things are called stays."""
    changes, made, _ = _changes(framework, tables)
    found = {table: [{**row, **changes[table].get(n, {})} for n, row in enumerate(rows)] for table, rows in tables.items()}
    return found | {"sources": [*found.get("sources", ()), *({c: t for c, t in texts_of(row).items() if t} for row in made)]}


def _changes(
    framework: Framework, tables: Mapping[str, Sequence[Cells]]
) -> tuple[dict[str, dict[int, dict[str, str]]], list[Source], list[Ambiguous]]:
    """What changes in rows where ids take the places of names, by table and index; the sources that are made; and the names that several
    things have.
    """
    names, several = Names(framework, tables), list[Ambiguous]()
    changes: dict[str, dict[int, dict[str, str]]] = {table: {} for table in tables}
    for table in sorted(tables, key=lambda table: table != "own_indicators"):  # whose rules the others' items are of
        model, column = TABLES[table], _id_column(table)
        referring = _referring(model)
        for index, row in enumerate(tables[table] if column or referring else ()):
            change: dict[str, str] = {}
            if column and (id := _id_of(model, column, row)) != (row.get(column) or ""):
                change[column] = id
            for one, kinds in referring:
                if text := change.get(one) or row.get(one, ""):
                    try:
                        change |= _found(names, {**row, **change} if change else row, one, text, kinds)
                    except _Several as found:
                        several.append((table, index, one, text, found.args[0]))
            if change:
                changes[table][index] = change
    return changes, names.made, several


def _found(names: Names, row: Cells, column: str, text: str, kinds: list[str]) -> dict[str, str]:
    """What changes in a row where a cell gets the id of what it names."""
    changed: dict[str, str] = {}
    if kinds == ["source"]:
        id, article = names.cited(text)
        section = row.get("section") or ""
        changed |= {"section": f"{article} {section}".strip()} if article and article not in section else {}
    else:
        id = names.find(kinds, text, row)
    return changed | ({column: id} if id != text else {})
