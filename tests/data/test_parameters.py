"""Parameters as people and papermill give them: taken, or refused with a sentence that says how to write it."""

from __future__ import annotations

import pytest

from evallib.data.load import Departments, load_departments
from evallib.data.parameters import checked_department, checked_lang, checked_parameters, checked_year
from evallib.model.errors import InputRefused
from tests.conftest import DATA


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list with codes of digits, which the list of today does not take."""
    every = Departments(load_departments(DATA)[0].model_copy(update={"code": code}) for code in ("130001", "007"))
    monkeypatch.setattr("evallib.data.parameters.load_departments", lambda data: every)


@pytest.mark.parametrize("year", [2023, "2023", " 2023 ", "２０２３"])
def test_a_year_is_a_number_or_digits(year: object) -> None:
    assert checked_parameters("hrss", year, "zh", DATA) == ("hrss", 2023, "zh")


@pytest.mark.parametrize("year", ["2023年", "²", "", None, True, 2023.5, [2023]])
def test_what_is_no_year_is_refused(year: object) -> None:
    with pytest.raises(InputRefused) as refusal:
        checked_year(year)
    assert "不是年度" in refusal.value.describe("zh")
    assert "is not a year" in refusal.value.describe("en")


@pytest.mark.usefixtures("numbered")
def test_a_code_that_papermill_made_a_number_is_taken_as_its_text() -> None:
    assert checked_department(130001, DATA) == "130001"
    assert checked_department("007", DATA) == "007"


@pytest.mark.usefixtures("numbered")
def test_leading_zeros_that_are_lost_are_told_with_what_to_type() -> None:
    with pytest.raises(InputRefused) as refusal:
        checked_department(7, DATA)
    assert 'lost its leading zeros (found "7"). To fix it: with papermill write -r department 007' in refusal.value.describe("en")
    assert "用 papermill 时写 -r department 007" in refusal.value.describe("zh")


def test_a_number_on_no_list_is_told_what_is_on_it() -> None:
    with pytest.raises(InputRefused, match="hrss"):
        checked_department(130001, DATA)


@pytest.mark.parametrize("department", [None, True, 1.5, ["hrss"]])
def test_what_is_no_code_is_refused(department: object) -> None:
    with pytest.raises(InputRefused, match="-r department CODE"):
        checked_department(department, DATA)


@pytest.mark.parametrize(("lang", "near"), [("fr", ""), ("zh-CN", ""), ("EN", ""), (None, ""), (1, ""), ("enn", "did you mean en?")])
def test_a_language_is_one_of_the_kits(lang: object, near: str) -> None:
    with pytest.raises(InputRefused, match="there is no such language") as refusal:
        checked_lang(lang)
    assert "There are: zh, en" in refusal.value.describe("en")
    assert near in refusal.value.describe("en")


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InputRefused) as refusal:
        checked_parameters(1.5, "soon", "fr", DATA)
    assert [problem.code.partition(".")[2] for problem in refusal.value.problems] == ["department_no_text", "no_year", "no_language"]
