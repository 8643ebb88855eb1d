"""A folder of version 1.0 turned into today's: the same scores, people's own words kept, the old folder beside, all or nothing."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from evallib.data.csv_files import switch_form
from evallib.data.upgrade import framework_text, upgrade
from evallib.data.working_folder import lay_out
from evallib.data.years import evaluate_year
from evallib.kit import NOTEBOOKS
from evallib.model.errors import InputRefused
from tests.conftest import DATA, GOLDEN

OLD = GOLDEN / "version_1"
BASES = '[bases]\nproject_expenditure_change_rate = "outturn_on_last_budget"\nbudget_execution_rate = "adjusted"\n\n'


def as_before(data: Path) -> Path:
    """Turn a copy of today's example back into what version 1.0 had."""
    (data / "county.toml").unlink()
    framework = data / "frameworks" / "xundian-department" / "2023.toml"
    text = (
        framework.read_text(encoding="utf-8")
        .replace('equals = "exact"\nno_finding = "none"\n', "")
        .replace("format = 2", "format = 1")
        .replace('builds_on = ["department"]\n', "")
    )
    text = re.sub(r'(?m)^value = "', 'metric = "', re.sub(r"(?m)^role = .*\n", "", text))
    framework.write_text(text.replace("[[grade]]", BASES + "[[grade]]", 1), encoding="utf-8")
    year = data / "departments" / "hrss" / "2023"
    for table, now, before in (("own_indicators", ",formula,", ",metric,"), ("published", ",formula.", ",metric.")):
        file = year / f"{table}.csv"
        file.write_bytes(file.read_bytes().replace(now.encode(), before.encode()))
    return data


def workbook_as_before(file: Path) -> None:
    with zipfile.ZipFile(file) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    with zipfile.ZipFile(file, "w") as book:
        for part, content in parts.items():
            by_id = re.sub(rb">formula\.(?=[a-z])", b">metric.", content)  # version 1.0 wrote no names
            book.writestr(part, by_id.replace(b">Formula<", b">Metric<"))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A working folder as version 1.0 had it: data and notebooks."""
    shutil.copytree(DATA, tmp_path / "county" / "data")
    as_before(tmp_path / "county" / "data")
    (tmp_path / "county" / "notebooks").mkdir()
    shutil.copy(OLD / "explore.ipynb", tmp_path / "county" / "notebooks")
    return tmp_path / "county"


def test_an_old_folder_is_refused_with_the_command_that_helps(old: Path) -> None:
    with pytest.raises(InputRefused, match="evallib upgrade"):
        evaluate_year(old / "data", "hrss", 2023)


@pytest.mark.parametrize("named", ["", "data"])
def test_every_score_is_what_it_was(old: Path, named: str) -> None:
    made = upgrade(old / named)
    now, here = (evaluate_year(data, "hrss", 2023).evaluation for data in (old / "data", DATA))
    assert now.indicators == here.indicators
    assert str(now.total) == "84.63"
    assert made.kept == old / "data.1.0"
    assert {change.en.partition(":")[0] for change in made.changes} >= {
        "county.toml",
        "frameworks/xundian-department/2023.toml",
        "departments/hrss/2023/own_indicators.csv",
        "departments/hrss/2023/published.csv",
    }


def test_the_old_folder_lies_beside_as_it_was(old: Path) -> None:
    before = {path.relative_to(old): path.read_bytes() for path in (old / "data").rglob("*") if path.is_file()}
    upgrade(old)
    assert {
        Path("data") / path.relative_to(old / "data.1.0"): path.read_bytes() for path in (old / "data.1.0").rglob("*") if path.is_file()
    } == before


def test_a_name_that_is_taken_is_left_alone(old: Path) -> None:
    (old / "data.1.0").mkdir()
    assert upgrade(old).kept == old / "data.1.0-2"


def test_comments_and_order_of_a_framework_stay(old: Path) -> None:
    upgrade(old)
    now, here = ((root / "frameworks" / "xundian-department" / "2023.toml").read_text(encoding="utf-8") for root in (old / "data", DATA))
    assert re.sub(r"\s+", "", re.sub(r"(?m)^role = .*$", "", now)) == re.sub(r"\s+", "", re.sub(r"(?m)^role = .*$", "", here))
    assert tomllib.loads(now) == tomllib.loads(here)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_braces_in_prose_stay_braces(old: Path, encoding: str) -> None:
    year = old / "data" / "departments" / "hrss" / "2023"
    for table, word in (("practices", "\u4eba"), ("profile", "\u8bc4\u4ef7")):
        file = year / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8-sig").replace(word, "{" + word + "}"), encoding=encoding)
    before = {table: (year / f"{table}.csv").read_text(encoding=encoding) for table in ("practices", "profile")}
    upgrade(old)
    record = evaluate_year(old / "data", "hrss", 2023).evaluation.record
    assert "{{" in record.practices[0].text + record.practices[1].text
    duties = next(line for line in record.profile if line.key == "duties").text
    assert "{{" not in duties
    assert before["practices"].count("{") * 2 == (year / "practices.csv").read_text(encoding=encoding).count("{")


def test_the_usual_framework_is_the_one_of_all_departments(old: Path) -> None:
    upgrade(old)
    county = tomllib.loads((old / "data" / "county.toml").read_text(encoding="utf-8"))
    assert (county["format"], county["language"], county["framework"]) == (2, "zh", "xundian-department")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_is_changed_where_it_says_the_old_words_and_nowhere_else(old: Path, lang: str) -> None:
    shutil.rmtree(old)
    shutil.copytree(DATA, old / "data")
    book = switch_form(old / "data", "hrss", 2023, "xlsx", lang)  # type: ignore[arg-type]
    as_today = {part: zipfile.ZipFile(book).read(part) for part in zipfile.ZipFile(book).namelist()}
    workbook_as_before(book)
    shutil.rmtree(book.parent / "backup")
    shutil.copytree(DATA / "departments" / "hrss" / "2023", old / "data" / "departments" / "hrss" / "2023")
    as_before(old / "data")
    shutil.rmtree(old / "data" / "departments" / "hrss" / "2023")
    upgrade(old)
    assert {part: zipfile.ZipFile(book).read(part) for part in zipfile.ZipFile(book).namelist()} == as_today
    assert str(evaluate_year(old / "data", "hrss", 2023).evaluation.total) == "84.63"


def test_notebooks_are_replaced_and_changed_ones_kept_beside(old: Path) -> None:
    (old / "notebooks" / "monitoring.ipynb").write_text("{}", encoding="utf-8")
    told = [change.en for change in upgrade(old).changes if "notebooks" in change.en]
    assert (old / "notebooks" / "explore.ipynb").read_bytes() == (NOTEBOOKS / "explore.ipynb").read_bytes()
    assert (old / "notebooks" / "monitoring.ipynb").read_bytes() == (NOTEBOOKS / "monitoring.ipynb").read_bytes()
    assert (old / "notebooks" / "monitoring.1.0.ipynb").read_text(encoding="utf-8") == "{}"
    assert [line.partition(":")[0] for line in told if "beside it" in line] == ["notebooks/monitoring.ipynb"]


def test_a_notebook_of_today_that_somebody_changed_is_left_alone(old: Path) -> None:
    own = (NOTEBOOKS / "monitoring.ipynb").read_text(encoding="utf-8").replace("## ", "## Our ")
    (old / "notebooks" / "monitoring.ipynb").write_text(own, encoding="utf-8")
    upgrade(old)
    assert (old / "notebooks" / "monitoring.ipynb").read_text(encoding="utf-8") == own


def test_a_working_folder_gets_what_init_lays_today(old: Path, tmp_path: Path) -> None:
    (old / "README.md").write_bytes((OLD / "README.md").read_bytes())
    own = old / "notebooks" / "guide" / "1_first_look.ipynb"
    own.parent.mkdir()
    own.write_text("{}", encoding="utf-8")
    upgrade(old)
    fresh = lay_out(tmp_path / "fresh")
    laid = [path.relative_to(fresh) for path in (*fresh.glob("*.*"), *fresh.glob("notebooks/guide/*"))]
    assert [path for path in laid if not (old / path).is_file()] == []
    assert not (old / "notebooks" / "monitoring.ipynb").exists()  # somebody had thrown it away
    assert own.read_text(encoding="utf-8") == "{}"
    assert os.access(old / "打开分析台.sh", os.X_OK)


def test_a_folder_of_today_is_left_as_it_is(old: Path) -> None:
    upgrade(old)
    again = upgrade(old)
    assert (again.changes, again.kept) == ((), None)
    assert not (old / "data.1.0-2").exists()


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no data folder of evallib"):
        upgrade(tmp_path)


def test_what_cannot_be_read_stops_it_and_nothing_is_changed(old: Path) -> None:
    file = old / "data" / "frameworks" / "xundian-department" / "2023.toml"
    file.write_text("id = ", encoding="utf-8")
    before = sorted(path.name for path in old.iterdir())
    with pytest.raises(InputRefused, match="cannot be read"):
        upgrade(old)
    assert sorted(path.name for path in old.iterdir()) == before
    assert not (old / "data" / "county.toml").exists()


def test_another_base_is_a_formula_that_takes_the_place_of_the_usual_one() -> None:
    text = (OLD / "framework.toml").read_text(encoding="utf-8")
    now = tomllib.loads(framework_text(text))
    assert "bases" not in now
    assert {formula["id"] for formula in now["formula"]} == {"project_expenditure_change_rate"}
    assert len({formula.get("first_year") for formula in now["formula"]}) == len(now["formula"])  # each form that the shipped one has had
    assert all(formula["overrides"] is True for formula in now["formula"])
    assert {formula["value"] for formula in now["formula"]} == {"(project_budget - project_budget@last_year) / project_budget@last_year"}
    assert all("metric" not in indicator for indicator in now["indicator"])
    assert [group["id"] for group in now["group"] if "role" in group] == ["satisfaction"]


def test_a_framework_of_today_is_not_touched() -> None:
    text = (DATA / "frameworks" / "xundian-department" / "2023.toml").read_text(encoding="utf-8")
    assert framework_text(text) == text


def test_lines_of_windows_stay_lines_of_windows() -> None:
    made = framework_text((OLD / "framework.toml").read_text(encoding="utf-8").replace("\n", "\r\n"))
    assert made.count("\n") == made.count("\r\n")


def test_a_framework_that_is_written_in_other_ways_of_toml_is_followed() -> None:
    text = 'format = 1\nfirst_year = 2020\nbases.budget_execution_rate = "approved"\n\n[[indicator]]\n"metric" = "quality_rate"\n'
    read = tomllib.loads(framework_text(text))
    assert "bases" not in read
    assert read["indicator"] == [{"value": "quality_rate"}]
    assert read["formula"][0]["value"] == "outturn / approved_expenditure"
    quoted = 'format = 1\nfirst_year = 2020\n[bases]\n\'budget_execution_rate\' = "approved"\n[treatment]\nmissing = "zero"\n'
    assert tomllib.loads(framework_text(quoted))["treatment"] == {"equals": "exact", "no_finding": "none", "missing": "zero"}


def test_what_would_score_otherwise_today_is_told_and_keeps_its_score(old: Path) -> None:
    """An "=" that was missed by a little, and an empty table of findings: the scores of 1.0 stay, today's are named beside."""
    year = old / "data" / "departments" / "hrss" / "2023"
    targets, findings = year / "targets.csv", year / "findings.csv"
    text = targets.read_text(encoding="utf-8-sig")
    changed = text.replace("urban_new_jobs,>=,800,", "urban_new_jobs,=,934,", 1)
    assert changed != text
    targets.write_text(changed, encoding="utf-8-sig")
    findings.write_text(findings.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8-sig")
    (year / "finding_amounts.csv").write_text("finding,part,part_en,value,source,section\n", encoding="utf-8-sig")
    for table in ("published", "contradictions"):
        file = year / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8-sig")
    told = [change.en for change in upgrade(old).changes if "as it is meant today" in change.en]
    now = evaluate_year(old / "data", "hrss", 2023).evaluation
    jobs, compliance = now.indicator("urban_new_jobs"), now.indicator("fund_compliance")
    assert (jobs.score, compliance.score) == (0, compliance.points)
    for indicator, was, today in ((jobs, "0 points", "2 points"), (compliance, "4 points", "0 points")):
        assert [line for line in told if f", {indicator.name.en}: {was} as version 1.0 meant it" in line and f"; {today} as it is" in line]
