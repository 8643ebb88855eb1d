"""The rule book of a data folder: settings, catalogues, frameworks, and the list that says what is evaluated by which."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evallib.data.government import load_government
from evallib.data.load import load_departments, load_year
from evallib.data.rulebook import framework_folders, load_common, load_county, load_framework, shipped_catalogue, shipped_catalogues
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.units import convert
from evallib.model.words import words
from evallib.say.workings import formula_working
from tests.conftest import Copy

POUNDS = '\n[currency]\nsymbol = "£"\nname = "英镑"\nname_en = "pounds"\none_en = "pound"\n\n[year]\nlabel = "{year}/{next}"\n'
OWN = """
first_year = 2020

[[unit]]
symbol = "包"
name_en = "bags"
measures = "weight"
factor = "50"
whole = true

[[fact]]
id = "seed"
name = "种子"
name_en = "Seed"
unit = "公斤"

[[fact]]
id = "seed_bought"
name_en = "Seed bought"
unit = "吨"

[[formula]]
id = "expense_per_head"
name = "人均公用经费"
name_en = "Operating expense per head"
value = "公用经费决算 / 在职人数"
unit = "money/人"
good = "low"

[[limit]]
holds = "seed <= seed_bought"
"""


def add(copy: Copy, text: str) -> None:
    (copy.folder / "catalogue").mkdir(exist_ok=True)
    (copy.folder / "catalogue" / "own.toml").write_text(text, encoding="utf-8")


def row(copy: Copy, line: str) -> None:
    facts = copy.year / "facts.csv"
    facts.write_text(facts.read_text("utf-8-sig") + line + "\n", encoding="utf-8-sig")


# --- settings


def test_the_money_is_the_countys(copy: Copy) -> None:
    with (copy.folder / "county.toml").open("a", encoding="utf-8") as file:
        file.write(POUNDS)
    units = load_common(copy.folder).units
    assert (units.money.symbol, units.money.name) == ("£", words("英镑", "pounds"))
    assert convert(Decimal("1.5"), units.read("万£"), units.money) == 15000
    framework = load_framework(copy.folder, "xundian-department", 2023)
    assert framework.catalogue.facts["outturn"].unit is framework.catalogue.units.money
    assert framework.catalogue.year(2023)["en"] == "2023/24"
    with pytest.raises(InputRefused, match=r"looks like a unit of money and is not known.*is one of £, 万£, 亿£ meant"):
        load_year(copy.folder, "hrss", 2023)  # its rows say 元


def test_the_settings_name_the_county(copy: Copy) -> None:
    county = load_county(copy.folder)
    assert (county.name_en, county.language, county.framework) == (
        "Xundian Hui and Yi Autonomous County",
        "zh",
        "department-mof-2013",
    )


# --- catalogues


@pytest.mark.parametrize("name", shipped_catalogues())
def test_what_is_shipped_holds_no_mistake(name: str) -> None:
    catalogue = shipped_catalogue(name)
    assert catalogue.facts
    assert catalogue.formulas
    assert all(one.name.zh and one.name.en for group in (catalogue.facts, catalogue.formulas) for one in group.values())
    assert not [id for id, fact in catalogue.facts.items() if fact.entry.topic not in catalogue.topics]


def test_a_fact_a_unit_a_formula_and_a_limit_of_ones_own(copy: Copy) -> None:
    add(copy, OWN)
    row(copy, "种子,2023,12,包,,,report,八")
    e = evaluate_year(copy.folder, "hrss", 2023).evaluation
    assert e.facts.value("seed") == 600
    formula = e.formula("expense_per_head")
    assert formula_working(e, formula, "zh") == "957,260.00元 ÷ 51人 = 18,769.8元/人"
    assert formula_working(e, formula, "en") == "957,260.00 yuan ÷ 51 people = 18,769.8 yuan per person"
    assert formula.unit.name == words("元/人", "yuan per person")
    assert load_common(copy.folder).units.read("包").factor == 50


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("seed,2023,12,包,,,report,八", ""),
        ("seed,2023,20,包,,,report,八", ""),
        ("seed,2023,21,包,,,report,八", r"Seed cannot be above Seed bought \(1,000\)"),
        ("seed,2023,0.1,亩,,,report,八", "is the wrong kind of unit"),
    ],
)
def test_what_ones_own_says_is_checked(copy: Copy, line: str, said: str) -> None:
    add(copy, OWN)
    row(copy, line)
    row(copy, "seed_bought,2023,1.000,吨,,,report,八")
    if said:
        with pytest.raises(InputRefused, match=said):
            load_year(copy.folder, "hrss", 2023)
    else:
        load_year(copy.folder, "hrss", 2023)


def test_a_common_unit_of_forms_gives_way_to_the_countys_own(copy: Copy) -> None:
    assert load_common(copy.folder).units.read("棵").name == words("棵", "trees")
    add(copy, '[[unit]]\nsymbol = "株"\nname_en = "saplings"\nmeasures = "saplings"\nalso = ["棵", "人·天"]\n')
    units = load_common(copy.folder).units
    assert {units.read(text).name.en for text in ("株", "棵", "人·天")} == {"saplings"}


def test_nor_does_it_convert_what_a_county_measures_in_its_own_way(copy: Copy) -> None:
    own = '[[unit]]\nsymbol = "千瓦"\nname_en = "kilowatts"\nmeasures = "power"\n\n'
    add(copy, own + '[[unit]]\nsymbol = "set"\nname = "套"\nname_en = "sets"\nmeasures = "sets"\n')
    units = load_common(copy.folder).units
    assert units.read("兆瓦").dimensions != units.read("千瓦").dimensions
    assert units.read("套").symbol == "set"


def test_an_entry_holds_from_its_first_year_on(copy: Copy) -> None:
    add(copy, OWN.replace("first_year = 2020", "first_year = 2024"))
    row(copy, "种子,2023,12,公斤,,,report,八")
    with pytest.raises(InputRefused, match="there is no such fact"):
        load_year(copy.folder, "hrss", 2023)


def test_documents_stand_in_a_file_of_entries_that_has_a_first_year(copy: Copy) -> None:
    add(copy, OWN + '\n[[source]]\nid = "ours"\nname = "本县办法"\nyear = 2019\n')
    catalogue = load_framework(copy.folder, "xundian-department", 2023).catalogue
    assert [source.id for source in catalogue.part.sources if source.name == "本县办法"] == ["ours"]


def test_frameworks_are_the_folders_own_and_those_shipped(copy: Copy) -> None:
    known = framework_folders(copy.folder)
    assert known["xundian-department"] == copy.framework.parent
    assert {"department-mof-2013", "project-mof-2020", "self-evaluation-department", "self-evaluation-project", "office-general"} <= set(
        known
    )
    assert load_framework(copy.folder, "project-mof-2020", 2023).builds_on == ("project",)


# --- the list


def test_a_project_names_its_department(copy: Copy) -> None:
    assert load_year(copy.folder, "hrss", 2023).record.kind == "department"
    name = load_departments(copy.folder)[0].words
    lines = ["code,name,name_en,framework,first_year,last_year,类型,所属部门"]
    lines += [
        f"office,{name.zh},{name.en},xundian-department,2022,2022,,",
        "hrss,职业培训,Training,xundian-department,2023,2023,项目,office",
    ]
    (copy.folder / "departments.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    record = load_year(copy.folder, "hrss", 2023).record
    assert (record.kind, record.name.en, record.belongs_to) == ("project", "Training", name)


@pytest.mark.parametrize(("home", "said"), [("县教育局", words("县教育局")), ("", words("", ""))])
def test_a_department_that_is_not_on_the_list_is_called_as_it_was_written(copy: Copy, home: str, said: object) -> None:
    text = f"code,name,framework,first_year,last_year,kind,department\nhrss,补贴,xundian-department,2023,2023,policy,{home}\n"
    (copy.folder / "departments.csv").write_text(text, encoding="utf-8")
    record = load_year(copy.folder, "hrss", 2023).record
    assert (record.kind, record.belongs_to) == ("policy", said)


@pytest.mark.parametrize("text", ["", "# a note\n", '[[unit]]\nsymbol = "包"\nname_en = "bags"\nmeasures = "包"\n'])
def test_a_framework_without_its_own_keys_is_refused_for_each_that_is_missing(copy: Copy, text: str) -> None:
    (copy.folder / "frameworks" / "xundian-department" / "2023.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refusal:
        load_framework(copy.folder, "xundian-department", 2023)
    assert {"format", "id", "first_year"} <= {problem.place.column for problem in refusal.value.problems}


def test_a_kind_that_there_is_not_is_refused(copy: Copy) -> None:
    text = "code,name,framework,first_year,last_year,kind\nhrss,补贴,xundian-department,2023,2023,scheme\n"
    (copy.folder / "departments.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match="write one of department, project, policy"):
        load_departments(copy.folder)


# --- a budget alone

HEADS = "year,code,name,kind,original,revised,executed,unit,source,section\n"


def test_a_budget_needs_no_department(copy: Copy) -> None:
    (copy.folder / "departments.csv").write_text("code,name,framework,first_year,last_year\n", encoding="utf-8")
    rows = [f"{year},{code},科目,ordinary,100,100,{95 if year < 2024 else ''},亿元,预算,1" for year in (2022, 2023, 2024) for code in "ab"]
    (copy.folder / "budget_heads.csv").write_text(HEADS + "\n".join(rows) + "\n", encoding="utf-8")
    found = load_government(copy.folder, 2024)
    assert (found.basis, dict(found.unknown), list(found.heads)) == ("file", {2024: 2}, [2022, 2023, 2024])
    assert found.assessment.scores[0].grade is None
    assert [(m.year, m.outturn) for m in found.assessment.years] == [(2022, Decimal("0.95")), (2023, Decimal("0.95")), (2024, None)]
    assert any("In 2024 no head has both its amounts yet, so that the year has no figures: 2 heads (a, b)" in r.en for r in found.remarks)
    assert found.unit == words("亿元", "100,000,000 yuan")


@pytest.mark.parametrize(
    ("unit", "said"),
    [("人", "is not a unit of money"), ("%", "is not a unit of money"), ("完元", "looks like a unit of money and is not known")],
)
def test_money_of_a_budget_is_told_from_what_is_none(copy: Copy, unit: str, said: str) -> None:
    (copy.folder / "budget_heads.csv").write_text(f"{HEADS}2023,a,科目,ordinary,1,1,1,{unit},预算,1\n", encoding="utf-8")
    with pytest.raises(InputRefused, match=said):
        load_government(copy.folder, 2023)
