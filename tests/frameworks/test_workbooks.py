"""Frameworks as workbooks: out and in again they are the same; what is left out is made; what is wrong is told by its cell."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.rulebook import framework_folders, load_framework
from evallib.frameworks.files import Taken, take_framework, write_framework_workbook
from evallib.frameworks.tables import sheets
from evallib.kit import FRAMEWORKS
from evallib.model.errors import InputRefused
from evallib.model.framework import Framework
from evallib.model.made_ids import made_id
from evallib.model.words import LANGS, Lang
from tests.conftest import DATA, GOLDEN
from tests.data.test_language import FRAGMENTS, WHOLE, as_framework

SOFFICE = shutil.which("soffice")
CASES = tomllib.loads((GOLDEN / "framework_workbooks.toml").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with settings and frameworks, and no department."""
    shutil.copy(DATA / "county.toml", tmp_path)
    shutil.copytree(DATA / "frameworks", tmp_path / "frameworks")
    return tmp_path


def parts(framework: Framework) -> Mapping[str, Any]:
    """What a framework says, but for its name as a file."""
    fields = {name: getattr(framework, name) for name in Framework.model_fields if name not in ("id", "first_year", "catalogue")}
    return fields | {"entries": framework.catalogue.part}


def again(folder: Path, id: str, lang: Lang = "zh", year: int = 2200) -> Taken:
    """A framework laid out as a workbook, taken in under another id."""
    book = folder / f"{id}-{lang}.xlsx"
    write_framework_workbook(folder, id, year, book, lang)
    return take_framework(folder, book, f"again-{lang}")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("id", framework_folders(DATA))
def test_a_framework_comes_back_the_same(folder: Path, id: str, lang: Lang) -> None:
    taken = again(folder, id, lang)
    assert (taken.changed, [one.describe("en") for one in taken.remarks]) == (True, [])
    there = load_framework(folder, f"again-{lang}", 2200)
    assert parts(there) == parts(load_framework(folder, id, 2200))
    assert not take_framework(folder, folder / f"{id}-{lang}.xlsx", f"again-{lang}").changed


@pytest.mark.parametrize("text", [WHOLE, *map(as_framework, FRAGMENTS)])
def test_all_that_a_framework_may_say_comes_back(folder: Path, text: str) -> None:
    file = folder / "frameworks" / "our-county" / "2025.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    for lang in LANGS:
        assert parts(again(folder, "our-county", lang).framework) == parts(load_framework(folder, "our-county", 2025))


def test_entries_of_one_id_keep_their_own_rows(folder: Path) -> None:
    text = (FRAMEWORKS / "office-general" / "2000.toml").read_text(encoding="utf-8").replace('id = "office-general"', 'id = "ours"')
    bands = "bands = [{ up_to = 1, share = 1 }, { up_to = 2, share = 0.5 }, { share = 0 }]"
    rule = f'[[rule]]\nid = "objectives_set"\nname = "按次数"\n[rule.rule]\nkind = "bands"\n{bands}\n'
    topic = '[[topic]]\nid = "objectives_set"\nname = "目标"\n'
    file = folder / "frameworks" / "ours" / "2000.toml"
    file.parent.mkdir()
    file.write_text(f"{text}\n{rule}\n{topic}", encoding="utf-8")
    assert parts(again(folder, "ours").framework) == parts(load_framework(folder, "ours", 2200))


def test_entries_of_the_folder_travel_with_a_framework_and_are_not_written_twice(folder: Path) -> None:
    (folder / "catalogue").mkdir()
    own = '[[fact]]\nid = "trees"\nname = "栽植株数"\nunit = "株"\n\n[[formula]]\nid = "per_tree"\nvalue = "栽植株数 / 栽植株数"\n'
    (folder / "catalogue" / "own.toml").write_text(own, encoding="utf-8")
    taken = again(folder, "office-general")
    assert "trees" not in taken.file.read_text(encoding="utf-8")
    (folder / "catalogue" / "own.toml").unlink()
    take_framework(folder, folder / "office-general-zh.xlsx", "elsewhere")
    assert "per_tree" in load_framework(folder, "elsewhere", 2200).catalogue.formulas


def county(folder: Path, rows: list[tuple[Any, ...]]) -> Path:
    """A table of points and standards, as a county has it."""
    book: Any = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("B2:B3")
    book.save(folder / "林业局指标.xlsx")
    return folder / "林业局指标.xlsx"


TABLE: list[tuple[Any, ...]] = [
    ("一级指标", "二级指标", "三级指标", "分值", "评分标准", "依据"),
    ("投入", "目标设定", "绩效目标合理性", 5, "目标合理得满分，否则酌情扣分", "县绩效办法（县财〔2022〕7号）"),
    (None, None, "绩效指标明确性", 5, "指标明确得满分", None),
    (None, "预算配置", "预算执行率", 30, "按执行率计分", None),
    ("满意度", "满意度", "满意度", 60, "满意得满分", None),
    ("合计", None, None, 100, None, None),
]


def test_a_table_of_points_and_standards_is_a_framework_with_names_alone(folder: Path) -> None:
    framework = take_framework(folder, county(folder, TABLE), year=2024).framework
    assert (framework.name, framework.id, framework.first_year, framework.points) == ("林业局指标", made_id("林业局指标"), 2024, 100)
    assert [dimension.name for dimension in framework.dimensions] == ["投入", "满意度"]
    assert [(group.name, group.dimension) for group in framework.groups] == [
        ("目标设定", framework.dimensions[0].id),
        ("预算配置", framework.dimensions[0].id),
        ("满意度", framework.dimensions[1].id),
    ]
    assert {indicator.rule.kind for indicator in framework.indicators} == {"awarded"}
    assert [(source.name, source.year) for source in framework.sources] == [("县绩效办法（县财〔2022〕7号）", 2022)]
    assert {indicator.source for indicator in framework.indicators} == {framework.sources[0].id}
    ids = [one.id for one in (*framework.dimensions, *framework.groups, *framework.indicators)]
    assert len(set(ids)) == len(ids)
    assert again(folder, framework.id).framework.indicators == framework.indicators


def test_a_sum_below_the_table_that_is_not_its_sum_is_refused_at_its_cell(folder: Path) -> None:
    with pytest.raises(InputRefused) as refusal:
        take_framework(folder, county(folder, [*TABLE[:-1], ("合计", None, None, 99, None, None)]), year=2024)
    assert [(one.code, one.place.cell) for one in refusal.value.problems] == [("framework.points_differ", "D6")]


def changed(book: Path, cells: Mapping[str, Any]) -> Path:
    """A copy of a workbook with other cells."""
    opened: Any = openpyxl.load_workbook(book)
    for where, value in cells.items():
        sheet, cell = where.split("!")
        opened[sheet][cell] = None if value == "" else value
    to = book.with_name("changed.xlsx")
    opened.save(to)
    return to


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook that the cases change, in a folder of its own."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(DATA / "county.toml", folder)
    return write_framework_workbook(folder, "office-general", 2200, folder / "office.xlsx", "zh")


@pytest.mark.parametrize("case", CASES["case"], ids=[case["name"] for case in CASES["case"]])
def test_a_mistake_is_told_at_its_cell_and_the_remedy_works(office: Path, case: dict[str, Any]) -> None:
    with pytest.raises(InputRefused) as refusal:
        take_framework(office.parent, changed(office, case["set"]), "wrong", 2030, instead=True)
    first = next(one for one in refusal.value.problems if one.code == case["code"])
    assert (first.place.sheet, first.place.cell) == tuple(case["at"])
    assert first.acts == case.get("acts", first.acts)
    for lang in LANGS:
        for words in case.get(lang, []):
            assert words in first.describe(lang)
    take_framework(office.parent, changed(office, case["set"] | case["mended"]), "wrong", 2030, instead=True)


def test_a_cell_that_is_changed_at_random_is_told_or_makes_another_framework(office: Path) -> None:
    change_at_random(office, Random(16), 12)


def change_at_random(office: Path, chance: Random, times: int) -> None:
    """Change cells of the workbook, one at a time."""
    good = take_framework(office.parent, office, "good", 2030, instead=True).framework
    opened: Any = openpyxl.load_workbook(office)
    cells = [
        f"{sheet}!{cell.coordinate}"
        for sheet in opened.sheetnames[1:-1]
        for column in opened[sheet].iter_cols()
        for cell in column
        if cell.value and not str(column[0].value).startswith("#") and not (sheet == "体系" and cell.row == 1)
    ]
    for where in chance.sample(cells, times):
        value = chance.choice(["", "？？", -1, 999, 0.5, "85%", True, "=1+1", "目标明确", "按比例计分"])
        try:
            found = take_framework(office.parent, changed(office, {where: value}), "tried", 2030, instead=True).framework
        except InputRefused as refusal:
            places = [one.place for one in refusal.problems]
            assert all(place.file == "changed.xlsx" and place.sheet and place.row for place in places), (where, value)
            continue
        sheet, cell = where.split("!")
        assert value in ("", opened[sheet][cell].value) or parts(found) != parts(good), (where, value)


@pytest.mark.parametrize(("cell", "value"), [("一级指标!A2", ""), ("二级指标!C5", "按比例计分")])
def test_a_section_that_is_called_otherwise_is_told_where_it_is_named(office: Path, cell: str, value: str) -> None:
    with pytest.raises(InputRefused) as caught:
        take_framework(office.parent, changed(office, {cell: value}), "tried", 2030, instead=True)
    assert all(one.place.sheet and one.place.row for one in caught.value.problems)


def test_a_year_may_be_called_one(office: Path) -> None:
    assert take_framework(office.parent, changed(office, {"体系!B4": "2031年"}), "later").file.name == "2031.toml"


def test_a_sheet_that_is_hidden_or_there_twice_is_refused_and_a_hidden_row_is_remarked(office: Path) -> None:
    for change, code in (("hide", "workbook.sheet_hidden"), ("twice", "workbook.sheet_twice"), ("row", "table.hidden_cells")):
        opened: Any = openpyxl.load_workbook(office)
        if change == "hide":
            opened["核对项"].sheet_state = "hidden"
        elif change == "twice":
            opened.copy_worksheet(opened["指标"]).title = "评分表"
        else:
            opened["等级"].row_dimensions[3].hidden = True
        opened.save(office.with_name("changed.xlsx"))
        try:
            said = take_framework(office.parent, office.with_name("changed.xlsx"), "odd", 2030, instead=True).remarks
        except InputRefused as refusal:
            said = refusal.problems
        assert [one.code for one in said] == [{"table.hidden_cells": "hidden"}.get(code, code)]


def test_a_file_that_differs_stays_unless_it_is_said_otherwise(folder: Path, office: Path) -> None:
    taken = take_framework(folder, office, "ours")
    before = taken.file.read_bytes()
    other = changed(office, {"等级!B2": 95})
    with pytest.raises(InputRefused, match="--year 2001"):
        take_framework(folder, other, "ours")
    assert taken.file.read_bytes() == before
    assert take_framework(folder, other, "ours", 2027).file.name == "2027.toml"
    assert take_framework(folder, other, "ours", instead=True).changed
    assert load_framework(folder, "ours", 2026).grades[0].at_least == 95


def test_the_command_goes_out_and_comes_back(folder: Path) -> None:
    def run(*typed: str) -> Any:
        return CliRunner().invoke(app, ["framework", *typed, "--data", str(folder), "--lang", "en"])

    book = folder / "book.xlsx"
    assert run("project-mof-2020", "--out", str(book)).exit_code == 0
    assert run("project-mof-2020", "--out", str(book)).exit_code == 2
    said = run("--from", str(book), "--id", "ours", "--year", "2026")
    assert (said.exit_code, "The framework is written" in said.output) == (0, True)
    assert parts(load_framework(folder, "ours", 2026)) == parts(load_framework(folder, "project-mof-2020", 2200))
    assert "nothing was changed" in run("--from", str(book), "--id", "ours", "--year", "2026").output
    assert run("--from", str(folder / "nowhere.xlsx")).exit_code == 2


def test_every_column_and_choice_has_one_name() -> None:
    for table in sheets().values():
        heads = [head for column in table.columns for head in column.heads]
        assert len(heads) == len(set(heads)), table.id
        for column in table.columns:
            for lang in LANGS:
                called = [column.choice(value)[lang] for value in column.choices]
                assert len(called) == len(set(called)), (table.id, column.key)
                assert [column.meant(text) for text in called] == [*column.choices]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc")
def test_libreoffice_saves_a_workbook_that_gives_the_same_framework(folder: Path) -> None:
    book = write_framework_workbook(folder, "department-mof-2013", 2200, folder / "book.xlsx", "zh")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "saved"), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    taken = take_framework(folder, folder / "saved" / "book.xlsx", "ours")
    assert parts(taken.framework) == parts(load_framework(folder, "department-mof-2013", 2013))
