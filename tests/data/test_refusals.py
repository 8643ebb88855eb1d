"""Bad input: a copy of the good data with one mistake (`bad/*.toml`), and the words with which it must be refused.

A case may `set` a cell, `drop` or `append` a row, `replace` or append text, `create`, `rename` or `delete` a file. `mended` follows the
remedy that the refusal gives, to the letter: the text that takes the place of the wrong one, or edits as those of the case; then the
year loads, or it is refused for something else, of which `leads_to` names the words.
"""

from __future__ import annotations

import csv
import io
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from evallib.data.load import load_year
from evallib.data.upgrade import upgrade
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused, Problem
from evallib.model.words import LANGS
from evallib.say.refusals import entries
from tests.conftest import BAD, DATA, GOLDEN, Copy

CASES = sorted(BAD.glob("*.toml"))


def spoil(copy: Copy, case: dict[str, Any]) -> None:
    """Make the one mistake of a case in a copy of the data."""
    for edit in case.get("set", []):
        copy.set(edit["table"], edit["key"], edit["column"], edit["value"])
    for edit in [*case.get("drop", []), *case.get("append", [])]:
        path = copy.year / f"{edit['table']}.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        heads = list(rows[0])
        if "key" in edit:
            kept = [row for row in rows if any(row[c] != v for c, v in edit["key"].items())]
            assert len(kept) == len(rows) - 1
            rows = kept
        else:
            rows.append({head: edit["row"].get(head, "") for head in heads})
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8-sig")
    for edit in case.get("replace", []):
        copy.replace(copy.folder / edit["file"], edit["old"], edit["new"])
    for edit in case.get("append_text", []):
        with (copy.folder / edit["file"]).open("a", encoding="utf-8") as file:
            file.write(edit["text"])
    for edit in case.get("create", []):
        (copy.folder / edit["file"]).parent.mkdir(exist_ok=True)
        (copy.folder / edit["file"]).write_text(edit["text"], encoding="utf-8")
    for edit in case.get("restore", []):
        shutil.copy(DATA / edit["file"], copy.folder / edit["file"])
    for edit in case.get("old", []):  # as it was in version 1.0
        shutil.copy(GOLDEN / "version_1" / "framework.toml", copy.folder / edit["file"])
    if case.get("upgrade"):
        upgrade(copy.folder)
    for edit in case.get("rename", []):
        (copy.folder / edit["from"]).rename(copy.folder / edit["to"])
    if "delete" in case:
        (copy.folder / case["delete"]).unlink()


def follow(copy: Copy, case: dict[str, Any], refused: Problem) -> None:
    """Follow the remedy of a refusal; then nothing of it is left."""
    mended = case["mended"]
    if not isinstance(mended, str):
        spoil(copy, mended)
    elif "set" in case:
        last = case["set"][-1]
        key = last["key"] | ({last["column"]: last["value"]} if last["column"] in last["key"] else {})
        copy.set(last["table"], key, last["column"], mended)
    else:
        kind = next(kind for kind in ("replace", "append_text", "create") if kind in case)
        last = case[kind][-1]
        path = copy.folder / last["file"]
        if kind == "create":
            path.write_text(mended, encoding="utf-8")
        else:
            copy.replace(path, last["new" if kind == "replace" else "text"], mended)
    again = refused_for(copy)
    assert (refused.code, refused.place, refused.found) not in [(p.code, p.place, p.found) for p in again]
    assert bool(again) == ("leads_to" in case), again
    assert case.get("leads_to", "") in " ".join(p.describe("en") for p in again)


def refused_for(copy: Copy) -> tuple[Problem, ...]:
    """What the year is refused for; nothing where it loads."""
    try:
        evaluate_year(copy.folder, "hrss", 2023)
    except InputRefused as refusal:
        return refusal.problems
    return ()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_mistake_is_refused_in_clear_words(path: Path, copy: Copy) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    spoil(copy, case)
    with pytest.raises(InputRefused) as refusal:
        evaluate_year(copy.folder, "hrss", 2023)
    for lang in LANGS:
        said = refusal.value.describe(lang)
        for expected in case[lang]:
            assert expected in said
    first = refusal.value.problems[0]
    assert first.code == entries()[case["refusal"]].get("code", case["refusal"])
    follow(copy, case, first)
    assert first.place.file.endswith((".csv", ".toml", ".md")) or first.place.file.startswith("frameworks/")


def test_the_data_without_a_mistake_is_accepted(copy: Copy) -> None:
    loaded = load_year(copy.folder, "hrss", 2023)
    assert (loaded.framework.id, loaded.record.department) == ("xundian-department", "hrss")
    assert {problem.level for problem in loaded.remarks} == {"recorded"}


def test_everything_is_said_at_once(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    copy.set("facts", {"fact": "outturn_project"}, "unit", "")
    copy.set("targets", {"indicator": "urban_new_jobs"}, "operator", "?")
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    assert [(p.place.column, p.place.row is not None) for p in refusal.value.problems] == [
        ("value", True),
        ("unit", True),
        ("operator", True),
    ]


def test_the_row_named_is_the_row_in_the_file(copy: Copy) -> None:
    lines = (copy.year / "facts.csv").read_text(encoding="utf-8-sig").splitlines()
    row = next(n for n, line in enumerate(lines, 1) if line.startswith("outturn_basic,"))
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    assert refusal.value.problems[0].place.row == row


def test_an_unknown_department_is_told_the_codes(copy: Copy) -> None:
    with pytest.raises(InputRefused, match="Did you mean hrss"):
        load_year(copy.folder, "hrs", 2023)


def test_a_year_that_is_not_listed_is_refused(copy: Copy) -> None:
    with pytest.raises(InputRefused, match="2022 is not listed"):
        load_year(copy.folder, "hrss", 2022)


def test_a_listed_year_without_data_is_refused(copy: Copy) -> None:
    copy.replace(copy.folder / "departments.csv", "2023,2023", "2023,2024")
    with pytest.raises(InputRefused, match="no data for hrss 2024"):
        load_year(copy.folder, "hrss", 2024)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no such data folder"):
        load_year(tmp_path / "nowhere", "hrss", 2023)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_usual_encodings_are_read(copy: Copy, encoding: str) -> None:
    path = copy.year / "findings.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_bytes(text.encode(encoding))
    assert load_year(copy.folder, "hrss", 2023).record.findings[0].title in text
