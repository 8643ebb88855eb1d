"""What a department's year is: the tables of its data, a row class each. The columns' heads and notes live here only."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from evallib.model.base import Basis, Code, Frozen, NumberedRef, OrName, Ref, Year
from evallib.model.made_ids import is_made
from evallib.model.optional_rows import OptionalTables
from evallib.model.rows import STATED, InBoth, Row, Sourced, told
from evallib.model.table_words import TABLE_NAMES
from evallib.model.texts import Outline, Text
from evallib.model.words import NOTHING, Lang, Words, words

Operator = Literal[">=", "<=", "=", ">", "<", "between", "words", "by"]
"""How an actual is held against a target; `words`: asked for in words (定性); `by`: a date."""
Sign = Literal[">=", "<=", "="]
"""Those of plans and of the running year."""
Kind = Literal["department", "project", "policy"]


class Source(Row):
    """A document that data comes from, or that a finding refers to."""

    words: ClassVar = InBoth("title")

    source: Annotated[str, OrName("[a-z0-9-]+")] = ""
    title: Annotated[str, Field(min_length=1)]
    title_en: str = ""
    number: str = ""
    producer: str = ""
    year: int | None = None
    kind: Literal["report", "law", "notice", "plan", "ledger"]


class Profile(Sourced):
    """A line of the department's profile."""

    words: ClassVar = InBoth("text")

    key: Literal["full_name", "rank", "duties", "evaluator", "client", "period", "conclusion", "synthetic"]
    text: Annotated[str, Field(min_length=1)]
    text_en: str = ""


class OrgUnit(Sourced):
    """An office or subordinate unit."""

    KEY: ClassVar = ()

    kind: Literal["office", "civil_service_institution", "public_institution"]
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""


class WorkTarget(Sourced):
    """One of the year's work targets; numbers where it carries any."""

    KEY: ClassVar = ("no", "part")

    no: Annotated[int, Field(ge=1)]
    part: str = ""
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    assigned_by: str = ""
    target: Decimal | None = None
    unit: str = ""


class PlanTarget(Sourced):
    """A medium-term target that carries a number."""

    plan_target: Ref = ""
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    operator: Sign
    target: Annotated[Decimal | None, STATED] = None
    unit: str
    per_year: Literal["yes", "no"]
    indicator: str = ""


class Fact(Sourced):
    """A primitive number. An empty value says: known to be missing. The note says why, or how it was read."""

    KEY: ClassVar = ("fact", "year")

    fact: str
    year: Year
    value: Decimal | None = None
    unit: str
    note: str = ""
    note_en: str = ""


class OwnIndicator(Sourced):
    """An indicator of the department's own, in a group that the framework leaves open."""

    indicator: Ref = ""
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    group: Ref
    points: Annotated[Decimal, Field(ge=0)] | None = None
    basis: Basis
    formula: str = ""
    rule: str = ""


class Target(Sourced):
    """Target and actual of an indicator. The actual is a number, or `actual` of `base` cases, or comes from parts or a formula.

    A range has an `upper` end; a date is `due` and was kept on the day `done`; what is asked for in words has `wording` and a `verdict`.
    An `adjusted` target takes the place of the one that was set first.
    """

    indicator: Ref
    operator: Operator
    target: Decimal | None = None
    upper: Decimal | None = None
    due: datetime.date | None = None
    wording: str = ""
    unit: str = ""
    adjusted: Decimal | None = None
    actual: Decimal | None = None
    actual_unit: str = ""
    base: Decimal | None = None
    done: datetime.date | None = None
    verdict: Literal["reached", "partly", "missed"] | None = None
    actual_by: Literal["measured", "judged"]
    core: Literal["yes", "no"] | None = None
    reason: str = ""
    reason_en: str = ""
    remedy: str = ""
    remedy_en: str = ""
    evidence: str = ""
    evidence_en: str = ""

    evidence_words: ClassVar = InBoth("evidence")
    reason_words: ClassVar = InBoth("reason")
    remedy_words: ClassVar = InBoth("remedy")

    @property
    def asks(self) -> Decimal:
        """The number that counts: the adjusted target, or the one set first; none of what is no number."""
        return next((n for n in (self.adjusted, self.target) if n is not None), Decimal(0))


class TargetPart(Sourced):
    """A part of a target or of an actual. `counted` parts add up to it; the others are 'of which'."""

    words: ClassVar = InBoth("part")
    KEY: ClassVar = ("indicator", "role", "part")

    indicator: Ref
    role: Literal["target", "actual"]
    part: Annotated[str, Field(min_length=1)]
    part_en: str = ""
    value: Annotated[Decimal | None, STATED] = None
    unit: str
    counted: Literal["yes", "no"]


class Judgement(Sourced):
    """What the evaluators decided about an indicator, with the reason."""

    KEY: ClassVar = ("indicator", "kind", "item")
    reason_words: ClassVar = InBoth("reason")

    indicator: Ref
    kind: Literal["item", "tier", "award", "override", "not_applicable", "chosen", "nothing_found"]
    item: str = ""
    verdict: str = ""
    score: Decimal | None = None
    coefficient: Annotated[Decimal, Field(ge=0, le=200)] | None = None
    basis: Basis
    reason: Annotated[str, Field(min_length=1)]
    reason_en: str = ""


class Finding(Sourced):
    """One thing the evaluators found. Several may belong to one kind."""

    words: ClassVar = InBoth("title")
    kind_words: ClassVar = InBoth("kind")

    finding: NumberedRef = ""
    kind: Annotated[str, Field(min_length=1)]
    kind_en: str = ""
    title: Annotated[str, Field(min_length=1)]
    title_en: str = ""
    amount: Decimal | None = None
    at_issue: Decimal | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    paid: Decimal | None = None
    voucher: str = ""
    clauses: str = ""
    indicator: Ref
    seriousness: Literal["serious", "general", "slight"] = "general"
    veto: str = ""
    recommendation: str = ""

    @property
    def gross(self) -> Decimal | None:
        """The gross value of a thing: what an amount is without a voucher."""
        return None if self.voucher or (self.at_issue, self.paid) != (None, None) else self.amount

    @property
    def at_stake(self) -> Decimal | None:
        """The money at issue: the whole voucher where no part of it is named."""
        return self.amount if self.at_issue is None and self.gross is None else self.at_issue

    @property
    def cited(self) -> list[tuple[str, str]]:
        """The clauses it breaks, as pairs of source and article: `budget-law:第57条` is ("budget-law", "第57条")."""
        parts = [part.partition(":") for part in self.clauses.replace("；", ";").split(";") if part.strip()]
        return [(source.strip(), article.strip()) for source, _, article in parts]


class FindingAmount(Sourced):
    """A part of a finding's amount."""

    words: ClassVar = InBoth("part")
    KEY: ClassVar = ("finding", "part")

    finding: str
    part: Annotated[str, Field(min_length=1)]
    part_en: str = ""
    value: Annotated[Decimal | None, STATED] = None


class Advice(Sourced):
    """A paragraph of advice: a recommendation, or a practice worth keeping."""

    words: ClassVar = InBoth("text")
    title_words: ClassVar = InBoth("title")

    id: NumberedRef = ""
    title: Annotated[str, Field(min_length=1)]
    title_en: str = ""
    text: Annotated[str, Field(min_length=1)]
    text_en: str = ""


class Recommendation(Advice):
    """What the evaluators recommend."""


class Practice(Advice):
    """What the department does well."""


class SelfScore(Sourced):
    """The department's own score: of the whole (`total`) or of one indicator."""

    indicator: Ref
    score: Annotated[Decimal | None, STATED] = None
    grade: str = ""


class Published(Sourced):
    """A figure that the published report states as a result. `number` names what the kit computes for it."""

    published: Annotated[str, OrName(r"[a-z0-9][a-z0-9_.-]{0,79}")] = ""
    value: Annotated[str, Field(min_length=1)]
    unit: str = ""
    number: str = ""
    note: str = ""
    note_en: str = ""


class Contradiction(Sourced):
    """Something that the sources say in two ways. Kept as printed, recorded here, shown in the report."""

    words: ClassVar = InBoth("reason")

    contradiction: Ref = ""
    kind: Literal["number", "wording"]
    about: str
    printed: Annotated[str, Field(min_length=1)]
    other: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    reason_en: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about: ids of published figures, indicators or findings."""
        return tuple(self.about.split())


class Listing(Row):
    """A line of departments.csv: a department, a project or a policy under a name and a framework, for a span of years."""

    code: Code
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    framework: str
    first_year: Year
    last_year: Year
    kind: Kind = "department"
    department: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last_year < self.first_year:
            raise ValueError("last_year_is_before_first_year")
        return self

    @property
    def years(self) -> range:
        """Every year of the span."""
        return range(self.first_year, self.last_year + 1)


told(Listing, "departments")


class InputFile(Frozen):
    """A file that was read, with its checksum."""

    name: str
    sha256: str


class Record(OptionalTables):
    """A department's year as it came in through the one door: checked rows, and the files they were read from."""

    department: str
    name: Words
    year: int
    framework: str
    files: tuple[InputFile, ...]
    kind: Kind = "department"
    belongs_to: Words = NOTHING
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
    texts: tuple[Text, ...] = ()
    outline: Outline | None = None

    def find_profile(self, key: str, lang: Lang) -> str:
        return next((line.words[lang] for line in self.profile if line.key == key), "")

    def find_source(self, id: str) -> Source | None:
        return next((s for s in self.sources if s.source == id), None)

    def find_fact(self, id: str, year: int) -> Fact | None:
        """The row that gives a fact of a year, the first where there are several."""
        return self._facts.get((id, year))

    def number_of(self, table: Literal["findings", "recommendations"], id: str) -> str:
        """The number by which readers know a finding or a recommendation: its id; where that was made of its title, the next free one."""
        return self._numbers.get((table, id), id)

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for table, ids in (("findings", [f.finding for f in self.findings]), ("recommendations", [r.id for r in self.recommendations])):
            free = (str(n) for n in count(1) if str(n) not in ids)
            found |= {(table, id): next(free) for id in ids if is_made(id)}
        return found

    def title_of(self, source: str) -> Words:
        """How a document is named in few words: by its id, or by its title where that was made of it."""
        cited = self.find_source(source) if is_made(source) else None
        return cited.words if cited else words(source)

    @cached_property
    def _facts(self) -> dict[tuple[str, int], Fact]:
        return {(row.fact, row.year): row for row in reversed(self.facts)}


TABLES: dict[str, type[Row]] = {name: get_args(Record.model_fields[name].annotation)[0] for name in TABLE_NAMES}
"""The tables of a department's year by their names, in their order: a row class each."""

for _table, _model in TABLES.items():
    told(_model, _table)

OPTIONAL = frozenset(OptionalTables.model_fields)
"""Tables that a year may do without; a missing file says the same as an empty one."""
