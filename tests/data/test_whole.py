"""Files and folders that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from evallib.data.whole import refuse_filled, whole
from evallib.model.errors import InputRefused


def test_a_file_takes_its_place_only_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError), whole(target) as file:
        file.write_text("half 半", encoding="ascii")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"list.csv": "old"}


def test_a_file_keeps_the_permissions_it_had(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")
    target.chmod(0o640)
    with whole(target) as file:
        file.write_text("new")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with whole(tmp_path / "a" / "b" / "list.csv") as file:
        file.write_text("new")
    assert (tmp_path / "a" / "b" / "list.csv").read_text() == "new"


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    target = tmp_path / "kit"
    target.mkdir()
    before = target.stat().st_ino
    with whole(target) as made:
        (made / "data").mkdir(parents=True)
    assert ([path.name for path in target.iterdir()], target.stat().st_ino) == (["data"], before)


def test_a_folder_in_the_place_of_a_file_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "list.csv").mkdir()
    with pytest.raises(OSError, match=r"list\.csv"), whole(tmp_path / "list.csv") as file:
        file.write_text("new")
    assert [path.name for path in tmp_path.rglob("*")] == ["list.csv"]


@pytest.mark.parametrize("there", ["file", "filled folder"])
def test_a_place_that_is_taken_is_refused(tmp_path: Path, there: str) -> None:
    target = tmp_path / "kit"
    if there == "file":
        target.write_text("")
    else:
        (target / "something").mkdir(parents=True)
    with pytest.raises(InputRefused, match="is already there"):
        refuse_filled(target)


def test_a_new_or_empty_place_is_not_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refuse_filled(tmp_path / "empty")
    refuse_filled(tmp_path / "new")
