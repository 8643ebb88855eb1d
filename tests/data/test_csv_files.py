"""Data files as they are written: nothing is lost on the way out and back, in either form and either language."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_origin

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.data.csv_files import switch_form, write_year
from evallib.data.load import load_year
from evallib.data.raw_tables import Tables, head_of, shown, tables_of
from evallib.data.rulebook import load_framework
from evallib.data.scoring_sheet import AT, NAME, PARTS
from evallib.files.csv_out import csv_bytes
from evallib.files.sheets import guarded, read_csv
from evallib.files.workbook_sheet import as_number
from evallib.files.xlsx_in import read_workbook
from evallib.model.errors import InputRefused
from evallib.model.optional_rows import CostResult, ExpertScore, FollowUp, Survey, SurveyAnswer
from evallib.model.record import OPTIONAL, TABLES, Contradiction, Finding, Operator, Practice, Published, Record
from evallib.model.rows import Sourced, columns
from evallib.model.table_words import CHOICES, TABLE_NAMES
from evallib.model.units import parse_decimal
from evallib.model.words import LANGS, Lang
from tests.conftest import DATA, Copy

FRAMEWORK = load_framework(DATA, "xundian-department", 2023)
UNITS = FRAMEWORK.catalogue.units
SOFFICE = shutil.which("soffice")
TEXTS = (
    'he said "so", and left',
    "two\nlines",
    "=1+1",
    "'=1+1",
    "'quoted'",
    "-5",
    "+86 10",
    "@home",
    "－１２３　（全角）",
    "#N/A",
    "TRUE",
    "0012",
    "1.50",
    "a;b\tc",
)


@pytest.fixture(scope="module")
def record() -> Record:
    return load_year(DATA, "hrss", 2023).record


def write(record: Record, target: Path, lang: Lang = "zh") -> None:
    write_year(tables_of(record), target, FRAMEWORK, lang)


def without_files(record: Record) -> Record:
    return record.model_copy(update={"files": ()})


def put(copy: Copy, record: Record, form: Lang | None, to: str) -> Record:
    """Write a record into the copy in that form, and load it again."""
    shutil.rmtree(copy.year, ignore_errors=True)
    copy.year.with_suffix(".xlsx").unlink(missing_ok=True)
    if to == "xlsx":
        write(record, copy.year.with_suffix(".xlsx"), form or "zh")
    elif form is None:
        write(record, copy.year)
    else:
        write_named(record, copy.year, form)
    return load_year(copy.folder, "hrss", 2023).record


def write_named(record: Record, folder: Path, lang: Lang) -> None:
    """CSV files as people make them: heads, and cells of few choices, in a language."""
    folder.mkdir()
    for table, rows in tables_of(record).items():
        model, ids = TABLES[table], columns(TABLES[table])
        lines = [[head_of(model, id, lang) for id in ids], *([shown(model, id, row[id], lang) for id in ids] for row in rows)]
        (folder / f"{table}.csv").write_bytes(csv_bytes(lines))


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_lost_from_csv_to_workbook_to_csv(copy: Copy, record: Record, lang: Lang) -> None:
    at = {"source": "report", "section": "1"}
    record = record.model_copy(
        update={
            "surveys": (Survey(indicator="public_satisfaction", group="职工", scale="five_point", weight=Decimal(100), issued=30, **at),),
            "survey_answers": (SurveyAnswer(indicator="public_satisfaction", group="职工", answer="满意", count=25, **at),),
            "expert_scores": (ExpertScore(indicator="quality", expert="甲", score=Decimal("8.5"), reason="r", **at),),
            "cost_results": (
                CostResult(
                    result="training", name="n", year=2023, cost=Decimal(3), cost_unit="万元", quantity=Decimal(9), unit="人", tie="t", **at
                ),
            ),
            "follow_ups": (FollowUp(subject="finding", id="1.1", date=date(2024, 3, 31), state="promised", due=date(2024, 6, 30), **at),),
        }
    )
    assert all(getattr(record, table) for table in TABLES)
    book = put(copy, record, lang, "xlsx")
    named = put(copy, book, lang, "csv")
    ids = put(copy, named, None, "csv")
    assert [without_files(one) == without_files(record) for one in (book, named, ids)] == [True] * 3
    assert ids.files != record.files


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_text_comes_back_as_it_was_whatever_it_begins_with(copy: Copy, record: Record, to: str) -> None:
    rows = tuple(Practice(id=f"p{n}", title=text, title_en=text, text=text, source="report", section=text) for n, text in enumerate(TEXTS))
    figures = tuple(Published(published=f"x{n}", value=text, note=text, source="report", section="1") for n, text in enumerate(TEXTS))
    odd = record.model_copy(update={"practices": rows, "published": (*record.published, *figures)})
    assert without_files(put(copy, odd, "zh", to)) == without_files(odd)


@pytest.mark.parametrize("lang", LANGS)
def test_every_choice_and_every_unit_is_read_back(copy: Copy, record: Record, lang: Lang, tmp_path: Path) -> None:
    for table, model in TABLES.items():
        for column in columns(model):
            info = model.model_fields[column]
            if get_origin(info.annotation) is not None and set(get_args(info.annotation)) <= set(CHOICES):
                shown = {CHOICES[value][lang] for value in get_args(info.annotation)}
                assert len(shown) == len(get_args(info.annotation)), (table, column)
    units = [*(unit.symbol for unit in UNITS), "万元", "亿元", "万户", "筐", "元/人", "million yuan"]
    rows = tuple(Published(published=f"u{n}", value="1", unit=unit, note="n", source="report", section="1") for n, unit in enumerate(units))
    kinds = tuple(
        Contradiction(contradiction=f"c{n}", kind=kind, about="outturn", printed="1", other="2", reason="r", source="report", section="1")
        for n, kind in enumerate(("number", "wording"))
    )
    same = tuple(row.model_copy(update={"operator": "="}) for row in record.plan_targets)
    changed = record.model_copy(
        update={"published": (*record.published, *rows), "contradictions": (*record.contradictions, *kinds), "plan_targets": same}
    )
    for to in ("csv", "xlsx"):
        assert without_files(put(copy, changed, lang, to)) == without_files(changed)


NUMBERS = ("9.95", "0.1", "-5", "-0.25", "123456789012.345", "1234567890123456.78", "0.000001", "99999999999999999", "14011524.49", "0")


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_numbers_keep_every_digit(copy: Copy, record: Record, to: str) -> None:
    first = record.findings[0]
    rows = tuple(
        first.model_copy(update={"finding": f"n{n}", "amount": parse_decimal(text), "quantity": parse_decimal(text), "at_issue": None})
        for n, text in enumerate(NUMBERS)
    )
    changed = record.model_copy(update={"findings": (*record.findings, *rows)})
    again = put(copy, changed, "zh", to).findings[-len(rows) :]
    assert [str(row.amount) for row in again] == [str(row.amount) for row in rows]
    assert [str(row.quantity) for row in again] == [str(row.quantity) for row in rows]


@pytest.mark.parametrize("lang", LANGS)
def test_amounts_in_ten_thousands_keep_the_digits_that_were_printed(copy: Copy, record: Record, lang: Lang) -> None:
    """700.50 万元 is known to 50 yuan, 700.5 to 500: a workbook must not make one of the other."""
    printed = [("700.50", "万元"), ("700.5", "万元"), ("700", "万元"), ("7.000", "亿元"), ("84.0", "%"), ("84", "%"), ("3.50", "‰")]
    rows = tuple(
        record.target_parts[0].model_copy(update={"part": f"p{n}", "value": Decimal(value), "unit": unit, "counted": "no"})
        for n, (value, unit) in enumerate(printed)
    )
    facts = (record.facts[0].model_copy(update={"fact": "procurement_planned", "value": Decimal("700.50"), "unit": "万元"}),)
    write(record.model_copy(update={"target_parts": rows, "facts": facts}), copy.folder / "t.xlsx", lang)
    found, _ = read_workbook("t.xlsx", (copy.folder / "t.xlsx").read_bytes())
    sheets = {sheet.name: sheet.raw.cells for sheet in found}
    parts, money = (sheets[TABLE_NAMES[table][lang]] for table in ("target_parts", "facts"))
    index = next(at for (_, at), text in parts.items() if text in ("数值", "Value"))
    assert [parts[row, index] for row in range(3, 3 + len(printed))] == [value for value, _ in printed]
    assert "700.50" in money.values()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_number_that_a_spreadsheet_would_change_stays_text(value: Decimal) -> None:
    number = as_number(f"{value:f}")
    digits = len(value.normalize().as_tuple().digits)
    if number is None:
        assert digits > 15
    else:
        assert digits <= 15
        assert Decimal(repr(float(f"{number:.16g}"))) == value  # as openpyxl writes it and the reader reads it


def test_csv_is_utf8_with_its_mark_and_guards_formulas_but_not_numbers(tmp_path: Path, record: Record) -> None:
    finding = record.findings[0].model_copy(update={"title": "=cmd|' /C calc'!A0", "amount": Decimal("-5")})
    write(record.model_copy(update={"findings": (finding,)}), tmp_path / "out")
    content = (tmp_path / "out" / "findings.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbffinding,kind,")
    assert b"\r" not in content
    head, cells = csv.reader(content.decode("utf-8-sig").splitlines())
    assert cells[head.index("title")] == "'=cmd|' /C calc'!A0"
    assert cells[head.index("amount")] == "-5"
    assert {path.stem for path in (tmp_path / "out").iterdir()} == set(TABLES)


@given(st.lists(st.lists(st.text("ab\r\n\"',;\t ", max_size=6), min_size=2, max_size=4), min_size=1, max_size=3))
def test_a_line_of_csv_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    written = [["a", "b", "c", "d"], *(row + ["x"] * (4 - len(row)) for row in rows)]
    grid = read_csv("t.csv", csv_bytes(written))
    assert [list(cells) for _, cells in grid.rows] == [row for row in written[1:] if any(guarded(cell).strip() for cell in row)]


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path, record: Record) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputRefused, match="not overwritten"):
        write(record, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, record: Record, to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    (tmp_path / "old.xlsx").write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(record, tmp_path / ("out" if to == "csv" else "old.xlsx"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old.xlsx", b"old")]


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, record: Record) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write(record, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


USED = [table for table in TABLES if table not in ("facts", *PARTS, *OPTIONAL) or table == "judgements"]
"""The tables of the example that have a sheet of their own beside those of indicators and figures."""


def top_of(sheet: Any) -> int:
    """The row of the heads."""
    return int(sheet.freeze_panes[1:]) - 1


@pytest.fixture(scope="module", params=LANGS)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Lang]:
    loaded = load_year(DATA, "hrss", 2023)
    path = tmp_path_factory.mktemp("book") / "2023.xlsx"
    write(loaded.record, path, request.param)
    return openpyxl.load_workbook(path), request.param


def test_a_sheet_for_each_table_in_the_language_notes_first_lists_hidden(book: tuple[Any, Lang]) -> None:
    workbook, lang = book
    rest = [name[lang] for table, name in TABLE_NAMES.items() if table in USED]
    assert workbook.sheetnames == [{"zh": "#说明", "en": "#Notes"}[lang], NAME[lang], TABLE_NAMES["facts"][lang], *rest, "_lists"]
    assert workbook["_lists"].sheet_state == "hidden"
    notes = [str(cell.value) for row in workbook.worksheets[0].iter_rows() for cell in row if cell.value]
    assert all(TABLE_NAMES[table][lang] in notes for table in TABLES if table not in ("own_indicators", "targets", "self_evaluation"))
    assert any(("三回事" if lang == "zh" else "three things") in line for line in notes)


def test_heads_are_locked_and_the_rest_is_open(book: tuple[Any, Lang]) -> None:
    workbook, lang = book
    for sheet in workbook.worksheets[1:-1]:
        head = sheet[top_of(sheet)]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert not sheet.protection.insertRows
        assert not sheet.protection.deleteRows
        assert all(cell.protection.locked and (cell.comment or cell.value[0] == "#") for cell in head)
        grey = [cell for row in sheet.iter_rows() for cell in row if cell.protection.locked and cell.row > head[0].row]
        fixed = len(FRAMEWORK.indicators)
        assert len(grey) == (5 * fixed if sheet.title == NAME[lang] else 0)  # dimension, group, name, points, rule
        assert all(cell.fill.fgColor.rgb == "00F2F2F2" for cell in grey)
        assert not any(sheet.column_dimensions[cell.column_letter].protection.locked for cell in head)


def test_what_must_be_filled_in_is_marked_and_red_while_empty(book: tuple[Any, Lang]) -> None:
    workbook, lang = book
    for table in ("facts", *USED):
        sheet, model = workbook[TABLE_NAMES[table][lang]], TABLES[table]
        head = sheet[top_of(sheet)]
        heads = {head_of(model, column, lang): model.model_fields[column].is_required() for column in columns(model)}
        assert [cell.fill.fgColor.rgb == "001F4E79" for cell in head] == [heads[cell.value] for cell in head]
        assert len(sheet.conditional_formatting) == sum(heads[cell.value] for cell in head) + (table == "facts")


def test_lists_offer_choices_units_ids_and_what_other_sheets_hold(book: tuple[Any, Lang]) -> None:
    workbook, lang = book

    def offered(table: str, column: str) -> list[str]:
        name, head = TABLE_NAMES[table][lang], head_of(TABLES[table], column, lang)
        if name not in workbook.sheetnames:
            name, head = NAME[lang], AT[table, column].head[lang]
        sheet = workbook[name]
        top = top_of(sheet)
        letter = next(cell.column_letter for cell in sheet[top] if cell.value == head)
        formulas = [r.formula1 for r in sheet.data_validations.dataValidation if str(r.sqref).startswith(f"{letter}{top + 1}:")]
        assert len(formulas) == 1, (table, column)
        if formulas[0].startswith("OFFSET"):
            return [formulas[0].split("'")[1]]
        cells = workbook["_lists"][formulas[0].split("!")[1].replace("$", "")]
        return [row[0].value for row in cells]

    assert offered("targets", "operator") == [CHOICES[sign][lang] for sign in get_args(Operator)]
    assert offered("target_parts", "counted") == [CHOICES["yes"][lang], CHOICES["no"][lang]]
    assert ("万元" if lang == "zh" else "10,000 yuan") in offered("facts", "unit")
    assert ("平方公里" if lang == "zh" else "square kilometres") in offered("targets", "actual_unit")
    facts, formulas = FRAMEWORK.catalogue.facts, FRAMEWORK.catalogue.formulas
    assert formulas["budget_execution_rate"].name[lang] in offered("own_indicators", "formula")
    assert facts["outturn_basic"].name[lang] in offered("facts", "fact")
    assert facts["staff_over_quota"].name[lang] not in offered("facts", "fact")
    assert ("城镇新增就业人数" if lang == "zh" else "New urban jobs") in offered("findings", "indicator")
    assert not any("_" in text for text in offered("judgements", "item"))
    assert offered("judgements", "verdict")[:2] == (["满足", "不满足"] if lang == "zh" else ["met", "not met"])
    assert offered("facts", "source") == [TABLE_NAMES["sources"][lang]]
    assert offered("findings", "recommendation") == [TABLE_NAMES["recommendations"][lang]]
    assert offered("finding_amounts", "finding") == [TABLE_NAMES["findings"][lang]]
    for table in USED:
        if issubclass(TABLES[table], Sourced):
            assert offered(table, "source")


def test_any_word_may_be_typed_as_a_unit_and_other_lists_warn(book: tuple[Any, Lang]) -> None:
    workbook, lang = book
    sheet = workbook[NAME[lang]]
    heads = {f"{cell.column_letter}{cell.row + 1}": cell.value for cell in sheet[top_of(sheet)]}
    warns = {heads[str(rule.sqref).partition(":")[0]]: rule.showErrorMessage for rule in sheet.data_validations.dataValidation}
    found = [warns[AT["targets", column].head[lang]] for column in ("unit", "actual_unit", "operator")]
    assert found == [False, False, True]


def test_numbers_are_numbers_and_text_is_text(book: tuple[Any, Lang]) -> None:
    workbook, lang = book
    facts, published = workbook[TABLE_NAMES["facts"][lang]], workbook[TABLE_NAMES["published"][lang]]
    values = {(row[0].value, row[1].value or 2023): row[2] for row in facts.iter_rows(min_row=3)}
    names = {id: fact.name[lang] for id, fact in FRAMEWORK.catalogue.facts.items()}
    assert values[names["outturn_basic"], 2023].value == 18093595.56
    assert values[names["outturn_basic"], 2023].number_format == "#,##0.00########"
    assert values[names["procurement_planned"], 2023].value is None
    assert values[names["approved_income_fund"], 2023].value == 0
    assert all(isinstance(row[1].value, str) and row[1].number_format == "@" for row in published.iter_rows(min_row=3))


def test_text_that_looks_like_a_formula_is_none(tmp_path: Path, record: Record) -> None:
    practice = Practice(id="p", title="=1+1", text="@x", source="report", section="-1")
    write(record.model_copy(update={"practices": (practice,)}), tmp_path / "t.xlsx", "en")
    row = openpyxl.load_workbook(tmp_path / "t.xlsx")["Practices"][3]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in row if cell.value in ("=1+1", "@x", "-1")] == [
        ("=1+1", "s", True),
        ("@x", "s", True),
        ("-1", "s", True),
    ]


def test_remarks_stand_beside_their_column_and_are_not_read(copy: Copy, record: Record) -> None:
    empty = {"fact": "", "year": "", "value": ""}
    facts = [{**empty, "#上年": f"remark {n}", **row} for n, row in enumerate(tables_of(record)["facts"])]
    remarked = {**tables_of(record), "facts": facts}
    shutil.rmtree(copy.year)
    write_year(remarked, copy.year.with_suffix(".xlsx"), FRAMEWORK, "zh")
    assert without_files(load_year(copy.folder, "hrss", 2023).record) == without_files(record)
    sheet = openpyxl.load_workbook(copy.year.with_suffix(".xlsx"))["财务数据"]
    assert [cell.value for cell in sheet[2]][2:5] == ["数值", "#上年", "单位"]
    copy.year.with_suffix(".xlsx").unlink()
    write_year(remarked, copy.year, FRAMEWORK, "zh")
    assert without_files(load_year(copy.folder, "hrss", 2023).record) == without_files(record)


# --- the switch ----------------------------------------------------------------------------------------------------


def listing(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_year_is_switched_there_and_back_and_the_old_forms_are_kept(copy: Copy, record: Record) -> None:
    home, before = copy.year.parent, listing(copy.year)
    for expected in ("2023.xlsx", "2023", "2023.xlsx", "2023"):
        to = "xlsx" if expected.endswith("xlsx") else "csv"
        made = switch_form(copy.folder, "hrss", 2023, to, "zh")  # type: ignore[arg-type]
        assert made == home / expected
        assert without_files(load_year(copy.folder, "hrss", 2023).record) == without_files(record)
    assert sorted(path.name for path in home.iterdir()) == ["2023", "backup"]
    assert sorted(path.name for path in (home / "backup").iterdir()) == ["2023-2.xlsx", "2023-csv", "2023-csv-2", "2023.xlsx"]
    assert listing(home / "backup" / "2023-csv") == before
    assert listing(home / "backup" / "2023-csv-2") == listing(copy.year)


def test_the_other_form_can_be_written_elsewhere(copy: Copy, tmp_path: Path) -> None:
    before = listing(copy.folder)
    made = switch_form(copy.folder, "hrss", 2023, "xlsx", "en", tmp_path / "out")
    assert made == tmp_path / "out" / "hrss" / "2023.xlsx"
    assert [path.name for path in made.parent.iterdir()] == ["2023.xlsx"]
    assert listing(copy.folder) == before
    with pytest.raises(InputRefused, match="not overwritten"):
        switch_form(copy.folder, "hrss", 2023, "xlsx", "en", tmp_path / "out")


def test_the_form_that_is_there_already_is_refused(copy: Copy) -> None:
    with pytest.raises(InputRefused, match="is a folder of CSV files already") as refusal:
        switch_form(copy.folder, "hrss", 2023, "csv", "zh")
    assert "已经是 CSV 文件夹" in refusal.value.describe("zh")


def test_bad_data_is_not_switched(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    before = listing(copy.folder)
    with pytest.raises(InputRefused, match="is not a number"):
        switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    assert listing(copy.folder) == before


def test_a_form_that_does_not_read_the_same_moves_nothing(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listing(copy.folder)

    def lossy(tables: Tables, *more: Any) -> None:
        write_year({**tables, "practices": tables["practices"][:-1]}, *more)

    monkeypatch.setattr("evallib.data.csv_files.write_year", lossy)
    with pytest.raises(InputRefused, match=r"does not read as the same data.*practices"):
        switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    assert listing(copy.folder) == before


def test_a_form_that_cannot_be_read_moves_nothing(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listing(copy.folder)
    monkeypatch.setattr("evallib.data.csv_files.write_year", lambda tables, path, *_: path.write_bytes(b"x"))
    with pytest.raises(InputRefused, match=r"does not read as the same data.*is not an \.xlsx workbook"):
        switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    assert listing(copy.folder) == before


def test_where_the_new_form_cannot_be_put_the_old_one_comes_back(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    before, replace = listing(copy.folder), Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == copy.year.with_suffix(".xlsx"):
            raise OSError("disk full")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    assert listing(copy.folder) == before


def test_a_switch_that_was_killed_half_way_is_brought_to_its_end_by_who_reads(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, replace = load_year(copy.folder, "hrss", 2023), Path.replace

    def killed(self: Path, target: Path) -> Path:
        if self == copy.year:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        patch.setattr("evallib.files.whole._put_back", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    assert (copy.year.is_dir(), copy.year.with_suffix(".xlsx").is_file()) == (True, True)
    assert without_files(load_year(copy.folder, "hrss", 2023).record) == without_files(loaded.record)
    assert copy.year.is_dir() != copy.year.with_suffix(".xlsx").is_file()
    assert not [path.name for path in copy.folder.iterdir() if path.name.startswith(".")]


def test_line_ends_inside_a_cell_do_not_stop_a_switch(copy: Copy, record: Record) -> None:
    finding: Finding = record.findings[0]
    copy.set("findings", {"finding": finding.finding}, "title", "first\r\nsecond")
    switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    assert load_year(copy.folder, "hrss", 2023).record.findings[0].title == "first\nsecond"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc")
def test_libreoffice_opens_the_workbook_and_keeps_values_and_lists(copy: Copy, record: Record, tmp_path: Path) -> None:
    rows = tuple(Practice(id=f"p{n}", title=text, text=text, source="report", section="1") for n, text in enumerate(TEXTS))
    odd = record.model_copy(update={"practices": rows})
    shutil.rmtree(copy.year)
    book = copy.year.with_suffix(".xlsx")
    write(odd, tmp_path / "2023.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(book.parent), str(tmp_path / "2023.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert without_files(load_year(copy.folder, "hrss", 2023).record) == without_files(odd)
    ours, theirs = openpyxl.load_workbook(tmp_path / "2023.xlsx"), openpyxl.load_workbook(book)
    assert ours.sheetnames == theirs.sheetnames
    for name in ours.sheetnames:
        lists = [{str(r.sqref): r.formula1.replace("'", "") for r in one[name].data_validations.dataValidation} for one in (ours, theirs)]
        assert lists[0] == lists[1], name
        assert theirs[name].sheet_state == ours[name].sheet_state
        assert theirs[name].protection.sheet == ours[name].protection.sheet
    sheets, problems = read_workbook("2023.xlsx", book.read_bytes())
    assert not problems
    assert not any(sheet.grid.problems for sheet in sheets)
