"""The score table as a workbook for the file: an Evaluation in, one .xlsx out. No scoring here: sums and rates are formulas.

Each formula is stored with its result, so that previews and other programs show numbers before anything is recalculated.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from evallib.evaluation import Evaluation, TargetResult
from evallib.facts import FACTS, split_part
from evallib.reconcile import VERDICTS, reconcile
from evallib.record import Finding, parse_clauses
from evallib.tables import facts_by_topic
from evallib.units import SHARE, UNITS, convert, money, parse_decimal, percent, plain, section_number
from evallib.words import Lang, Words, joined, words

_EPOCH = datetime(1980, 1, 1)  # the clock plays no part: the same evaluation gives the same bytes
_LONGEST = 32_767  # what a cell may hold, counted in UTF-16
_BANNED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SIDE = Side(style="thin", color="BFBFBF")
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FILLS = {level: PatternFill("solid", fgColor=colour) for level, colour in (("head", "D6E0EA"), ("total", "E4EAF0"), ("part", "F3F5F8"))}
_FILLS |= {"": PatternFill(), "group": PatternFill()}

_STATUS = {"scored": words("已评分", "scored"), "missing": words("缺数据", "missing"), "not_applicable": words("不适用", "not applicable")}
_METHOD = {"computed": words("计算", "computed"), "judged": words("评定", "judged"), "overridden": words("调整", "overridden")}
_BASIS = {"published": words("公布", "published"), "reconstructed": words("重构", "reconstructed"), "own": words("自设", "own")}
_KIND = {"report": words("报告", "report"), "law": words("法规制度", "law"), "notice": words("通知", "notice"),
         "plan": words("规划与目标", "plan"), "ledger": words("台账", "ledger")}  # fmt: skip
_BY_ID = words(
    "“来源”一列是“来源”表中的文件编号，“章节”是该文件中的位置。",
    "“Source” names a document by its id on the sheet Sources; “Section” is the place in it.",
)


class _Column(NamedTuple):
    zh: str
    en: str
    cap: int  # the widest it may get; longer text wraps
    right: bool = False


@dataclass(frozen=True)
class _Number:
    """A number with its format and, where it follows from other cells, the formula that says how."""

    value: Decimal
    format: str = "#,##0.00"
    formula: str = ""

    def __str__(self) -> str:
        places = len(self.format.rstrip("%").partition(".")[2])
        return percent(self.value, places) if self.format.endswith("%") else plain(self.value, places)


_Cell = str | _Number | None


def _text(text: str) -> str:
    """A text that a cell can hold: nothing that XML or a reader's screen chokes on, and visibly cut where it is too long."""
    text = _BANNED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub("_x(?=[0-9A-Fa-f]{4}_)", "_x005F_x", text)  # which Excel would take for a code
    packed = text.encode("utf-16-le")
    return text if len(packed) <= 2 * _LONGEST else packed[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _width(text: str) -> int:
    """How wide a text's longest line is, in digits; Chinese counts double."""
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n"))


def _measured(value: Decimal | None, unit: str, lang: Lang) -> tuple[_Number | None, str | None]:
    """A value as a number with its unit apart, as `quantity` writes it: 万元 in Chinese, yuan in English, shares as percent."""
    if not unit:
        return None, None
    measures = UNITS[unit].measures
    if measures == "share":
        return (None if value is None else _Number(convert(value, unit, SHARE), "0.00%")), "%"
    to = unit if lang == "zh" else next(u.symbol for u in UNITS.values() if u.measures == measures and u.factor == 1)
    if value is None:
        return None, UNITS[to].name[lang]
    value = convert(value, unit, to)
    exponent = value.normalize().as_tuple().exponent
    return _Number(value, _format(max(2 * (measures == "money"), -exponent if isinstance(exponent, int) else 0))), UNITS[to].name[lang]


def _format(places: int) -> str:
    return "#,##0" + ("." + "0" * min(places, 6) if places else "")


class _Sheet:
    """A sheet under construction: title, notes, a head, rows. It fits widths, sets up the print, and keeps formulas' results."""

    def __init__(self, book: Workbook, e: Evaluation, name: Words, lang: Lang, *columns: _Column, frozen: int = 1) -> None:
        self.sheet: Any = book.create_sheet(name[lang])
        self.lang, self.columns, self.frozen = lang, columns, frozen
        self.font = "微软雅黑" if lang == "zh" else "Calibri"
        self.results: dict[str, Decimal] = {}
        self.widths = [0] * len(columns)
        self.spread: list[tuple[int, int, str]] = []
        self.next = 2
        self.top = self.last = 0
        self.owner = f"{e.record.name[lang]} {e.record.year}"
        year = words(f" {e.record.year} 年度绩效评价 · ", f": performance in {e.record.year} · ")
        self.put(1, 1, e.record.name[lang] + year[lang] + name[lang], size=14, bold=True)
        self.sheet.row_dimensions[1].height = 26

    def put(self, row: int, column: int, value: _Cell, *, bold: bool = False, size: int = 10, to: str = "left", wrap: bool = False) -> Any:
        """One cell. Text stays text whatever it begins with; a missing value is a dash."""
        cell = self.sheet.cell(row, column)
        cell.font = Font(name=self.font, size=size, bold=bold)
        cell.alignment = Alignment(horizontal=to, vertical="center" if size > 10 else "top", wrap_text=wrap)
        if isinstance(value, _Number):
            cell.value = "=" + value.formula if value.formula else value.value
            cell.number_format = value.format
            if value.formula:
                self.results[cell.coordinate] = value.value
        elif value != "":
            cell.value = text = "—" if value is None else _text(value)
            cell.data_type = "s"
            cell.quotePrefix = text[:1] in ("=", "+", "-", "@", "'", "\t")
        return cell

    def head(self) -> None:
        """The head of the table."""
        self.top = self.next
        self.add(*(c.zh if self.lang == "zh" else c.en for c in self.columns), level="head")

    def add(self, *values: _Cell, level: str = "") -> None:
        """A row of the table: plain, or a `group`, a `part`, the `total` or the `head`."""
        for n, (value, column) in enumerate(zip(values, self.columns, strict=True)):
            to = "right" if column.right else "center" if level == "head" else "left"
            cell = self.put(self.next, n + 1, value, bold=bool(level), to=to, wrap=not isinstance(value, _Number))
            cell.border, cell.fill = _FRAME, _FILLS[level]
            self.widths[n] = max(self.widths[n], _width("—" if value is None else str(value)))
        self.last = self.last if level == "total" else self.next
        self.next += 1

    def note(self, text: str, label: str = "") -> None:
        """A paragraph across the sheet, or beside a label."""
        first = 2 if label else 1
        if label:
            self.put(self.next, 1, label, bold=True)
        self.put(self.next, first, text, wrap=True)
        self.sheet.merge_cells(start_row=self.next, end_row=self.next, start_column=first, end_column=len(self.columns))
        self.spread.append((self.next, first, text))
        self.next += 1

    def heading(self, text: str) -> None:
        """The heading of what follows the table."""
        self.put(self.next + 1, 1, text, bold=True, size=12)
        self.next += 2

    def finish(self) -> dict[str, Decimal]:
        """Widths, filter, frozen head and print set-up; the results of the formulas by cell."""
        sheet, room = self.sheet, [min(c.cap, width) + 2.5 for c, width in zip(self.columns, self.widths, strict=True)]
        for n, width in enumerate(room, 1):
            sheet.column_dimensions[get_column_letter(n)].width = width
        for row, first, text in self.spread:
            lines = sum(1 + int(_width(line) * 1.1 / sum(room[first - 1 :])) for line in text.split("\n"))
            sheet.row_dimensions[row].height = min(409, 2 + 15 * lines)
        right = get_column_letter(len(room))
        sheet.auto_filter.ref = f"A{self.top}:{right}{self.last}"
        sheet.freeze_panes = f"{get_column_letter(self.frozen + 1)}{self.top + 1}"
        sheet.print_title_rows = f"{self.top}:{self.top}"
        sheet.print_area = f"A1:{right}{self.next - 1}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top = sheet.page_margins.bottom = 0.7
        sheet.print_options.horizontalCentered = True
        sheet.sheet_view.showGridLines = False
        sheet.oddHeader.left.text = _text(self.owner)[:100].replace("\n", " ").replace("&", "&&")
        sheet.oddHeader.right.text = "&A"
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页" if self.lang == "zh" else "Page &P of &N"
        return self.results


def _scores(book: Workbook, e: Evaluation, lang: Lang) -> _Sheet:
    s = _Sheet(
        book, e, words("评分表", "Scores"), lang,
        _Column("一级指标", "Dimension", 12), _Column("二级指标", "Group", 16), _Column("三级指标", "Indicator", 22),
        _Column("分值", "Points", 8, True), _Column("指标值", "Value", 16, True), _Column("单位", "Unit", 8),
        _Column("得分", "Score", 8, True), _Column("得分率", "Score rate", 9, True), _Column("状态", "Status", 10),
        _Column("方式", "Method", 10), _Column("分值依据", "Basis", 13), _Column("规则", "Rule", 30),
        _Column("评分过程", "Working", 44), _Column("依据", "Clause", 28), _Column("佐证", "Evidence", 44), frozen=3,
    )  # fmt: skip
    zh, fmt = lang == "zh", _format(e.framework.rounding.scores)
    fw = e.framework
    for n, (label, said) in enumerate((
        ("部门" if zh else "Department", e.record.name[lang]),
        ("年度" if zh else "Year", _Number(Decimal(e.record.year), "0")),
        ("总得分" if zh else "Total", ""),
        ("等级" if zh else "Grade", e.grade[lang]),
        ("指标体系" if zh else "Framework", f"{fw.words[lang]} ({fw.id}/{fw.first_year})"),
    ), 2):  # fmt: skip
        s.put(n, 1, label, bold=True)
        s.put(n, 2, said, bold=n == 5)
    c, s.next = e.coverage, 7
    s.note(
        f"已评 {c.indicators_scored} / {c.indicators} 项指标，{plain(c.points_scored)} / {plain(c.points)} 分。{fw.note}"
        if zh
        else f"{c.indicators_scored} of {c.indicators} indicators scored, {plain(c.points_scored)} of {plain(c.points)} points. "
        + (fw.note_en or fw.note)
    )
    if e.record.find_profile("synthetic", lang):
        s.note(("模拟数据：" if zh else "Synthetic data: ") + e.record.find_profile("synthetic", lang))
    s.head()
    groups, closing = {g.id: g.name[lang] for g in e.groups}, []
    for d in e.dimensions:
        first = s.next
        members = [i for i in e.indicators if i.dimension == d.id]
        for i in members:
            rate = None if i.score_rate is None else _Number(i.score_rate, "0.00%", f"G{s.next}/D{s.next}")
            working = i.working[lang]
            if i.method == "overridden" and i.formula_score is not None:
                working += ("；公式得分 " if zh else "; formula's score ") + plain(i.formula_score, fw.rounding.scores)
            s.add(
                d.name[lang], groups[i.group], i.name[lang], _Number(i.points, fmt), *_measured(i.value, i.unit, lang),
                None if i.score is None else _Number(i.score, fmt), rate, _STATUS[i.status][lang], _METHOD[i.method][lang],
                _BASIS[i.basis][lang], i.rule_text[lang], working, i.source[lang], i.evidence[lang] or None,
            )  # fmt: skip
        if members:
            end = s.next - 1
            counted = f"SUM(D{first}:D{end})" if all(i.score is not None for i in members) else f'SUMIF(G{first}:G{end},">=0",D{first}:D{end})'
            _sum(s, (d.name[lang], "小计" if zh else "Subtotal"), (d.points, counted), (d.score, f"SUM(G{first}:G{end})"), fmt, "part")
            closing.append(s.next - 1)
    points, score = sum((d.points for d in e.dimensions), Decimal(0)), sum((d.score for d in e.dimensions), Decimal(0))
    _sum(s, ("合计" if zh else "Total", ""), (points, _added("D", closing)), (score, _added("G", closing)), fmt, "total")
    if points != e.points:
        total = s.next - 1
        scaled = f"ROUND(G{total}*D{total + 1}/D{total},{fw.rounding.scores})"
        _sum(s, ("按满分折算" if zh else "Scaled to full points", ""), (e.points, ""), (e.total, scaled), fmt, "total")
    s.put(4, 2, _Number(e.total, fmt, f"G{s.next - 1}"), bold=True)
    s.put(4, 3, f"满分 {plain(e.points)} 分" if zh else f"of {plain(e.points)} points")
    return s


def _added(column: str, rows: list[int]) -> str:
    return "+".join(f"{column}{row}" for row in rows)


def _sum(s: _Sheet, names: tuple[str, str], points: tuple[Decimal, str], score: tuple[Decimal, str], fmt: str, level: str) -> None:
    """A line of the score table that adds up what stands above it."""
    rate = _Number(score[0] / points[0], "0.00%", f"G{s.next}/D{s.next}") if points[0] else None
    numbers: tuple[_Cell, ...] = (_Number(points[0], fmt, points[1]), "", "", _Number(score[0], fmt, score[1]), rate)
    s.add(*names, "", *numbers, *[""] * 7, level=level)


def _framework(book: Workbook, e: Evaluation, lang: Lang) -> _Sheet:
    s = _Sheet(
        book, e, words("指标体系", "Framework"), lang,
        _Column("一级指标", "Dimension", 14), _Column("二级指标", "Group", 18), _Column("三级指标", "Indicator", 30),
        _Column("分值", "Points", 8, True), _Column("分值依据", "Basis", 13), _Column("规则", "Rule", 46),
        _Column("依据", "Clause", 44), _Column("说明", "Note", 36), frozen=3,
    )  # fmt: skip
    fw, zh, fmt = e.framework, lang == "zh", _format(e.framework.rounding.scores)
    s.note(f"{fw.words[lang]} ({fw.id}/{fw.first_year})")
    s.head()
    members = {g.id: [i for i in e.indicators if i.group == g.id] for g in fw.groups}
    tops = []
    for d in fw.dimensions:
        groups = [g for g in fw.groups if g.dimension == d.id]
        tops.append(s.next)
        starts = [s.next + 1 + sum(1 + len(members[b.id]) for b in groups[:n]) for n in range(len(groups))]
        s.add(d.words[lang], "", "", _Number(d.points, fmt, _added("D", starts)), _BASIS[d.basis][lang], "", "", "", level="part")
        for g in groups:
            own = g.own_rule.describe()[lang] if g.own_rule else ""
            added = f"SUM(D{s.next + 1}:D{s.next + len(members[g.id])})" if members[g.id] else ""
            note = ("由部门自定指标" if zh else "indicators of the department's own") if own else ""
            s.add(d.words[lang], g.words[lang], "", _Number(g.points, fmt, added), _BASIS[g.basis][lang], own, "", note, level="group")
            for i in members[g.id]:
                names = (d.words[lang], g.words[lang], i.name[lang])
                s.add(*names, _Number(i.points, fmt), _BASIS[i.basis][lang], i.rule_text[lang], i.source[lang], i.note[lang])
    s.add("合计" if zh else "Total", "", "", _Number(fw.points, fmt, _added("D", tops)), "", "", "", "", level="total")
    s.heading("等级" if zh else "Grades")
    for grade in fw.grades:
        least = plain(grade.at_least)
        s.note((f"≥ {least} 分" if zh else f"from {least}") if grade.at_least else "其余" if zh else "below that", grade.words[lang])
    s.heading("计分与舍入" if zh else "Scoring and rounding")
    full = fw.treatment.not_applicable == "full"
    for text in (
        words(f"每个指标独立计分，四舍五入保留 {fw.rounding.scores} 位小数，再相加得到总分；等级按总分确定。",
              f"Each indicator is scored by itself, rounded half up to {fw.rounding.scores} decimals, then summed; the grade follows."),
        words("计分使用未舍入的比率；显示时保留两位小数。", "Scores use the unrounded rates; rates are shown with two decimals."),
        words("超额完成按满分计，不加分。基数为零的比率没有定义，不当作 0% 或 100%。",
              "Over-fulfilment counts as full and never more. A rate on a base of zero is not defined; it is neither 0% nor 100%."),
        words("缺少数据的指标不得分；" + ("不适用的指标给满分。" if full else "不适用的指标剔除后按满分折算。"), "An indicator whose data is missing "
              "gets no points; one that does not apply is " + ("given full points." if full else "left out and the rest scaled back.")),
    ):  # fmt: skip
        s.note(text[lang])
    s.heading("哪些是公布的，哪些是重构的" if zh else "What is published and what is reconstructed")
    levels = (("一级指标", "Dimensions", fw.dimensions), ("二级指标", "Groups", fw.groups), ("三级指标", "Indicators", e.indicators))
    for label_zh, label_en, some in levels:
        count = Counter(one.basis for one in some)
        said = joined([words(f"{_BASIS[b].zh} {n} 项", f"{n} {_BASIS[b].en}") for b, n in count.items()], "，", ", ")
        s.note(said[lang], label_zh if zh else label_en)
    if fw.note:
        s.note(fw.note if zh else fw.note_en or fw.note)
    return s


def _targets(book: Workbook, e: Evaluation, lang: Lang) -> _Sheet:
    s = _Sheet(
        book, e, words("目标", "Targets"), lang,
        _Column("指标", "Indicator", 32), _Column("方向", "Operator", 9), _Column("目标值", "Target", 16, True),
        _Column("实际值", "Actual", 16, True), _Column("单位", "Unit", 8), _Column("完成率", "Completion", 11, True),
        _Column("是否达标", "Met", 9), _Column("实际值依据", "Actual by", 10), _Column("计算过程", "Working", 44),
        _Column("佐证", "Evidence", 44), _Column("来源", "Source", 14), _Column("章节", "Section", 14),
    )  # fmt: skip
    zh, rows = lang == "zh", {t.indicator: t for t in e.record.targets}
    lower = "方向为“≤”的目标越低越好，其完成率是实际值占上限的比例。" if zh else "For “≤” lower is better: completion is the share of the limit. "
    s.note(lower + _BY_ID[lang])
    s.head()
    for t in e.targets:
        target, unit = _measured(t.target, t.unit, lang)
        rate = None if t.completion_rate is None else _Number(t.completion_rate, "0.00%", f"D{s.next}/C{s.next}")
        row, by = rows[t.id], words("评定", "judged") if t.judged else words("计量", "measured")
        s.add(
            t.name[lang], t.operator.replace(">=", "≥").replace("<=", "≤"), target, _measured(t.actual, t.unit, lang)[0], unit, rate,
            _met(t)[lang], by[lang], t.working[lang], row.evidence_words[lang] or None, row.source, section_number(row.section, lang),
        )  # fmt: skip
    return s


def _met(t: TargetResult) -> Words:
    return words("—") if t.met is None else words("达标", "met") if t.met else words("未达标", "not met")


def _facts(book: Workbook, e: Evaluation, lang: Lang) -> _Sheet:
    s = _Sheet(
        book, e, words("基础数据", "Facts"), lang,
        _Column("主题", "Topic", 24), _Column("事实", "Fact", 40), _Column("年度", "Year", 6, True), _Column("数值", "Value", 18, True),
        _Column("单位", "Unit", 8), _Column("来源", "Source", 14), _Column("章节", "Section", 16), _Column("说明", "Note", 60), frozen=2,
    )  # fmt: skip
    zh = lang == "zh"
    s.note(("合计由分项相加得出。“—”表示已知缺数据，不是零。" if zh else "Sums are added up from their parts. “—”: known to be missing. ") + _BY_ID[lang])
    s.head()
    lines = [(topic, line) for topic, some in facts_by_topic(e) for line in some]
    cells = {(line.value.fact, line.value.year): f"D{s.next + n}" for n, (_, line) in enumerate(lines)}
    for topic, line in lines:
        fact, formula, note = line.value, "", line.value.note
        value, unit = _measured(fact.value, fact.unit, lang)
        parts = [(sign, part, cells.get((part, fact.year))) for sign, part in map(split_part, FACTS[fact.fact].parts)]
        if line.row is None:
            sums = " ".join(f"{'+' if sign > 0 else '−'} {FACTS[part].name[lang]}" for sign, part, _ in parts).removeprefix("+ ")
            note = words("由分项计算：" if zh else "computed from its parts: ") + words(sums)
            if all(cell for *_, cell in parts):
                formula = "".join(f"{'+' if sign > 0 else '-'}{cell}" for sign, _, cell in parts).removeprefix("+")
        number = value and _Number(value.value, value.format, formula)
        documents = "; ".join(dict.fromkeys(o.source for o in fact.origins))
        places = "; ".join(dict.fromkeys(section_number(o.section, lang) for o in fact.origins))
        year = _Number(Decimal(fact.year), "0")
        s.add(topic[lang], fact.name[lang], year, number, unit, documents, places, note[lang], level="" if line.row else "group")
    return s


def _rates(book: Workbook, e: Evaluation, lang: Lang) -> _Sheet:
    s = _Sheet(
        book, e, words("比率", "Rates"), lang,
        _Column("比率", "Rate", 34), _Column("数值", "Value", 12, True), _Column("公式", "Formula", 56),
        _Column("计算过程", "Working", 64), _Column("用于指标", "Used for", 34),
    )  # fmt: skip
    s.head()
    for m in e.metrics:
        value = None if m.value is None else _Number(m.value, "0.00%")
        used = joined([i.name for i in e.indicators if i.metric == m.id], "、", ", ")[lang]
        s.add(m.name[lang], value, m.formula[lang], m.working[lang], used or None)
    return s


def _findings(book: Workbook, e: Evaluation, lang: Lang) -> _Sheet:
    s = _Sheet(
        book, e, words("问题", "Findings"), lang,
        _Column("编号", "No.", 12), _Column("类别", "Kind", 24), _Column("问题", "Finding", 44), _Column("金额（元）", "Amount (yuan)", 14, True),
        _Column("金额说明", "Amount made up of", 26), _Column("凭证", "Voucher", 20), _Column("违反条款", "Clauses", 44),
        _Column("涉及指标", "Indicator", 20), _Column("建议", "Recommendation", 26), _Column("来源", "Source", 14), _Column("章节", "Section", 12),
    )  # fmt: skip
    record, zh = e.record, lang == "zh"
    s.note(_BY_ID[lang] if record.findings else "没有发现问题。" if zh else "Nothing was found.")
    s.head()
    for f in record.findings:
        advice = "；".join(f"{r.id} {r.title_words[lang]}" for r in record.recommendations if r.id == f.recommendation)
        clauses = joined([words(_clause(e, lang, *c)) for c in parse_clauses(f.clauses)], "；", "; ")[lang]
        odd = "".join(("\n原文矛盾：" if zh else "\nContradiction: ") + c.words[lang] for c in record.contradictions if f.finding in c.about.split())
        s.add(
            ("问题 " if zh else "finding ") + f.finding, f.kind_words[lang], f.words[lang] + odd, None if f.amount is None else _Number(f.amount),
            _amount(e, f, lang), f.voucher or None, clauses or None, e.indicator(f.indicator).name[lang], advice or None, f.source,
            section_number(f.section, lang),
        )  # fmt: skip
    return s


def _amount(e: Evaluation, f: Finding, lang: Lang) -> str:
    """What a finding's amount is made up of, where that is recorded."""
    said = [words(f"{a.words[lang]} {money(a.value)}") for a in e.record.finding_amounts if a.finding == f.finding]
    if f.quantity is not None and f.unit_price is not None:
        said.append(words(f"{plain(f.quantity)} × {money(f.unit_price)} = {money(f.quantity * f.unit_price)}"))
    if f.paid is not None:
        said.append(words(f"实付 {money(f.paid)}", f"paid {money(f.paid)}"))
    return joined(said)[lang]


def _clause(e: Evaluation, lang: Lang, source: str, article: str) -> str:
    """A clause as a reader cites it."""
    document = e.record.find_source(source)
    title, number = (document.words[lang], document.number) if document else (source, "")
    if lang == "zh":
        return f"《{title.strip('《》')}》{'（' + number + '）' if number else ''}{article}"
    article = re.sub("[第项部分]", "", re.sub("[条款]", ", ", article)).strip(", ")
    return f"{title}{' (' + number + ')' if number else ''}{', art. ' + article if article else ''}"
