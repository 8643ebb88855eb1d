"""The score table for Excel: the evaluation's numbers, formulas that give them again, and text that stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evallib.data.score_workbook import score_workbook, write_score_workbook
from evallib.model.evaluation import Draft, Evaluation
from evallib.model.words import LANGS, Lang, words
from evallib.say.workings import indicator_clause, indicator_evidence, indicator_rule, indicator_working
from evallib.score.reconcile import reconcile
from evallib.score.scoring import evaluate
from tests.data.formulas import calculated
from tests.score.random_frameworks import Year, years
from tests.score.small import framework, indicator, judgement, record

SHEETS = {
    "zh": ["目录", "总分与等级", "评分表", "依据与佐证", "目标与实际", "基础数据", "比率", "问题",
           "核对", "矛盾", "来源文件", "数据文件", "说明"],
    "en": ["Contents", "Total and grade", "Scores", "Grounds", "Targets", "Facts", "Rates", "Findings", "Reconciliation",
           "Contradictions", "Sources", "Data files", "Notes"],
}  # fmt: skip
HEADS = {
    "zh": ["一级指标", "二级指标", "三级指标", "分值", "实际值", "单位", "得分", "得分率", "状态", "是否计入", "评分标准", "评分过程"],
    "en": ["Dimension", "Group", "Indicator", "Points", "Value", "Unit", "Score", "Score rate", "Status", "Counts", "Rule", "Working"],
}

UNCHECKED = {"missing": "undetermined", "not_applicable": "rescale", "no_finding": "unchecked"}


def written(e: Evaluation, folder: Path, lang: Lang = "zh", values: bool = False) -> Any:
    path = folder / "scores.xlsx"
    write_score_workbook(e, path, lang)
    return openpyxl.load_workbook(path, data_only=values)


Shared = Callable[..., Any]
"""From a language, and whether values are wanted instead of formulas, to the real year's table; tests only read it."""


@pytest.fixture(scope="module")
def shared(hrss: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Shared:
    return cache(lambda lang="zh", values=False: written(hrss, tmp_path_factory.mktemp("scores"), lang, values))


def table(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet's table as cells by their heads."""
    [(_, area)] = sheet.tables.items()
    heads, *rows = sheet[area]
    return [dict(zip((cell.value for cell in heads), row, strict=True)) for row in rows]


def levels(book: Any) -> dict[tuple[str, str], Any]:
    """The score's cell of each row of the sheet of total and levels."""
    return {(row[0].value, row[1].value): row[3] for row in (tuple(row.values()) for row in table(book.worksheets[1]))}


@pytest.mark.parametrize("lang", LANGS)
def test_sheets_and_heads(hrss: Evaluation, shared: Shared, lang: Lang) -> None:
    book = shared(lang)
    assert book.sheetnames == SHEETS[lang]
    assert list(table(book.worksheets[2])[0]) == HEADS[lang]
    assert hrss.record.name[lang] in book.properties.title


@pytest.mark.parametrize("lang", LANGS)
def test_the_scores_are_the_evaluations(hrss: Evaluation, shared: Shared, lang: Lang) -> None:
    rows, grounds = (table(shared(lang, values=True).worksheets[n]) for n in (2, 3))
    assert len(rows) == len(hrss.indicators)
    for row, ground, i in zip(rows, grounds, hrss.indicators, strict=True):
        cells = [cell.value for cell in row.values()]
        assert cells[2] == i.name[lang]
        assert (cells[3], cells[6]) == (float(i.points), float(i.score or 0))
        assert cells[7] == pytest.approx(float(i.score_rate or 0))
        assert cells[10:] == [indicator_rule(hrss, i, lang), indicator_working(hrss, i, lang)]
        assert [cell.value for cell in ground.values()][3:5] == [indicator_clause(hrss, i, lang), indicator_evidence(hrss, i, lang) or "—"]


def test_values_are_numbers_with_formats_and_units(hrss: Evaluation, shared: Shared) -> None:
    rows = {row["三级指标"].value: row for row in table(shared().worksheets[2])}
    rate, money, people, none = (rows[hrss.indicator(id).name.zh] for id in (
        "budget_execution", "upper_level_funds", "urban_new_jobs", "management_system"))  # fmt: skip
    assert (rate["实际值"].value, rate["实际值"].number_format) == (pytest.approx(0.9496155995398692), "0.00%")
    assert (money["实际值"].value, money["实际值"].number_format, money["单位"].value) == (4948.76, "#,##0.00", "万元")
    assert (people["实际值"].value, people["实际值"].number_format, people["单位"].value) == (933, "#,##0", "人")
    assert (none["实际值"].value, none["单位"].value) == ("—", "—")
    english = {row["Indicator"].value: row for row in table(shared("en").worksheets[2])}
    yuan = english[hrss.indicator("upper_level_funds").name.en]
    assert (yuan["Value"].value, yuan["Unit"].value) == (49_487_600, "yuan")


@pytest.mark.parametrize("lang", LANGS)
def test_every_formula_gives_what_is_stored_beside_it(hrss: Evaluation, shared: Shared, lang: Lang) -> None:
    formulas, values = shared(lang), shared(lang, values=True)
    count = 0
    for sheet in formulas.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            count += 1
            stored = values[sheet.title][cell.coordinate].value
            assert calculated(formulas, sheet.title, cell.coordinate) == (
                stored if isinstance(stored, str) else pytest.approx(stored, abs=1e-9)
            )
    assert count > 100


def test_total_grade_and_levels_are_the_evaluations(hrss: Evaluation, shared: Shared) -> None:
    book, stored = shared(), levels(shared(values=True))
    assert all(cell.data_type == "f" for cell in levels(book).values())
    found = [stored[hrss.framework.homes[s.id] and next(d.name.zh for d in hrss.dimensions if d.id == s.dimension),
                    s.name.zh if s.within else "小计"].value for s in hrss.sections]  # fmt: skip
    assert found == [pytest.approx(float(s.score)) for s in hrss.sections]
    assert (stored["总分", "—"].value, stored["等级", "—"].value) == (pytest.approx(84.63), "良")


@pytest.mark.parametrize(("score", "lost", "grade"), [(10, "0", "良"), (0, "10", "中"), (14.99, "-4.99", "良"), (15.37, "-5.37", "优")])
def test_a_changed_score_changes_levels_total_and_grade(hrss: Evaluation, tmp_path: Path, score: float, lost: str, grade: str) -> None:
    book = written(hrss, tmp_path)
    [cell] = [row["得分"] for row in table(book["评分表"]) if row["三级指标"].value == hrss.indicator("task_completion").name.zh]
    assert cell.value == 10
    cell.value = score
    told = {place: calculated(book, "总分与等级", found.coordinate) for place, found in levels(book).items()}
    assert told["总分", "—"] == pytest.approx(84.63 - float(lost))
    assert told["等级", "—"] == grade
    assert told["产出", "小计"] == pytest.approx(31.18 - float(lost))
    assert told["产出", "产出数量"] == pytest.approx(score)


def test_a_changed_score_is_marked_and_one_taken_out_is_missing(hrss: Evaluation, tmp_path: Path) -> None:
    book = written(hrss, tmp_path)
    rows = {row["三级指标"].value: row for row in table(book["评分表"])}
    changed, gone = (rows[hrss.indicator(id).name.zh] for id in ("task_completion", "quality"))
    changed["得分"].value = 9
    assert calculated(book, "评分表", changed["状态"].coordinate) == "已改，原为 10.00"
    gone["得分"].value = None
    assert calculated(book, "评分表", gone["状态"].coordinate) == "缺得分，原为 9.18"
    top = levels(book)
    assert [calculated(book, "总分与等级", top[name, "—"].coordinate) for name in ("总分", "等级")] == ["—", "—"]


def test_what_counts_is_chosen_of_a_list_and_may_be_nothing(hrss: Evaluation, tmp_path: Path) -> None:
    book = written(hrss, tmp_path)
    sheet = book["评分表"]
    [choices] = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert (choices.formula1, str(choices.sqref)) == ('"计入,不计入,加分,扣分"', "J4:J42")
    for row in table(sheet):
        row["是否计入"].value = "不计入"
    for cells in table(book["总分与等级"]):
        for cell in (cells["得分"], cells["得分率"]):
            assert calculated(book, "总分与等级", cell.coordinate) in ("—", 0)


def test_a_changed_actual_changes_whether_its_target_is_met(hrss: Evaluation, tmp_path: Path) -> None:
    book = written(hrss, tmp_path)
    [row] = [row for row in table(book["目标与实际"]) if row["指标"].value == hrss.indicator("public_satisfaction").name.zh]
    assert calculated(book, "目标与实际", row["是否达标"].coordinate) == "未达标"
    row["实际值"].value = 0.95
    assert calculated(book, "目标与实际", row["是否达标"].coordinate) == "达标"


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(year=years(), lang=st.sampled_from(LANGS))
def test_formulas_follow_every_framework(year: Year, lang: Lang) -> None:
    """Extra points, what is not counted, what is open, bands and rounding: what the formulas give is what the evaluation has."""
    e = evaluate(year.framework, year.record())
    formulas, stored = (openpyxl.load_workbook(BytesIO(score_workbook(e, lang)), data_only=values) for values in (False, True))
    for sheet in (formulas.worksheets[1], formulas.worksheets[2]):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            given, made = stored[sheet.title][cell.coordinate].value, calculated(formulas, sheet.title, cell.coordinate)
            assert made == (given if isinstance(given, str) else pytest.approx(given, abs=1e-6)), (cell.coordinate, cell.value)


def test_what_is_open_closes_with_the_last_score(tmp_path: Path) -> None:
    e = evaluate(framework(treatment=UNCHECKED), record())
    book = written(e, tmp_path, "en")
    told = levels(book)
    assert calculated(book, "Total and grade", told["Total", "—"].coordinate) == "0.00–10.00"
    assert calculated(book, "Total and grade", told["Grade", "—"].coordinate) == "—"
    for row in table(book["Scores"]):
        row["Score"].value = row["Points"].value
    assert calculated(book, "Total and grade", told["Total", "—"].coordinate) == 10
    assert calculated(book, "Total and grade", told["Grade", "—"].coordinate) == "Good"


@pytest.mark.parametrize(("extra", "told"), [("bonus", "8.00–14.00"), ("deduction", "2.00–8.00")])
def test_what_extra_points_may_still_do_is_rounded_row_by_row(extra: str, told: str, tmp_path: Path) -> None:
    """Two rows of 2.5 points that nobody judged yet, scores without decimals: 3 points each."""
    rows = [indicator("duties", "tasks", 10, {"kind": "awarded"})]
    rows += [indicator(id, "tasks", "2.5", {"kind": "awarded"}, extra=extra) for id in ("one", "other")]
    how = {"rounding": {"scores": 0, "rates": 4, "mode": "half_up"}, "treatment": UNCHECKED}
    e = evaluate(framework(indicator=rows, **how), record(judgements=(judgement("duties", "award", score="8"),)))
    made, stored = (levels(written(e, tmp_path, "en", values))["Total", "—"] for values in (False, True))
    assert stored.value == told
    assert calculated(made.parent.parent, "Total and grade", made.coordinate) == told


def test_a_draft_whose_indicators_are_not_all_named_stays_open(tmp_path: Path) -> None:
    book, stored = (written(evaluate(framework(), record(), Draft((), ())), tmp_path, "en", values) for values in (False, True))
    for place, cell in levels(book).items():
        assert calculated(book, "Total and grade", cell.coordinate) == levels(stored)[place].value
    for row in table(book["Scores"]):
        row["Score"].value = row["Points"].value
    assert calculated(book, "Total and grade", levels(book)["Total", "—"].coordinate) == "7.00–10.00"


def test_targets_are_held_against_actuals_by_formula(hrss: Evaluation, shared: Shared) -> None:
    sheet = shared()["目标与实际"]
    for row, t in zip(table(sheet), hrss.targets, strict=True):
        n = row["完成率"].row
        assert row["完成率"].value == (f"=IF(D{n}>C{n},C{n}/D{n},1+(C{n}-D{n})/C{n})" if t.lower_is_better else f"=D{n}/C{n}")
        assert calculated(shared(), sheet.title, row["完成率"].coordinate) == pytest.approx(float(t.reached_share or 0))
        assert calculated(shared(), sheet.title, row["是否达标"].coordinate) == ("达标" if t.met else "未达标")


def test_facts_are_summed_from_the_cells_of_their_parts(hrss: Evaluation, shared: Shared) -> None:
    sheet = shared()["基础数据"]
    rows = {(row["数据项"].value, row["年度"].value): row["数值"] for row in table(sheet)}
    assert len(rows) > 60
    for (name, year), cell in rows.items():
        fact = hrss.facts.find(next(f.id for f in hrss.catalogue.facts.values() if f.name.zh == name), year)
        assert fact is not None
        assert (cell.data_type == "f") == bool(fact.parts)
        assert (
            cell.value == "—"
            if fact.value is None
            else calculated(shared(), sheet.title, cell.coordinate) == pytest.approx(float(fact.value))
        )
    assert re.fullmatch(r"=D\d+-D\d+", rows["固定资产净值", 2023].value)


def test_every_published_figure_and_rate_and_document_is_there(hrss: Evaluation, shared: Shared) -> None:
    book = shared()
    rows = table(book["核对"])
    assert len(rows) == len(reconcile(hrss))
    assert rows[0]["结果"].value != "一致"
    assert [row["数值"].value for row in table(book["比率"])] == [
        "—" if m.value is None else pytest.approx(float(m.value)) for m in hrss.formulas
    ]
    texts = {cell.value for name in ("来源文件", "数据文件") for row in book[name].iter_rows() for cell in row}
    assert {file.sha256 for file in hrss.record.files} | {s.source for s in hrss.record.sources} <= texts
    assert len(table(book["问题"])) == len(hrss.record.findings)


def altered(e: Evaluation, title: str, kind: str = "类") -> Evaluation:
    finding = e.record.findings[0].model_copy(update={"title": title, "title_en": title, "kind": kind, "kind_en": kind})
    findings = (finding, *e.record.findings[1:])
    return replace(e, record=e.record.model_copy(update={"findings": findings}))


FORMULA_LIKE = ["=1+1", "@x", "+1", "-1", "#N/A", '=HYPERLINK("http://x")', "'quoted"]


@pytest.fixture(scope="module")
def formula_like(hrss: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rows of findings that are called like formulas."""
    first, *others = hrss.record.findings
    named = [first.model_copy(update={"finding": f"f{n}", "title": title}) for n, title in enumerate(FORMULA_LIKE)]
    record = hrss.record.model_copy(update={"findings": (*named, first, *others)})
    return table(written(replace(hrss, record=record), tmp_path_factory.mktemp("formulas"))["问题"])


@pytest.mark.parametrize("title", FORMULA_LIKE)
def test_text_never_becomes_a_formula(formula_like: list[dict[str, Any]], title: str) -> None:
    cell = formula_like[FORMULA_LIKE.index(title)]["问题"]
    assert (cell.value, cell.data_type) == (title, "s")
    assert cell.quotePrefix or title == "#N/A"


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_and_long_text_is_held(hrss: Evaluation, tmp_path: Path, lang: Lang) -> None:
    hostile = "a\x00b\x0bc\x1f\x7f\u202ed\u2066e\ud800f\uffffg<b>&amp;\r\nh"
    e = altered(hrss, hostile, kind="长" * 40_000)
    e = replace(e, record=e.record.model_copy(update={"name": words(hostile, hostile)}))
    row = list(table(written(e, tmp_path, lang).worksheets[7])[0].values())
    assert row[2].value == "abcdefg<b>&amp;\nh"
    assert row[1].value == "长" * 32_766 + "…"
    wide = list(table(written(altered(hrss, "𠀀" * 20_000), tmp_path, lang).worksheets[7])[0].values())[2].value
    assert wide.endswith("…")
    assert len(wide.encode("utf-16-le")) // 2 <= 32_767


def test_codes_in_text_stay_as_they_were_typed(hrss: Evaluation, tmp_path: Path) -> None:
    """Excel reads _x0041_ as A; written as _x005F_x0041_ it is shown as typed."""
    assert table(written(altered(hrss, "_x0041_"), tmp_path)["问题"])[0]["问题"].value == "_x005F_x0041_"


def test_missing_overridden_and_not_applicable(hrss: Evaluation, tmp_path: Path) -> None:
    def change(i: Any) -> Any:
        if i.id == "staffing_control":
            return replace(
                i, status="not_applicable", method="judged", score=None, counted=False, judgements=(judgement(i.id, "not_applicable"),)
            )
        if i.id == "carryover":
            return replace(i, method="overridden", score=Decimal("1.50"), formula_score=Decimal("1.00"))
        if i.id == "three_public_change":
            return replace(i, status="missing", value=None, score=Decimal("0.00"))
        return i

    indicators = tuple(change(i) for i in hrss.indicators)
    groups = []
    for d in hrss.dimensions:
        members = [i for i in indicators if i.dimension == d.id and i.score is not None]
        points, score = sum(i.points for i in members), sum(i.score for i in members)
        groups.append(replace(d, points=points, score=score, rate=score / points))
    total = round(sum((d.score for d in groups), Decimal(0)) * 100 / sum((d.points for d in groups), Decimal(0)), 2)
    e = replace(hrss, indicators=indicators, sections=(*groups, *(s for s in hrss.sections if s.within)), total=total)
    book, values = written(e, tmp_path), written(e, tmp_path, values=True)
    rows = {row["三级指标"].value: row for row in table(book["评分表"])}
    gone, missing, changed = (rows[hrss.indicator(id).name.zh] for id in ("staffing_control", "three_public_change", "carryover"))
    assert [gone[head].value for head in ("得分", "得分率", "状态", "是否计入")] == ["—", "—", "不适用", "不计入"]
    assert (missing["得分"].value, missing["实际值"].value) == (0, "—")
    assert calculated(book, "评分表", missing["状态"].coordinate) == "缺数据"
    assert [row["方式"].value for row in table(book["依据与佐证"])].count("调整") == 1
    assert "公式得分 1.00" in changed["评分过程"].value
    top = levels(book)["总分", "—"].coordinate
    assert calculated(book, "总分与等级", top) == pytest.approx(float(total)) == values["总分与等级"][top].value


def test_a_synthetic_year_says_so_on_every_sheet(hrss: Evaluation, tmp_path: Path) -> None:
    line = hrss.record.profile[0].model_copy(update={"key": "synthetic", "text": "本年数据为模拟", "text_en": "made up"})
    e = replace(hrss, record=hrss.record.model_copy(update={"profile": (*hrss.record.profile, line)}))
    book = written(e, tmp_path)
    assert all("（模拟数据）" in sheet["A1"].value for sheet in book.worksheets)
    assert "本年数据为模拟" in [row["说明"].value for row in table(book["说明"])]


@pytest.mark.parametrize("lang", LANGS)
def test_two_writes_give_the_same_bytes(hrss: Evaluation, tmp_path: Path, lang: Lang) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_score_workbook(hrss, first, lang)
    write_score_workbook(Evaluation.from_json(hrss.to_json()), second, lang)
    assert first.read_bytes() == second.read_bytes()
    with ZipFile(first) as packed:
        assert {entry.date_time[0] for entry in packed.infolist()} == {1980}


def test_no_findings_and_no_published_figures(hrss: Evaluation, tmp_path: Path) -> None:
    bare = hrss.record.model_copy(update={"findings": (), "published": (), "contradictions": ()})
    book = written(replace(hrss, record=bare), tmp_path)
    assert not {"问题", "核对", "矛盾"} & {*book.sheetnames}
    assert ("问题", "没有发现问题。") in [(row["工作表"].value, row["说明"].value) for row in table(book["说明"])]


def test_a_failed_write_leaves_nothing_behind(hrss: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "scores.xlsx").mkdir()
    with pytest.raises(OSError, match=r"scores\.xlsx"):
        write_score_workbook(hrss, tmp_path / "scores.xlsx", "zh")
    assert [path.name for path in tmp_path.iterdir()] == ["scores.xlsx"]
