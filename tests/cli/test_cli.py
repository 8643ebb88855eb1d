"""The command line as a user types it: what it prints, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.rulebook import load_county, load_framework
from tests.conftest import DATA, GOLDEN, ROOT, Copy
from tests.data.test_upgrade import as_before

RUN = CliRunner()


def run(*args: str, data: Path = DATA) -> tuple[int, str, str]:
    result = RUN.invoke(app, [*args, "--data", str(data)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_score_prints_one_json_object() -> None:
    status, out, _ = run("score", "hrss", "2023", "--format", "json")
    document = json.loads(out)
    assert status == 0
    assert list(document) == [
        "format",
        "department",
        "name",
        "year",
        "framework",
        "total",
        "points",
        "grade",
        "coverage",
        "dimensions",
        "indicators",
        "formulas",
        "targets",
    ]
    assert list(document["dimensions"][0]) == ["id", "name", "points", "score", "rate"]
    assert set(document["indicators"][0]) >= {
        "id",
        "name",
        "dimension",
        "group",
        "points",
        "score",
        "value",
        "unit",
        "status",
        "basis",
        "rule",
        "working",
        "source",
        "evidence",
    }
    assert list(document["targets"][0]) == ["id", "name", "operator", "target", "actual", "unit", "completion_rate", "met"]
    assert (document["total"], document["grade"], len(document["indicators"])) == ("84.63", "良", 39)


def test_score_speaks_english_on_request() -> None:
    _, out, _ = run("score", "hrss", "2023", "--format", "json", "--lang", "en")
    document = json.loads(out)
    assert document["grade"] == "Good"
    assert document["formulas"]["budget_execution_rate"] == "0.9496"


def test_score_as_table_ends_with_the_total() -> None:
    status, out, _ = run("score", "hrss", "2023")
    assert status == 0
    assert out.rstrip().splitlines()[-2].split("│")[1:6] != []
    assert "84.63" in out.rstrip().splitlines()[-2]
    assert "3.24%" in out


def test_score_as_csv_reads_back() -> None:
    _, out, _ = run("score", "hrss", "2023", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 39
    assert sum(float(row["score"]) for row in rows) == pytest.approx(84.63)


def test_reconcile_agrees_with_what_was_published() -> None:
    status, out, _ = run("reconcile", "hrss", "2023", "--format", "json")
    rows = json.loads(out)
    assert status == 0
    assert len(rows) == 157
    assert {row["verdict"] for row in rows} == {"agrees", "recorded", "not_computable"}


def test_reconcile_fails_when_a_figure_differs(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_administrative"}, "value", "18")
    status, out, _ = run("reconcile", "hrss", "2023", data=copy.folder)
    assert status == 1
    assert "不一致" in out


@pytest.mark.parametrize(("lang", "said"), [("zh", "“公布数字”表里没有数，"), ("en", "There is nothing to compare: the table Published ")])
def test_reconcile_says_that_there_is_nothing_to_reconcile(lang: str, said: str) -> None:
    status, out, _ = run("reconcile", "road", "2023", "--lang", lang, data=GOLDEN / "places" / "rural_road_2023")
    assert (status, out.startswith(said), "┃" in out) == (0, True, False)


def test_a_contradiction_that_is_not_recorded_fails(copy: Copy) -> None:
    copy.set("contradictions", {"contradiction": "allowance_product"}, "about", "8")
    assert run("reconcile", "hrss", "2023", data=copy.folder)[0] == 1


def test_check_is_content_with_good_data() -> None:
    status, out, err = run("check")
    assert status == 0
    assert out.splitlines() == [
        "hrss 2023：CSV 文件的编码和分隔符：UTF-8、逗号（17 个文件）",
        "hrss 2023：错误 0，提醒 10，已记录的矛盾 1",
    ]
    assert "16 × 500.00 = 8,000.00" in err


def test_check_speaks_json() -> None:
    status, out, _ = run("check", "hrss", "2023", "--format", "json", "--lang", "en")
    problems = json.loads(out)
    assert status == 0
    assert {p["level"] for p in problems} == {"warning", "recorded"}
    assert [(p["file"], p["row"], p["column"]) for p in problems if p["level"] == "recorded"] == [
        ("departments/hrss/2023/findings.csv", 13, "amount")
    ]


def test_check_tells_encoding_and_separator_of_each_file(copy: Copy) -> None:
    file = copy.year / "units.csv"
    file.write_bytes("".join(file.read_text(encoding="utf-8-sig").replace(",", ";")).encode("gb18030"))
    _, out, _ = run("check", "hrss", "2023", "--lang", "en", data=copy.folder)
    assert "encoding and separator of the CSV files: UTF-8, comma (16 files); units.csv GB18030, semicolon" in out
    _, out, _ = run("check", "hrss", "2023", "--format", "json", data=copy.folder)
    (info,) = (one for one in json.loads(out) if one["level"] == "info")
    assert (info["file"], info["encoding"], info["separator"]) == ("departments/hrss/2023/units.csv", "gb18030", ";")


def test_check_lists_everything_and_exits_2(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    copy.set("facts", {"fact": "outturn_project"}, "value", "more")
    status, _, err = run("check", "hrss", "--lang", "en", data=copy.folder)
    assert status == 2
    assert err.count("is not a number") == 2
    assert "2 errors" in err


@pytest.mark.parametrize("command", ["score", "reconcile", "check"])
def test_refused_input_is_one_message_and_exit_2(command: str) -> None:
    status, out, err = run(command, "nobody", "2023")
    assert status == 2
    assert out == ""
    assert "没有这个部门编码" in err
    assert "没有写出" not in err, "the command would have written nothing"
    assert "Traceback" not in err


def test_a_year_without_departments_is_told_the_years_there_are() -> None:
    _, _, err = run("overview", "2030")
    assert "没有部门列出 2030 年。处理：名单中的年度：2023；要增加：evallib new 部门编码 2030。" in err
    assert "没有写出任何文件" in err


def test_an_empty_list_of_departments_says_how_to_begin(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["init", str(tmp_path / "county")]).exit_code == 0
    for command in (["check", "finance", "2024"], ["score", "finance", "2024"], ["overview", "2024"]):
        status, _, err = run(*command, data=tmp_path / "county" / "data")
        assert status == 2
        assert "名单里还没有部门。处理：加入一个部门和年度：evallib new 部门编码 年度" in err


def test_a_working_folder_is_laid_out_with_settings_and_an_example_that_holds(tmp_path: Path) -> None:
    """The hints are all commented out; taken as they stand, they are right."""
    assert RUN.invoke(app, ["init", str(tmp_path / "county")]).exit_code == 0
    data = tmp_path / "county" / "data"
    assert sorted(path.name for path in data.iterdir()) == ["README.md", "catalogue", "county.toml", "departments.csv", "frameworks"]
    before = load_framework(data, load_county(data).framework, 2024)
    assert before.id == "department-mof-2013"
    for file in (data / "county.toml", data / "catalogue" / "own.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?m)^# (\[|[a-z_]+ = )", r"\1", text), encoding="utf-8")
    catalogue = load_framework(data, "department-mof-2013", 2023).catalogue
    assert set(catalogue.facts) - set(before.catalogue.facts) == {"trees_planted", "trees_alive", "trees_dead"}
    assert catalogue.formulas["survival_rate"].inputs
    assert len(catalogue.identities) == len(before.catalogue.identities) + 1
    assert catalogue.units.money.symbol != before.catalogue.units.money.symbol
    assert catalogue.year(2023)["en"] == "2023/24"


def test_a_working_folder_that_cannot_be_made_asks_for_another_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = RUN.invoke(app, ["init", str(tmp_path / "file" / "county"), "--lang", "en"])
    assert result.exit_code == 2
    assert "To fix it: name another folder." in result.stderr
    assert "--out" not in result.stderr


def test_quick_commands_do_not_import_the_slow_libraries() -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from evallib.cli.main import app\n"
        f"for args in (['--help'], ['score', 'hrss', '2023', '--data', {str(DATA)!r}], ['check', '--data', {str(DATA)!r}]):\n"
        "    assert CliRunner().invoke(app, args).exit_code == 0\n"
        "slow = {'papermill', 'nbconvert', 'nbformat', 'matplotlib', 'pandas', 'numpy', 'IPython'} & set(sys.modules)\n"
        "print(sorted(slow))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


def test_version() -> None:
    from evallib import __version__

    assert RUN.invoke(app, ["--version"]).stdout.strip() == f"evallib {__version__}"


@pytest.mark.parametrize(
    "args",
    [
        ["report", "hrss", "2023", "--out", "{taken}/reports"],
        ["new", "edu", "2024", "--name", "教育局", "--framework", "xundian-department"],
        ["export", "hrss", "2023", "--as", "xlsx", "--out", "{taken}/elsewhere"],
    ],
    ids=lambda args: str(args[0]),
)
def test_a_place_that_cannot_be_written_is_said_with_the_next_step(copy: Copy, args: list[str]) -> None:
    """A file stands where a folder is to be: nobody can write there, whatever their rights."""
    taken = copy.folder.parent / "taken"
    taken.write_text("")
    (copy.folder / "departments" / "edu").write_text("")
    status, _, err = run(*(arg.format(taken=taken) for arg in args), "--lang", "en", data=copy.folder)
    assert (status, "cannot write to" in err, "To fix it: " in err) == (2, True, True), err


def test_a_new_year_says_what_it_is_laid_out_from(copy: Copy) -> None:
    status, out, _ = run("new", "hrss", "2024", "--lang", "en", data=copy.folder)
    assert (status, "Laid out like 2023: " in out) == (0, True)
    status, _, err = run("new", "hrss", "2025", "--lang", "en", data=copy.folder)
    assert (status, "2025 takes over from 2024, whose data cannot be used yet, as told below" in err.splitlines()[0]) == (2, True)
    lines = [line for line in err.splitlines() if line.startswith("to fill in")]
    assert len(lines) == len({*lines})
    status, out, _ = run("new", "edu", "2024", "--name", "教育局", "--framework", "department-mof-2013", "--lang", "en", data=copy.folder)
    assert (status, "Laid out like" in out) == (0, False)


@pytest.mark.parametrize("args", [["framework"], ["framework", "department-mof-2013"], ["check"]], ids=" ".join)
def test_where_there_is_no_data_folder_the_way_to_one_is_told(args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = RUN.invoke(app, [*args, "--lang", "en"])
    assert (result.exit_code, "evallib init" in result.stderr, "upgrade" in result.stderr) == (2, True, False), result.stderr


@pytest.mark.parametrize("args", [["init", "{taken}/county"], ["demo", "{taken}/county"]], ids=lambda args: str(args[0]))
def test_a_folder_that_cannot_be_laid_out_is_said_too(tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "taken").write_text("")
    result = RUN.invoke(app, [*(arg.format(taken=tmp_path / "taken") for arg in args), "--lang", "en"])
    assert (result.exit_code, "name another folder" in result.stderr) == (2, True), result.stderr


def invoke(*args: str) -> tuple[int, str, str]:
    """A command as typed where one stands, without --data."""
    result = RUN.invoke(app, [*args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("stands", [".", "departments/hrss", "frameworks"])
def test_the_data_folder_is_found_from_inside_it(copy: Copy, monkeypatch: pytest.MonkeyPatch, stands: str) -> None:
    monkeypatch.chdir(copy.folder / stands)
    status, out, _ = invoke("score", "hrss", "2023", "--format", "json")
    assert (status, json.loads(out)["total"]) == (0, "84.63")


def test_the_data_folder_is_found_from_beside_it(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy.folder.parent / "notebooks" / "mine").mkdir(parents=True)
    monkeypatch.chdir(copy.folder.parent / "notebooks" / "mine")
    assert invoke("check", "hrss", "2023")[0] == 0


def test_where_no_data_folder_is_found_the_way_to_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = invoke("check", "--lang", "en")
    assert (status, "there is no such data folder" in err) == (2, True)


def test_the_language_is_that_of_the_county_unless_another_is_asked_for(copy: Copy) -> None:
    copy.replace(copy.folder / "county.toml", 'language = "zh"', 'language = "en"')
    assert "0 errors" in run("check", "hrss", "2023", data=copy.folder)[1]
    assert "错误 0" in run("check", "hrss", "2023", "--lang", "zh", data=copy.folder)[1]


def test_frameworks_are_listed_shipped_ones_and_own_ones() -> None:
    status, out, _ = run("framework", "--lang", "en")
    assert status == 0
    shipped = {
        "department-mof-2013": ("2013", "department", "The ministry's common"),
        "office-general": ("2000", "department", "Four dimensions for an"),
        "project-mof-2020": ("2020", "project", "The ministry's outline"),
        "self-evaluation-department": ("2021", "department", "The form in which a"),
        "self-evaluation-project": ("2021", "project", "The form in which a"),
    }
    for id, (first, made_for, about) in shipped.items():
        assert re.search(rf"{id} +│ {first} │ {made_for} +│ 100 +│ \d+ and own ones +│ shipped .*{about}", out)
    assert re.search(r"xundian-department .*your own", out)
    assert re.search(r"project-mof-2020 +│ 2020 +│ 项目 │ 100 +│ 12 项，另有自设 │ evallib 自带", run("framework")[1])


def test_a_framework_is_printed_with_its_formulas_written_out() -> None:
    status, out, _ = run("framework", "project-mof-2020")
    assert status == 0
    assert "项目支出 ÷ 项目到位资金" in out
    assert "优 ≥ 90" in out


def test_a_framework_of_ones_own_begins_as_a_copy(copy: Copy) -> None:
    mine = copy.folder / "frameworks" / "our-county" / "2025.toml"
    status, out, _ = run("framework", "department-mof-2013", "--out", str(mine), data=copy.folder)
    assert (status, out.strip()) == (0, str(mine))
    assert 'id = "our-county"\nfirst_year = 2025\n' in mine.read_text(encoding="utf-8")
    assert "our-county/2025" in run("framework", "our-county", data=copy.folder)[1]
    for taken in (mine, mine.with_name("plan.toml"), copy.folder / "2025.toml"):
        status, _, err = run("framework", "department-mof-2013", "--out", str(taken), "--lang", "en", data=copy.folder)
        assert (status, "choose another name" in err) == (2, True)


@pytest.mark.parametrize(("lang", "line"), [
    ("zh", "\n  project-mof-2020  项目支出绩效评价指标体系（用于：项目；100 分；指标 12 项，另有自设）\n"),
    ("en", "\n  project-mof-2020  Framework for the evaluation of project expenditure (for: project; 100 points; indicators: 12 and "),
])  # fmt: skip
def test_a_project_whose_framework_nobody_named_is_refused_with_the_choices(copy: Copy, lang: str, line: str) -> None:
    """The usual framework of the county is made for departments. A reconstruction is not among the choices."""
    status, _, err = run("new", "road", "2024", "--name", "某道路", "--kind", "project", "--lang", lang, data=copy.folder)
    assert status == 2
    assert line in err
    assert "\n  self-evaluation-project  " in err
    assert "xundian-department" not in err
    assert not (copy.folder / "departments" / "road").exists()


def test_a_project_of_a_department_stands_on_the_list_as_one(copy: Copy) -> None:
    new = ["new", "road", "2024", "--name", "某道路", "--framework", "project-mof-2020", "--department", "hrss", "--as", "csv"]
    assert run(*new, data=copy.folder)[0] == 0
    plan = ["new", "plan", "2024", "--name", "某政策", "--kind", "policy", "--framework", "office-general", "--as", "csv"]
    assert run(*plan, data=copy.folder)[0] == 0
    lines = list(csv.DictReader((copy.folder / "departments.csv").read_text(encoding="utf-8-sig").splitlines()))
    told = {row["code"]: (row["kind"], row["department"], row["framework"]) for row in lines}
    assert told["road"] == ("project", "hrss", "project-mof-2020")
    assert told["plan"] == ("policy", "", "office-general")
    assert told["hrss"][0] == ""


def test_upgrade_lists_what_it_changed_and_says_where_there_was_nothing_to_do(copy: Copy) -> None:
    old = as_before(copy.folder)
    status, out, _ = invoke("upgrade", str(old), "--lang", "en")
    assert status == 0
    assert "frameworks/xundian-department/2023.toml: is of format 2 now" in out
    assert f"The data as it was is in {old.with_name('data.1.0')}" in out
    assert "nothing was changed" in invoke("upgrade", str(old), "--lang", "en")[1]
    assert run("score", "hrss", "2023", data=old)[0] == 0
    assert invoke("upgrade", str(old / "departments"))[0] == 2


@pytest.mark.parametrize(
    "name", ["寻甸回族彝族自治县人力资源和社会保障局", " Human resources and social security bureau of Xundian County "]
)
def test_a_department_goes_by_its_name_in_every_command(name: str) -> None:
    for command, *more in (("score", "2023", "--format", "json"), ("check", "2023"), ("check",), ("reconcile", "2023")):
        assert run(command, name, *more) == run(command, "hrss", *more)
    assert run("batch", "--department", name, "--year", "2022")[2] == run("batch", "--department", "hrss", "--year", "2022")[2]


def test_a_name_that_two_departments_have_is_refused_with_their_codes(copy: Copy) -> None:
    with (copy.folder / "departments.csv").open("a", encoding="utf-8") as file:
        file.write("forest,林业局,,xundian-department,2023,2023\nforest2,林业局,,xundian-department,2023,2023\n")
    status, _, err = run("score", "林业局", "2023", data=copy.folder)
    assert (status, "forest、forest2" in err) == (2, True)


def test_a_framework_goes_by_its_name(copy: Copy) -> None:
    framework = load_framework(DATA, "xundian-department", 2023)
    assert run("framework", framework.name, "2023") == run("framework", "xundian-department", "2023")
    copy.replace(copy.folder / "departments.csv", "xundian-department", framework.name)
    assert "84.63" in run("score", "hrss", "2023", data=copy.folder)[1]
    shipped = load_framework(DATA, "department-mof-2013", 2023)
    made = run("new", "forest", "2024", "--name", "林业局", "--framework", shipped.name, data=copy.folder)
    assert made[0] == 0
    assert "forest,林业局,,department-mof-2013,2024,2024" in (copy.folder / "departments.csv").read_text(encoding="utf-8-sig")


def test_check_says_in_short_first_who_has_what_to_do_and_the_points_that_hang_on_it(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "")
    copy.set("judgements", {"indicator": "budget_adjustment"}, "reason", "")
    copy.set("findings", {"finding": "3.2"}, "indicator", "nobody")
    _, _, err = run("check", "hrss", "2023", "--lang", "en", data=copy.folder)
    lines = err.splitlines()
    assert lines[0].startswith("hrss 2023: 3 ")
    assert lines[1].strip().startswith("the evaluators: 2, 10 points at stake")
    assert lines[2].strip().startswith("the department: 1, 1 point at stake")
    assert lines[3].startswith("Not scored yet: ")
    assert lines[4] == "—— the evaluators ——"
    document = json.loads(run("check", "hrss", "2023", "--format", "json", data=copy.folder)[1])
    [missing] = [one for one in document if one["code"] == "missing"]
    assert {i["id"] for i in missing["indicators"]} >= {id for one in document if one["level"] == "error" for id in one["open"]}


def test_check_always_lists_what_counts_as_missing(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "缺")
    status, out, _ = run("check", "hrss", "2023", data=copy.folder)
    assert status == 0
    assert "缺数据、不得分的：" in out


def test_check_marks_a_workbook(copy: Copy, tmp_path: Path) -> None:
    status, out, _ = run("check", "hrss", "2023", "--mark", "--out", str(tmp_path / "reports"), data=copy.folder)
    assert status == 0
    assert (tmp_path / "reports" / "check" / "hrss-2023.xlsx").is_file()
    assert "hrss-2023.xlsx" in out


def test_score_of_a_draft_says_so(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "")
    assert run("score", "hrss", "2023", data=copy.folder)[0] == 2
    status, out, _ = run("score", "hrss", "2023", "--draft", data=copy.folder)
    assert status == 0
    assert "草稿 · " in out
    assert "总分现在只能说在" in out
    assert json.loads(run("score", "hrss", "2023", "--draft", "--format", "json", data=copy.folder)[1])["draft"]
