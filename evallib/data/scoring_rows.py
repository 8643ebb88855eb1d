"""The tables of a year laid out as the sheet with a row an indicator; what does not fit one row stays on its table's own sheet.

What was laid out is read again: a table whose rows would be others stays whole on its own sheet, so that nothing is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from evallib.data.heads import Head, Lines
from evallib.data.raw_tables import Tables, reminds
from evallib.data.scoring_sheet import AT, COLUMNS, PARTS, Parts, judged, model
from evallib.files.sheets import Grid
from evallib.model.framework import Framework, Indicator
from evallib.model.made_ids import made_id
from evallib.model.table_words import CALLED
from evallib.model.words import name_key


@dataclass
class LaidRow:
    """A row of the sheet: what it holds, by column; of which tables' rows, of which indicator of the framework; where else it has rows."""

    cells: dict[str, str]
    of: Mapping[str, Mapping[str, str]]
    fixed: Indicator | None = None
    apart: tuple[str, ...] = ()


@dataclass
class Laid:
    """The tables as they stand on the sheet, and what stays on other sheets."""

    rest: dict[str, list[Mapping[str, str]]]
    rows: list[LaidRow] = field(default_factory=list)


def lay_out(tables: Tables, framework: Framework) -> Laid:
    """The sheet of some tables in their raw form, with ids. A table whose rows would be read otherwise, or in another order, stays on its
    own sheet.
    """

    def alike(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        return [cells for row in rows if (cells := _filled(row)) != {"indicator": "total"} and cells.keys() != {"group"}]

    kept = {table: [*tables.get(table, ())] for table in PARTS}
    whole = set[str]()
    while True:
        laid = _laid(kept, framework, whole)
        again = _read_again(laid, framework)
        other = {table for table in PARTS if alike(again[table]) != alike(kept[table])} - whole
        if not other:
            return laid
        whole |= other


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    return {column: text for column, text in row.items() if text and not reminds(column)}


def _laid(tables: Mapping[str, Sequence[Mapping[str, str]]], framework: Framework, whole: set[str]) -> Laid:
    fixed = {i.id: i for i in framework.indicators}
    given = [row.get("indicator", "") for row in tables["own_indicators"]]
    rows = {*fixed, "total", *(id for id in given if "own_indicators" not in whole and given.count(id) == 1)}
    laid, order = Laid(rest={table: [] for table in PARTS}), [id for id in _in_order(tables, framework) if id in rows]
    on_sheet: dict[str, dict[str, Mapping[str, str]]] = {id: {} for id in order}
    blank: list[Mapping[str, str]] = []
    for table in PARTS:
        counted = Counter(row.get("indicator", "") for row in tables[table])
        for row in tables[table]:
            id = row.get("indicator", "")
            if table == "own_indicators" and table not in whole and not id and not row.get("name"):
                blank.append(row)
            elif table in whole or id not in on_sheet or counted[id] > 1:
                laid.rest[table].append(row)
            else:
                on_sheet[id][table] = row
    for id in order:
        apart = tuple(t for t in PARTS if any(row.get("indicator") == id for row in laid.rest[t]))
        laid.rows.append(LaidRow(_row(on_sheet[id], fixed.get(id), id), on_sheet[id], fixed.get(id), apart))
    for row in blank:
        of_group = [n for n, one in enumerate(laid.rows, 1) if one.cells.get("group") == row.get("group")]
        at = of_group[-1] if of_group else len(laid.rows) - (order[-1:] == ["total"])
        laid.rows.insert(at, LaidRow(_row({"own_indicators": row}, None, ""), {"own_indicators": row}))
    return laid


def _row(parts: Mapping[str, Mapping[str, str]], fixed: Indicator | None, id: str) -> dict[str, str]:
    """A row of the sheet: what its tables say, in the column of each; what is like another column only where it differs."""
    own = parts.get("own_indicators", {})
    named = own.get("name") or (CALLED["total"][0] if id == "total" else id)
    cells = {"indicator": named} | ({"id": id} if own and id and made_id(own.get("name", "")) != id else {})
    main = next((parts[t] for t in ("targets", "own_indicators", "judgements", "self_evaluation") if t in parts), {})
    cells |= {column: main[column] for column in ("source", "section") if main.get(column)}
    for table, row in parts.items():
        same = (row.get("source", ""), row.get("section", "")) == (cells.get("source", ""), cells.get("section", ""))
        for column, text in _filled(row).items():
            one = AT[table, column]
            if column == "indicator" or one.id in cells or (one.like and same) or (table, column) == ("judgements", "kind"):
                continue
            if column == "source" and text == cells.get("source") and row.get("section"):
                continue
            cells[one.id] = text
        if table == "judgements":
            cells |= _said(row, fixed)
    return cells


def _said(row: Mapping[str, str], fixed: Indicator | None) -> dict[str, str]:
    """The kind of a judgement, where its rule does not tell it: in the place of the verdict, or in a column of its own."""
    bare = {column: text for column, text in _filled(row).items() if column not in ("kind", "item")}
    rule, kind = fixed.rule if fixed else None, row.get("kind", "")
    if judged(bare, rule) == _filled(row):
        return {"item": ""}
    return {"judged": kind, "item": ""} if "verdict" not in bare and not row.get("item") else {"kind": kind}


def _in_order(tables: Mapping[str, Sequence[Mapping[str, str]]], framework: Framework) -> list[str]:
    """The indicators in the order of the framework's tree, with the department's own behind those of their group; then the whole.

    What the tables have in another order stands in theirs, where they do not contradict each other.
    """
    within = {i.id: i.within for i in framework.indicators}
    within |= {id: row.get("group", "") for row in tables["own_indicators"] if (id := row.get("indicator"))}
    sections = [*dict.fromkeys([*(section.id for section in framework.sections), *within.values()])]
    found = sorted(within, key=lambda id: sections.index(within[id]))
    found += ["total"] if any(row.get("indicator") == "total" for row in tables["self_evaluation"]) else []
    before: dict[str, set[str]] = {id: set() for id in found}
    for table in PARTS:
        for one, next_one in pairwise(dict.fromkeys(id for row in tables[table] if (id := row.get("indicator", "")) in before)):
            before[next_one].add(one)
    order: dict[str, None] = {}
    while len(order) < len(found):
        free = next((id for id in found if id not in order and before[id] <= order.keys()), None)
        if free is None:
            return found
        order[free] = None
    return [*order]


def _read_again(laid: Laid, framework: Framework) -> dict[str, list[dict[str, str]]]:
    """What the tables would be if the sheet and the tables' own sheets were read."""
    head = Head({id: n for n, id in enumerate(COLUMNS)})
    rows = [(n, _filled(row.cells)) for n, row in enumerate(laid.rows, 2)]
    apart = {table: [row.get("indicator", "") for row in rows_] for table, rows_ in laid.rest.items()}
    parts = Parts(Lines(Grid("", "", tuple(COLUMNS)), model(), head, rows), framework, apart)
    found: dict[str, list[dict[str, str]]] = {}
    ids = {name_key(row.cells.get("indicator", "")): row.of for row in laid.rows}
    for table in PARTS:
        read = [dict(cells) for _, cells in parts.lines[table].rows if cells]
        for row in read:
            of = ids.get(name_key(row.get("indicator", "") or row.get("name", "")), {}).get(table)
            row["indicator"] = of.get("indicator", "") if of else row.get("indicator", "")
        both = [_filled(row) for row in read] + [_filled(row) for row in laid.rest[table]]
        found[table] = sorted(both, key=parts.rank) if read and laid.rest[table] else both
    return found
