"""The engine knows no id: with every id of the example renamed, the same page is made, apart from the ids themselves."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tomllib
from base64 import b64decode
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evallib.data.years import evaluate_year
from evallib.kit import CATALOGUE
from evallib.model.record import TABLES
from evallib.model.words import Lang
from evallib.pages.report import SECTIONS, Report
from tests.conftest import DATA

IDS = {
    "sources": ("source",),
    "findings": ("finding",),
    "recommendations": ("id",),
    "practices": ("id",),
    "published": ("published",),
    "contradictions": ("contradiction",),
    "own_indicators": ("indicator",),
    "plan_targets": ("plan_target",),
}
"""Where the tables of a year give ids."""
NAMING = (
    "source",
    "fact",
    "indicator",
    "group",
    "formula",
    "item",
    "finding",
    "recommendation",
    "id",
    "published",
    "contradiction",
    "plan_target",
)
"""The columns that hold an id, or name one."""


def toml(document: dict[str, Any]) -> str:
    """A catalogue or framework written back."""

    def inline(value: Any) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {inline(inner)}" for key, inner in value.items()) + " }"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(inline(inner) for inner in value) + "]"
        return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)

    lines = [f"{key} = {inline(value)}" for key, value in document.items() if not _tables(value)]
    for key, value in document.items():
        for entry in value if _tables(value) else ():
            lines += ["", f"[[{key}]]", *(f"{k} = {inline(v)}" for k, v in entry.items())]
    return "\n".join(lines) + "\n"


def _tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], dict)


class Renamer:
    """Every id of the example under another name, and back."""

    def __init__(self, documents: list[dict[str, Any]], year: Path) -> None:
        ids: dict[str, None] = {}
        for document in documents:
            self._gather(document, ids)
        for table, columns in IDS.items():
            ids |= dict.fromkeys(row[column] for row in _rows(year / f"{table}.csv") for column in columns)
        self.new = {id: f"zq{n:03}x" for n, id in enumerate(id for id in ids if id != "total")}
        self.old = {new: old for old, new in self.new.items()}

    def _gather(self, part: Any, ids: dict[str, None]) -> None:
        if isinstance(part, dict):
            if "id" in part:
                ids[str(part["id"])] = None
            for value in part.values():
                self._gather(value, ids)
        elif isinstance(part, list):
            for value in part:
                self._gather(value, ids)

    def text(self, text: str) -> str:
        """A text in which ids stand among other things: an expression, the name of a number, a list of ids."""
        return re.sub(r"[a-z0-9][a-z0-9_-]*(?:\.[0-9][a-z0-9]*)*", lambda found: self.new.get(found[0], found[0]), text)

    def entry(self, part: Any, key: str = "") -> Any:
        if isinstance(part, dict):
            return {k: self.entry(v, k) for k, v in part.items()}
        if isinstance(part, list):
            return [self.entry(v, key) for v in part]
        if isinstance(part, str) and key in ("holds", "value", "parts", "approved", "adjusted", "spent", "allowed", "there"):
            return self.text(part)
        return self.new.get(part, part) if isinstance(part, str) and key not in ("role", "kind", "measures", "symbol") else part

    def row(self, table: str, row: dict[str, str]) -> dict[str, str]:
        named = {c: self.new.get(row[c], row[c]) for c in NAMING if c in row}
        if table == "published":
            head, _, rest = row["number"].partition(".")
            ids = sorted((id for id in self.new if rest == id or rest.startswith((f"{id}.", f"{id}@"))), key=len)
            if ids and head not in ("self", "total", "count"):
                named["number"] = f"{head}.{self.new[ids[-1]]}{rest.removeprefix(ids[-1])}"
        if table == "contradictions":
            named["about"] = self.text(row["about"])
        if table == "findings":
            named["clauses"] = re.sub(r"(^|; |；|;)([a-z0-9-]+):", lambda f: f"{f[1]}{self.new[f[2]]}:", row["clauses"])
        return row | named

    def back(self, html: str) -> str:
        """A page with the ids as they were."""
        return re.sub(r"zq\d{3}x", lambda found: self.old[found[0]], html)


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Renamer]:
    folder = tmp_path_factory.mktemp("renamed") / "data"
    shutil.copytree(DATA, folder)
    file = folder / "frameworks" / "xundian-department" / "2023.toml"
    framework = tomllib.loads(file.read_text(encoding="utf-8"))
    catalogue = tomllib.loads((CATALOGUE / "department.toml").read_text(encoding="utf-8"))
    year = folder / "departments" / "hrss" / "2023"
    renamer = Renamer([catalogue, {k: v for k, v in framework.items() if k != "id"}], year)
    (folder / "catalogue").mkdir(exist_ok=True)
    (folder / "catalogue" / "renamed.toml").write_text(toml(renamer.entry(catalogue)), encoding="utf-8")
    changed = renamer.entry(framework) | {"id": framework["id"], "builds_on": []}
    file.write_text(toml(changed), encoding="utf-8")
    for table in TABLES:
        path = year / f"{table}.csv"
        if path.exists() and (rows := _rows(path)):
            out = io.StringIO()
            writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(renamer.row(table, row) for row in rows)
            path.write_text(out.getvalue(), encoding="utf-8-sig")
    return folder, renamer


def _page(data: Path, lang: Lang) -> str:
    report = Report(evaluate_year(data, "hrss", 2023), lang)
    html = "\n".join(report.section(id).html for id in SECTIONS)
    html = re.sub(r'(?s)<details class="checksums">.*?</details>', "", html)  # of the files that hold the ids
    return re.sub(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", lambda found: b64decode(found[1]).decode(), html)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_the_same_apart_from_the_ids(renamed: tuple[Path, Renamer], lang: Lang) -> None:
    folder, renamer = renamed
    assert len(renamer.new) > 300
    found, wanted = renamer.back(_page(folder, lang)), _page(DATA, lang)
    differing = [(a, b) for a, b in zip(found.splitlines(), wanted.splitlines(), strict=True) if a != b]
    assert differing == []


def test_no_old_id_is_left_in_the_renamed_data(renamed: tuple[Path, Renamer]) -> None:
    folder, renamer = renamed
    evaluation = evaluate_year(folder, "hrss", 2023).evaluation
    used = {i.id for i in evaluation.indicators} | {f.id for f in evaluation.formulas} | set(evaluation.catalogue.facts)
    used |= {g.id for g in evaluation.groups} | {d.id for d in evaluation.dimensions} | {evaluation.grade_id}
    used |= {f.finding for f in evaluation.record.findings} | {s.source for s in evaluation.record.sources}
    assert used <= set(renamer.old)
    assert str(evaluation.total) == str(evaluate_year(DATA, "hrss", 2023).evaluation.total)
