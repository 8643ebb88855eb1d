"""The data folder on disk: which files a year is read from, and those that are not read."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from evallib.data.folder import has_data, rule_files, year_files
from evallib.data.load import load_year
from evallib.files.sheets import MAX_BYTES
from evallib.model.errors import InputRefused
from tests.conftest import Copy


def names(copy: Copy, year: int, framework: str | None = "xundian-department") -> list[str]:
    rules = rule_files(copy.folder, framework, year)
    return [file.relative_to(copy.folder).as_posix() for file in year_files(copy.folder, "hrss", year, rules)]


def linked_outside(file: Path, outside: Path) -> None:
    file.rename(outside)
    try:
        file.symlink_to(outside)
    except OSError:
        pytest.skip("this machine does not allow links")


def test_a_year_is_read_from_its_tables_and_the_framework_in_force(copy: Copy) -> None:
    found = names(copy, 2023)
    assert "departments/hrss/2023/facts.csv" in found
    assert found[-2:] == ["county.toml", "frameworks/xundian-department/2023.toml"]
    assert all(name.endswith(".csv") for name in found[:-2])


def test_a_catalogue_of_the_countys_own_is_one_of_the_files(copy: Copy) -> None:
    (copy.folder / "catalogue").mkdir()
    (copy.folder / "catalogue" / "mine.toml").write_text("")
    assert "catalogue/mine.toml" in names(copy, 2023)
    assert "catalogue/mine.toml" in {file.name for file in load_year(copy.folder, "hrss", 2023).record.files}


def test_a_workbook_is_one_file_and_later_years_keep_the_framework(copy: Copy) -> None:
    (copy.year.parent / "2024.xlsx").write_bytes(b"x")
    assert names(copy, 2024) == ["departments/hrss/2024.xlsx", "county.toml", "frameworks/xundian-department/2023.toml"]
    assert names(copy, 2024, None) == ["departments/hrss/2024.xlsx"]


def test_of_a_table_that_is_called_otherwise_one_thing_is_told(copy: Copy) -> None:
    (copy.year / "judgements.csv").rename(copy.year / "judgements_2.csv")
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    assert [(one.place.file, "judgements" in one.fix.en) for one in refusal.value.problems if one.level == "error"] == [
        ("departments/hrss/2023/judgements_2.csv", True)
    ]


def test_where_there_is_no_data_no_file_decides_anything(copy: Copy) -> None:
    assert names(copy, 2024) == []
    assert not has_data(copy.folder, "hrss", 2024)


NEAR_BOOKS = {
    "2023.xls": "open it in Excel, WPS or LibreOffice and save it",
    "2023.XLSX": "rename it to 2023.xlsx",
    "2023.et": "open it in Excel, WPS or LibreOffice and save it",
    "2023.ods": "open it in Excel, WPS or LibreOffice and save it",
    "2023.xlsm": "open it in Excel, WPS or LibreOffice and save it",
    "2023(1).xlsx": "rename it to 2023.xlsx",
    "2023（1）.xlsx": "rename it to 2023.xlsx",
    "2023 - 副本.xlsx": "rename it to 2023.xlsx",
    "Copy of 2023.xlsx": "rename it to 2023.xlsx",
    "２０２３.xlsx": "rename it to 2023.xlsx",
    "2023.xlsx.xlsx": "rename it to 2023.xlsx",
    "2023年.xlsx": "rename it to 2023.xlsx",
    "~$2023.xlsx": "only what Excel leaves while 2023.xlsx is open",
}


@pytest.mark.parametrize("name", NEAR_BOOKS)
def test_a_workbook_of_almost_the_right_name_is_named_with_what_to_do(copy: Copy, name: str) -> None:
    shutil.rmtree(copy.year)
    (copy.year.parent / name).write_bytes(b"x")
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    (problem,) = refusal.value.problems
    assert problem.what.en == "there is no data for hrss 2023, but there is a file of almost that name"
    assert f"“{name}”: {NEAR_BOOKS[name]}" in problem.fix.en
    assert name in problem.fix.zh


def test_a_folder_of_almost_the_right_name_is_named(copy: Copy) -> None:
    copy.year.rename(copy.year.parent / "2023年")
    with pytest.raises(InputRefused, match="the folder “2023年”: rename it to 2023"):
        load_year(copy.folder, "hrss", 2023)


@pytest.mark.parametrize("name", ["2022.xlsx", "2023.scenarios.json", "12023.xlsx", "2023.taken.json", "notes.xlsx"])
def test_other_files_are_not_taken_for_a_year(copy: Copy, name: str) -> None:
    shutil.rmtree(copy.year)
    (copy.year.parent / name).write_bytes(b"x")
    with pytest.raises(InputRefused, match=r"there is no data for hrss 2023\. To fix it"):
        load_year(copy.folder, "hrss", 2023)


@pytest.mark.parametrize("name", ["facts.CSV", "Facts.csv", "facts.csv.txt", "facts(1).csv", "facts - 副本.csv", "基础数据.csv"])
def test_a_table_of_almost_the_right_name_is_named_and_renamed_it_is_read(copy: Copy, name: str) -> None:
    (copy.year / "facts.csv").rename(copy.year / name)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    (problem,) = refusal.value.problems
    assert (problem.place.file, problem.what.en) == (
        f"departments/hrss/2023/{name}",
        "was not read: its name is not quite that of a table",
    )
    assert "rename it to facts.csv" in problem.fix.en
    assert "改名为 facts.csv" in problem.fix.zh
    (copy.year / name).rename(copy.year / "facts.csv")
    load_year(copy.folder, "hrss", 2023)


def test_a_table_that_a_year_may_do_without_is_not_passed_over_for_its_name(copy: Copy) -> None:
    (copy.year / "surveys.CSV").write_text("x")
    with pytest.raises(InputRefused, match=r"surveys\.CSV: was not read"):
        load_year(copy.folder, "hrss", 2023)


def test_a_copy_beside_a_table_is_told_as_one_and_a_remark_is_passed_over(copy: Copy) -> None:
    (copy.year / "#facts old.csv").write_text("x")
    (copy.year / "~$facts.csv").write_text("x")
    load_year(copy.folder, "hrss", 2023)
    (copy.year / "facts(1).csv").write_text("x")
    with pytest.raises(InputRefused, match=r"facts\.csv stands beside it; keep the one that is to be read"):
        load_year(copy.folder, "hrss", 2023)


@pytest.mark.parametrize(("wanted", "name"), [("departments.csv", "departments.CSV"), ("county.toml", "county.toml.txt")])
def test_the_list_and_the_settings_of_almost_the_right_name_are_named(copy: Copy, wanted: str, name: str) -> None:
    (copy.folder / wanted).rename(copy.folder / name)
    with pytest.raises(InputRefused, match=f"“{name}”: rename it to {wanted}"):
        load_year(copy.folder, "hrss", 2023)


def test_a_folder_in_the_place_of_a_table_is_no_file(copy: Copy) -> None:
    (copy.year / "facts.csv").unlink()
    (copy.year / "facts.csv").mkdir()
    with pytest.raises(InputRefused, match=r"facts\.csv: there is no such file"):
        load_year(copy.folder, "hrss", 2023)


def test_a_file_that_is_too_large_is_not_read(copy: Copy) -> None:
    with (copy.year / "facts.csv").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    assert "the file is larger than 20 MB" in refusal.value.describe("en")
    assert "文件超过 20 MB" in refusal.value.describe("zh")


@pytest.mark.parametrize("name", ["departments/hrss/2023.xlsx", "frameworks/xundian-department/2023.toml"])
def test_a_workbook_or_framework_outside_the_data_folder_is_not_read(copy: Copy, tmp_path: Path, name: str) -> None:
    if name.endswith(".xlsx"):
        copy.year.rename(tmp_path / "tables")
        (copy.folder / name).write_bytes(b"x")
    linked_outside(copy.folder / name, tmp_path / "outside")
    with pytest.raises(InputRefused, match=f"{re.escape(name)}: is a link that leads out of the data folder"):
        load_year(copy.folder, "hrss", 2023)


def test_a_file_that_another_program_keeps_for_itself_is_refused(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Excel does on Windows: the file is there, and cannot be opened."""
    opened = os.open

    def kept(path: Any, *args: Any, **kwargs: Any) -> int:
        if Path(path).name == "facts.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", kept)
    with pytest.raises(InputRefused, match=r"facts\.csv: the file cannot be read. To fix it: close the program that has it open"):
        load_year(copy.folder, "hrss", 2023)


def test_a_folder_that_cannot_be_listed_is_no_empty_one(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Own units, facts and formulas would be missed in silence."""
    (copy.folder / "catalogue").mkdir()
    listing = os.listdir

    def refused(folder: str | Path = ".") -> list[str]:
        if Path(folder).name == "catalogue":
            raise PermissionError(13, "Permission denied", str(folder))
        return listing(folder)

    monkeypatch.setattr(os, "listdir", refused)
    with pytest.raises(PermissionError):
        copy.evaluate()
