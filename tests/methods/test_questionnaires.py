"""Which questionnaire a year's data tells of, and what may stand in the table of answers."""

from __future__ import annotations

import pytest

from evallib.methods.questionnaires import answers_of, is_answer, questionnaires
from evallib.model.words import words
from tests.conftest import Copy


def printed(copy: Copy, base: str) -> None:
    """84 of so many people were satisfied, instead of a printed 84%."""
    for column, value in (("actual", "84"), ("actual_unit", "人"), ("base", base)):
        copy.set("targets", {"indicator": "public_satisfaction"}, column, value)


def test_forms_of_another_questionnaire_are_not_told_of_this_one(copy: Copy) -> None:
    """The rate is of 100 forms, and the year's own questionnaire had fewer."""
    (before,) = questionnaires(copy.evaluate())
    assert before.result.overall.response.issued is not None
    printed(copy, "100")
    (found,) = questionnaires(copy.evaluate())
    response = found.result.overall.response
    assert (response.valid, response.issued, response.returned) == (100, None, None)


def test_a_base_that_is_no_whole_number_counts_no_forms(copy: Copy) -> None:
    printed(copy, "99.5")
    assert questionnaires(copy.evaluate()) == ()


@pytest.mark.parametrize(
    ("scale", "zh", "en"),
    [("marks_10", "0 至 10", "0 to 10"), ("yes_no", "满意、不满意", "满意, 不满意")],
)
def test_the_answers_of_a_scale_are_told(scale: str, zh: str, en: str) -> None:
    assert answers_of(scale) == words(zh, en)


@pytest.mark.parametrize(("text", "may"), [("", True), (" 无效 ", True), ("10", True), ("10.5", False), ("满意", False)])
def test_marks_take_marks_nothing_or_invalid(text: str, may: bool) -> None:
    assert is_answer("marks_10", text) is may
