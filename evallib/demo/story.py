"""The story of a made-up department from year to year, told as tables of text. Writes no file and breaks nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from evallib.core.facts import FACTS, TOPICS
from evallib.core.record import TABLES
from evallib.demo.text import (
    ADVICE,
    CHECKLISTS,
    COMMON_OWN,
    FINDINGS,
    GROUP_POINTS,
    KINDS,
    MARK_EN,
    MARK_ZH,
    OFFICES,
    PRACTICES,
    SATISFACTION,
    SOURCES,
    SYNTHETIC_EN,
    SYNTHETIC_ZH,
    TASKS,
    TIERS,
    Kind,
    Own,
)

Tables = dict[str, list[dict[str, str]]]
_T = TypeVar("_T")


class Dice:
    """Chance that falls alike everywhere: Python keeps the sequence of random(), not that of its other methods."""

    def __init__(self, seed: str) -> None:
        self._next = random.Random(seed).random

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included; low where high lies below it."""
        return low + int(self._next() * (max(high, low) - low + 1))

    def chance(self, percent: int) -> bool:
        return self.between(1, 100) <= percent

    def few(self, items: Sequence[_T], count: int) -> list[_T]:
        """So many of the items, none twice, in the order drawn."""
        left = list(items)
        return [left.pop(self.between(0, len(left) - 1)) for _ in range(min(count, len(left)))]

    def pick(self, items: Sequence[_T]) -> _T:
        return items[self.between(0, len(items) - 1)]

    def hits(self, times: int, permille: int) -> int:
        """How many of so many tries come true."""
        return sum(self.between(1, 1000) <= permille for _ in range(times))


def code_of(number: int) -> str:
    """The code of the department of that number: kinds of departments in turn, the later ones numbered."""
    turn, kind = divmod(number, len(KINDS))
    return KINDS[kind].id + (f"_{turn + 1}" if turn else "")


def cents(amount: int) -> str:
    """Money as the accounts print it, in yuan."""
    return f"{amount // 100}.{amount % 100:02d}"


def _nice(number: int) -> int:
    """A number as people set targets: two digits, then noughts."""
    step = int("1" + "0" * max(len(str(number)) - 2, 0))
    return number // step * step


class Story:
    """A made-up department from year to year. `q` (0 to 100) is how well it does; everything leans on it."""

    def __init__(self, seed: int, number: int) -> None:
        self.code = code_of(number)
        self.kind: Kind = KINDS[number % len(KINDS)]
        turn = number // len(KINDS) + 1
        self.zh = f"{MARK_ZH}·{self.kind.zh}{f'（{turn}号）' if turn > 1 else ''} {MARK_EN}"
        self.en = f"{self.kind.en}{f' No. {turn}' if turn > 1 else ''} {MARK_EN}"
        self.dice = dice = Dice(f"{seed} {self.code}")
        self.base = (72, 85, 58, 76, 80, 34, 68, 64, 91, 47)[(number + seed) % 10] + dice.between(-3, 3)
        basic = dice.between(2_000_000, 40_000_000) * 100
        quota = dice.between(8, 60)
        self.facts: dict[str, int] = {
            "approved_basic": basic,
            "approved_project": basic * dice.between(15, 140) // 100,
            "staff_quota_administrative": quota,
            "staff_quota_institution": quota * dice.between(60, 250) // 100,
            "three_public_budget": basic * dice.between(4, 14) // 1000,
            "assets_count": dice.between(150, 900),
            "assets_gross": basic * dice.between(40, 160) // 100,
            "closing_carryover": basic * dice.between(2, 12) // 100,
            "projects": dice.between(8, 40),
        }
        self.facts["assets_depreciation"] = self.facts["assets_gross"] * dice.between(20, 45) // 100
        self.has_fund, self.rate = dice.chance(25), dice.between(900_000, 2_200_000)
        self.goals = {own.id: _nice(dice.between(own.low, own.high)) for own in (*self.kind.own, *COMMON_OWN)}
        self.q = self.base
        self._go_on(set())  # the year before the first, which is not written

    def tell(self, year: int, later: bool, kinds: set[str]) -> Tables:
        """The tables of the next year."""
        before = self._go_on(kinds)
        tables: Tables = {table: [] for table in TABLES}
        self._introduce(tables, year)
        self._count(tables, year, before, kinds)
        self._aim(tables, later, kinds)
        self._judge(tables, later, kinds)
        self._find(tables)
        score = min(99, 100 - (100 - self.q) * 6 // 10 + self.dice.between(1, 11))  # departments see themselves a little better
        grade = "优" if score >= 90 else "良" if score >= 80 else "中" if score >= 60 else "差"
        tables["self_evaluation"].append(
            {"indicator": "total", "score": str(score), "grade": grade, "source": "demo-self", "section": "二"}
        )
        self._publish(tables, str(score), kinds)
        return tables

    def _go_on(self, kinds: set[str]) -> dict[str, int]:
        """Live through a year; gives back the facts of the one before. Money is in cents, the assessment score in hundredths."""
        dice, before = self.dice, self.facts
        self.q = q = min(97, max(25, (self.base + self.q) // 2 + dice.between(-7, 8)))
        worse = 100 - q

        def times(amount: int, low: int, high: int) -> int:
            return amount * (1000 + dice.between(low, high)) // 1000

        now: dict[str, int] = {}
        now["approved_basic"] = times(before["approved_basic"], -10, 60)
        now["approved_project"] = now["project_budget"] = max(
            now["approved_basic"] // 20, times(before["approved_project"], -110, 60 + worse)
        )
        approved = now["approved_expenditure"] = now["approved_basic"] + now["approved_project"]
        fund = now["approved_income_fund"] = now["approved_project"] * dice.between(10, 30) // 100 if self.has_fund else 0
        other = now["approved_income_other"] = approved * dice.between(0, 15) // 1000
        now["approved_income_general"] = approved - fund - other
        now["approved_income_capital"] = now["adjusted_income_capital"] = 0
        added = approved * dice.between(5, 60 + 4 * worse) // 1000
        now["adjusted_income_general"] = now["approved_income_general"] + added
        now["adjusted_income_fund"], now["adjusted_income_other"] = fund, times(other, 0, 200)
        opening = now["opening_carryover"] = before["closing_carryover"]
        total = added + approved - other + now["adjusted_income_other"] + opening
        basic = now["adjusted_basic"] = now["approved_basic"] + added * dice.between(10, 40) // 100
        project = now["adjusted_project"] = total - basic
        now["adjusted_expenditure"] = total
        now["outturn_basic"] = basic * dice.between(996 - worse // 3, 999) // 1000
        now["outturn_project"] = project * dice.between(985 - 6 * worse, 998 - 2 * worse) // 1000
        now["outturn"] = now["outturn_basic"] + now["outturn_project"]
        now["closing_carryover"] = total - now["outturn"]
        now["closing_carryover_basic"] = basic - now["outturn_basic"]
        now["closing_carryover_project"] = project - now["outturn_project"]
        crowd = dice.between(1300, 1800) if "staff_over_quota" in kinds else 0
        for body in ("administrative", "institution"):
            quota = now[f"staff_quota_{body}"] = before[f"staff_quota_{body}"]
            now[f"staff_{body}"] = max(1, quota * (crowd or dice.between(920, 1010 + worse // 2)) // 1000)
        staff = now["staff_administrative"] + now["staff_institution"]
        now["operating_expense_budget"] = times(staff * self.rate, -30, 30)
        now["operating_expense_outturn"] = times(now["operating_expense_budget"], -80, worse - 8)
        now["three_public_budget"] = max(500_000, times(before["three_public_budget"], -90, worse // 2))
        spent = now["three_public_outturn"] = times(now["three_public_budget"], -150, worse // 2 - 8)
        now["three_public_abroad"] = spent // 5 if dice.chance(15) else 0
        now["three_public_vehicles"] = spent * dice.between(45, 75) // 100
        now["three_public_receptions"] = spent - now["three_public_abroad"] - now["three_public_vehicles"]
        now["procurement_planned"] = 0 if "zero_base" in kinds else now["approved_project"] * dice.between(8, 25) // 100
        now["procurement_actual"] = times(now["procurement_planned"], -10 - 5 * worse, 0)
        now["assets_count"] = before["assets_count"] + dice.between(0, 25)
        now["assets_gross"] = times(before["assets_gross"], 5, 60)
        now["assets_depreciation"] = min(times(before["assets_depreciation"], 40, 110), now["assets_gross"] * 85 // 100)
        now["assets_inspected_count"] = seen = dice.between(10, 25)
        now["assets_inspected_value"] = value = now["assets_gross"] * dice.between(40, 80) // 100
        for state in ("idle", "to_scrap"):
            now[f"assets_{state}_count"] = dice.between(0, worse // 10)
            now[f"assets_{state}_value"] = value * now[f"assets_{state}_count"] // (seen * dice.between(2, 5))
        projects = now["projects"] = max(4, before["projects"] + dice.between(-3, 3))
        now["projects_with_goals"] = projects - dice.hits(projects, 3 * worse)
        now["projects_monitored"] = projects - dice.hits(projects, 12 * worse if worse > 5 else 0)
        now["goal_dimensions"], now["goal_groups"], now["goal_indicators"] = 3, dice.between(6, 9), dice.between(14, 26)
        own = len(self.kind.own) + len(COMMON_OWN) + 1
        now["tasks"] = own + dice.between(2, len(TASKS))
        now["tasks_completed"] = now["tasks"] - dice.hits(now["tasks"], 5 * worse)
        now["tasks_on_time"] = now["tasks_completed"] - dice.hits(now["tasks_completed"], 3 * worse)
        if "not_applicable" not in kinds:
            now["key_projects"], now["key_tasks"] = dice.between(1, 2), dice.between(3, 9)
            now["key_tasks_completed"] = now["key_tasks"] - dice.hits(now["key_tasks"], 5 * worse)
        now["assessment_score"], now["assessment_full_score"] = 10000 - worse * dice.between(25, 55), 10000
        now["questionnaires_sent"] = dice.between(6, 30) * 10
        now["questionnaires_returned"] = now["questionnaires_sent"] - dice.between(0, now["questionnaires_sent"] // 10)
        now["questionnaires_valid"] = now["questionnaires_returned"] - dice.between(0, 5)
        self.facts = now
        return before

    def _introduce(self, tables: Tables, year: int) -> None:
        for id, zh, en, kind in SOURCES:
            issued = year + 1 if kind == "report" else year
            said = {"title": f"{MARK_ZH}{year}年度{zh} {MARK_EN}", "title_en": f"{en}, {year} {MARK_EN}"}
            number = f"{MARK_ZH}〔{issued}〕{len(tables['sources']) + 1}号"
            tables["sources"].append({"source": id, **said, "number": number, "year": str(issued), "kind": kind})
        done, all_ = self.facts["tasks_completed"], self.facts["tasks"]
        for key, zh, en in (
            ("full_name", self.zh, self.en),
            ("rank", f"{MARK_ZH}县一级预算单位", "First-level budget unit of a made-up county"),
            ("duties", f"承担{MARK_ZH}县的{self.kind.zh.removesuffix('局')}工作。", f"Does the work of a made-up county's {self.kind.en}."),
            ("evaluator", f"{MARK_ZH}评价机构", f"Made-up evaluator {MARK_EN}"),
            ("client", f"{MARK_ZH}县财政局", f"Finance bureau of a made-up county {MARK_EN}"),
            ("period", f"{year}年度", f"Year {year}"),
            (
                "conclusion",
                f"{MARK_ZH}数据：{all_} 项年度任务完成了 {done} 项。",
                f"Made up: {done} of the year's {all_} tasks were completed.",
            ),
            ("synthetic", SYNTHETIC_ZH, SYNTHETIC_EN),
        ):
            tables["profile"].append({"key": key, "text": zh, "text_en": en, "source": "demo-report", "section": "一(一)"})
        for zh, en in OFFICES[: 3 + self.base % 4]:
            tables["units"].append({"kind": "office", "name": zh, "name_en": en, "source": "demo-report", "section": "一(一)2"})
        zh, en = f"{self.kind.zh}服务中心", f"Service Centre of the {self.kind.en}"
        at = {"source": "demo-report", "section": "一(一)2"}
        tables["units"].append({"kind": "public_institution", "name": f"{MARK_ZH}·{zh}", "name_en": f"{en} {MARK_EN}", **at})

    def _count(self, tables: Tables, year: int, before: dict[str, int], kinds: set[str]) -> None:
        unknown = self.dice.pick((("assets_inspected_value",), ("operating_expense_budget",))) if "missing_value" in kinds else ()
        told = [(id, year - 1, before[id]) for id in ("three_public_budget", "project_budget")]
        told += [(id, year, self.facts[id]) for id in FACTS if id in self.facts]
        for id, when, amount in told:
            unit, place = FACTS[id].unit, list(TOPICS).index(FACTS[id].topic)
            row = {"fact": id, "year": str(when), "value": cents(amount) if unit in ("元", "分") else str(amount), "unit": unit}
            if id in unknown and when == year:
                row |= {"value": "", "note": f"{MARK_ZH}：报表没有列出", "note_en": "Made up: the statement does not give it"}
            tables["facts"].append({**row, "source": "demo-accounts", "section": "一二三四五六七八九十"[place]})

    def _aim(self, tables: Tables, later: bool, kinds: set[str]) -> None:
        """Targets and actuals: of the county's output indicators, then of the department's own."""
        worse = 100 - self.q
        for id in ("task_completion", "task_timeliness", "quality", "key_tasks"):
            zh, en = f"见{MARK_ZH}考核通报", "See the made-up assessment circular"
            self._target(tables, id, {"operator": ">=", "target": "100", "unit": "%"}, zh, en)
        economic, *social = (self.kind.own[0], *COMMON_OWN[:1], *self.kind.own[1:], *COMMON_OWN[1:])
        groups = {"economic": [economic, social[0]], "social": social[1:], "satisfaction": [SATISFACTION]}
        for group, owns in groups.items():
            points = [1] * len(owns)
            for n in range(GROUP_POINTS[group][later] - len(owns)):
                points[(n * 7 + self.base) % len(owns)] += 1
            for own, worth in zip(owns, points, strict=True):
                row = {"indicator": own.id, "name": own.zh, "name_en": own.en, "group": group, "points": str(worth), "basis": "own"}
                tables["own_indicators"].append({**row, "source": "demo-plan", "section": "二"})
                self._own_target(tables, own, worse, "far_above_target" in kinds and own is economic)
        for no in range(self.facts["tasks"] - len(tables["work_targets"])):
            zh, en = TASKS[no]
            row = {"no": str(len(tables["work_targets"]) + 1), "name": zh, "name_en": en}
            tables["work_targets"].append({**row, "source": "demo-notice", "section": "二"})

    def _own_target(self, tables: Tables, own: Own, worse: int, far_above: bool) -> None:
        dice = self.dice
        goal = {"operator": ">=", "target": "100" if own.way == "cases" else "90", "unit": "%"}
        zh, en = f"见{MARK_ZH}台账", "See the made-up ledger"
        if own.way == "survey":
            valid = self.facts["questionnaires_valid"]
            happy = valid * min(995, 1000 - worse * dice.between(3, 10)) // 1000
            zh, en = f"{MARK_ZH}问卷：有效 {valid} 份，满意 {happy} 份", f"Made-up questionnaire: {happy} of {valid} were content"
            goal |= {"actual": str(happy), "actual_unit": "份", "base": str(valid)}
        elif own.way == "cases":
            cases = dice.between(own.low, own.high)
            goal |= {"actual": str(cases - dice.hits(cases, 4 * worse)), "actual_unit": "件", "base": str(cases)}
        else:
            aim = self.goals[own.id] = max(3, _nice(self.goals[own.id] * dice.between(1000, 1080) // 1000 + 1))
            more = own.way == "more"
            reached = aim * (dice.between(1020 - 7 * worse, 1090 + self.q) if more else dice.between(650, 1000 + 4 * worse)) // 1000
            if more:
                self.goals[own.id] = max(aim * 9 // 10, (aim + reached) // 2)  # next year's target leans on this year's actual
            reached = aim * dice.between(3, 8) if far_above else reached
            goal |= {"operator": ">=" if more else "<=", "target": str(aim), "unit": own.unit}
            if own is self.kind.own[2] and more:
                for role, whole in (("target", aim), ("actual", reached)):
                    town = whole * dice.between(30, 60) // 100
                    for part, part_en, value in (("城镇", "Town", town), ("乡村", "Country", whole - town)):
                        row = {"indicator": own.id, "role": role, "part": part, "part_en": part_en, "value": str(value), "unit": own.unit}
                        tables["target_parts"].append({**row, "counted": "yes", "source": "demo-ledger", "section": "三"})
            else:
                goal |= {"actual": str(reached), "actual_unit": own.unit}
            if own is self.kind.own[0]:
                row = {
                    "plan_target": f"plan_{own.id}",
                    "name": own.zh,
                    "name_en": own.en,
                    "operator": ">=",
                    "target": str(_nice(aim * 9 // 10)),
                }
                row |= {"unit": own.unit, "per_year": "yes", "indicator": own.id, "source": "demo-plan", "section": "三"}
                tables["plan_targets"].append(row)
        self._target(tables, own.id, goal, zh, en)
        row = {
            "no": str(len(tables["work_targets"]) + 1),
            "name": own.zh,
            "name_en": own.en,
            "target": goal["target"],
            "unit": goal["unit"],
        }
        tables["work_targets"].append({**row, "assigned_by": f"{MARK_ZH}考核办", "source": "demo-notice", "section": "一"})

    def _target(self, tables: Tables, id: str, goal: dict[str, str], zh: str, en: str) -> None:
        judged = "judged" if goal["unit"] == "人次" and self.dice.chance(5) else "measured"
        said = {"actual_by": judged, "evidence": zh, "evidence_en": en, "source": "demo-ledger", "section": "三"}
        tables["targets"].append({"indicator": id, **goal, **said})

    def _judge(self, tables: Tables, later: bool, kinds: set[str]) -> None:
        dice = self.dice

        def say(indicator: str, kind: str, zh: str, en: str, **more: str) -> None:
            row = {
                "indicator": indicator,
                "kind": kind,
                **more,
                "basis": "own",
                "reason": f"{MARK_ZH}：{zh}",
                "reason_en": f"Made up: {en}",
            }
            tables["judgements"].append({**row, "source": "demo-report", "section": "四"})

        for indicator, items in CHECKLISTS.items():
            for id, zh, en, _ in items:
                if dice.chance(min(97, self.q + 6)):
                    say(indicator, "item", f"“{zh}”有材料为证。", f"the papers show “{en}”.", item=id, verdict="met")
                else:
                    say(indicator, "item", f"没有材料证明“{zh}”。", f"the papers do not show “{en}”.", item=id, verdict="not_met")
        if later:
            id, zh, en, low, high = TIERS[0 if dice.chance(self.q) else 1 if dice.chance(70) else 2]
            score = f"0.{dice.between(low, min(high, 99)):02d}"
            say("budget_disclosure", "tier", f"公开内容{zh}。", f"What was made public is {en}.", verdict=id, score=score)
        if "not_applicable" in kinds:
            say("key_tasks", "not_applicable", "本年没有下达重点工作。", "No key work was assigned this year.")
        if "zero_base" in kinds and dice.chance(50):
            say(
                "procurement_execution",
                "award",
                "本年没有采购计划，按规定给满分。",
                "Nothing was to be bought; full points by the rules.",
                score="1",
            )
        if "override" in kinds:
            score = f"{dice.between(8, 15) * 5 // 10}.{dice.pick(('00', '50'))}"
            say("quality", "override", "经复核调整。", "Changed after a second look.", score=score)

    def _find(self, tables: Tables) -> None:
        dice = self.dice
        advised: set[str] = set()
        for number, found in enumerate(dice.few(FINDINGS, dice.between(0, (100 - self.q) // 5)), 1):
            amount, at = dice.between(30_000, 9_000_000), {"source": "demo-report", "section": f"五{number}"}
            row = {
                "finding": str(number),
                "kind": found.kind[0],
                "kind_en": found.kind[1],
                "title": found.title[0],
                "title_en": found.title[1],
            }
            row |= {"indicator": found.indicator, "recommendation": found.advice, "clauses": f"demo-rules:第{number + 2}条"}
            if found.amount == "product":
                quantity = dice.between(2, 40)
                amount = amount // quantity // 100 * 100 * quantity
                row |= {"quantity": str(quantity), "unit_price": cents(amount // quantity)}
            if found.amount:
                row |= {"amount": cents(amount), "voucher": f"{MARK_ZH}凭证{dice.between(1, 300)}号"}
            if found.amount == "parts":
                for part, part_en, value in (("住宿费", "Lodging", amount // 3), ("资料费", "Printed matter", amount - amount // 3)):
                    more = {"finding": str(number), "part": part, "part_en": part_en, "value": cents(value)}
                    tables["finding_amounts"].append({**more, **at})
            tables["findings"].append({**row, **at})
            advised.add(found.advice)
        if self.facts["projects_monitored"] < self.facts["projects"]:
            row = {"finding": "m", "kind": "绩效运行监控不到位", "kind_en": "Monitoring not carried out", "clauses": "demo-rules:第2条"}
            row |= {"title": "部分项目没有开展运行监控", "title_en": "Some projects were not monitored", "indicator": "monitoring_coverage"}
            tables["findings"].append({**row, "recommendation": "5", "source": "demo-report", "section": "五"})
            advised.add("5")
        for id in sorted(advised):
            title, title_en, text, text_en = ADVICE[id]
            row = {"id": id, "title": title, "title_en": title_en, "text": text, "text_en": text_en}
            tables["recommendations"].append({**row, "source": "demo-report", "section": f"六{id}"})
        for n, (title, title_en, text, text_en) in enumerate(PRACTICES[: self.q // 45], 1):
            row = {"id": str(n), "title": title, "title_en": title_en, "text": text, "text_en": text_en}
            tables["practices"].append({**row, "source": "demo-report", "section": "七"})

    def _publish(self, tables: Tables, score: str, kinds: set[str]) -> None:
        at = {"source": "demo-report", "section": "二(二)"}
        for fact in ("approved_expenditure", "outturn", "closing_carryover"):
            value = {"value": cents(self.facts[fact]), "unit": "元", "number": f"fact.{fact}"}
            tables["published"].append({"published": fact, **value, **at})
        tables["published"].append({"published": "self_score", "value": score, "unit": "分", "number": "self.score", **at})
        if "recorded_contradiction" in kinds:
            printed, real = cents(self.facts["outturn"] + 90_000), cents(self.facts["outturn"])
            row = {"published": "outturn_again", "value": printed, "unit": "元", "number": "fact.outturn", **at}
            tables["published"].append({**row, "section": "八"})
            said = {"contradiction": "outturn_twice", "kind": "number", "about": "outturn_again", "printed": printed, "other": real}
            why, why_en = f"{MARK_ZH}：报告两处的决算数相差 900 元。", "Made up: two places of the report differ by 900 yuan."
            tables["contradictions"].append({**said, "reason": why, "reason_en": why_en, **at})
