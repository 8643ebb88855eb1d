"""What a department's year is: the tables of its data, a row class each. The columns' heads and notes live here only."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from evallib.core.base import Basis, Frozen, Id
from evallib.core.optional_rows import CostResult, ExpertScore, FollowUp, Survey, SurveyAnswer
from evallib.core.rows import Row, Sourced, column
from evallib.core.words import Lang, Words, words

Operator = Literal[">=", "<=", "="]


class Source(Row):
    """A document that data comes from, or that a finding refers to."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] = column("来源编号", "id of the document")
    title: Annotated[str, Field(min_length=1)] = column("名称", "title")
    title_en: str = column("名称（英文）", "title in English", "")
    number: str = column("文号", "document number", "")
    producer: str = column("制定单位", "who issued it", "")
    year: int | None = column("年份", "year", None)
    kind: Literal["report", "law", "notice", "plan", "ledger"] = column("类别", "report, law, notice, plan or ledger")

    @property
    def words(self) -> Words:
        return words(self.title, self.title_en)


class Profile(Sourced):
    """A line of the department's profile."""

    key: Literal["full_name", "rank", "duties", "evaluator", "client", "period", "conclusion", "synthetic"] = column(
        "项目", "which line of the profile"
    )
    text: Annotated[str, Field(min_length=1)] = column("内容", "text")
    text_en: str = column("内容（英文）", "text in English", "")

    @property
    def words(self) -> Words:
        return words(self.text, self.text_en)


class OrgUnit(Sourced):
    """An office or subordinate unit."""

    kind: Literal["office", "civil_service_institution", "public_institution"] = column(
        "类别", "office, civil_service_institution (参公) or public_institution"
    )
    name: Annotated[str, Field(min_length=1)] = column("名称", "name")
    name_en: str = column("名称（英文）", "name in English", "")

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)


class WorkTarget(Sourced):
    """One of the year's work targets; numbers where it carries any."""

    no: Annotated[int, Field(ge=1)] = column("序号", "number")
    part: str = column("分项", "which of its numbers (empty: the target itself)", "", note="该目标中的哪个数字；整项目标留空")
    name: Annotated[str, Field(min_length=1)] = column("内容", "what is to be done")
    name_en: str = column("内容（英文）", "what is to be done, in English", "")
    assigned_by: str = column("下达考核单位", "office that sets and assesses it", "")
    target: Decimal | None = column("目标值", "number to be reached", None, unit="unit")
    unit: str = column("单位", "unit", "")

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)


class PlanTarget(Sourced):
    """A medium-term target that carries a number."""

    plan_target: Id = column("目标编号", "id")
    name: Annotated[str, Field(min_length=1)] = column("名称", "name")
    name_en: str = column("名称（英文）", "name in English", "")
    operator: Operator = column("方向", ">=, <= or =")
    target: Decimal = column("目标值", "target", unit="unit")
    unit: str = column("单位", "unit")
    per_year: Literal["yes", "no"] = column(
        "每年", "yes: reached each year; no: by the end of the plan", note="是：每年都要达到；否：规划期末达到"
    )
    indicator: str = column("对应指标", "the year's indicator it can be set beside", "")

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)


class Fact(Sourced):
    """A primitive number. An empty value says: known to be missing. The note says why, or how it was read."""

    fact: str = column("数据项", "fact id (see the catalogue of facts)", note="数据项编号；工作簿中见“#说明”表")
    year: Annotated[int, Field(ge=1990, le=2200)] = column("年度", "year the number belongs to", note="数字所属的年度")
    value: Decimal | None = column(
        "数值",
        "number; empty where it is known to be missing",
        None,
        unit="unit",
        note="确为零填 0；确知没有这个数则留空，并在“说明”里写原因",
    )
    unit: str = column("单位", "unit")
    note: str = column("说明", "note", "", note="为什么缺，或怎样读出来的")
    note_en: str = column("说明（英文）", "note in English", "")


class OwnIndicator(Sourced):
    """An indicator of the department's own, in a group that the framework leaves open."""

    indicator: Id = column("指标编号", "id")
    name: Annotated[str, Field(min_length=1)] = column("名称", "name")
    name_en: str = column("名称（英文）", "name in English", "")
    group: Id = column("二级指标", "group of the framework")
    points: Annotated[Decimal, Field(gt=0)] = column("分值", "points", unit="分")
    basis: Basis = column(
        "分值依据",
        "published: in a scoring table; reconstructed: derived from published figures; own: set by the department",
        note="公布：评分表公布；重构：由公布数推算；自设：本部门自定",
    )
    metric: str = column(
        "计算公式", "formula that gives the actual (empty: typed in Targets)", "", note="得出实际值的公式；在“目标与实际”表填写实际值的留空"
    )


class Target(Sourced):
    """Target and actual of an indicator. The actual is a number, or `actual` of `base` cases, or comes from parts or a formula."""

    indicator: Id = column("指标编号", "indicator id")
    operator: Operator = column("方向", ">=, <= or =")
    target: Decimal = column("目标值", "target", unit="unit")
    unit: str = column("单位", "unit of the target")
    actual: Decimal | None = column(
        "实际值", "actual; empty where parts or a formula give it", None, unit="actual_unit", note="由分项或公式得出的留空"
    )
    actual_unit: str = column("实际值单位", "unit of the actual", "")
    base: Decimal | None = column(
        "基数", "the actual is so many out of this base", None, unit="actual_unit", note="40 件中办结 40 件：实际值 40，基数 40，目标单位 %"
    )
    actual_by: Literal["measured", "judged"] = column(
        "实际值依据", "measured: from numbers; judged: by the evaluators", note="计量：由数字得出；评定：由评价组评定"
    )
    evidence: str = column("佐证", "evidence", "")
    evidence_en: str = column("佐证（英文）", "evidence in English", "")

    @property
    def evidence_words(self) -> Words:
        return words(self.evidence, self.evidence_en)


class TargetPart(Sourced):
    """A part of a target or of an actual. `counted` parts add up to it; the others are 'of which'."""

    indicator: Id = column("指标编号", "indicator id")
    role: Literal["target", "actual"] = column("属于", "target or actual")
    part: Annotated[str, Field(min_length=1)] = column("分项", "part")
    part_en: str = column("分项（英文）", "part in English", "")
    value: Decimal = column("数值", "number", unit="unit")
    unit: str = column("单位", "unit")
    counted: Literal["yes", "no"] = column(
        "计入合计", "yes: adds up to the whole; no: only an ‘of which’", note="是：加总得到合计；否：只是其中数"
    )

    @property
    def words(self) -> Words:
        return words(self.part, self.part_en)


class Judgement(Sourced):
    """What the evaluators decided about an indicator, with the reason."""

    indicator: Id = column("指标编号", "indicator id")
    kind: Literal["item", "tier", "award", "override", "not_applicable"] = column(
        "类别", "item (of a checklist), tier, award, override or not_applicable"
    )
    item: str = column("核对项", "checklist item", "")
    verdict: str = column("结论", "met or not met; or the id of the tier", "", note="核对项填 满足 或 不满足；等次填等次编号")
    score: Decimal | None = column("得分", "score, for award, tier and override", None, unit="分", note="等次、评分和调整才填")
    basis: Basis = column(
        "评定依据",
        "published: the report states it; reconstructed: inferred from its text; own: decided in this evaluation",
        note="公布：报告写明；重构：据报告文字推断；自设：本次评价自己评定",
    )
    reason: Annotated[str, Field(min_length=1)] = column("理由", "reason")
    reason_en: str = column("理由（英文）", "reason in English", "")

    @property
    def reason_words(self) -> Words:
        return words(self.reason, self.reason_en)


class Finding(Sourced):
    """One thing the evaluators found. Several may belong to one kind."""

    finding: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,19}$")] = column("问题编号", "id")
    kind: Annotated[str, Field(min_length=1)] = column("问题类别", "kind")
    kind_en: str = column("问题类别（英文）", "kind in English", "")
    title: Annotated[str, Field(min_length=1)] = column("问题", "what was found")
    title_en: str = column("问题（英文）", "what was found, in English", "")
    amount: Decimal | None = column("凭证金额", "amount of the voucher in yuan, as printed", None, unit="元")
    at_issue: Decimal | None = column(
        "涉及金额", "amount at issue in yuan, where it is not the whole voucher", None, unit="元", note="不是整张凭证时才填"
    )
    quantity: Decimal | None = column("数量", "quantity", None)
    unit_price: Decimal | None = column("单价", "price of one, in yuan", None, unit="元")
    paid: Decimal | None = column(
        "实付金额", "amount paid, where it differs from the amount booked", None, unit="元", note="与入账金额不同时才填"
    )
    voucher: str = column("凭证", "voucher", "")
    clauses: str = column("违反条款", "clauses: source:article; source:article", "", note="来源:条款；来源:条款")
    indicator: Id = column("涉及指标", "the indicator it touches")
    recommendation: str = column("对应建议", "recommendation id", "")

    @property
    def words(self) -> Words:
        return words(self.title, self.title_en)

    @property
    def kind_words(self) -> Words:
        return words(self.kind, self.kind_en)

    @property
    def cited(self) -> list[tuple[str, str]]:
        """The clauses it breaks, as pairs of source and article: `budget-law:第57条` is ("budget-law", "第57条")."""
        parts = [part.partition(":") for part in self.clauses.replace("；", ";").split(";") if part.strip()]
        return [(source.strip(), article.strip()) for source, _, article in parts]


class FindingAmount(Sourced):
    """A part of a finding's amount."""

    finding: str = column("问题编号", "finding id")
    part: Annotated[str, Field(min_length=1)] = column("分项", "part")
    part_en: str = column("分项（英文）", "part in English", "")
    value: Decimal = column("金额", "amount in yuan", unit="元")

    @property
    def words(self) -> Words:
        return words(self.part, self.part_en)


class Advice(Sourced):
    """A paragraph of advice: a recommendation, or a practice worth keeping."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,19}$")] = column("编号", "id")
    title: Annotated[str, Field(min_length=1)] = column("标题", "title")
    title_en: str = column("标题（英文）", "title in English", "")
    text: Annotated[str, Field(min_length=1)] = column("内容", "text")
    text_en: str = column("内容（英文）", "text in English", "")

    @property
    def title_words(self) -> Words:
        return words(self.title, self.title_en)

    @property
    def words(self) -> Words:
        return words(self.text, self.text_en)


class Recommendation(Advice):
    """What the evaluators recommend."""


class Practice(Advice):
    """What the department does well."""


class SelfScore(Sourced):
    """The department's own score: of the whole (`total`) or of one indicator."""

    indicator: Id = column("指标编号", "total, or an indicator id")
    score: Decimal = column("自评得分", "score", unit="分")
    grade: str = column("自评等级", "grade", "")


class Published(Sourced):
    """A figure that the published report states as a result. `number` names what the kit computes for it."""

    published: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")] = column("编号", "id")
    value: Annotated[str, Field(min_length=1)] = column(
        "公布值", "as printed, without thousands commas or unit", note="照原文填写，不带千分位和单位"
    )
    unit: str = column("单位", "unit; empty for a text", "")
    number: str = column(
        "对应数值",
        "name of the computed number (see data/README.md); empty where nothing computes it",
        "",
        note="计算结果的名称，写法见 data/README.md；没有则留空，并在“说明”中写原因",
    )
    note: str = column("说明", "note; required where nothing computes it", "")
    note_en: str = column("说明（英文）", "note in English", "")


class Contradiction(Sourced):
    """Something that the sources say in two ways. Kept as printed, recorded here, shown in the report."""

    contradiction: Id = column("编号", "id")
    kind: Literal["number", "wording"] = column(
        "类别", "number: figures that disagree; wording: names or terms that do", note="数字：数字不一致；用语：名称或说法不一致"
    )
    about: str = column(
        "涉及", "published ids, target indicators or findings, apart by spaces", note="公布编号、指标或问题编号，用空格隔开"
    )
    printed: Annotated[str, Field(min_length=1)] = column("原文", "as printed")
    other: Annotated[str, Field(min_length=1)] = column("另一处", "what it does not agree with")
    reason: Annotated[str, Field(min_length=1)] = column("说明", "explanation")
    reason_en: str = column("说明（英文）", "explanation in English", "")

    @property
    def words(self) -> Words:
        return words(self.reason, self.reason_en)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about: ids of published figures, indicators or findings."""
        return tuple(self.about.split())


TABLES: dict[str, type[Row]] = {
    "sources": Source,
    "profile": Profile,
    "units": OrgUnit,
    "work_targets": WorkTarget,
    "plan_targets": PlanTarget,
    "facts": Fact,
    "own_indicators": OwnIndicator,
    "targets": Target,
    "target_parts": TargetPart,
    "judgements": Judgement,
    "findings": Finding,
    "finding_amounts": FindingAmount,
    "recommendations": Recommendation,
    "practices": Practice,
    "self_evaluation": SelfScore,
    "published": Published,
    "contradictions": Contradiction,
    "surveys": Survey,
    "survey_answers": SurveyAnswer,
    "expert_scores": ExpertScore,
    "cost_results": CostResult,
    "follow_ups": FollowUp,
}

OPTIONAL = frozenset({"surveys", "survey_answers", "expert_scores", "cost_results", "follow_ups"})
"""Tables that a year may do without; a missing file says the same as an empty one."""


class Listing(Row):
    """A line of departments.csv: a department under a name and a framework, for a span of years."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = column("部门编码", "department code")
    name: Annotated[str, Field(min_length=1)] = column("名称", "name")
    name_en: str = column("名称（英文）", "name in English", "")
    framework: str = column("指标体系", "framework id", note="frameworks 文件夹中的名字")
    first_year: Annotated[int, Field(ge=1990, le=2200)] = column("起始年度", "first year evaluated")
    last_year: Annotated[int, Field(ge=1990, le=2200)] = column("截止年度", "last year evaluated")

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last_year < self.first_year:
            raise ValueError("截止年度早于起始年度", "last_year is before first_year")
        return self


class InputFile(Frozen):
    """A file that was read, with its checksum."""

    name: str
    sha256: str


class Record(Frozen):
    """A department's year as it came in through the one door: checked rows, and the files they were read from."""

    department: str
    name: Words
    year: int
    framework: str
    files: tuple[InputFile, ...]
    sources: tuple[Source, ...] = ()
    profile: tuple[Profile, ...] = ()
    units: tuple[OrgUnit, ...] = ()
    work_targets: tuple[WorkTarget, ...] = ()
    plan_targets: tuple[PlanTarget, ...] = ()
    facts: tuple[Fact, ...] = ()
    own_indicators: tuple[OwnIndicator, ...] = ()
    targets: tuple[Target, ...] = ()
    target_parts: tuple[TargetPart, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    findings: tuple[Finding, ...] = ()
    finding_amounts: tuple[FindingAmount, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    practices: tuple[Practice, ...] = ()
    self_evaluation: tuple[SelfScore, ...] = ()
    published: tuple[Published, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    surveys: tuple[Survey, ...] = ()
    survey_answers: tuple[SurveyAnswer, ...] = ()
    expert_scores: tuple[ExpertScore, ...] = ()
    cost_results: tuple[CostResult, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()

    def find_profile(self, key: str, lang: Lang) -> str:
        return next((line.words[lang] for line in self.profile if line.key == key), "")

    def find_source(self, id: str) -> Source | None:
        return next((s for s in self.sources if s.source == id), None)

    def find_fact(self, id: str, year: int) -> Fact | None:
        """The row that gives a fact of a year, the first where there are several."""
        return self._facts.get((id, year))

    @cached_property
    def _facts(self) -> dict[tuple[str, int], Fact]:
        return {(row.fact, row.year): row for row in reversed(self.facts)}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values; pydantic would take the looked-up facts of the old ones along."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_facts", None)
        return copied
