"""The closed set of scoring rules: what each is given, what it awards, and how it explains itself. Pure."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evallib.core.units import convert, percent, plain
from evallib.core.words import Lang, Words, words

Share = Annotated[Decimal, Field(ge=0, le=1)]
Measure = Literal["value", "completion"]


class Award(NamedTuple):
    """What a rule gives: the score before rounding, and the sentence that shows how it came about."""

    score: Decimal
    working: Words


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = ""
    note_en: str = ""


class _Measured(_Rule):
    """A rule that scores a number: the indicator's value, or its completion of the target."""

    of: Measure = "value"


def _both(template_zh: str, template_en: str, **parts: str | Words) -> Words:
    def fill(template: str, lang: Lang) -> str:
        return template.format(**{k: v[lang] if isinstance(v, Words) else v for k, v in parts.items()})

    return words(fill(template_zh, "zh"), fill(template_en, "en"))


def _step(unit: Decimal) -> Words:
    """A step of a rule: 1 percentage point, 5 percentage points."""
    number = plain(unit * 100)
    return words(f"{number} 个百分点", "percentage point" if number == "1" else f"{number} percentage points")


class Proportional(_Measured):
    """Value times points, at most `cap` times the points and down to zero.

    >>> Proportional(kind="proportional").award(Decimal("0.9175"), "share", Decimal(10)).score
    Decimal('9.1750')
    """

    kind: Literal["proportional"]
    cap: Annotated[Decimal, Field(gt=0, le=1)] = Decimal(1)

    def award(self, value: Decimal, unit: str, points: Decimal) -> Award:
        value = convert(value, unit, "share")
        share = min(max(value, Decimal(0)), self.cap)
        working = _both(
            "{value}{capped} × {points} 分",
            "{value}{capped} × {points} points",
            value=percent(value),
            points=plain(points, 2),
            capped=_both("（按 {share} 计）", " (counted as {share})", share=percent(share, None)) if share != value else "",
        )
        return Award(share * points, working)

    def describe(self) -> Words:
        what = words("完成率", "completion") if self.of == "completion" else words("实际值", "value")
        return _both("{what} × 分值，最多按 {cap} 计", "{what} × points, counted up to {cap}", what=what, cap=percent(self.cap, None))


class Band(BaseModel):
    """One band. `up_to` includes its edge and takes what lies below; `at_least` includes its edge and what lies above."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    up_to: Decimal | None = None
    at_least: Decimal | None = None
    share: Share


class Bands(_Measured):
    """A share of the points by band. Each band has one edge, the next band ends it, the last has none: no hole.

    >>> rule = Bands(kind="bands", bands=({"at_least": "0.9", "share": 1}, {"share": "0.8"}))
    >>> rule.award(Decimal("0.9"), "share", Decimal(10)).score
    Decimal('10')
    """

    kind: Literal["bands"]
    bands: tuple[Band, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _one_edge_each(self) -> Self:
        head, last = self.bands[:-1], self.bands[-1]
        if last.up_to is not None or last.at_least is not None:
            raise ValueError("最后一档不写界限（收其余）", "the last band takes the rest and has no edge")
        up = [b.up_to for b in head if b.up_to is not None and b.at_least is None]
        down = [b.at_least for b in head if b.at_least is not None and b.up_to is None]
        if len(up) == len(head) and all(a < b for a, b in pairwise(up)):
            return self
        if len(down) == len(head) and all(a > b for a, b in pairwise(down)):
            return self
        raise ValueError(
            "各档只用 up_to（界限须逐档升高）或只用 at_least（界限须逐档降低）",
            "bands use up_to with rising edges, or at_least with falling edges, and never both",
        )

    def award(self, value: Decimal, unit: str, points: Decimal) -> Award:
        value = convert(value, unit, "share")
        band = next(
            b
            for b in self.bands
            if (b.up_to is None and b.at_least is None)
            or (b.up_to is not None and value <= b.up_to)
            or (b.at_least is not None and value >= b.at_least)
        )
        working = _both(
            "在“{band}”档，按分值的 {share} 计分：{share} × {points} 分",
            "lies in “{band}”, worth {share} of the points: {share} × {points} points",
            band=self._name(band),
            share=percent(band.share, None),
            points=plain(points, 2),
        )
        return Award(band.share * points, working)

    def _name(self, band: Band) -> Words:
        place = self.bands.index(band)
        before = self.bands[place - 1] if place else None
        low, high = band.at_least, band.up_to
        if self.bands[0].up_to is not None:
            start = before.up_to if before else None
            if high is None:
                return words(f"高于 {percent(start or Decimal(0), None)}", f"above {percent(start or Decimal(0), None)}")
            if start is None:
                return words(f"不高于 {percent(high, None)}", f"up to {percent(high, None)}")
            return words(
                f"高于 {percent(start, None)}、不高于 {percent(high, None)}", f"above {percent(start, None)}, up to {percent(high, None)}"
            )
        end = before.at_least if before else None
        if low is None:
            return words(f"低于 {percent(end or Decimal(0), None)}", f"below {percent(end or Decimal(0), None)}")
        if end is None:
            return words(f"不低于 {percent(low, None)}", f"at least {percent(low, None)}")
        return words(
            f"不低于 {percent(low, None)}、低于 {percent(end, None)}", f"at least {percent(low, None)}, below {percent(end, None)}"
        )

    def describe(self) -> Words:
        said = [_both("{band} 得 {share}", "{band}: {share}", band=self._name(b), share=percent(b.share, None)) for b in self.bands]
        return words("分档：" + "；".join(w.zh for w in said), "Bands, share of the points: " + "; ".join(w.en for w in said))


class Linear(_Measured):
    """Full points at one limit, none at the other, a straight line between.

    >>> Linear(kind="linear", full_at="1", zero_at="0.5").award(Decimal("0.75"), "share", Decimal(4)).score
    Decimal('2.0')
    """

    kind: Literal["linear"]
    full_at: Decimal
    zero_at: Decimal

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.full_at == self.zero_at:
            raise ValueError("full_at（得满分）与 zero_at（得零分）不能相同", "full_at and zero_at must differ")
        return self

    def award(self, value: Decimal, unit: str, points: Decimal) -> Award:
        value = convert(value, unit, "share")
        share = min(max((value - self.zero_at) / (self.full_at - self.zero_at), Decimal(0)), Decimal(1))
        working = _both(
            "在 {zero}（零分）与 {full}（满分）之间占 {share}：{share} × {points} 分",
            "{share} of the way from {zero} (nothing) to {full} (full): {share} × {points} points",
            zero=percent(self.zero_at, None),
            full=percent(self.full_at, None),
            share=percent(share),
            points=plain(points, 2),
        )
        return Award(share * points, working)

    def describe(self) -> Words:
        return _both(
            "{full} 得满分，{zero} 得零分，其间按线性比例计算",
            "Full at {full}, nothing at {zero}, a straight line between",
            full=percent(self.full_at, None),
            zero=percent(self.zero_at, None),
        )


class DeductPerUnit(_Measured):
    """Full points up to a limit; past it each `unit` costs a share of the points, down to nothing.

    `side` says which side of the limit costs. `steps` is "linear" (parts of a unit count) or "whole" (only full units do).

    >>> rule = DeductPerUnit(kind="deduct_per_unit", limit=1, unit="0.01", share="0.1", side="above", steps="linear")
    >>> rule.award(Decimal("1.0625"), "share", Decimal(1)).score
    Decimal('0.375')
    """

    kind: Literal["deduct_per_unit"]
    limit: Decimal
    unit: Annotated[Decimal, Field(gt=0)]
    share: Annotated[Decimal, Field(gt=0, le=1)]
    side: Literal["above", "below"]
    steps: Literal["linear", "whole"]

    def award(self, value: Decimal, unit: str, points: Decimal) -> Award:
        value = convert(value, unit, "share")
        over = max(value - self.limit if self.side == "above" else self.limit - value, Decimal(0))
        units = over / self.unit
        if self.steps == "whole":
            units = units // 1
        kept = max(1 - units * self.share, Decimal(0))
        if over == 0:
            working = _both(
                "未{side} {limit}，得满分",
                "not {side} {limit}: full points",
                limit=percent(self.limit, None),
                side=self._side(),
            )
        else:
            working = _both(
                "{side} {limit} 共 {over} 个百分点；每 {unit}扣分值的 {share}{whole}，扣 {lost}{floor}：{kept} × {points} 分",
                "{over} percentage points {side} {limit}; each {unit} costs {share} of the points{whole}, "
                "{lost} in all{floor}: {kept} × {points} points",
                limit=percent(self.limit, None),
                side=self._side(),
                over=plain(over * 100, 2),
                unit=_step(self.unit),
                share=percent(self.share, None),
                lost=percent(units * self.share),
                kept=percent(kept),
                points=plain(points, 2),
                whole=words("（不足一个单位不扣）", " (full steps only)") if self.steps == "whole" else "",
                floor=words("，扣完为止", ", down to zero") if units * self.share > 1 else "",
            )
        return Award(kept * points, working)

    def _side(self) -> Words:
        return words("高于", "above") if self.side == "above" else words("低于", "below")

    def describe(self) -> Words:
        return _both(
            "{side} {limit} 的，每 {unit}扣分值的 {share}（{steps}），扣完为止",
            "Each {unit} {side} {limit} costs {share} of the points ({steps}), down to zero",
            side=self._side(),
            limit=percent(self.limit, None),
            unit=_step(self.unit),
            share=percent(self.share, None),
            steps=words("按比例计算", "pro rata") if self.steps == "linear" else words("不足一个单位不扣", "full steps only"),
        )


class PassFail(_Measured):
    """Full points where the value keeps the limit, nothing otherwise. The limit itself passes.

    >>> PassFail(kind="pass_fail", at_least=1, of="completion").award(Decimal("0.99"), "share", Decimal(2)).score
    Decimal('0')
    """

    kind: Literal["pass_fail"]
    at_least: Decimal | None = None
    up_to: Decimal | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.up_to is None):
            raise ValueError("at_least 与 up_to 只能写一个，且须写一个", "pass_fail takes at_least or up_to, one of the two")
        return self

    def award(self, value: Decimal, unit: str, points: Decimal) -> Award:
        value = convert(value, unit, "share")
        passed = value >= self.at_least if self.at_least is not None else value <= (self.up_to or Decimal(0))
        verdict = words("达到要求，得满分", "passes, full points") if passed else words("未达到要求，不得分", "fails, no points")
        working = _both("要求{limit}：{verdict}", "required {limit}: {verdict}", limit=self._limit(), verdict=verdict)
        return Award(points if passed else Decimal(0), working)

    def _limit(self) -> Words:
        if self.at_least is not None:
            return words(f"不低于 {percent(self.at_least, None)}", f"at least {percent(self.at_least, None)}")
        return words(f"不高于 {percent(self.up_to or Decimal(0), None)}", f"up to {percent(self.up_to or Decimal(0), None)}")

    def describe(self) -> Words:
        return _both("{limit}得满分，否则不得分", "Full points for {limit}, nothing otherwise", limit=self._limit())


class DeductPerOccurrence(_Rule):
    """Each finding that touches the indicator costs a fixed number of points, down to nothing.

    >>> DeductPerOccurrence(kind="deduct_per_occurrence", points_each="0.5").award(("f1", "f2"), Decimal(4)).score
    Decimal('3.0')
    """

    kind: Literal["deduct_per_occurrence"]
    points_each: Annotated[Decimal, Field(gt=0)]

    def award(self, findings: tuple[str, ...], points: Decimal) -> Award:
        score = max(points - self.points_each * len(findings), Decimal(0))
        if not findings:
            return Award(points, words("没有相关问题，得满分", "no finding touches it: full points"))
        working = _both(
            "{count} 个问题（{ids}），每个扣 {each} 分：{points} − {count} × {each}{floor}",
            "{count} {findings} ({ids}), {each} points each: {points} − {count} × {each}{floor}",
            count=str(len(findings)),
            findings="findings" if len(findings) > 1 else "finding",
            ids="、".join(findings),
            each=plain(self.points_each, 2),
            points=plain(points, 2),
            floor=words("，扣完为止", ", down to zero") if self.points_each * len(findings) > points else "",
        )
        return Award(score, words(working.zh, working.en.replace("、", ", ")))

    def describe(self) -> Words:
        return _both(
            "每发现一个问题扣 {each} 分，扣完为止", "Each finding costs {each} points, down to zero", each=plain(self.points_each, 2)
        )


class ChecklistItem(BaseModel):
    """One thing to tick off, with the points it is worth."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    name_en: str
    points: Annotated[Decimal, Field(gt=0)]

    @property
    def words(self) -> Words:
        return words(self.name, self.name_en)


class Checklist(_Rule):
    """The points of each item that is met; the items' points add up to the indicator's.

    >>> rule = Checklist(kind="checklist", items=({"id": "a", "name": "甲", "name_en": "A", "points": 1},))
    >>> rule.award({"a": True}, Decimal(1)).score
    Decimal('1')
    """

    kind: Literal["checklist"]
    items: tuple[ChecklistItem, ...] = Field(min_length=1)

    def award(self, verdicts: dict[str, bool], points: Decimal) -> Award:
        score = sum((item.points for item in self.items if verdicts[item.id]), Decimal(0))
        said = [(item, words("满足", "met") if verdicts[item.id] else words("不满足", "not met")) for item in self.items]
        return Award(
            score,
            words(
                "；".join(f"{i.name}（{plain(i.points, 2)} 分）{v.zh}" for i, v in said),
                "; ".join(f"{i.name_en} ({plain(i.points, 2)} points) {v.en}" for i, v in said),
            ),
        )

    def describe(self) -> Words:
        return words(
            "逐项核对：" + "；".join(f"{i.name} {plain(i.points, 2)} 分" for i in self.items),
            "Checklist: " + "; ".join(f"{i.name_en}, {plain(i.points, 2)} points" for i in self.items),
        )


class Tier(BaseModel):
    """A verdict by name, and the share of the points it may be given, between `low` and `high`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    name_en: str
    low: Share
    high: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError("下限 low 高于上限 high", "low is above high")
        return self


class Tiers(_Rule):
    """A named tier, within which the evaluator gives the score.

    >>> rule = Tiers(kind="tiers", tiers=({"id": "a", "name": "达成", "name_en": "reached", "low": "0.8", "high": 1},))
    >>> rule.award("a", Decimal("4.5"), Decimal(5)).score
    Decimal('4.5')
    """

    kind: Literal["tiers"]
    tiers: tuple[Tier, ...] = Field(min_length=1)

    def find(self, tier: str) -> Tier | None:
        return next((t for t in self.tiers if t.id == tier), None)

    def award(self, tier: str, score: Decimal, points: Decimal) -> Award:
        chosen = self.find(tier)
        if chosen is None or not chosen.low * points <= score <= chosen.high * points:
            raise ValueError(f"{score} is not within the tier {tier!r}")
        working = _both(
            "评为“{name}”（{low}–{high}），得 {score} 分",
            "judged “{name}” ({low}–{high}): {score} points",
            name=words(chosen.name, chosen.name_en),
            low=percent(chosen.low, None),
            high=percent(chosen.high, None),
            score=plain(score, 2),
        )
        return Award(score, working)

    def describe(self) -> Words:
        return words(
            "分级：" + "；".join(f"{t.name} {percent(t.low, None)}–{percent(t.high, None)}" for t in self.tiers),
            "Tiers: " + "; ".join(f"{t.name_en} {percent(t.low, None)}–{percent(t.high, None)}" for t in self.tiers),
        )


class Awarded(_Rule):
    """A person's judgement: a score with its reason.

    >>> Awarded(kind="awarded").award(Decimal(2), Decimal(3)).score
    Decimal('2')
    """

    kind: Literal["awarded"]

    def award(self, score: Decimal, points: Decimal) -> Award:
        return Award(
            score,
            _both(
                "评定：{score} / {points} 分",
                "judged: {score} of {points} points",
                score=plain(score, 2),
                points=plain(points, 2),
            ),
        )

    def describe(self) -> Words:
        return words("由评价组评定并说明理由", "Judged by the evaluators, with the reason")


Rule = Annotated[
    Proportional | Bands | Linear | DeductPerUnit | PassFail | DeductPerOccurrence | Checklist | Tiers | Awarded,
    Field(discriminator="kind"),
]

KIND_NAMES: dict[str, Words] = {
    "proportional": words("按比例计分", "in proportion"),
    "bands": words("分档计分", "bands"),
    "linear": words("按线性比例计分", "linear between two limits"),
    "deduct_per_unit": words("按单位扣分", "deduction per unit"),
    "pass_fail": words("达到要求得满分", "pass or fail"),
    "deduct_per_occurrence": words("按问题扣分", "deduction per finding"),
    "checklist": words("逐项核对", "checklist"),
    "tiers": words("分级评定", "tiers"),
    "awarded": words("由评价组评定", "judged by the evaluators"),
}
"""The kinds of rules, in words."""
