"""How many cells a person types for a department under the ministry's framework, from an empty year to one that stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evallib.data.new_year import new_year
from evallib.data.working_folder import lay_out
from evallib.data.years import evaluate_year
from evallib.model.words import LANGS, Lang

MOST = 120
OWN = [("新增公办学位", "履职效益", 5, "个", 1200, 1260), ("家庭困难学生资助率", "履职效益", 5, "%", 100, 100),
       ("课后服务覆盖率", "履职效益", 5, "%", 95, 97.5), ("家长满意度", "社会公众或服务对象满意度", 10, "%", 90, 92.4)]  # fmt: skip
"""The department's own indicators: made up."""
FIGURES = (
    *(98, 96, 52_000_000, 8_000_000, 1_200_000, 53_000_000, 51_900_000, 1_100_000, 3_000_000, 2_900_000, 210_000, 205_000, 190_000),
    *(4_000_000, 3_950_000, 60_000_000, 300_000, 200_000, 24, 24, 23, 6, 6, 53_000_000, 51_900_000, 6_600_000, 23),
)
"""Invented, in the order of the sheet."""


class Typing:
    """A workbook that is typed into, and how many cells were."""

    def __init__(self, path: Path) -> None:
        self.book, self.typed = openpyxl.load_workbook(path), 0

    def sheet(self, number: int) -> tuple[Any, list[Any]]:
        """A sheet by its place, and its heads."""
        sheet: Any = self.book.worksheets[number]
        return sheet, [*sheet[int(sheet.freeze_panes[1:]) - 1]]

    def put(self, cell: Any, value: Any) -> None:
        if cell.value != value:
            cell.value, self.typed = value, self.typed + 1

    def say_source(self, number: int) -> None:
        cell = self.book.worksheets[number]["A1"]
        self.put(cell, f"{cell.value}2024年度部门决算报告")


@pytest.mark.parametrize("lang", LANGS)
def test_a_department_under_the_ministrys_framework_types_at_most_120_cells(lang: Lang, tmp_path: Path) -> None:
    data = lay_out(tmp_path / "county") / "data"
    path = new_year(data, "edu", 2024, from_year=None, to="xlsx", lang=lang, name="教育局", framework="department-mof-2013")
    typing = Typing(path)
    scoring, heads = typing.sheet(1)
    at = {head.value: head.column for head in heads}
    name, group, points, operator, target, unit, actual, judged, why = (
        at[{"zh": zh, "en": en}[lang]]
        for zh, en in (("三级指标", "Indicator"), ("二级指标", "Group"), ("分值", "Points"), ("指标性质", "Nature"), ("目标值", "Target"),
                       ("单位", "Unit"), ("实际值", "Actual"), ("评定", "Judgement"), ("评定理由", "Reason of the judgement"))
    )  # fmt: skip
    typing.say_source(1)
    rows = [row for row in range(3, scoring.max_row + 1) if scoring.cell(row, name).value is None]
    free = [*rows, *range(scoring.max_row + 1, scoring.max_row + 1 + len(OWN) - len(rows))]
    kept = {scoring.cell(row, group).value: row for row in rows}
    groups = dict(zip(("履职效益", "社会公众或服务对象满意度"), kept, strict=True))
    for called, within, worth, of, asked, reached in OWN:
        row = kept.pop(groups[within], None) or free.pop()
        for column, value in (
            (name, called),
            (group, groups[within]),
            (points, worth),
            (operator, "≥"),
            (target, asked),
            (unit, of),
            (actual, reached),
        ):
            typing.put(scoring.cell(row, column), value)
    for row in range(3, scoring.max_row + 1):
        if scoring.cell(row, judged).value:
            typing.put(scoring.cell(row, why), "查阅凭证和台账，没有发现问题")
    figures, heads = typing.sheet(2)
    typing.say_source(2)
    column = next(head.column for head in heads if head.value in ("数值", "Value"))
    for row, value in enumerate(FIGURES, 3):
        typing.put(figures.cell(row, column), value)
    typing.put(typing.book.worksheets[3]["B2"], "2024年度部门决算报告")
    typing.say_source(4)
    for row in range(4, 7):
        typing.put(typing.book.worksheets[4].cell(row, 2), "（略）")
    items, heads = typing.sheet(5)
    typing.say_source(5)
    verdict, reason = (next(h.column for h in heads if h.value in texts) for texts in (("结论", "Verdict"), ("理由", "Reason")))
    for row in range(3, items.max_row + 1):
        typing.put(items.cell(row, verdict), "√")
        typing.put(items.cell(row, reason), "见制度汇编")
    typing.book.save(path)
    found = evaluate_year(data, "edu", 2024).evaluation
    assert found.coverage.indicators_scored == found.coverage.indicators
    print(f"{typing.typed} cells typed, {found.total} points")
    assert typing.typed <= MOST
