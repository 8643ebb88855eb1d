"""Names wherever an id stands: in both languages, for everything a table can refer to; the same record as with ids."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evallib.data.cells import Reader
from evallib.data.csv_files import write_year
from evallib.data.load import LoadedYear, load_year
from evallib.data.names import Names, by_id
from evallib.data.raw_tables import texts_of
from evallib.data.rulebook import frameworks
from evallib.data.workbook_in import load_tables, read_sheets
from evallib.data.years import evaluate_year
from evallib.door.book import open_book
from evallib.files.xlsx_in import read_workbook
from evallib.model.errors import InputRefused
from evallib.model.framework import Framework
from evallib.model.made_ids import made_id
from evallib.model.record import TABLES, Record
from evallib.model.rows import columns, made_of, refers
from evallib.model.table_words import SHEETS
from evallib.model.words import LANGS, Lang, folded
from tests.conftest import DATA, Copy

ROWS = list[dict[str, str]]


def rows_of(copy: Copy, table: str) -> ROWS:
    return list(csv.DictReader(io.StringIO((copy.year / f"{table}.csv").read_text(encoding="utf-8-sig"))))


def write(copy: Copy, table: str, rows: ROWS) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=[*dict.fromkeys(head for row in rows for head in row)], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (copy.year / f"{table}.csv").write_text(out.getvalue(), encoding="utf-8-sig")


def load(copy: Copy) -> LoadedYear:
    return load_year(copy.folder, "hrss", 2023)


def same(one: Record, other: Record) -> bool:
    return one.model_copy(update={"files": ()}) == other.model_copy(update={"files": ()})


def refused(copy: Copy) -> list[tuple[str, str | None, str]]:
    with pytest.raises(InputRefused) as refusal:
        load(copy)
    return [(p.code, p.place.column, p.describe("en")) for p in refusal.value.problems]


@pytest.mark.parametrize("lang", LANGS)
def test_every_id_of_the_example_may_be_the_name_of_what_it_stands_for(copy: Copy, lang: Lang) -> None:
    loaded = load(copy)
    names = Names(loaded.framework, {table: [row.__dict__ for row in getattr(loaded.record, table)] for table in TABLES})
    replaced = set[tuple[str, str]]()
    for table, model in TABLES.items():
        rows = rows_of(copy, table) if (copy.year / f"{table}.csv").exists() else []
        for row in rows:
            given = dict(row)
            for column in columns(model):
                if refers(model, column) and row.get(column):
                    shown = names.shown(model, column, given, lang)
                    replaced |= {(table, column)} if shown != row[column] else set()
                    row[column] = shown
        if rows:
            write(copy, table, rows)
    assert same(load(copy).record, loaded.record)
    assert copy.evaluate().total == Decimal("84.63")
    assert replaced >= {
        ("facts", "fact"), ("facts", "source"), ("targets", "indicator"), ("own_indicators", "group"), ("judgements", "item"),
        ("judgements", "indicator"), ("findings", "indicator"), ("findings", "clauses"), ("findings", "recommendation"),
        ("finding_amounts", "finding"), ("self_evaluation", "indicator"), ("contradictions", "about"), ("plan_targets", "indicator"),
    }  # fmt: skip


def take_ids_out(copy: Copy) -> Record:
    """Leave every id and section out that may be empty, with names where they were referred to; the record as it was before."""
    loaded = load(copy)
    names = Names(loaded.framework, {table: [row.__dict__ for row in getattr(loaded.record, table)] for table in TABLES})
    for table, model in TABLES.items():
        rows = rows_of(copy, table) if (copy.year / f"{table}.csv").exists() else []
        made = [] if table in ("published", "contradictions") else [column for column in columns(model) if made_of(model, column)]
        shown = [{c: "" if c in ("section", *made) else names.shown(model, c, row, "zh") for c in row} for row in rows]
        if rows:
            write(copy, table, shown)
    return loaded.record


def test_ids_that_nobody_gave_are_made_and_change_no_score(copy: Copy) -> None:
    before = take_ids_out(copy)
    assert copy.evaluate().total == Decimal("84.63")
    assert {row.indicator for row in load(copy).record.own_indicators} == {made_id(row.name) for row in before.own_indicators}


def test_no_reader_sees_an_id_that_was_made(copy: Copy, tmp_path: Path) -> None:
    take_ids_out(copy)
    result = open_book(copy.folder)["hrss", 2023]
    result.to_html(tmp_path / "r.html")
    result.to_excel(tmp_path / "r.xlsx")
    page = re.sub(r'(href|id|aria-labelledby|src)="[^"]*"', "", (tmp_path / "r.html").read_text(encoding="utf-8"))
    cells = [str(c.value) for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx") for row in sheet.iter_rows() for c in row if c.value]
    assert [text for text in (*page.split("<"), *cells) if re.search(r"\bn[0-9a-f]{10}\b", text)] == []


def test_a_text_in_the_place_of_an_id_is_a_name_too(copy: Copy) -> None:
    copy.set("own_indicators", {"indicator": "urban_new_jobs"}, "indicator", "指标 7")
    copy.set("targets", {"indicator": "urban_new_jobs"}, "indicator", "指标7")
    for table, column in (("target_parts", "indicator"), ("contradictions", "about"), ("published", "number")):
        rows = rows_of(copy, table)
        write(copy, table, [row | {column: row[column].replace("urban_new_jobs", "指标7")} for row in rows])
    copy.set("plan_targets", {"indicator": "urban_new_jobs"}, "indicator", " New  Urban Jobs ")
    id = made_id("城镇新增就业人数")
    record = load(copy).record
    assert id in {row.indicator for row in record.own_indicators} & {row.indicator for row in record.targets}
    assert id in {row.indicator for row in record.plan_targets}


def test_a_name_that_several_have_is_refused_with_the_candidates(copy: Copy) -> None:
    copy.set("own_indicators", {"indicator": "urban_new_jobs"}, "name", "城镇登记失业率")
    copy.set("targets", {"indicator": "urban_new_jobs"}, "indicator", "城镇登记失业率")
    [(code, column, said)] = refused(copy)
    assert (code, column) == ("name.ambiguous", "indicator")
    assert "urban_new_jobs, urban_unemployment" in said


def test_rows_of_one_name_and_no_id_are_told_by_their_name(copy: Copy) -> None:
    rows = rows_of(copy, "practices")
    write(copy, "practices", [row | {"id": "", "title": "甲"} for row in rows])
    [(code, _, said)] = refused(copy)
    assert (code, 'found "甲"' in said) == ("row.repeated", True)


def test_messages_say_names_where_ids_were_made(copy: Copy) -> None:
    take_ids_out(copy)
    rows = rows_of(copy, "targets")
    write(copy, "targets", [row for row in rows if row["indicator"] not in ("城镇新增就业人数", "城镇登记失业率")])
    said = refused(copy)
    assert {code for code, *_ in said} == {"target.unknown", "target.missing"}
    assert all(re.search("城镇新增就业人数|New urban jobs|Registered urban unemployment rate", text) for _, _, text in said)
    assert not any(re.search(r"\bn[0-9a-f]{10}\b", text) for _, _, text in said)


SOURCES: list[tuple[str, str, dict[str, Any]]] = [
    ("中华人民共和国会计法", "", {"source": "accounting-law", "section": ""}),
    ("会计法", "", {"source": "accounting-law"}),
    ("《会计法》第九条", "", {"source": "accounting-law", "section": "第九条"}),
    ("会计法第九条", "", {"source": "accounting-law", "section": "第九条"}),
    ("《会计法》第九条", "第一款", {"source": "accounting-law", "section": "第九条 第一款"}),
    ("云京健专审字(2024)第052号", "", {"source": "report"}),
    (" Report", "", {"source": "report"}),
    ("部门资产台账", "", {"source": made_id("部门资产台账"), "title": "部门资产台账", "kind": "ledger"}),
    ("《政府采购法》第二条", "", {"source": made_id("政府采购法"), "title": "政府采购法", "kind": "law", "section": "第二条"}),
    ("关于开展绩效评价的通知", "", {"title": "关于开展绩效评价的通知", "kind": "notice"}),
    ("Audit report of 2023", "p. 3", {"title": "Audit report of 2023", "kind": "report", "section": "p. 3"}),
]


@pytest.mark.parametrize(("source", "section", "expected"), SOURCES)
def test_a_source_is_an_id_a_title_or_a_new_title(copy: Copy, source: str, section: str, expected: dict[str, Any]) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "source", source)
    copy.set("facts", {"fact": "outturn_basic"}, "section", section)
    record = load(copy).record
    row = next(row for row in record.facts if row.fact == "outturn_basic")
    cited = record.find_source(row.source)
    assert cited is not None
    found = {"source": row.source, "section": row.section, "title": cited.title, "kind": cited.kind}
    assert found | expected == found


def test_an_id_in_capitals_is_that_id(copy: Copy) -> None:
    copy.set("targets", {"indicator": "urban_new_jobs"}, "indicator", "Urban_New_Jobs")
    assert "urban_new_jobs" in {row.indicator for row in load(copy).record.targets}


def test_a_slip_in_an_id_makes_no_source(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "source", "Repport")
    assert [code for code, *_ in refused(copy)] == ["source.unknown"]


def test_a_title_that_is_nearly_one_of_the_table_is_asked_about(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "source", "行政单位财务规责、规则")
    copy.set("sources", {"source": "admin-finance-rules-113"}, "title", "行政单位财务规则、规则")
    [(code, column, said)] = refused(copy)
    assert (code, column, "did you mean 行政单位财务规则、规则" in said) == ("source.unknown", "source", True)


@pytest.mark.parametrize(
    "written", ["《会计法》第九条；《预算法》第57条", "会计法第九条;budget-law:第57条", "《会计法》第九条、《预算法》第57条"]
)
def test_clauses_are_written_as_people_write_them(copy: Copy, written: str) -> None:
    copy.set("findings", {"finding": "2"}, "clauses", written)
    found = next(row for row in load(copy).record.findings if row.finding == "2")
    assert found.cited == [("accounting-law", "第九条"), ("budget-law", "第57条")]


def test_follow_ups_name_a_finding_of_this_year_or_one_before(copy: Copy) -> None:
    title = load(copy).record.findings[0].title
    row = {"subject": "问题", "state": "已承诺", "date": "2024-03-31", "source": "report"}
    write(copy, "follow_ups", [row | {"id": title}, row | {"id": "2022-账实不符"}])
    assert [row.id for row in load(copy).record.follow_ups] == ["1.1", "2022-" + made_id("账实不符")]


def test_ids_stay_as_they_are(copy: Copy) -> None:
    evaluated = evaluate_year(copy.folder, "hrss", 2023)
    rows = {table: rows_of(copy, table) for table in TABLES if (copy.year / f"{table}.csv").exists()}
    for table, given in rows.items():
        for row, made in zip(given, getattr(evaluated.evaluation.record, table), strict=True):
            assert {c: row[c] for c in row if refers(TABLES[table], c)} == {c: getattr(made, c) for c in row if refers(TABLES[table], c)}


SHIPPED = list(frameworks(DATA, 2026))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("framework", SHIPPED, ids=lambda framework: framework.id)
def test_a_workbook_shows_names_and_means_the_same(framework: Framework, lang: Lang, tmp_path: Path) -> None:
    at = {"source": "ledger-1", "section": "1"}
    own = [{"indicator": made_id("造林面积"), "name": "造林面积", "group": s.id, "basis": "own", **at} for s in framework.open_sections[:1]]
    rules = [(i.id, i.rule) for i in framework.indicators]
    item, tier = ({"kind": kind, "basis": "own", "reason": "r", **at} for kind in ("item", "tier"))
    items = [item | {"indicator": id, "item": one.id, "verdict": "met"} for id, rule in rules for one in rule.checklist]
    tiers = [tier | {"indicator": id, "verdict": one.id} for id, rule in rules for one in rule.verdicts]
    tables = {
        "sources": [{"source": "ledger-1", "title": "账簿", "title_en": "Ledger", "kind": "ledger"}],
        "own_indicators": own,
        "facts": [{"fact": id, "year": "2026", "value": "1", "unit": f.unit.symbol, **at} for id, f in framework.catalogue.facts.items()],
        "targets": [
            {"indicator": id, "operator": ">=", "target": "1", "unit": "%", "actual_by": "measured", **at}
            for id in [*(i.id for i in framework.indicators), *(row["indicator"] for row in own)]
        ],
        "judgements": [*items, *tiers],
        "self_evaluation": [{"indicator": "total", "score": "1", **at}],
    }
    write_year(tables, tmp_path / "2026.xlsx", framework, lang)
    sheets = read_workbook("2026.xlsx", (tmp_path / "2026.xlsx").read_bytes())[0]
    reader = Reader(framework.catalogue.units)
    named = {SHEETS[folded(sheet.name)]: sheet for sheet in sheets if folded(sheet.name) in SHEETS}
    read = dict.fromkeys(tables, ()) | load_tables(reader, read_sheets(named, framework))
    found, several = by_id(framework, read)
    assert ([problem.describe("en") for problem in reader.problems], several) == ([], [])
    for table, rows in tables.items():
        by_key = partial(sorted, key=lambda row: [*row.values()])  # on the sheet of indicators they stand in the framework's order
        assert by_key(map(texts_of, found[table])) == by_key(dict.fromkeys(columns(TABLES[table]), "") | row for row in rows)
    shown = {row["indicator"] for row in map(texts_of, read["targets"])}
    assert shown.isdisjoint(i.id for i in framework.indicators if [o.words[lang] for o in framework.indicators].count(i.words[lang]) == 1)
