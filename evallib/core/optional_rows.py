"""The tables that a department's year may do without: questionnaires, experts' scores, costs and results, what became of findings."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from evallib.core.base import Id
from evallib.core.rows import Sourced, column
from evallib.core.words import Words, words


class Survey(Sourced):
    """A group that was asked how satisfied it is, for an indicator of satisfaction. Its answers stand in survey_answers."""

    indicator: Id = column("指标编号", "indicator id")
    group: Annotated[str, Field(min_length=1)] = column("调查对象", "who was asked")
    group_en: str = column("调查对象（英文）", "who was asked, in English", "")
    scale: Literal["yes_no", "three_point", "five_point", "marks_10", "marks_100"] = column("量表", "scale of the answers")
    weight: Annotated[Decimal, Field(gt=0, le=100)] | None = column(
        "权重", "share of the whole in percent; empty: by answers", None, unit="%", note="该群体占全体的百分比；留空则按份数"
    )
    population: Annotated[int, Field(ge=1)] | None = column("总人数", "all who could have been asked", None)
    issued: Annotated[int, Field(ge=0)] | None = column("发放数", "forms issued", None)
    returned: Annotated[int, Field(ge=0)] | None = column("收回数", "forms returned", None)

    @property
    def words(self) -> Words:
        return words(self.group, self.group_en)


class SurveyAnswer(Sourced):
    """How often an answer was given by a group; one row a form, with a count of 1, is right as well."""

    indicator: Id = column("指标编号", "indicator id")
    group: Annotated[str, Field(min_length=1)] = column("调查对象", "who was asked")
    answer: str = column(
        "答案",
        "answer of the scale: 满意/不满意; 满意/一般/不满意; 非常满意/满意/一般/不满意/非常不满意; a mark; 无效 (invalid); empty: blank",
        "",
        note="照问卷上的选项写；留空为未答",
    )
    count: Annotated[int, Field(ge=0)] = column("份数", "how many forms say so")


class ExpertScore(Sourced):
    """One expert's score of an indicator, with the reason."""

    indicator: Id = column("指标编号", "indicator id")
    expert: Annotated[str, Field(min_length=1)] = column("专家", "expert (a letter or number, no name)", note="用编号，不写姓名")
    score: Decimal | None = column("得分", "score; empty: no score given", None, unit="分")
    reason: Annotated[str, Field(min_length=1)] = column("理由", "reason")
    reason_en: str = column("理由（英文）", "reason in English", "")

    @property
    def reason_words(self) -> Words:
        return words(self.reason, self.reason_en)


class CostResult(Sourced):
    """What was spent on a result in a year, and how much of it was reached: the tie says why the two belong together."""

    result: Id = column("成果编号", "id of the result")
    name: Annotated[str, Field(min_length=1)] = column("名称", "name")
    name_en: str = column("名称（英文）", "name in English", "")
    year: Annotated[int, Field(ge=1990, le=2200)] = column("年度", "year")
    cost: Annotated[Decimal, Field(ge=0)] = column("成本", "money spent on it", unit="cost_unit")
    cost_unit: str = column("成本单位", "unit of the money")
    quantity: Annotated[Decimal, Field(ge=0)] = column("成果数量", "how much of it was reached", unit="unit")
    unit: str = column("单位", "unit of the result")
    tie: Annotated[str, Field(min_length=1)] = column("对应依据", "why this spending and this result belong together")
    tie_en: str = column("对应依据（英文）", "the same in English", "")

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)

    @property
    def tie_words(self) -> Words:
        return words(self.tie, self.tie_en)


class FollowUp(Sourced):
    """What became of a finding or a recommendation at a date. Several rows tell its course; the latest date counts."""

    subject: Literal["finding", "recommendation"] = column("类别", "finding or recommendation")
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,24}$")] = column(
        "编号",
        "id of the finding or recommendation; of an earlier year with the year before it (2023-1.1)",
        note="问题或建议的编号；以前年度的写成 2023-1.1",
    )
    date: datetime.date = column("日期", "date of this state (2024-03-31)")
    state: Literal["open", "promised", "done", "checked"] = column("状态", "open, promised, done or checked")
    due: datetime.date | None = column("期限", "when it is to be done", None)
    office: str = column("责任单位", "responsible office", "")
    office_en: str = column("责任单位（英文）", "responsible office in English", "")
    evidence: str = column("佐证", "evidence", "")
    evidence_en: str = column("佐证（英文）", "evidence in English", "")

    @property
    def office_words(self) -> Words:
        return words(self.office, self.office_en)

    @property
    def evidence_words(self) -> Words:
        return words(self.evidence, self.evidence_en)
