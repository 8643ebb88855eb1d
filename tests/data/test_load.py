"""Loading again: what was parsed before is used again, and a changed file is always seen."""

from __future__ import annotations

import os
from decimal import Decimal

from evallib.data.load import load_departments, load_year
from evallib.data.years import evaluate_year
from tests.conftest import DATA, Copy


def test_the_same_files_are_parsed_once(copy: Copy) -> None:
    assert load_year(copy.folder, "hrss", 2023) is load_year(copy.folder, "hrss", 2023)
    assert load_departments(copy.folder) is load_departments(copy.folder)


def test_a_file_changed_without_a_trace_in_its_size_or_time_is_seen(copy: Copy) -> None:
    file = copy.year / "facts.csv"
    before, stamp = load_year(copy.folder, "hrss", 2023), file.stat()
    copy.replace(file, "assets_idle_count,2023,1,", "assets_idle_count,2023,2,")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert file.stat().st_size == stamp.st_size
    after = load_year(copy.folder, "hrss", 2023)
    assert [row.value for row in before.record.facts if row.fact == "assets_idle_count"] == [1]
    assert [row.value for row in after.record.facts if row.fact == "assets_idle_count"] == [2]


def test_a_changed_framework_is_seen(copy: Copy) -> None:
    before = evaluate_year(copy.folder, "hrss", 2023).evaluation
    copy.replace(copy.framework, "at_least = 80", "at_least = 85")
    after = evaluate_year(copy.folder, "hrss", 2023).evaluation
    assert before.total == after.total == Decimal("84.63")
    assert before.grade_id != after.grade_id


def test_a_folder_that_moved_is_another_folder(copy: Copy) -> None:
    copy.replace(copy.year / "facts.csv", "assets_idle_count,2023,1,", "assets_idle_count,2023,2,")
    assert load_year(DATA, "hrss", 2023).record.facts != load_year(copy.folder, "hrss", 2023).record.facts


def test_a_record_with_other_facts_is_asked_for_those(copy: Copy) -> None:
    record = load_year(copy.folder, "hrss", 2023).record
    row = record.find_fact("outturn_basic", 2023) or record.facts[0]
    other = record.model_copy(update={"facts": (row.model_copy(update={"value": Decimal(1)}),)})
    found = other.find_fact(row.fact, row.year)
    assert found is not None
    assert found.value == 1
