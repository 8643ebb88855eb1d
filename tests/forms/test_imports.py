"""Forms that people have, imported: what is taken, asked about, left, lacking; a second import; nothing half written."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.csv_files import switch_form
from evallib.data.load import load_year
from evallib.data.new_year import new_year
from evallib.data.raw_years import read_raw_year
from evallib.data.working_folder import lay_out
from evallib.data.years import evaluate_year
from evallib.forms.imports import import_forms
from evallib.forms.out import write_form
from evallib.kit import CATALOGUE
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.made_ids import made_id
from evallib.model.words import LANGS, Lang
from tests.conftest import Copy
from tests.forms.forestry import BUREAU, FRAMEWORKS, YEAR, fact_table, lines, project_form, scoring_table, spoiled, write_csv, write_xlsx

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "forms.toml").read_text(encoding="utf-8"))["case"]
CODE = made_id(BUREAU)
SOFFICE = shutil.which("soffice")


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
    assert {one.why.zh for one in found.left if one.acts} == {*case["said"]} if "said" in case else True
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

    _edit(first.path, "评分表", 11400, 11500)  # in the data alone: stays
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


def test_what_a_second_import_fills_in_leaves_the_source_of_every_row(data: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines(D10="", H13="11月20日"))
    first = import_forms(data, [form])
    assert first.path
    assert first.lacking
    once = load_workbook(first.path)["评分表"]["A1"].value
    cell = next(one.place.cell for one in first.left if one.acts and one.text == "11月20日")
    again = import_forms(data, [form], reads=[f"{cell}={YEAR}-11-20"])
    assert again.changes
    assert load_workbook(first.path)["评分表"]["A1"].value == once != "来源："
    assert all(row.get("source") for row in read_raw_year(first.path, again.framework).tables["targets"])


def test_a_number_of_the_form_never_meets_a_unit_of_the_data(data: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines())
    made = import_forms(data, [form]).path
    assert made
    book = load_workbook(made)
    unit = next(
        cell for row in book["评分表"].iter_rows() if "带动林农就业人数" in [one.value for one in row] for cell in row if cell.value == "人"
    )
    unit.value = "户"
    book.save(made)
    write_xlsx(form, lines(E15="350"))
    with pytest.raises(InputRefused) as refusal:
        import_forms(data, [form])
    assert [problem.code for problem in refusal.value.problems] == ["form.both_changed"]
    import_forms(data, [form], keep="form")
    target = next(row for row in evaluate_year(data, CODE, YEAR).evaluation.record.targets if row.target == 350)
    assert target.unit == "人"


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
        {"K8": "调整后指标值", "L8": "核心指标", "K9": "5100", "L9": "是"},
    ],
    ids=["as it stands", "range and scale", "state", "words", "more columns"],
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


# --- tables of other kinds


def test_a_project_form_is_taken_with_what_stands_between(data: Path, tmp_path: Path) -> None:
    found = import_forms(data, [write_xlsx(tmp_path / "form.xlsx", project_form(), merged=False)], reads=["E18=>60%", "F18=62%"])
    assert (found.listing.kind, found.listing.department) == ("project", BUREAU)
    assert [one.text for one in found.left if one.acts] == ["修复退化林 8000 亩。", "修复退化林 8200 亩。"]
    evaluation = evaluate_year(data, found.listing.code, YEAR).evaluation
    assert (evaluation.total, evaluation.self_total) == (Decimal("99.53"), Decimal("99.53"))
    assert {row.fact for row in evaluation.record.facts} == {"funds_approved", "funds_adjusted", "funds_spent"}


def test_a_scoring_table_and_a_table_of_facts_are_taken_together(data: Path, tmp_path: Path) -> None:
    forms = [write_xlsx(tmp_path / "评分表.xlsx", scoring_table(), merged=False), write_csv(tmp_path / "基础数据.csv", fact_table())]
    found = import_forms(data, forms, framework="department-mof-2013")
    evaluation = found.evaluation
    scores = {i.name.zh: i.score for i in evaluation.indicators if i.status == "scored"}
    assert scores == {
        "绩效目标合理性": Decimal("2.5"),
        "绩效指标明确性": Decimal(2),
        "在职人员控制率": Decimal(3),
        "预算完成率": Decimal(5),
        "公用经费控制率": Decimal(2),
    }
    left = {one.text: one.why.zh for one in found.left if one.acts}
    assert [*left] == ["在岗人员数", "2"]  # no such fact, and a score that is computed as another
    assert "3.00" in left["2"]
    assert found.open_points[0] == 59  # of the framework's own; the groups that are open hold nothing yet
    assert evaluation.record.judgements[0].reason == "个别目标未细化到股室"


def test_a_fact_that_two_forms_say_must_be_the_same(data: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines())
    import_forms(data, [form, write_csv(tmp_path / "facts.csv", fact_table())])
    facts = [[*line[:2], "1921.50", "万元"] if line[1] == "支出决算数" else line for line in fact_table()]
    other = write_csv(tmp_path / "facts.csv", facts)
    with pytest.raises(InputRefused) as refusal:
        import_forms(data, [form, other])
    assert [problem.code for problem in refusal.value.problems] == ["form.fact_twice"]
    found = import_forms(data, [form, other], reads=["facts!C7="])
    assert found.evaluation.total == Decimal("99.39")


def test_facts_of_money_without_a_unit_are_asked_about(county: Path, tmp_path: Path) -> None:
    table = [[cell for cell in line if cell != "万元"] for line in fact_table()]
    form = write_csv(tmp_path / "基础数据.csv", [line + [""] * (4 - len(line)) for line in table])
    given: dict[str, Any] = {"department": BUREAU, "framework": "department-mof-2013", "dry": True}
    with pytest.raises(InputRefused) as refusal:
        import_forms(county, [form], **given)
    assert [problem.code for problem in refusal.value.problems] == ["form.no_money_unit"]
    assert import_forms(county, [form], reads=["C2=数值（万元）"], **given).taken["facts"][1]["unit"].text == "万元"


# --- the programs that people have, and the command line


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc")
def test_libreoffice_saves_the_form_and_it_says_the_same(county: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = tmp_path / "saved"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(form)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    ours, theirs = (import_forms(county, [file], dry=True) for file in (form, out / "form.xlsx"))
    assert _data_of(theirs.evaluation) == _data_of(ours.evaluation)
    assert [(one.place.cell, one.text) for one in theirs.left] == [(one.place.cell, one.text) for one in ours.left]


def test_the_command_tells_what_it_took_and_goes_on_to_a_report(data: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines(K8="责任股室", K9="营林股", H10=""))
    ran = CliRunner().invoke(app, ["import", str(form), "--data", str(data), "--dry-run"])
    assert ran.exit_code == 0, ran.output
    assert not (data / "departments").exists()
    assert all(text in ran.output for text in ("责任股室", "8 分", "森林抚育面积", "什么也没有写"))
    ran = CliRunner().invoke(app, ["import", str(write_xlsx(form, lines())), "--data", str(data), "--lang", "en"])
    assert ran.exit_code == 0, ran.output
    assert f"evallib report {BUREAU} {YEAR}" in ran.output  # no code that was made is shown
    ran = CliRunner().invoke(app, ["export", CODE, str(YEAR), "--as", "form", "--out", str(tmp_path), "--data", str(data)])
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / f"{CODE}-2024年度部门整体支出绩效自评表.xlsx").is_file()


def test_no_cell_need_be_added_and_no_id_typed(data: Path, tmp_path: Path) -> None:
    """What the issue counts: the cells that are typed between the form and the first final report; at most 40 were allowed."""
    found = import_forms(data, [write_xlsx(tmp_path / "form.xlsx", lines())])
    cells_added = len(found.lacking)
    assert cells_added == 0
    assert evaluate_year(data, found.listing.code, found.year).evaluation.has_total


def test_each_question_is_asked_somewhere_and_its_answer_followed() -> None:
    """The refusals of this file: asked in a case with an answer, or tried in a test of its own."""
    asked = {case["asks"] for case in CASES if "asks" in case}
    own = {"form.open_elsewhere", "form.no_file", "form.of_another_kind", "form.whose_score", "form.both_changed", "form.not_imported"}
    own |= {"form.fact_twice", "form.other_year", "form.book_alone"}
    written = tomllib.loads((CATALOGUE / "words" / "refusals" / "forms.toml").read_text(encoding="utf-8"))
    own |= {"form.empty", "form.nothing_found", "form.read_wrong", "form.of_another_department", "form.score_twice"}
    assert written.keys() - asked - own == set()


def test_what_is_no_form_is_told(county: Path, tmp_path: Path) -> None:
    def codes(*files: Path, **given: Any) -> list[str]:
        with pytest.raises(InputRefused) as refusal:
            import_forms(county, files, dry=True, **given)
        return [problem.code for problem in refusal.value.problems]

    form = write_xlsx(tmp_path / "form.xlsx", lines())
    other = write_xlsx(tmp_path / "other.xlsx", lines(B3="另一个局"))
    rate = lines(A19="预算执行", B19="预算执行率", C19="预算执行率", G19="10", I19="9.5")
    assert codes(write_csv(tmp_path / "empty.csv", [["", ""]])) == ["form.empty"]
    assert codes(write_csv(tmp_path / "text.csv", [["年终总结", ""], ["一切顺利", ""]])) == ["form.nothing_found"]
    assert codes(form, reads=["95%"]) == ["form.read_wrong"]
    assert codes(form, other, reads=["G9=10"]) == ["form.read_wrong"]  # of which of the two?
    assert codes(form, other) == ["form.of_another_department"]
    assert codes(write_xlsx(tmp_path / "rate.xlsx", rate)) == ["form.score_twice"]


def test_another_year_than_the_form_says_is_remarked(county: Path, tmp_path: Path) -> None:
    found = import_forms(county, [write_xlsx(tmp_path / "form.xlsx", lines(E13="2023年12月底前", H13="2023-11-20"))], year=2023, dry=True)
    assert [(one.code, one.found) for one in found.remarks] == [("form.other_year", "2024")]
    assert found.year == 2023


def test_what_is_merged_or_hidden_or_a_part_is_told(county: Path, tmp_path: Path) -> None:
    table = lines(A19="小计", I19="50")
    table.insert(19, ["总分", "", "", "", "", "", "100", "", "99.39", "", "", ""])
    file = write_xlsx(tmp_path / "form.xlsx", table)
    book = load_workbook(file)
    sheet: Any = book.active
    sheet.merge_cells("I9:I11")
    sheet.row_dimensions[12].hidden = sheet.column_dimensions["F"].hidden = True
    book.save(file)
    found = import_forms(county, [file], dry=True)
    assert [(one.place.cell, one.why.en[:6]) for one in found.left if one.acts] == [("I9", "merged")]
    assert found.evaluation.self_total == Decimal("99.39")
    assert "1 hidden row (12)" in found.remarks[0].describe("en")


def test_a_spoiled_form_is_taken_or_told(county: Path, tmp_path: Path) -> None:
    """Whatever comes of it is a form or a refusal, and never a mistake of the program. `make trial` tries more."""
    dice, told = Random(16), 0
    for _ in range(40):
        file, framework = write_csv(tmp_path / "form.csv", spoiled(dice)), dice.choice(FRAMEWORKS)
        try:
            import_forms(county, [file], department=BUREAU, year=YEAR, framework=framework, dry=True)
        except InputRefused as refusal:
            told += bool(refusal.describe("zh") and refusal.describe("en"))
    assert told


def test_a_cover_says_the_year_and_the_department(county: Path, tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "form.xlsx", lines(A1="部门整体支出绩效自评表", A3="", B3=""))
    book = load_workbook(file)
    cover: Any = book.create_sheet("封面", 0)
    cover["B2"], cover["B4"] = "2024年度部门整体支出绩效自评报告", f"填报单位（盖章）：{BUREAU}"
    book.save(file)
    found = import_forms(county, [file], dry=True)
    assert (found.listing.code, found.year, found.evaluation.total) == (CODE, YEAR, Decimal("99.39"))
    assert [one.text for one in found.left if one.acts] == ["封面"]


def test_a_thousand_rows_are_read_soon(county: Path, tmp_path: Path) -> None:
    rows = [["产出指标", "数量指标", f"第{n}项造林", "≥", "10", "亩", "0.01", "约十亩" if n % 2 else "12"] for n in range(1000)]
    found = import_forms(county, [write_csv(tmp_path / "form.csv", [*lines()[:8], *rows])], dry=True)
    assert len([one for one in found.left if one.acts]) == 500
    assert len(found.taken["own_indicators"]) == 1000


def test_heads_in_english_are_read(county: Path, tmp_path: Path) -> None:
    heads = dict(
        zip(
            "ABCDEFGHIJ",
            ("Level 1", "Level 2", "Indicator", "Operator", "Target", "Unit", "Points", "Actual", "Own score", "Reason"),
            strict=True,
        )
    )
    table = lines(
        **{f"{letter}8": head for letter, head in heads.items()}, A19="Total", D4="Approved budget", E4="Adjusted budget", F4="Spent"
    )
    found = import_forms(county, [write_xlsx(tmp_path / "form.xlsx", table, merged=False)], dry=True)
    assert (found.evaluation.total, found.evaluation.self_total) == (Decimal("99.39"), Decimal("99.39"))


def test_a_year_that_became_csv_files_is_imported_into_as_well(data: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    import_forms(data, [write_xlsx(form, lines())])
    folder = switch_form(data, CODE, YEAR, "csv", "zh")
    assert import_forms(data, [form]).changes == ()
    found = import_forms(data, [write_xlsx(form, lines(H9="5300"))])
    assert (found.path, len(found.changes)) == (folder, 1)
    assert found.backup
    assert (found.backup / "targets.csv").is_file()
    assert _actuals(data) == ["5300", "11400"]


# --- the kit's own workbook of a year


@pytest.fixture
def filled(data: Path, tmp_path: Path) -> Path:
    """A year's workbook in a folder of its own, as it comes back from who filled it in."""
    made = import_forms(data, [write_xlsx(tmp_path / "form.xlsx", lines())]).path
    assert made
    return made.rename(tmp_path / "填好.xlsx")


@pytest.mark.parametrize("lang", LANGS)
def test_a_workbook_of_the_kit_becomes_the_year_as_it_is(lang: Lang, filled: Path, tmp_path: Path) -> None:
    data = lay_out(tmp_path / "other") / "data"
    name = BUREAU if lang == "zh" else "Forestry"
    new_year(data, BUREAU, YEAR - 1, from_year=None, to="xlsx", lang="zh", name_en="Forestry", framework=FRAMEWORKS[0])
    book = load_workbook(filled)
    book["#说明"]["A1"] = f"{name} {YEAR}"
    book["#说明"].title = {"zh": "#说明", "en": "#Notes"}[lang]
    book.create_sheet("#自己的算式")["A1"] = 7
    book.save(filled)
    seen = import_forms(data, [filled], dry=True)
    assert not (data / "departments" / CODE / f"{YEAR}.xlsx").exists()
    made = import_forms(data, [filled])
    assert (seen.listing, seen.year, seen.there, seen.lacking) == (made.listing, YEAR, None, ())
    assert made.path == data / "departments" / CODE / f"{YEAR}.xlsx"
    assert made.path.read_bytes() == filled.read_bytes()  # with what else stands in it
    assert evaluate_year(data, CODE, YEAR).evaluation.total == made.evaluation.total == Decimal("99.39")


def test_a_workbook_that_comes_back_changes_what_was_changed_in_it(data: Path, filled: Path) -> None:
    import_forms(data, [filled])
    assert import_forms(data, [filled]).changes == ()
    assert not (data / "departments" / CODE / "backup").exists()
    _edit(filled, "评分表", 11400, 11700)
    found = import_forms(data, [filled])
    assert [(change.before, change.after) for change in found.changes] == [("11400", "11700")]
    assert found.backup
    assert _actuals(data) == ["5200", "11700"]
    form = filled.parent / "form.xlsx"  # whose import is still known
    assert import_forms(data, [form]).changes == ()
    assert _actuals(data) == ["5200", "11700"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_command_takes_a_workbook(data: Path, filled: Path, lang: Lang) -> None:
    def told(*more: str) -> str:
        ran = CliRunner().invoke(app, ["import", str(filled), "--data", str(data), "--lang", lang, *more], env={"COLUMNS": "300"})
        assert ran.exit_code == 0, ran.output
        return ran.output

    assert all(text in told() for text in (BUREAU, {"zh": "照原样", "en": "as it is"}[lang], f"evallib report {BUREAU} {YEAR}"))
    _edit(filled, "评分表", 11400, 11700)
    assert all("11400 → 11700" in told(*more) for more in (["--dry-run"], []))
    assert _actuals(data) == ["5200", "11700"]


def test_a_workbook_takes_the_place_of_a_folder_as_a_folder(copy: Copy, tmp_path: Path) -> None:
    before = load_year(copy.folder, "hrss", 2023).record
    book = switch_form(copy.folder, "hrss", 2023, "xlsx", "en", tmp_path / "out")
    assert import_forms(copy.folder, [book]).changes == ()
    facts = load_workbook(book)
    cell = next(cell for cell in facts["Figures"]["C"] if cell.value == 21)
    cell.value = 20
    facts.save(book)
    (copy.year / "targets.csv").write_text("indicator,nothing\n", encoding="utf-8")  # what is there cannot be read
    found = import_forms(copy.folder, [book])
    assert (found.listing.code, found.year, found.path) == ("hrss", 2023, copy.year)
    after = load_year(copy.folder, "hrss", 2023).record
    assert [(one.value, two.value) for one, two in zip(before.facts, after.facts, strict=True) if one != two] == [(21, 20)]
    assert after.targets == before.targets


def test_what_is_still_to_be_filled_in_is_told_and_taken(data: Path, tmp_path: Path) -> None:
    made = new_year(data, BUREAU, YEAR, from_year=None, to="xlsx", lang="zh", framework="department-mof-2013")
    held = made.read_bytes()
    found = import_forms(data, [made])  # in its own place: nothing to do
    assert (found.changes, made.read_bytes()) == ((), held)
    assert {one.code for one in found.lacking} >= {"cell.missing", "fact.empty"}
    assert {one.place.file for one in found.lacking} == {made.name}
    assert found.open_points[0] == 75


def test_a_workbook_is_asked_for_what_it_does_not_say(data: Path, filled: Path) -> None:
    def codes(*files: Path, **given: Any) -> list[str]:
        with pytest.raises(InputRefused) as refusal:
            import_forms(data, files, dry=True, **given)
        return [problem.code for problem in refusal.value.problems]

    assert codes(filled, filled) == codes(filled, reads=["C3=5"]) == ["form.book_alone"]
    assert [one.code for one in import_forms(data, [filled], year=2023, dry=True).remarks] == ["form.other_year"]
    book = load_workbook(filled)
    del book["#说明"]
    book.save(filled)
    assert codes(filled) == ["form.no_year"]
    assert codes(filled, year=YEAR) == ["form.no_department"]
    named = filled.rename(filled.with_name(f"{BUREAU} {YEAR}.xlsx"))  # as the desk gives it away
    assert import_forms(data, [named], dry=True).listing.name == BUREAU
    _edit(named, "评分表", "实际值", "实际値")
    assert codes(named) == ["column.mistyped"]
