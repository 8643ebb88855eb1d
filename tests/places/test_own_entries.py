"""What a data folder adds without touching the package: a unit, facts, a formula, an identity, a limit, used by an indicator."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from evallib.data.years import evaluate_year
from evallib.desk.desk import Desk
from evallib.model.errors import InputRefused
from evallib.pages.report import Report
from tests.conftest import Copy

OWN = """
[[unit]]
symbol = "班次"
name_en = "courses"
measures = "courses"
whole = true

[[fact]]
id = "courses_planned"
name = "计划培训班次"
name_en = "Courses planned"
unit = "班次"
topic = "goals_and_tasks"

[[fact]]
id = "courses_held"
name = "举办培训班次"
name_en = "Courses held"
unit = "班次"
topic = "goals_and_tasks"

[[fact]]
id = "trainees"
name = "参训人数"
name_en = "Trainees"
unit = "人"
topic = "goals_and_tasks"

[[fact]]
id = "trainees_town"
name = "城镇参训"
name_en = "Trainees from towns"
unit = "人"

[[fact]]
id = "trainees_country"
name = "农村参训"
name_en = "Trainees from the country"
unit = "人"

[[formula]]
id = "trainees_per_course"
name = "每班次参训人数"
name_en = "Trainees per course"
value = "参训人数 / 举办培训班次"
unit = "人/班次"
good = "high"

[[identity]]
holds = "参训人数 = 城镇参训 + 农村参训"

[[limit]]
holds = "举办培训班次 <= 计划培训班次"
"""

FACTS = {"计划培训班次": "40", "举办培训班次": "32", "参训人数": "1,456", "城镇参训": "1,000", "农村参训": "456"}


@pytest.fixture
def own(copy: Copy) -> Copy:
    """The example with entries of its own, one of which scores an indicator."""
    folder = copy.folder / "catalogue"
    folder.mkdir()
    (folder / "training.toml").write_text(OWN, encoding="utf-8")
    path = copy.year / "facts.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    source, section = lines[0]["source"], "四(一)1"
    units = {"参训": "人", "班次": "班次"}
    for fact, value in FACTS.items():
        unit = next(u for word, u in units.items() if word in fact)
        lines.append(
            dict.fromkeys(lines[0], "") | {"fact": fact, "year": "2023", "value": value, "unit": unit, "source": source, "section": section}
        )
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    copy.replace(copy.framework, 'value = "staffing_control_rate"', 'value = "每班次参训人数"')
    rule = next(
        line for line in copy.framework.read_text(encoding="utf-8").splitlines() if line.startswith('rule = { kind = "deduct_per_unit"')
    )
    copy.replace(copy.framework, rule, 'rule = { kind = "linear", full_at = 50, zero_at = 40 }')
    return copy


def scored_by(copy: Copy) -> str:
    return next(i.id for i in copy.evaluate().indicators if i.formula == "trainees_per_course")


def test_an_own_formula_scores_an_indicator_and_shows_its_working(own: Copy) -> None:
    checked = evaluate_year(own.folder, "hrss", 2023)
    indicator = checked.evaluation.indicator(scored_by(own))
    assert (indicator.value, indicator.unit.symbol) == (Decimal("45.5"), "人/班次")
    assert indicator.score == indicator.points * Decimal("0.55")
    zh = Report(checked, "zh").section("indicators").html
    assert "1,456人 ÷ 32班次 = 45.5人/班次" in zh
    assert "1,456 people ÷ 32 courses = 45.5 people per course" in Report(checked, "en").section("indicators").html


def test_the_desk_offers_the_facts_of_an_own_formula(own: Copy, tmp_path: Path) -> None:
    desk = Desk(own.folder, "en", tmp_path)
    desk.choose("hrss", 2023)
    id = scored_by(own)
    labels = [field.label.en for field in desk.fields(id)]
    assert labels[:2] == ["Trainees", "Courses held"]
    desk.change(trainees=1600)
    assert desk.result.evaluation.indicator(id).score == desk.result.evaluation.indicator(id).points


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("参训人数", "1,466", "参训人数应等于城镇参训 + 农村参训（1,456）"),
        ("举办培训班次", "41", "举办培训班次不能超过计划培训班次（40）"),
        ("举办培训班次", "31.5", "应为整数"),
    ],
)
def test_own_identities_limits_and_units_are_checked(own: Copy, fact: str, value: str, said: str) -> None:
    own.set("facts", {"fact": fact}, "value", value)
    with pytest.raises(InputRefused) as refused:
        own.evaluate()
    assert said in refused.value.describe("zh")


def test_an_own_entry_that_is_wrong_is_refused_with_its_place(own: Copy) -> None:
    file = own.folder / "catalogue" / "training.toml"
    text = (
        file.read_text(encoding="utf-8")
        .replace('"参训人数 / 举办培训班次"', '"参训人数 / 举办培训班"')
        .replace("= 城镇参训 + 农村参训", "= 城镇参训 + 举办培训班次")
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        own.evaluate()
    said = refused.value.describe("zh")
    assert "catalogue/training.toml，第 45 行，项 formula.trainees_per_course.value：没有这个数据项或公式" in said
    assert "identity" in said
    assert "不能相加" in said
