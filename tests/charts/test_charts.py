"""The charts: the same numbers in picture, words and table; safe, repeatable SVG; nothing that breaks on odd data."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from evallib.charts.budget import budget_bridge_chart, budget_variance_chart
from evallib.charts.drawing import Chart
from evallib.charts.measure import clean, shorten, text_width, wrap
from evallib.charts.points import dimension_chart, points_bridge_chart, points_chart
from evallib.charts.report import CHARTS
from evallib.charts.sheet import MARGIN, MISSED, PALETTE, PHONE, WIDE, Size
from evallib.charts.targets import target_completion_chart
from evallib.data.years import evaluate_year
from evallib.model.assemble import assemble
from evallib.model.entries import FactEntry
from evallib.model.evaluation import Evaluation, Tried
from evallib.model.record import Record
from evallib.model.words import LANGS, Lang, words
from evallib.pages.style import page_css
from evallib.say.numbers import money, percent, plain
from evallib.score.scoring import evaluate
from tests.analysis.shapes import without_points
from tests.charts.fits import assert_fits, assert_readable
from tests.conftest import DATA

HOSTILE = ["$x$ $", "<script>&amp;\"'", "a\x00b\x1b[0m\u202e", "很长的名称" * 40, "long name " * 20, "W" * 200, "]]>", "\ud800", " "]
every = pytest.mark.parametrize(("id", "lang"), [(id, lang) for id in CHARTS for lang in LANGS])


@cache
def real() -> Evaluation:
    return evaluate_year(DATA, "hrss", 2023).evaluation


def with_facts(**changed: Decimal | str | None) -> Evaluation:
    """The real year with some facts given another value, known to be missing (None), or taken out ("out")."""
    record: Record = real().record
    rows = [r.model_copy(update={"value": changed[r.fact]}) if r.fact in changed else r for r in record.facts]
    rows = [r for r in rows if changed.get(r.fact) != "out"]
    return evaluate(real().framework, record.model_copy(update={"facts": tuple(rows)}))


def target(id: str, **changed: object) -> Evaluation:
    """The real evaluation with one target changed, and no other."""
    found = next(t for t in real().targets if t.id == id)
    return replace(real(), targets=(replace(found, **changed),))  # type: ignore[arg-type]


def hostile() -> Evaluation:
    e = real()

    def renamed(rows: Any) -> Any:
        return tuple(replace(r, name=words(HOSTILE[i % len(HOSTILE)])) for i, r in enumerate(rows))

    parts = {part: renamed(getattr(e, part)) for part in ("targets", "indicators", "sections")}
    grades = tuple(g.model_copy(update={"name": HOSTILE[2], "name_en": HOSTILE[2]}) for g in e.framework.grades)
    return replace(e, **parts, framework=e.framework.model_copy(update={"grades": grades}), self_grade=HOSTILE[1])


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def cells(chart: Chart) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in chart.data.to_numpy()]


# --- the numbers are the evaluation's, in picture, words and table alike ---------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_targets_say_each_completion_rate_and_how_many_were_met(lang: Lang) -> None:
    chart = target_completion_chart(real(), lang)
    met = sum(t.met is True for t in real().targets)
    assert re.findall(r"\d+", chart.title) == (
        [str(len(real().targets)), str(met)] if lang == "zh" else [str(met), str(len(real().targets))]
    )
    rates = {row[0]: row[3] for row in cells(chart)}
    for t in real().targets:
        assert t.reached_share is not None
        assert rates[t.name[lang]] == percent(t.reached_share)
        assert t.reached_share == (t.attainment if t.lower_is_better else t.completion_rate)
        if t.reached_share != 1:
            assert f"{t.name[lang]} {percent(t.reached_share)}" in chart.alt
            assert percent(t.reached_share) in texts(chart.to_svg())


@pytest.mark.parametrize("lang", LANGS)
def test_the_missed_targets_stand_first_and_those_met_exactly_in_one_row(lang: Lang) -> None:
    chart, targets = target_completion_chart(real(), lang), real().targets
    missed, full = ([t.name[lang] for t in targets if keep(t)] for keep in (lambda t: t.met is False, lambda t: t.reached_share == 1))
    assert {row[0] for row in cells(chart)[: len(missed)]} == {*missed}
    assert len(full) > 3
    told = [text for text in texts(chart.to_svg()) if text in (f"恰好完成 {len(full)} 项", f"{len(full)} met exactly")]
    assert len(told) == 1
    assert all(name in chart.alt and name in chart.data.to_numpy() for name in full)
    assert not {*full} & {*texts(chart.to_svg())}


def test_last_year_stands_beside_the_target_it_would_have_reached() -> None:
    chart = target_completion_chart(real(), "en", previous=target("rural_labour_transfer", actual=Decimal("1.2")))
    assert next(row for row in cells(chart) if row[0] == "Rural labourers moved into jobs elsewhere")[5] == "75.00%"
    assert "Triangle: last year's actual." in chart.subtitle
    assert chart.to_svg() != target_completion_chart(real(), "en").to_svg()


def test_one_of_a_unit_is_told_in_the_singular() -> None:
    people = next(t.id for t in real().targets if t.unit.symbol == "人")
    [row, *_] = cells(target_completion_chart(target(people, target=Decimal(1), actual=Decimal(2)), "en"))
    assert row[1:3] == ["1 person", "2 people"]


def test_lower_is_better_keeps_actual_and_limit_and_is_said_to_be_so() -> None:
    shown = texts(target_completion_chart(real(), "zh").to_svg())
    assert {"3.24% / 上限 4%", "119.10%", "越低越好"} <= set(shown)
    assert "80.90%" not in shown


def test_a_limit_that_was_passed_falls_short_of_the_line_and_is_named() -> None:
    chart = target_completion_chart(target("urban_unemployment", actual=Decimal(5), met=False), "en")
    assert any("× over limit" in text for text in texts(chart.to_svg()))
    assert "over limit" in chart.alt


def test_an_unmet_target_is_told_apart_by_a_word_and_not_by_colour_alone() -> None:
    shown = texts(target_completion_chart(real(), "zh").to_svg())
    assert shown.count("× 未达标") == sum(t.met is False for t in real().targets)


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("万户", "20,000 / 30,000 households"),
        ("万元", "20 thousand / 30 thousand yuan"),
        ("亿元", "200 million / 300 million yuan"),
        ("‰", "2 / 3 per mille"),
    ],
)
def test_english_writes_scaled_units_in_full_and_money_in_thousands(unit: str, shown: str) -> None:
    read = real().catalogue.units.read(unit)
    chart = target_completion_chart(target("rural_labour_transfer", unit=read, target=Decimal(3), actual=Decimal(2), met=False), "en")
    assert shown in texts(chart.to_svg())


@pytest.mark.parametrize(
    ("unit", "lang", "shown"),
    [
        ("立方米/万人次", "en", "20,000.25 / 30,000.125 cubic metres per 10,000 person-times"),
        ("千瓦时/平方公里", "en", "20,000.25 / 30,000.125 kilowatt hours per square kilometre"),
        ("立方米/万人次", "zh", "20,000.25 / 30,000.125 立方米/万人次"),
    ],
)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=("wide", "phone"))
def test_a_long_unit_is_shown_whole_in_as_many_lines_as_it_takes(unit: str, lang: Lang, shown: str, size: Size) -> None:
    read = real().catalogue.units.read(unit)
    changed = target("rural_labour_transfer", unit=read, target=Decimal("30000.125"), actual=Decimal("20000.25"), met=False)
    chart = target_completion_chart(changed, lang)
    assert shown.replace(" ", "") in "".join(texts(chart.to_svg(size))).replace(" ", "")
    assert_fits(chart, size)


def test_a_judged_target_says_so() -> None:
    said = [row[6] for row in cells(target_completion_chart(real(), "en"))]
    assert sum("judged by the evaluators" in text for text in said) == sum(t.judged for t in real().targets)
    judged = target_completion_chart(target("rural_labour_transfer", judged=True), "en")
    assert "judged by the evaluators" in texts(judged.to_svg())


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"actual": None, "completion_rate": None, "met": None, "attainment": None}, "没有实际值"),
        ({"target": Decimal(0), "completion_rate": None}, "目标为零，完成率无定义"),
        ({"operator": "=", "met": False}, "须等于目标，× 未达标"),
    ],
)
def test_a_target_that_cannot_be_drawn_in_full_says_why(changed: dict[str, object], word: str) -> None:
    chart = target_completion_chart(target("rural_labour_transfer", **changed), "zh")
    assert any(word in text for text in texts(chart.to_svg()))


def test_one_huge_value_does_not_flatten_the_others() -> None:
    def longest(e: Evaluation) -> float:
        bars = [shape.box for shape in target_completion_chart(e, "zh").sheet().shapes if shape.fill == MISSED]
        return max(right - left for left, _, right, _ in bars)

    rows = [replace(t, completion_rate=Decimal(10**9)) if t.id == "upper_level_funds" else t for t in real().targets]
    assert longest(replace(real(), targets=tuple(rows))) > 0.75 * longest(real()) > 75


def test_budget_bridge_adds_up_in_yuan() -> None:
    rows = cells(budget_bridge_chart(real(), "zh"))
    amounts = {row[0]: Decimal(row[1].replace(",", "").replace("−", "-")) for row in rows}
    assert amounts["年初批复预算"] + sum(v for k, v in amounts.items() if k.startswith("加：")) == amounts["调整后预算"]
    assert amounts["调整后预算"] + sum(v for k, v in amounts.items() if k.startswith("减：")) == amounts["年末结转结余"]
    assert amounts["年末结转结余"] == Decimal("1000370.85")


@pytest.mark.parametrize(("lang", "unit", "shown"), [("zh", "元", "19,854,773.32"), ("en", "yuan", "19,854,773.32")])
def test_budget_bridge_labels_are_in_the_unit_that_the_subtitle_names(lang: Lang, unit: str, shown: str) -> None:
    chart = budget_bridge_chart(real(), lang)
    assert unit in chart.subtitle
    assert shown in texts(chart.to_svg())
    assert shown in chart.alt
    assert "41.70%" in chart.title
    assert "94.96%" in chart.title


def test_a_bridge_that_does_not_add_up_shows_the_rest_as_a_step() -> None:
    names = [row[0] for row in cells(budget_bridge_chart(with_facts(adjusted_expenditure=Decimal(19000000)), "zh"))]
    assert "减：其他调整" in names
    assert "加：其他差额" in names


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_date_that_was_missed_is_called_so_once(size: Size) -> None:
    late = {"operator": "by", "target": Decimal(0), "actual": Decimal(16), "met": False, "completion_rate": None, "attainment": None}
    chart = target_completion_chart(target("urban_unemployment", asked="2026-11-15", reached="2026-12-01", **late), "zh")
    assert "".join(texts(chart.to_svg(size))).count("未达标") == 1


def test_a_group_of_one_indicator_is_named_in_full_and_english_quotes_are_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[str]()
    monkeypatch.setattr(Figure, "text", lambda self, x, y, text, **look: drawn.append(text))
    e, long = real(), words("满意度", "Satisfaction of the public or of those served")
    alone = next(g.id for g in e.groups if sum(i.group == g.id for i in e.indicators) == 1)
    points_chart(replace(e, sections=tuple(replace(s, name=long) if s.id == alone else s for s in e.sections)), "en").to_png(20)
    assert not [text for text in drawn if "…" in text or "“" in text]


def test_variances_are_those_of_the_formulas() -> None:
    rows = {(row[0], row[1]): row for row in cells(budget_variance_chart(real(), "zh"))}
    change = real().formula("project_expenditure_change_rate").value
    assert change is not None
    last, budget, *rest = rows["决算与年初批复预算", "项目支出"][2:]
    assert rest == ["决算 760,806.91", "+660,806.91", "+660.81%", percent(change)]
    assert (last, budget, percent(change)) == ("2022年预算 3,068,737.01", "批复 100,000.00", "−75.21%")
    assert rows["决算与预算", "“三公”经费"][3] == f"预算 {money(Decimal(27800))}"
    assert rows["与上年相比", "结转结余"][4:] == ["年末 1,000,370.85", "−68,567.70", "−6.41%", "−6.41%"]


def test_a_line_of_the_budget_shows_what_last_years_record_tells() -> None:
    row = next(r for r in real().record.facts if r.fact == "outturn_basic")
    before = real().record.model_copy(update={"year": 2022, "facts": (row.model_copy(update={"year": 2022, "value": Decimal(9000000)}),)})
    chart = budget_variance_chart(real(), "zh", previous=replace(real(), record=before))
    found = next(row for row in cells(chart) if row[1] == "基本支出")
    assert found[2] == "2022年决算 9,000,000.00"
    assert "9,000,000.00" in texts(chart.to_svg())
    assert "2022年决算" not in texts(budget_variance_chart(real(), "zh").to_svg())


def test_a_base_of_zero_has_no_rate() -> None:
    chart = budget_variance_chart(with_facts(approved_project=Decimal(0)), "en")
    row = next(row for row in cells(chart) if row[0].startswith("Outturn against the approved") and row[1] == "Project expenditure")
    assert row[6] == "base is zero: not defined"
    assert "base is zero" in texts(chart.to_svg())


def test_without_points_the_charts_of_points_have_nothing_to_draw() -> None:
    e = without_points(real())
    assert [id for id, chart in CHARTS.items() if chart(e, "zh").nothing] == ["points_bridge", "dimensions", "points"]


def test_amounts_in_another_unit_than_the_moneys_own_are_drawn_in_one() -> None:
    def thousands(fact: FactEntry) -> FactEntry:
        return fact.model_copy(update={"unit": "千元"}) if fact.unit == "money" else fact

    part = real().catalogue.part
    catalogue, problems = assemble([("all", part.model_copy(update={"facts": tuple(map(thousands, part.facts))}))], 2023)
    assert not problems
    e = evaluate(real().framework.model_copy(update={"catalogue": catalogue}), real().record)
    for chart in (budget_bridge_chart, budget_variance_chart):
        assert cells(chart(e, "zh")) == cells(chart(real(), "zh"))


@pytest.mark.parametrize("missing", [None, "out"])
def test_what_is_not_known_is_left_out(missing: str | None) -> None:
    e = with_facts(operating_expense_outturn=missing, outturn_basic=missing, adjusted_expenditure=missing)
    assert "公用经费" not in [row[1] for row in cells(budget_variance_chart(e, "zh"))]
    assert [row[0] for row in cells(budget_bridge_chart(e, "zh"))] == ["年初批复预算"]


@pytest.mark.parametrize("lang", LANGS)
def test_points_bridge_ends_at_the_total_and_names_the_largest_loss(lang: Lang) -> None:
    e, chart = real(), points_bridge_chart(real(), lang)
    losses = sorted((g.score - g.points, g.name[lang]) for g in e.groups if g.score < g.points)
    assert [Decimal(row[3].replace("−", "-")) for row in cells(chart)[: len(losses)]] == [loss for loss, _ in losses]
    assert plain(e.total, 2) in chart.title
    assert losses[0][1] in chart.title
    assert cells(chart)[-1][2] == plain(e.total, 2)
    for grade in e.framework.grades:
        assert (f"≥ {plain(grade.at_least)}" in texts(chart.to_svg())) == (grade.at_least > 0)


@pytest.mark.parametrize("lang", LANGS)
def test_points_hold_every_indicator_with_its_score(lang: Lang) -> None:
    e, chart = real(), points_chart(real(), lang)
    assert [(row[2], row[4]) for row in cells(chart)] == [(i.name[lang], plain(i.score or Decimal(0), 2)) for i in e.indicators]
    assert plain(sum((i.lost for i in e.indicators), Decimal(0)), 2) in chart.title
    for i in e.indicators:
        if i.lost:
            assert f"{i.name[lang]} {plain(i.score or Decimal(0), 2)} / {plain(i.points)}" in chart.alt


def test_missing_and_not_applicable_are_words_of_their_own() -> None:
    first, second, *rest = real().indicators
    first = replace(first, status="missing", score=Decimal("0.00"))
    second = replace(second, status="not_applicable", score=None)
    chart = points_chart(replace(real(), indicators=(first, second, *rest)), "zh")
    assert {"缺数据", "不适用"} <= set(texts(chart.to_svg()))
    assert cells(chart)[1][4] == "—"


def test_reconstructed_points_are_said_to_be_so_where_they_are_drawn() -> None:
    assert "重构" in points_chart(real(), "zh").source
    assert "reconstructed" in points_bridge_chart(real(), "en").source
    assert "指标重构" not in dimension_chart(real(), "zh").source


@pytest.mark.parametrize("lang", LANGS)
def test_dimensions_say_rates_total_and_self_evaluation(lang: Lang) -> None:
    e, chart = real(), dimension_chart(real(), lang)
    for d in e.dimensions:
        assert d.rate is not None
        assert percent(d.rate) in chart.alt
        assert percent(d.rate) in texts(chart.to_svg())
    assert e.self_total is not None
    assert f"{plain(e.self_total, 2)} / 100" in chart.alt
    without = dimension_chart(replace(e, self_total=None), lang)
    assert len(without.data) == len(chart.data) - 1


# --- every chart, both languages -------------------------------------------------------------------------------------------


@every
def test_svg_is_well_formed_real_text_and_carries_its_words(id: str, lang: Lang) -> None:
    chart = CHARTS[id](real(), lang)
    svg = chart.to_svg()
    root = ElementTree.fromstring(svg)
    assert chart.id == root.get("data-chart") == id
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.alt
    assert svg.startswith("<svg ")
    assert {node.tag.rpartition("}")[2] for node in root.iter()} == {"svg", "path", "g", "text"}
    assert not re.search(r'\bid="|<image|href|url\(|<style|font-family:', svg)
    assert len(chart.to_svg(alone=False)) + len(chart.to_svg(PHONE, alone=False)) < 20_000
    assert "Microsoft YaHei" in (root.get("font-family") or "")
    assert not re.search(r' (d|x|y)="[^"]*\.\d{3}', svg)


@every
def test_words_are_there_and_in_the_right_language(id: str, lang: Lang) -> None:
    chart = CHARTS[id](real(), lang)
    assert 60 < len(chart.alt) <= 1000
    for text in (chart.title, chart.subtitle, chart.source, *chart.data.columns):
        assert text
        assert lang == "zh" or not re.search(r"[\u4e00-\u9fff]", re.sub(r"[一二三四五六七八九十()]+", "", text))
    if lang == "en":
        assert not any(re.search(r"[\u4e00-\u9fff]", text) for text in texts(chart.to_svg()))


@every
def test_the_same_chart_gives_the_same_bytes(id: str, lang: Lang) -> None:
    first, second = CHARTS[id](real(), lang), CHARTS[id](real(), lang)
    assert first.to_svg() == second.to_svg() == first.to_svg()
    assert first.data.equals(second.data)


@every
def test_only_colours_of_the_palette_are_used(id: str, lang: Lang) -> None:
    svg = CHARTS[id](real(), lang).to_svg()
    assert set(re.findall(r"#[0-9a-f]{3,8}", svg)) <= set(PALETTE.values())
    assert len(set(PALETTE.values())) == len(PALETTE)
    assert "<path" in svg
    assert 'style="fill:none"' not in svg


@every
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_nothing_runs_over_the_edge_or_into_its_neighbour(id: str, lang: Lang, size: Size) -> None:
    assert_fits(CHARTS[id](real(), lang), size)


@every
def test_letters_are_large_enough_on_paper_and_on_a_phone(id: str, lang: Lang) -> None:
    assert_readable(CHARTS[id](real(), lang))


@every
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_picture_says_in_itself_where_it_is_from_and_what_it_is_not(id: str, lang: Lang, size: Size) -> None:
    tried = replace(real(), tried=(Tried("{}", words("试", "tried")),))
    for e, marks in ((real(), ()), (tried, ("试算", "trial"))):
        shown = texts(CHARTS[id](e, lang).to_svg(size))
        chart = CHARTS[id](e, lang)
        assert chart.source.replace(" ", "") in "".join(shown).replace(" ", "")
        assert (("重构" if lang == "zh" else "reconstructed") in shown) == (id in ("points", "points_bridge"))
        assert bool({*marks} & {*shown}) == bool(marks)
        assert escape(chart.source) in chart.to_html()


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_are_seen_in_light_in_dark_and_on_paper() -> None:
    """What is written stands out by 4.5 (WCAG), what is drawn and tells something by 2.3, in every palette of the page."""
    css = page_css()
    palettes = [dict(re.findall(r"--c-([a-z-]+):(#[0-9a-f]{3,6})", rule)) for rule in re.findall(r":root\{[^}]*\}", css)]
    papers = ["#ffffff", "#15181c", "#ffffff"]
    assert [set(palette) for palette in palettes] == [set(PALETTE)] * 3
    assert palettes[0] == PALETTE
    for palette, paper in zip(palettes, papers, strict=True):
        full = {name: colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:]) for name, colour in palette.items()}
        assert {name for name, colour in full.items() if contrast(colour, paper) < 4.5} <= {"faint", "quiet", "last-year"}
        assert {name for name, colour in full.items() if contrast(colour, paper) < 2.3} <= {"faint"}
        assert len({full[name] for name in ("lost", "missed", "above", "below", "accent")}) == 5


@every
def test_hostile_names_survive(id: str, lang: Lang) -> None:
    chart = CHARTS[id](hostile(), lang)
    root = ElementTree.fromstring(chart.to_svg())
    assert len(root.get("aria-label") or "") <= 1000
    everything = "".join([chart.title, chart.subtitle, chart.alt, chart.source, *chart.data.to_numpy().flatten(), *texts(chart.to_svg())])
    assert not re.search(r"[\x00-\x1f\u202e\ud800]", everything)
    if id not in ("budget_bridge", "budget_variance"):
        assert clean(HOSTILE[3]) in chart.data.to_numpy().flatten()
        assert "…" in "".join(texts(chart.to_svg()))


@pytest.mark.parametrize("id", CHARTS)
def test_nothing_known_is_said_in_words(id: str) -> None:
    record = real().record.model_copy(update={"facts": (), "self_evaluation": ()})
    nothing = {"record": record, "targets": (), "indicators": (), "sections": (), "formulas": ()}
    chart = CHARTS[id](replace(real(), **nothing, points=Decimal(0), self_total=None), "zh")  # type: ignore[arg-type]
    assert chart.title
    assert chart.nothing
    assert texts(chart.to_svg())


@pytest.mark.parametrize("id", CHARTS)
def test_drawing_leaves_no_trace_in_matplotlib(id: str, caplog: pytest.LogCaptureFixture) -> None:
    before = dict(mpl.rcParams)
    with caplog.at_level(logging.WARNING):
        CHARTS[id](real(), "zh").to_svg()
    assert dict(mpl.rcParams) == before
    assert not caplog.records


def test_settings_of_the_reader_do_not_change_a_chart() -> None:
    plain_svg = points_bridge_chart(real(), "zh").to_svg()
    with mpl.rc_context({"svg.fonttype": "path", "font.size": 30, "figure.facecolor": "red", "savefig.bbox": "tight", "text.color": "red"}):
        assert points_bridge_chart(real(), "zh").to_svg() == plain_svg


# --- PNG and fonts ---------------------------------------------------------------------------------------------------------


def test_png_is_a_png_with_the_title_drawn_in() -> None:
    chart = dimension_chart(real(), "zh")
    png = chart.to_png(dpi=100)
    assert png.startswith(b"\x89PNG")
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    assert abs(width - (chart.sheet().width + 2 * MARGIN) / 0.72) < 2
    assert height > (chart.sheet().height + 2 * MARGIN) / 0.72 + 30
    with Image.open(io.BytesIO(png)) as image:  # a margin all around
        assert min(ImageChops.invert(image.convert("L")).getbbox() or ()) > 15


# --- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*HOSTILE, "信访、投诉（线上、线下）办结率", "Satisfaction of the public or of those served"])
@pytest.mark.parametrize("width", [60.0, 138.0])
def test_wrapped_names_fit_their_column(text: str, width: float) -> None:
    lines = wrap(text, width, WIDE.body)
    assert 1 <= len(lines) <= 2
    assert all(lines)
    assert all(text_width(line, WIDE.body) <= width for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert whole == (clean(text) or "—").replace(" ", "") or whole.endswith("…")


def test_a_name_is_broken_after_punctuation_and_never_before() -> None:
    assert wrap("工人技术等级培训、创业培训任务完成率", 138, WIDE.body) == ["工人技术等级培训、", "创业培训任务完成率"]
    assert shorten("预算执行率", 1000, 9) == "预算执行率"
