"""Forms that people have, imported: what is taken, asked about, left, lacking; a second import; nothing half written."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from evallib.data.form_out import write_form
from evallib.data.imports import import_forms
from evallib.data.working_folder import lay_out
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.made_ids import made_id
from tests.data.forestry import BUREAU, YEAR, lines, write_csv, write_xlsx

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "forms.toml").read_text(encoding="utf-8"))["case"]
CODE = made_id(BUREAU)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is only read."""
    return lay_out(tmp_path_factory.mktemp("read") / "county") / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "county") / "data"


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_what_a_form_says(case: dict[str, Any], county: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines(**case["set"]))
    given = {name: case[name] for name in ("framework",) if name in case}
    if "asks" in case:
        with pytest.raises(InputRefused) as refusal:
            import_forms(county, [form], dry=True, **given)
        assert case["asks"] in {problem.code for problem in refusal.value.problems}, refusal.value.describe("en")
        said = refusal.value.describe("zh")
        assert all(read.partition("=")[0] in said for read in case.get("read", ()))
        given |= {name.removesuffix("_then"): case[name] for name in case if name.endswith("_then")}
        given["reads"] = case.get("read", [])
    found = import_forms(county, [form], dry=True, **given)
    assert found.evaluation.total == Decimal(case["total"])
    assert [one.place.cell for one in found.left if one.acts] == case.get("left", [])
    assert found.open_points[0] == Decimal(case.get("open", 0))
    assert bool(found.lacking) == ("open" in case)


# --- shapes


def _two_lines() -> list[list[str]]:
    """The form with a label at its side, a head of two lines, and lines broken in its heads."""
    made = []
    for row, line in enumerate(lines(), 1):
        if row == 8:
            made.append(
                [
                    "绩效\n指标",
                    "绩效指标",
                    "",
                    "",
                    "年度指标值",
                    "",
                    "",
                    "分值\n（权重）",
                    "实际\n完成值",
                    "得分",
                    "偏差原因分析及\n改进措施",
                ]
            )
            made.append(["", "一级\n指标", "二级\n指标", "三级指标", "指标\n性质", "指标值", "度量\n单位", "", "", "", ""])
        else:
            made.append(["", *line])
    return [[""] * len(made[0]), *made]


@pytest.mark.parametrize("shape", ["csv", "no cell merged", "numbers as texts", "head of two lines", "head of two lines, csv"])
def test_a_form_of_another_shape_says_the_same(shape: str, county: Path, tmp_path: Path) -> None:
    table = _two_lines() if "two lines" in shape else lines()
    if "csv" in shape:
        form = write_csv(tmp_path / "2024年部门整体支出绩效自评表.csv", table)
    else:
        form = write_xlsx(tmp_path / "form.xlsx", table, merged=shape == "numbers as texts", numbers=shape != "numbers as texts")
    found = import_forms(county, [form], dry=True)
    assert found.evaluation.total == Decimal("99.39")
    assert not [one for one in found.left if one.acts]
    assert not found.lacking


def test_nobody_says_whose_scores_these_are(county: Path, tmp_path: Path) -> None:
    form = write_csv(tmp_path / "form.csv", lines(A1="2024年度情况表"))
    with pytest.raises(InputRefused) as refusal:
        import_forms(county, [form], framework="self-evaluation-department", dry=True)
    assert [problem.code for problem in refusal.value.problems] == ["form.whose_score"]
    found = import_forms(county, [form], framework="self-evaluation-department", reads=["I8=自评得分"], dry=True)
    assert found.evaluation.self_total == Decimal("99.39")


@pytest.mark.parametrize("name", ["form.xls", "form.et", "form.ods", "~$form.xlsx", "nothing.xlsx"])
def test_a_file_of_another_kind_is_told_with_what_to_do(name: str, county: Path, tmp_path: Path) -> None:
    if "nothing" not in name:
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(InputRefused) as refusal:
        import_forms(county, [tmp_path / name], dry=True)
    code = {"~": "form.open_elsewhere", "n": "form.no_file"}.get(name[0], "form.of_another_kind")
    assert [problem.code for problem in refusal.value.problems] == [code]


# --- the year that is written


def test_an_imported_year_needs_nothing_more(data: Path, tmp_path: Path) -> None:
    found = import_forms(data, [write_xlsx(tmp_path / "form.xlsx", lines())])
    assert found.path == data / "departments" / CODE / f"{YEAR}.xlsx"
    evaluated = evaluate_year(data, CODE, YEAR)
    assert (evaluated.evaluation.total, evaluated.evaluation.self_total) == (Decimal("99.39"), Decimal("99.39"))
    assert evaluated.evaluation.record.name.zh == BUREAU
    assert evaluated.evaluation.record.targets[4].due is not None


def _edit(file: Path, sheet: str, old: Any, new: Any) -> None:
    book = load_workbook(file)
    cells = [cell for row in book[sheet].iter_rows() for cell in row if cell.value == old]
    assert len(cells) == 1
    cells[0].value = new
    book.save(file)


def _actuals(data: Path) -> list[str]:
    return [str(target.actual) for target in evaluate_year(data, CODE, YEAR).evaluation.record.targets[:2]]


def test_a_second_import_compares_three_ways(data: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    first = import_forms(data, [write_xlsx(form, lines())])
    assert first.path
    before = {file: file.read_bytes() for file in data.rglob("*") if file.is_file()}
    again = import_forms(data, [form])
    assert (again.changes, again.backup) == ((), None)
    assert {file: file.read_bytes() for file in data.rglob("*") if file.is_file()} == before  # nothing to do, nothing done

    _edit(first.path, "目标与实际", 11400, 11500)  # in the data alone: stays
    assert import_forms(data, [write_xlsx(form, lines())]).changes == ()
    assert _actuals(data) == ["5200", "11500"]
    changed = import_forms(data, [write_xlsx(form, lines(H9="5300"))])  # in the form alone: taken
    assert [(change.before, change.after) for change in changed.changes] == [("5200", "5300")]
    assert changed.backup
    assert changed.backup.is_file()
    assert _actuals(data) == ["5300", "11500"]

    both = write_xlsx(form, lines(H9="5300", H10="11600"))
    with pytest.raises(InputRefused) as refusal:
        import_forms(data, [both])
    assert [problem.code for problem in refusal.value.problems] == ["form.both_changed"]
    assert all(number in refusal.value.describe("en") for number in ("11400", "11500", "11600"))
    assert _actuals(data) == ["5300", "11500"]
    assert import_forms(data, [both], keep="data").changes == ()
    assert _actuals(data) == ["5300", "11500"]
    import_forms(data, [write_xlsx(form, lines(H9="5300", H10="11700"))], keep="form")
    assert _actuals(data) == ["5300", "11700"]


def test_rows_that_come_and_go_in_the_form_do_so_in_the_data(data: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    import_forms(data, [write_xlsx(form, lines())])
    import_forms(data, [write_xlsx(form, lines(C11="林区道路养护", G10="9", G11="5", I11="5"))])
    names = [row.name for row in evaluate_year(data, CODE, YEAR).evaluation.record.own_indicators]
    assert "林区道路养护" in names
    assert "林业有害生物防治培训" not in names


def test_data_that_was_not_imported_is_left_alone(data: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines())
    made = import_forms(data, [form]).path
    (data / "departments" / CODE / f"{YEAR}.taken.json").unlink()
    assert made
    held = made.read_bytes()
    with pytest.raises(InputRefused, match="not imported"):
        import_forms(data, [form])
    assert made.read_bytes() == held


# --- and back


def _data_of(evaluation: Evaluation) -> dict[str, list[dict[str, Any]]]:
    """What a form says of a year, without where it stands."""
    tables = ("facts", "own_indicators", "targets", "self_evaluation")
    rows = {table: [row.model_dump(exclude={"source", "section"}) for row in getattr(evaluation.record, table)] for table in tables}
    return {table: sorted(some, key=str) for table, some in rows.items()}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"H10": "1.14万亩", "D9": "区间", "E9": "5000~6000"},
        {"D14": "<", "H9": "不适用", "J9": "不适用"},
        {"H17": "部分达成", "J17": "未全部达到"},
    ],
    ids=["as it stands", "range and scale", "state", "words"],
)
def test_the_form_that_is_written_says_the_same_year(changed: dict[str, str], data: Path, tmp_path: Path) -> None:
    import_forms(data, [write_xlsx(tmp_path / "form.xlsx", lines(**changed))])
    first = evaluate_year(data, CODE, YEAR).evaluation
    write_form(first, tmp_path / "back.xlsx")
    other = lay_out(tmp_path / "other") / "data"
    found = import_forms(other, [tmp_path / "back.xlsx"])
    assert not [one for one in found.left if one.acts]
    again = evaluate_year(other, CODE, YEAR).evaluation
    assert _data_of(again) == _data_of(first)
    assert (again.total, again.self_total) == (first.total, first.self_total)
    assert import_forms(data, [tmp_path / "back.xlsx"]).changes == ()  # and in its own place there is nothing to change


def test_the_form_is_not_written_over_a_file(data: Path, tmp_path: Path) -> None:
    import_forms(data, [write_xlsx(tmp_path / "form.xlsx", lines())])
    with pytest.raises(InputRefused, match="already there"):
        write_form(evaluate_year(data, CODE, YEAR).evaluation, tmp_path / "form.xlsx")
