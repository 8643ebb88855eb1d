"""Rows that are a total of others: left out where they are called one, refused where they are not, asked about where they look like one."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from evallib.data.check_all import check_data
from evallib.data.government import load_government, load_government_heads
from evallib.data.monitoring import load_monitoring
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.runs.report import run_overview
from tests.conftest import GOLDEN, Copy

CASES = tomllib.loads((GOLDEN / "as_sent.toml").read_text(encoding="utf-8"))["case"]
HEADS = "year,code,name,kind,original,revised,executed,unit,source,section\n"
WATCHED = "date,measure,name,kind,operator,target,value,unit,reason,source,section\n2023-01-01,budget,,,,,1200,万元,,a,b\n"


def added(copy: Copy, table: str, *rows: str) -> None:
    path = copy.year / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n" + "\n".join(rows) + "\n", encoding="utf-8")


def remarks(copy: Copy) -> list[tuple[str, str, int | None]]:
    found = evaluate_year(copy.folder, "hrss", 2023).remarks
    return [(p.code, Path(p.place.file).stem, p.place.row) for p in found if p.code.startswith("total.")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["of"])
def test_targets_are_read_as_people_send_them(case: dict[str, list[str]], copy: Copy) -> None:
    for column, text in zip(("operator", "target", "unit", "actual", "actual_unit"), case["given"], strict=True):
        copy.set("targets", {"indicator": "investment_attraction"}, column, text)
    found = evaluate_year(copy.folder, "hrss", 2023)
    target, indicator = found.evaluation.target("investment_attraction"), found.evaluation.indicator("investment_attraction")
    assert target is not None
    assert [target.operator, f"{target.target:f}", target.unit.symbol, target.met, str(indicator.score)] == case["is"]
    if "remark" in case:
        assert any(str(case["remark"]) in p.describe("en") for p in found.remarks)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("target_parts", "social_insurance_enrolment,target,合 计：,,41.94,万人,yes,report,一"),
        ("target_parts", "social_insurance_enrolment,actual,小计,,42.275万,人,是,,"),
        ("finding_amounts", "2,总计,,\"73,600.00\",,"),
        ("finding_amounts", "2,Grand total,,7.36万元,,"),
        ("own_indicators", ",合计,,,30,,,,"),
        ("own_indicators", ",小计,,economic,6,,,,"),
    ],
)  # fmt: skip
def test_a_row_called_a_total_is_left_out_with_a_remark(table: str, row: str, copy: Copy) -> None:
    lines = len((copy.year / f"{table}.csv").read_text(encoding="utf-8-sig").splitlines())
    before = copy.evaluate()
    added(copy, table, row)
    assert remarks(copy) == [("total.left_out", table, lines + 1)]
    after = copy.evaluate()
    assert (after.total, after.targets, after.record.finding_amounts) == (before.total, before.targets, before.record.finding_amounts)


def test_a_total_of_the_rows_next_to_it_is_one_too(copy: Copy) -> None:
    rows = (copy.year / "target_parts.csv").read_text(encoding="utf-8-sig").splitlines()
    parts = [n for n, row in enumerate(rows) if row.startswith("social_insurance_enrolment,target")]
    rows.insert(parts[1] + 1, "social_insurance_enrolment,target,小计,,37.05,万人,yes,,")
    (copy.year / "target_parts.csv").write_text("\n".join(rows), encoding="utf-8")
    assert remarks(copy) == [("total.left_out", "target_parts", parts[1] + 2)]


def heads(copy: Copy, *rows: str) -> None:
    (copy.folder / "budget_heads.csv").write_text(HEADS + "\n".join(f"2023,{row},万元,x,1" for row in rows), encoding="utf-8")


def test_a_total_of_the_budget_is_left_out_and_said_on_the_page_and_by_check(copy: Copy) -> None:
    heads(copy, "1,甲,ordinary,100,,90", "2,乙,ordinary,200,,210", "3,丙,interest,50,,50", ",支出,ordinary,,,", ",合计,,350,,350")
    with pytest.raises(InputRefused, match="must not be empty"):
        load_government_heads(copy.folder)
    heads(copy, "1,甲,ordinary,100,,90", "2,乙,ordinary,200,,210", "小计,,ordinary,300,,300", "3,丙,interest,50,,50", ",合计,,350,,350")
    assert [row.code for row in load_government_heads(copy.folder).rows] == ["1", "2", "3"]
    assert [p.place.row for p in load_government_heads(copy.folder).remarks] == [4, 6]
    assert "is a total of the other rows" in load_government(copy.folder, 2023).remarks[0].en
    assert [one.count("warning") for one in check_data(copy.folder)][-1] == 2
    heads(copy, "1,甲,ordinary,100,,90", "2,乙,ordinary,200,,210", ",合计,,350,,300")
    with pytest.raises(InputRefused, match="column original: the row “合计” is not what the other rows make \\(300\\)"):
        load_government_heads(copy.folder)


def test_a_head_that_equals_the_sum_of_the_others_is_asked_about_until_it_is_acknowledged_with_its_number(copy: Copy) -> None:
    rows = ["1,甲,ordinary,100,,90", "2,乙,ordinary,200,,210", "3,丙,interest,50,,50", "4,丁,ordinary,350,,350"]
    heads(copy, *rows)
    with pytest.raises(InputRefused, match="is exactly the sum of the other rows") as refused:
        load_government_heads(copy.folder)
    assert [p.place.row for p in refused.value.problems] == [5]
    said = "contradiction,kind,about,printed,other,reason,source,section\nfourth,number,4,{},equals the rest,chance,x,1\n"
    (copy.folder / "contradictions.csv").write_text(said.format("350"), encoding="utf-8")
    assert len(load_government_heads(copy.folder).rows) == 4
    assert len(load_government(copy.folder, 2023).files) == 2
    (copy.folder / "contradictions.csv").write_text(said.format("340"), encoding="utf-8")
    with pytest.raises(InputRefused, match="is exactly the sum"):
        load_government_heads(copy.folder)


def test_a_mean_among_experts_is_no_expert(copy: Copy) -> None:
    head = "indicator,expert,score,reason,source,section\n"
    rows = "".join(f"procurement_execution,{who},{score},好,report,1\n" for who, score in (("A", "1.5"), ("B", "1.6"), ("平均", "1.55")))
    (copy.year / "expert_scores.csv").write_text(head + rows, encoding="utf-8")
    assert remarks(copy) == [("total.left_out", "expert_scores", 4)]
    assert [row.expert for row in copy.evaluate().record.expert_scores] == ["A", "B"]


def test_negative_heads_are_remarked(copy: Copy) -> None:
    heads(copy, '1,甲,ordinary,"(200)",,-260', "2,乙,ordinary,0,,260")
    assert [(p.code, p.place.column, p.found) for p in load_government_heads(copy.folder).remarks] == [
        ("heads.negative", "original", "−200"), ("heads.negative", "executed", "−260")
    ]  # fmt: skip


def test_a_budget_in_dollars_is_read_where_that_is_the_countys_money(copy: Copy) -> None:
    rows = ['"$243,000,000",,"(12,500,000)",$', "100,,-25000,$"]
    text = HEADS + "".join(f"2023,{n},甲{n},ordinary,{row},x,1\n" for n, row in enumerate(rows))
    (copy.folder / "budget_heads.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match='looks like a unit of money and is not known \\(found "\\$"\\)'):
        load_government_heads(copy.folder)
    with (copy.folder / "county.toml").open("a", encoding="utf-8") as file:
        file.write('\n[currency]\nsymbol = "$"\nname = "美元"\nname_en = "dollars"\n')
    assert [(row.original, row.executed) for row in load_government_heads(copy.folder).rows] == [
        (Decimal(243000000), Decimal(-12500000)), (Decimal(100), Decimal(-25000))
    ]  # fmt: skip


def test_a_budget_that_is_wrong_is_refused_before_any_notebook_runs(copy: Copy, tmp_path: Path) -> None:
    heads(copy, "1,甲,ordinary,many,,90")
    with pytest.raises(InputRefused, match=r"budget_heads\.csv, row 2, column original: is not a number"):
        run_overview(2023, data=copy.folder, out=tmp_path / "out")


def watched(copy: Copy, *rows: str) -> list[str]:
    (copy.folder / "monitoring" / "hrss").mkdir(parents=True, exist_ok=True)
    (copy.folder / "monitoring" / "hrss" / "2023.csv").write_text(WATCHED + "\n".join(rows), encoding="utf-8")
    return [p.code for p in load_monitoring(copy.folder, "hrss", 2023).remarks]


def spent(*values: int, reason: str = "") -> list[str]:
    return [f"2023-{month:02}-28,spent,,,,,{value},万元,{reason if month > 1 else ''},a,b" for month, value in enumerate(values, 1)]


def test_money_may_come_back_and_the_reason_is_asked_for(copy: Copy) -> None:
    assert watched(copy, *spent(320, 310, 640)) == ["monitoring.money_falls"]
    assert [one.count("warning") for one in check_data(copy.folder, "hrss", 2023)][-1] == 1
    assert watched(copy, *spent(320, 310, 640, reason="退回")) == []


def test_amounts_of_months_are_told_from_running_totals(copy: Copy) -> None:
    assert watched(copy, *spent(*range(90, 102))) == ["monitoring.monthly"]
    assert watched(copy, *spent(90, 91, 93, 96, 99)) == ["monitoring.monthly"]
    assert watched(copy, *spent(90, 190, 285, 390, 490, 610)) == []
    assert watched(copy, *spent(900, 905, 930, 960)) == []
