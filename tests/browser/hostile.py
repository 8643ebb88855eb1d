"""Texts that try to be more than text, put into every free-text field of the data."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import get_origin

from evallib.model.record import TABLES

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)></style></title></textarea>--><svg onload=alert(3)>"
    "[link](javascript:alert(4)) <a href='javascript:alert(5)'>x</a> **bold** # heading $\\frac{1}{0}$ $$ {{ 7*7 }} {% raw %}"
    "\"'><iframe src=//example.org></iframe><base href=//example.org><meta http-equiv=refresh content=0> =1+1 &lt;b&gt; \\u003cb\\u003e"
)
_NAMED = {"unit", "actual_unit", "section", "source"}


def free_columns(table: str) -> list[str]:
    """The columns of a table in which any text may stand."""
    free = []
    for name, info in TABLES[table].model_fields.items():
        patterned = any(getattr(m, "pattern", None) for m in info.metadata)
        if info.annotation is str and not patterned and get_origin(info.annotation) is None and name not in _NAMED:
            free.append(name)
    names_ids = {
        "fact",
        "indicator",
        "formula",
        "rule",
        "veto",
        "item",
        "verdict",
        "clauses",
        "recommendation",
        "finding",
        "about",
        "number",
        "id",
        "framework",
    }
    return [name for name in free if name not in names_ids]


def poison(year: Path, text: str = HOSTILE) -> int:
    """Put the text before what stands in every free-text cell; the number of cells."""
    count = 0
    for table in TABLES:
        path = year / f"{table}.csv"
        if not path.exists():
            continue
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        for row in rows:
            for column in free_columns(table):
                if column in row and not (table == "published" and column == "value"):
                    leaves_room = (
                        table in ("recommendations", "practices") or row.get("key") == "conclusion"
                    )  # there a brace is written twice
                    row[column] = (text.replace("{", "{{").replace("}", "}}") if leaves_room else text) + row[column]
                    count += 1
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8-sig")
    return count
