"""Frameworks are data: another one with other points, rules, groups and grades works by adding a file."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.rulebook import load_framework
from evallib.data.table_docs import table_documentation
from evallib.model.words import words
from evallib.pages.framework_text import framework_changes, framework_lines
from tests.conftest import DATA, GOLDEN, ROOT, Copy

FORM = GOLDEN / "frameworks" / "self-form.toml"

OWN = """indicator,name,name_en,group,points,basis,formula,source,section
trained,培训人数,People trained,output_rows,30,published,,report,表
days,办理天数,Days to decide,output_rows,20,published,,report,表
income,增收,Income raised,benefit_rows,30,published,,report,表
pleased,满意度,Satisfaction,satisfaction_rows,10,published,,report,表
"""
TARGETS = """indicator,operator,target,unit,actual,actual_unit,base,actual_by,evidence,evidence_en,source,section
trained,>=,200,人,150,人,,measured,,,report,表
days,<=,20,个,25,个,,measured,,,report,表
income,>=,1,万元,15000,元,,measured,,,report,表
pleased,>=,90,%,45,件,50,measured,,,report,表
"""


@pytest.fixture
def form(copy: Copy) -> Copy:
    """The same department, evaluated by the second framework with rows of its own."""
    folder = copy.folder / "frameworks" / "self-form"
    folder.mkdir()
    shutil.copy(FORM, folder / "2023.toml")
    copy.replace(copy.folder / "departments.csv", "xundian-department", "self-form")
    (copy.year / "own_indicators.csv").write_text(OWN, encoding="utf-8")
    (copy.year / "targets.csv").write_text(TARGETS, encoding="utf-8")
    for table in ("target_parts", "judgements", "findings", "finding_amounts", "published", "contradictions"):
        path = copy.year / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8-sig").split("\n")[0] + "\n", encoding="utf-8")
    plan = copy.year / "plan_targets.csv"
    plan.write_text(plan.read_text(encoding="utf-8-sig").split("\n")[0] + "\n", encoding="utf-8")
    return copy


def test_another_framework_scores_by_its_own_points_and_bases(form: Copy) -> None:
    e = form.evaluate()
    scores = {i.id: i.score for i in e.indicators}
    assert scores == {
        "execution_rate": Decimal("10.00"),  # 18,854,402.47 of 14,011,524.49 approved: over 100%, counted as 100%
        "trained": Decimal("22.50"),  # 150 of 200
        "days": Decimal("16.00"),  # lower is better: 20 / 25 of 20 points
        "income": Decimal("30.00"),  # 15,000 yuan against 10,000: full, never more
        "pleased": Decimal("10.00"),  # 45 of 50 is the 90% that was asked
    }
    assert (e.total, e.grade.zh, e.points) == (Decimal("88.50"), "合格", 100)


def test_the_framework_in_force_is_the_newest_that_is_not_later(copy: Copy) -> None:
    newer = copy.framework.with_name("2025.toml")
    newer.write_text(copy.framework.read_text(encoding="utf-8").replace("first_year = 2023", "first_year = 2025"), encoding="utf-8")
    years = [load_framework(copy.folder, "xundian-department", year).first_year for year in (2023, 2024, 2025, 2030)]
    assert years == [2023, 2023, 2025, 2025]


def test_what_changed_between_two_years_is_said(copy: Copy) -> None:
    text = copy.framework.read_text(encoding="utf-8").replace("first_year = 2023", "first_year = 2025")
    text = text.replace("points_each = 0.25", "points_each = 0.75", 1).replace("at_least = 90\n", "at_least = 92\n")
    text = text.replace('value = "carryover_rate"', 'value = "结转结余率（占支出决算）"')
    copy.framework.with_name("2025.toml").write_text(text, encoding="utf-8")
    old, new = (load_framework(copy.folder, "xundian-department", year) for year in (2023, 2025))
    changes = {change.what.en: (change.before.en, change.after.en) for change in framework_changes(old, new)}
    assert set(changes) == {"Effectiveness of internal control: rule", "Carry-over rate: formula", "grade Excellent"}
    assert changes["grade Excellent"] == ("≥ 90", "≥ 92")
    assert framework_changes(old, old) == ()


def test_the_framework_is_printed_with_every_indicator() -> None:
    framework = load_framework(DATA, "xundian-department", 2023)
    lines = framework_lines(framework)
    assert [sum(1 for line in lines if line.level == level) for level in (1, 2, 3)] == [4, 13, 24]
    assert all(line.rule.zh and line.source.zh for line in lines if line.level == 3)
    result = CliRunner().invoke(app, ["framework", "xundian-department", "2023", "--data", str(DATA), "--lang", "en"])
    assert result.exit_code == 0
    assert "Staffing control" in result.stdout.replace("\n", " ")


def test_a_document_without_a_clause_is_named_alone() -> None:
    source = next(line.source for line in framework_lines(load_framework(DATA, "office-general", 2023)) if line.source)
    assert source == words("evallib 自带的通用框架", "General framework that comes with evallib")


def test_a_framework_that_is_not_there_is_refused() -> None:
    result = CliRunner().invoke(app, ["framework", "../frameworks", "2023", "--data", str(DATA)])
    assert result.exit_code == 2
    assert "没有这个指标体系" in result.stderr


def test_the_documentation_of_the_tables_is_what_the_models_say() -> None:
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == table_documentation()
