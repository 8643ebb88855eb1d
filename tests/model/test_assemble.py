"""A catalogue from its files: what holds in a year, what is put in for names, and every mistake at once with its place."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from evallib.model.assemble import assemble
from evallib.model.catalogue import Catalogue
from evallib.model.entries import Part
from evallib.model.errors import Problem
from evallib.model.expression import Name, write
from evallib.model.units import SHARE
from evallib.say.refusals import told

UNITS = """
currency = [{ symbol = "元", name_en = "yuan" }]
alike = [{ ends = "元" }, { begins = "百分" }]
scale = [{ word = "万", factor = 10000 }]
[[unit]]
symbol = "%"
measures = "share"
factor = "1/100"
[[unit]]
symbol = "人"
name_en = "people"
measures = "people"
whole = true
"""
FACTS = """
[[fact]]
id = "budget"
name = "预算"
name_en = "Budget"
unit = "money"
[[fact]]
id = "spent"
name = "支出"
unit = "万元"
[[fact]]
id = "staff"
name = "人数"
unit = "人"
"""


def made(*texts: str, year: int = 2023) -> tuple[Catalogue, tuple[Problem, ...]]:
    """The catalogue of some files, called 1.toml, 2.toml, …, and what is wrong with them."""
    files = [(f"{n}.toml", Part.model_validate(tomllib.loads(text, parse_float=Decimal))) for n, text in enumerate((UNITS, *texts))]
    catalogue, faults = assemble(files, year)
    return catalogue, tuple(map(told, faults))


def right(*texts: str, year: int = 2023) -> Catalogue:
    catalogue, problems = made(*texts, year=year)
    assert not problems, [problem.describe("en") for problem in problems]
    return catalogue


def formula(value: str, unit: str = "%", id: str = "rate", more: str = "") -> str:
    return f'[[formula]]\nid = "{id}"\nvalue = "{value}"\nunit = "{unit}"\n{more}\n'


def relation(holds: str, kind: str = "identity") -> str:
    return f'[[{kind}]]\nholds = "{holds}"\n'


def fact(unit: str, parts: str = "") -> str:
    return f'[[fact]]\nid = "a"\nunit = "{unit}"\n' + (f'parts = "{parts}"\n' if parts else "")


def line(cell: str) -> str:
    return f'[[line]]\ntable = "spending"\nname = "l"\ncells = {{ spent = "{cell}" }}\n'


def written(catalogue: Catalogue, id: str) -> str:
    return write(catalogue.formulas[id].tree, lambda n: n.id + "'" * n.before, str)


# --- names


@pytest.mark.parametrize("value", ["spent / budget", "支出 / 预算", "支出 / Budget", "[支出] / [ budget ]", "支出 ÷ BUDGET"])
def test_ids_and_names_in_either_language_mean_the_same(value: str) -> None:
    catalogue = right(FACTS, formula(value))
    assert written(catalogue, "rate") == "spent ÷ budget"
    assert catalogue.formulas["rate"].inputs == (Name("spent"), Name("budget"))
    assert catalogue.formulas["rate"].unit is SHARE


def test_a_formula_in_a_formula_is_put_in_whole_wherever_it_stands() -> None:
    catalogue = right(FACTS, formula("rate - rate@last_year", id="change"), formula("spent / budget"))
    assert written(catalogue, "change") == "spent ÷ budget − spent' ÷ budget'"
    assert list(catalogue.formulas) == ["change", "rate"]
    assert catalogue.formulas["change"].compares_years


def test_a_name_is_found_or_none() -> None:
    catalogue = right(FACTS, formula("支出 / 预算", more='name = "支出率"\nname_en = "Rate of spending"'))
    texts = ("spent", "支出", "rate of SPENDING", "支出率", "nothing")
    assert [catalogue.find(text) for text in texts] == ["spent", "spent", "rate", "rate", None]
    twice = right(FACTS, '[[fact]]\nid = "other"\nname = "支出"\nunit = "元"')
    assert twice.find("支出") is None
    assert twice.named["支出"] == ("spent", "other")


def test_a_unit_may_be_any_word_and_compound() -> None:
    land = '[[fact]]\nid = "land"\nunit = "亩"'
    catalogue = right(FACTS, land, formula("budget / staff", "money/人", "head"), formula("land / staff", "亩/人"))
    assert catalogue.formulas["head"].unit.name.en == "yuan per people"
    assert catalogue.formulas["head"].unit.symbol == "元/人"
    assert catalogue.facts["land"].unit.dimensions == (("亩", 1),)


# --- years and files


BUDGET = '[[fact]]\nid = "budget"\nname = "{}"\nunit = "money"\nfirst_year = {}\n'


@pytest.mark.parametrize(("year", "name"), [(2019, None), (2020, "老"), (2022, "老"), (2023, "新"), (2099, "新")])
def test_of_several_with_one_id_the_newest_holds_whose_first_year_is_not_later(year: int, name: str | None) -> None:
    for texts in ((BUDGET.format("老", 2020), BUDGET.format("新", 2023)), (BUDGET.format("新", 2023), BUDGET.format("老", 2020))):
        catalogue = right(*texts, year=year)
        found = catalogue.facts.get("budget")
        assert (found.name.zh if found else None) == name


def test_the_same_id_with_the_same_first_year_is_refused_unless_it_overrides() -> None:
    _, (problem,) = made(FACTS, '[[fact]]\nid = "budget"\nunit = "人"')
    assert problem.describe("en") == (
        '2.toml, entry fact.budget: the same id with the same first year is in 1.toml already (found "budget"). '
        "To fix it: choose another id or first_year; to take the other's place, write overrides = true."
    )
    assert problem.describe("zh").startswith("2.toml，项 fact.budget：同一起始年度的同一编号已在 1.toml 中")
    catalogue = right(FACTS, '[[fact]]\nid = "budget"\nunit = "人"\noverrides = true')
    assert catalogue.facts["budget"].unit.symbol == "人"


def test_a_relation_is_told_by_what_it_holds_or_by_its_id() -> None:
    _, problems = made(FACTS, relation("budget = spent"), relation("budget = spent"))
    assert [problem.place.column for problem in problems] == ["identity.budget = spent"]
    named = '[[limit]]\nid = "cap"\nholds = "spent <= {}"\n'
    assert len(right(FACTS, named.format("budget"), named.format("budget + budget") + "overrides = true\n").limits) == 1


def test_entries_may_stand_in_any_order_and_every_doubling_is_told() -> None:
    fact = '[[fact]]\nid = "z"\nunit = "人"\n'
    dated = [fact + f"first_year = {year}\n" for year in (2020, 2022, 2020)]
    assert [problem.code for problem in made(*dated)[1]] == ["entry.twice"]
    assert [problem.code for problem in made(*[fact + "first_year = 2300\n".replace("2300", "2199")] * 2)[1]] == ["entry.twice"]
    over = fact + "overrides = true\n"
    assert made(over, fact)[1] == made(fact, over)[1] == ()
    assert [problem.code for problem in made(over)[1]] == ["entry.overrides_nothing"]
    assert [problem.code for problem in made(fact, over, over)[1]] == ["entry.twice"]
    source = '[[source]]\nid = "law"\nname = "{}"\nyear = 2020\n'
    assert [problem.code for problem in made(source.format("甲"), source.format("乙"))[1]] == ["entry.twice"]
    assert made(source.format("甲"), source.format("甲"))[1] == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            '[[unit]]\nsymbol = "度"\nmeasures = "angles"\n[[unit]]\nsymbol = "千瓦时"\nmeasures = "energy"\nalso = ["度"]\n',
            "entry.unit_taken",
        ),
        ('[[unit]]\nsymbol = "元"\nmeasures = "coins"\n', "entry.unit_taken"),
        ('[[formula]]\nid = "budget"\nvalue = "spent / budget"\n', "entry.id_of_fact"),
        ('[[fact]]\nid = "f"\nunit = "元"\nparts = "budget + budget"\n', "entry.part_twice"),
        ('[[fact]]\nid = "f"\nunit = "元"\ntopic = "nowhere"\n', "entry.topic_unknown"),
        ('[[formula]]\nid = "f"\nvalue = "abs((spent - budget) / budget)"\nzero = "no change"\n', "entry.zero_unfit"),
        ('[[formula]]\nid = "f"\nvalue = "spent / staff"\nunit = "元/人"\nzero = "no change"\n', "entry.zero_unfit"),
        ('[[formula]]\nid = "f"\nvalue = "(spent + budget) / budget"\nzero = "no change"\n', "entry.zero_unfit"),
    ],
)
def test_what_could_be_taken_in_two_ways_is_refused(text: str, code: str) -> None:
    assert code in [problem.code for problem in made(FACTS, '[[currency]]\nsymbol = "元"\n', text)[1]]


@pytest.mark.parametrize(
    ("value", "nothing"),
    [
        ("(spent - budget) / budget", 0),
        ("(spent + budget - budget) / budget", 0),
        ("spent / budget", 1),
        ("spent / (budget - spent)", 0),
        ("(budget - spent) / budget", 0),
    ],
)
def test_what_no_change_is_follows_from_the_formula(value: str, nothing: int) -> None:
    assert right(FACTS, formula(value, more='zero = "no change"')).formulas["rate"].nothing == nothing


def test_formulas_of_formulas_have_a_bound() -> None:
    doubled = [f'[[formula]]\nid = "g{n}"\nvalue = "g{n - 1} + g{n - 1}"\nunit = "元"\n' for n in range(1, 40)]
    first = '[[formula]]\nid = "g0"\nvalue = "spent + budget"\nunit = "元"\n'
    assert "entry.too_large" in [problem.code for problem in made(FACTS, first, *doubled)[1]]
    chain = [f'[[formula]]\nid = "g{n}"\nvalue = "g{n - 1} + spent"\nunit = "元"\n' for n in range(400, 0, -1)]
    assert "entry.too_deep" in [problem.code for problem in made(FACTS, *chain, first)[1]]


def test_an_empty_catalogue_is_none_the_worse() -> None:
    catalogue = right()
    assert (catalogue.facts, catalogue.formulas, catalogue.lines, catalogue.playing("carried in")) == ({}, {}, {}, ())
    assert catalogue.year(2023)["en"] == "2023"


def test_what_plays_a_role_comes_in_order() -> None:
    catalogue = right(FACTS, formula("spent / budget", more='role = ["change on last year", "rate of the budget"]'),
                      formula("budget / spent", id="second", more='role = "rate of the budget"'))  # fmt: skip
    assert (catalogue.player("change on last year"), catalogue.playing("rate of the budget")) == ("rate", ("rate", "second"))
    assert catalogue.player("nothing") is None


# --- mistakes


WRONG = [
    # an entry, where it is wrong, what is said
    (formula("spent / budgett"), "formula.rate.value", "there is no such fact or formula", "did you mean budget?"),
    (formula("spent / nothing"), "formula.rate.value", "there is no such fact or formula", "There are: budget, spent, staff"),
    (formula("spent / staff"), "formula.rate.value", "the unit is %, but what is computed is 元/人", "write 元/人 as its unit, or correct"),
    (formula("spent / budget", "money"), "formula.rate.value", "the unit is money, but what is computed is %", "write % as its unit"),
    (formula("spent * budget", "money"), "formula.rate.value", "what is computed is 元·元", "correct the expression"),
    (formula("spent / staff", "yuan each"), "formula.rate.value", "the catalogue has no unit yuan each", "write 元/人 as its unit"),
    (formula("(spent + staff) / budget"), "formula.rate.value", "元 and 人 cannot be added, subtracted or compared", "correct"),
    (formula("max(spent, staff) / budget"), "formula.rate.value", "元 and 人 cannot be added", "correct"),
    (formula("spent / budget + staff"), "formula.rate.value", "% and 人 cannot be added", "correct"),
    (formula("spent / budget", "完元"), "formula.rate.value", "there is no such unit", "write one that there is (元, %"),
    (formula("spent = budget"), "formula.rate.value", "a formula holds no = or <=", "[[identity]] or [[limit]]"),
    (formula("spent /"), "formula.rate.value", "from character 8 on: is not complete here", "(outturn - budget) / budget"),
    (formula("spent.budget"), "formula.rate.value", "from character 6 on: “.” cannot stand here", "correct the expression"),
    (formula("rate + 1"), "formula.rate.value", "takes a formula that is wrong, or that takes this one", "no formula may lead back"),
    (formula("1 / 0"), "formula.rate.value", "takes no fact", "write the name of a fact"),
    (relation("1 = 1"), "identity.1 = 1.holds", "takes no fact", "write the name of a fact"),
    (relation("budget <= spent"), "identity.budget <= spent.holds", "there must be one = at the top", "write it as a = b + c"),
    (relation("budget", "limit"), "limit.budget.holds", "there must be one <= at the top", "write it as a <= b"),
    (relation("staff = budget"), "identity.staff = budget.holds", "人 and 元 cannot be added", "correct"),
    (relation("spent <= 5", "limit"), "limit.spent <= 5.holds", "元 and % cannot be added", "correct"),
    (fact("百分率"), "fact.a.unit", "there is no such unit", "declare it as a [[unit]]"),
    (fact("money", "budget + staff"), "fact.a.parts", "人数 is in 人, which is not comparable with 元", "correct"),
    (fact("money", "budget / spent"), "fact.a.parts", "parts are a sum or difference of facts", "[[formula]]"),
    (fact("money", "budget@last_year + spent"), "fact.a.parts", "facts of the same year", "write a + b"),
    (fact("money", "a + budget"), "fact.a.parts", "is a part of itself", "take the circle out"),
    (fact("money") + "derived = true", "fact.a.parts", "is to be computed from parts, and none are written", "write parts"),
    (line("spent + budget"), "line.spending: l.cells", "is not the name of a fact", "write one name"),
    (line("spend"), "line.spending: l.cells", "there is no such fact", "did you mean spent?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "entry", "what", "fix"), WRONG, ids=lambda x: x[:40].replace("\n", " "))
def test_a_mistake_is_told_with_its_place_and_the_next_step(text: str, entry: str, what: str, fix: str) -> None:
    _, (problem,) = made(FACTS, text)
    assert (problem.place.file, problem.place.column) == ("2.toml", entry)
    assert what in problem.what.en
    assert fix in problem.fix.en
    assert problem.what.zh
    assert problem.fix.zh


def test_an_ambiguous_name_asks_for_the_id() -> None:
    _, (problem,) = made(FACTS, '[[fact]]\nid = "other"\nname = "支出"\nunit = "元"', formula("支出 / 预算"))
    assert problem.what.en == "“支出” names 2 things: spent, other"
    assert problem.what.zh == "“支出”有 2 个：spent、other"
    assert problem.fix.en == "write the id instead"


def test_formulas_that_lead_back_to_themselves_are_each_told() -> None:
    _, problems = made(FACTS, formula("b + 1", id="a"), formula("c", id="b"), formula("a", id="c"), formula("spent / budget", id="d"))
    assert [problem.place.column for problem in problems] == ["formula.c.value", "formula.b.value", "formula.a.value"]


def test_parts_that_lead_back_are_told_where_the_circle_closes() -> None:
    part = '[[fact]]\nid = "{}"\nunit = "money"\nparts = "{} + budget"\n'
    catalogue, (problem,) = made(FACTS, part.format("a", "b"), part.format("b", "c"), part.format("c", "a"))
    assert problem.what.en == "is a part of itself"
    assert catalogue.family("a") >= {"a", "b", "budget"}


def test_every_mistake_is_told_at_once_and_what_is_right_stands() -> None:
    bad = formula("spent / nothing", id="one") + formula("staff", id="two") + relation("budget = staff")
    bad += '[[fact]]\nid = "x"\nunit = "12"\n'
    catalogue, problems = made(FACTS, bad, formula("spent / budget", id="fine") + formula("spent +", id="three"))
    assert sorted((problem.place.file, problem.place.column) for problem in problems) == [
        ("2.toml", "fact.x.unit"),
        ("2.toml", "formula.one.value"),
        ("2.toml", "formula.two.value"),
        ("2.toml", "identity.budget = staff.holds"),
        ("3.toml", "formula.three.value"),
    ]
    assert all(problem.describe(lang) for problem in problems for lang in ("zh", "en"))
    assert list(catalogue.formulas) == ["fine"]
