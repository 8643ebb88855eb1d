"""How the kit refuses: place, what is wrong, what was found, the next step; in both languages, all problems at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evallib.model.errors import InputRefused, Level, Place, Problem, meant
from evallib.model.words import Lang, words
from evallib.say.sentences import sentence

TWO = InputRefused(
    (
        Problem(
            Place("facts.csv", 12, "value", title="数值"),
            words("不是数字。", "is not a number."),
            words("只写数字", "write digits"),
            "约十",
        ),
        Problem(Place("facts.csv"), words("缺少列", "a column is missing"), words("补上", "add it")),
    )
)


@pytest.mark.parametrize(
    ("place", "lang", "said"),
    [
        (Place("facts.csv"), "zh", "facts.csv"),
        (Place("facts.csv", 3, "value", title="数值"), "zh", "facts.csv，第 3 行，列 数值（value）"),
        (Place("facts.csv", 3, "value", title="value"), "zh", "facts.csv，第 3 行，列 value"),
        (Place("year.xlsx", None, None, "基础数据", "C7"), "zh", "year.xlsx，工作表 基础数据，单元格 C7"),
        (Place("year.xlsx", 7, "value", "基础数据", "C7", "数值"), "en", "year.xlsx, sheet 基础数据, row 7, column value, cell C7"),
    ],
)
def test_a_place_is_said_in_words(place: Place, lang: Lang, said: str) -> None:
    assert place.describe(lang) == said


def test_a_problem_is_a_line_with_one_full_stop_after_each_part() -> None:
    problem = TWO.problems[0]
    assert problem.describe("zh") == "facts.csv，第 12 行，列 数值（value）：不是数字（填的是“约十”）。处理：只写数字。"
    assert problem.describe("en") == 'facts.csv, row 12, column value: is not a number (found "约十"). To fix it: write digits.'


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("door.book", {"folder": "data", "departments": 1, "years": 1}, "Data folder data: 1 department, 1 department-year"),
        ("door.book", {"folder": "data", "departments": 2, "years": 21}, "Data folder data: 2 departments, 21 department-years"),
        ("commands.demo.made", {"total": 1, "unusable": 0}, "1 department-year, all synthetic; 0 of them unusable on purpose."),
        ("rules.worth", {"points": "1"}, "1 point"),
        ("rules.worth", {"points": "1.5"}, "1.5 points"),
        ("charts.plain.above", {"all": 1, "above": 1}, "1 of 1 line above the approved budget"),
    ],
)
def test_what_is_counted_agrees_with_its_number(name: str, given: dict[str, str | int], said: str) -> None:
    assert sentence(name, **given)["en"] == said


def test_a_question_gets_no_stop_behind_it() -> None:
    problem = Problem(Place("facts.csv"), words("是合计，还是单独一项？", "is it a total?"), words("是否该以万计？", "in ten thousands?"))
    assert problem.describe("zh") == "facts.csv：是合计，还是单独一项？处理：是否该以万计？"
    assert problem.describe("en") == "facts.csv: is it a total? To fix it: in ten thousands?"
    assert sentence("marked.said", what=problem.what, fix=problem.fix)["zh"] == "是合计，还是单独一项？是否该以万计？"


@pytest.mark.parametrize(("level", "advice"), [("error", "To fix it"), ("warning", "Advice"), ("recorded", "Note")])
def test_advice_is_called_by_how_grave_the_problem_is(level: Level, advice: str) -> None:
    said = Problem(Place("facts.csv"), words("缺少列", "a column is missing"), words("补上", "add it"), level=level).describe("en")
    assert said == f"facts.csv: a column is missing. {advice}: add it."


def test_a_refusal_names_every_problem() -> None:
    assert str(TWO).splitlines() == [problem.describe("en") for problem in TWO.problems]


def test_a_notebook_shows_the_problems_in_both_languages_and_no_traceback() -> None:
    shown = TWO._render_traceback_()
    assert shown == [*(p.describe("zh") for p in TWO.problems), "", *(p.describe("en") for p in TWO.problems)]


def test_in_short_a_refusal_is_its_first_problem_and_how_many_more() -> None:
    short = TWO.in_short()
    assert short.zh.endswith("处理：只写数字。（另有 1 处）")
    assert short.en.endswith("To fix it: write digits. (and 1 more)")


def test_a_single_problem_is_in_short_itself() -> None:
    alone = InputRefused((Problem(Place("facts.csv"), words("缺少列", "a column is missing"), words("补上", "add it"), "value"),))
    assert alone.in_short() == words(
        "facts.csv：缺少列（填的是“value”）。处理：补上。", 'facts.csv: a column is missing (found "value"). To fix it: add it.'
    )


def test_a_mistyped_id_is_held_against_the_known_ones() -> None:
    assert meant("projcts", ["staff_quota", "projects"]) == words(
        "是否应为 projects？可用的有：staff_quota、projects", "did you mean projects? There are: staff_quota, projects"
    )
    assert meant("xyz", ["staff_quota", "projects"]).en == "There are: staff_quota, projects"


def test_of_many_known_ids_the_first_twenty_five_are_listed() -> None:
    many = [f"n{n}" for n in range(26)]
    assert meant("xyz", many[:25]).en == "There are: " + ", ".join(many[:25])
    assert meant("xyz", many).en == "There are: " + ", ".join([*many[:25], "…"])


def test_of_many_only_those_that_are_like_it_are_told_by_name_and_where_all_stand() -> None:
    many = {f"staff_{n}": words(f"第{n}类人员", f"Staff {n}") for n in range(30)} | {"outturn": words("支出决算数", "Outturn")}
    stand = words("都在名单里", "all are on the list")
    assert meant("支出决算", many, stand) == words(
        "是否应为 支出决算数？如不是，都在名单里", "did you mean 支出决算数? If not, all are on the list"
    )
    assert meant("决算", many, stand).zh.startswith("是否应为 支出决算数？")
    assert meant("outurn", many, stand).zh == "是否应为 outturn？如不是，都在名单里"
    assert meant("xyz", many, stand).en == "There are: " + "".join(f"staff_{n}, " for n in range(8)) + "…; all are on the list"
    assert meant("xyz", many, stand).zh.startswith("可用的有：第0类人员、第1类人员、")


def test_what_two_are_to_do_in_one_place_is_told_once_where_all_is_listed() -> None:
    one = Problem(Place("a.xlsx", 1, "source"), words("空", "empty"), words("填写", "fill in"), acts="department")
    assert InputRefused((one, replace(one, acts="evaluator"))).describe("en") == one.describe("en")


def test_of_an_empty_table_nothing_can_be_meant() -> None:
    assert meant("xyz", []).en == "that table is still empty: add a row there first, or clear this cell"
