"""Good data spoiled in one place at random: what is done to it, and what may come of it."""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import openpyxl
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from evallib.data.csv_files import switch_form
from evallib.data.raw_tables import kind_of
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.record import TABLES
from evallib.model.words import LANGS
from tests.conftest import DATA, GOLDEN

BASES = (DATA, GOLDEN / "features", *sorted(path for path in (GOLDEN / "places").iterdir() if path.is_dir()))
"""The data folders that are spoiled, each with one year."""

Promise = Literal["same", "told", "any"]
"""What must come of a change: the very same scores; the same scores, a refusal or a remark; anything but a traceback."""
Scores = dict[str, Decimal | None]


class Mutation(NamedTuple):
    """One change to a data folder: what is done, where, what may come of it; `cell`: table, row, column and text, where it is a number."""

    how: str
    where: str
    promise: Promise
    base: Path
    apply: Callable[[Path], None]
    cell: tuple[str, int, str, str] | None = None

    @property
    def table(self) -> str:
        return Path(self.where.partition(":")[0]).stem


@dataclass
class Came:
    """What came of many mutations: how many of each kind, and those that broke a promise."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


@cache
def year_of(base: Path) -> tuple[str, int]:
    with (base / "departments.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = next(csv.DictReader(file))
    return listed["code"], int(listed["first_year"])


def scores(folder: Path, base: Path) -> tuple[Scores, int, Any]:
    """The scores of a year, how much was remarked, and the record."""
    found = evaluate_year(folder, *year_of(base))
    e = found.evaluation
    return {i.id: i.score for i in e.indicators} | {"total": e.total}, len(found.remarks), e.record


# --- texts and cells of CSV files

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
SCORELESS = {"profile", "units", "practices", "work_targets", "plan_targets", "published", "recommendations"}
"""Tables that no score is made of."""
_NUMBERS_IN = ("facts", "targets", "own_indicators", "target_parts")
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def _numbers(text: str, chance: random.Random) -> tuple[str, str, Promise]:
    """Another way to write a number, or another number."""
    number = Decimal(text)
    ways: list[tuple[str, str, Promise]] = [
        ("full-width", text.translate(_WIDE), "same"),
        ("space around", f" {text}\u3000", "same"),
        ("thousands", f"{number:,}" if number.is_finite() else text, "same"),
        ("zeros behind", (text if "." in text else text + ".") + "00", "told"),
        ("plus", "+" + text, "told"),
        ("digit changed", _other_digit(text, chance), "any"),
        ("point lost", text.replace(".", ""), "any"),
        ("minus", "-" + text.lstrip("-"), "any"),
        ("decimal comma", text.replace(".", ","), "told" if "." in text else "same"),
        ("letter o", text.replace("0", "O", 1), "told"),
        ("space inside", text[:1] + " " + text[1:], "told"),
        ("percent", text + "%", "told"),
        ("yuan", text + "元", "told"),
        ("apostrophe", "'" + text, "told"),
        ("exponent", f"{number:e}", "told"),
        ("twice", f"{text} {text}", "told"),
        ("brackets", f"({text})", "any"),
        ("chinese", "一百", "told"),
        ("NaN", "NaN", "told"),
        ("long", text + "0" * 30, "any"),
    ]
    return chance.choice(ways)


def _other_digit(text: str, chance: random.Random) -> str:
    at = chance.choice([n for n, sign in enumerate(text) if sign.isdigit()])
    return text[:at] + str((int(text[at]) + chance.randint(1, 9)) % 10) + text[at + 1 :]


def _texts(text: str, chance: random.Random) -> tuple[str, str, Promise]:
    """A text typed otherwise, or spoiled."""
    bad = chance.choice("\x00\x07\x1b\x7f\x85\u200b\u202e\u2066\ue000\U000f0000\ufeff\ud800")
    at = chance.randint(0, len(text))
    ways: list[tuple[str, str, Promise]] = [
        ("space around", f" {text}\t", "same"),
        ("hidden sign", text[:at] + bad + text[at:], "told"),
        ("emptied", "", "any"),
        ("capitals", text.upper(), "any"),
        ("cut", text[:-1], "any"),
        ("doubled", text * 2, "any"),
        ("formula", "=" + text, "any"),
        ("markup", f"<b>{text}</b>", "any"),
        ("long", text + "长" * 25_000, "told"),
        ("date", "2023-05-01", "any"),
        ("word", chance.choice(["无", "n/a", "—", "缺", "待补", "不适用", "未检查", "TRUE", "0"]), "any"),
    ]
    return chance.choice(ways)


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def _bytes(rows: list[list[str]], **how: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **({"lineterminator": "\n"} | how)).writerows(rows)
    return out.getvalue().encode("utf-8-sig", "surrogatepass")


def _of_cell(base: Path, chance: random.Random) -> Mutation | None:
    path = chance.choices(_tables(base), weights=[3 if p.stem in _NUMBERS_IN else 1 for p in _tables(base)])[0]
    rows, table = _rows(path), path.stem
    if len(rows) < 2:
        return None
    row, column = chance.randint(1, len(rows) - 1), chance.randrange(len(rows[0]))
    if table in _NUMBERS_IN and chance.random() < 0.5:
        column = next((n for n, head in enumerate(rows[0]) if head in ("value", "actual", "points")), column)
    if column >= len(rows[row]):
        return None
    text = rows[row][column]
    head = rows[0][column]
    kind = kind_of(TABLES[table], head) if table in TABLES and head in TABLES[table].model_fields else "text"
    is_number = kind == "decimal" and bool(_NUMBER.fullmatch(text))
    how, made, promise = _numbers(text, chance) if is_number else _texts(text, chance)
    if not is_number and promise == "told" and not text and how != "hidden sign":
        promise = "any"
    rows[row][column] = made
    name = path.relative_to(base)

    def apply(folder: Path) -> None:
        (folder / name).write_bytes(_bytes(rows))

    cell = (table, row - 1, head, made) if is_number else None
    return Mutation(how, f"{name}:{row + 1}:{head}: {text[:20]!r} -> {made[:20]!r}", promise, base, apply, cell)


@cache
def _tables(base: Path) -> list[Path]:
    department, year = year_of(base)
    return sorted((base / "departments" / department / str(year)).glob("*.csv"))


def _of_shape(base: Path, chance: random.Random) -> Mutation:
    """A whole table written otherwise, or spoiled."""
    path = chance.choice(_tables(base))
    rows, name = _rows(path), path.relative_to(base)
    text = _bytes(rows).decode("utf-8-sig")
    order = chance.sample(range(len(rows[0])), len(rows[0]))
    wide = [line + [""] * (len(rows[0]) - len(line)) for line in rows]
    flipped = bytearray(path.read_bytes())
    at = chance.randrange(len(flipped))
    flipped[at] ^= 1 << chance.randrange(8)
    few = chance.randint(1, max(1, len(rows) - 1))
    semicolons = any(re.fullmatch(r"-?\d{1,3},\d{3}", cell) for line in rows for cell in line)
    ways: list[tuple[str, bytes, Promise]] = [
        ("no mark", text.encode(), "same"),
        ("utf-16", text.encode("utf-16"), "same"),
        ("utf-16 le without mark", text.encode("utf-16-le"), "told"),
        ("tabs", _bytes(rows, delimiter="\t"), "same"),
        ("semicolons", _bytes(rows, delimiter=";"), "told" if semicolons else "same"),
        ("sep=;", b"sep=;\r\n" + _bytes(rows, delimiter=";")[3:], "told" if semicolons else "same"),
        ("all quoted", _bytes(rows, quoting=csv.QUOTE_ALL), "same"),
        ("windows lines", _bytes(rows, lineterminator="\r\n"), "same"),
        ("old mac lines", _bytes(rows, lineterminator="\r"), "told"),
        ("columns in another order", _bytes([[line[n] for n in order] for line in wide]), "same"),
        ("empty lines", _bytes([line for each in rows for line in (each, [])]), "same"),
        ("empty columns", _bytes([[*line, "", ""] for line in wide]), "same"),
        ("own column", _bytes([[*line, "#own" if n == 0 else "#DIV/0!"] for n, line in enumerate(wide)]), "same"),
        ("rows shuffled", _bytes([rows[0], *chance.sample(rows[1:], len(rows) - 1)]), "any"),
        ("row doubled", _bytes([*rows, rows[min(few, len(rows) - 1)]]), "any"),
        ("row lost", _bytes([*rows[:few], *rows[few + 1 :]]), "any"),
        ("column lost", _bytes([line[:-1] for line in wide]), "any"),
        ("head mistyped", _bytes([[rows[0][0] + "x", *rows[0][1:]], *rows[1:]]), "told"),
        ("head twice", _bytes([[*rows[0], rows[0][0]], *[[*line, line[0] if line else ""] for line in rows[1:]]]), "told"),
        ("no head", _bytes(rows[1:]), "told"),
        ("title above", _bytes([["2023 年表"], *rows]), "told"),
        ("one bit", bytes(flipped), "any"),
        ("cut short", path.read_bytes()[:at], "any"),
        ("random bytes", chance.randbytes(200), "told"),
        ("latin-1", text.encode("latin-1", "replace"), "any"),
        ("big5", text.encode("big5", "ignore"), "any"),
        ("read as gbk and saved", text.encode().decode("gbk", "ignore").encode(), "any"),
        ("empty", b"", "told"),
    ]
    with_chinese = not text.isascii()
    how, content, promise = chance.choice([*ways, ("gb18030", text.encode("gb18030"), "same")])
    if how in ("big5", "read as gbk and saved") and with_chinese:
        promise = "told"

    def apply(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return Mutation(how, str(name), promise, base, apply)


# --- TOML: frameworks, catalogues, settings


def _of_toml(base: Path, chance: random.Random) -> Mutation:
    files = [*sorted(base.glob("frameworks/*/*.toml")), *sorted(base.glob("catalogue/*.toml")), base / "county.toml"]
    path = chance.choices(files, weights=[4] * (len(files) - 1) + [1])[0]
    text, name = path.read_text(encoding="utf-8-sig"), path.relative_to(base)
    lines = text.split("\n")
    keyed = [n for n, line in enumerate(lines) if re.match(r"\w+ *= *\S", line)]
    at = chance.choice(keyed)
    key, _, value = lines[at].partition("=")
    odd = chance.choice(
        ["true", "1", "-1", "0", "1.5", '"1"', "[]", "{}", "1979-05-27", "inf", "nan", '""', "9" * 40, "[" * 500 + "]" * 500]
    )
    flipped = bytearray(path.read_bytes())
    place = chance.randrange(len(flipped))
    flipped[place] ^= 1 << chance.randrange(8)
    bad = chance.choice("\u200b\u202e\ue000\x85")

    def line(made: str) -> bytes:
        return "\n".join([*lines[:at], made, *lines[at + 1 :]]).encode()

    quoted = '"' in value
    ways: list[tuple[str, bytes, Promise]] = [
        ("mark", text.encode("utf-8-sig"), "same"),
        ("windows lines", text.replace("\n", "\r\n").encode(), "same"),
        (
            "comment",
            line(lines[at] + "  # 说明"),
            "same" if lines[at].count('"') % 2 == 0 and not value.rstrip().endswith(("[", "{", ",")) else "any",
        ),
        ("space", line(f"  {key.strip()}   =   {value.strip()}"), "same"),
        ("utf-16", text.encode("utf-16"), "told"),
        ("gb18030", text.encode("gb18030"), "told" if not text.isascii() else "same"),
        ("value of another kind", line(f"{key}= {odd}"), "any"),
        ("key mistyped", line(f"{key.strip()}x = {value}"), "told"),
        ("key twice", line(lines[at] + "\n" + lines[at]), "told"),
        ("key lost", line(""), "any"),
        ("hidden sign", line(lines[at].replace('"', '"' + bad, 1)), "told" if quoted else "any"),
        ("one bit", bytes(flipped), "any"),
        ("cut short", path.read_bytes()[:place], "any"),
        ("random bytes", chance.randbytes(300), "told"),
    ]
    how, content, promise = chance.choice(ways)
    if promise == "told" and how == "hidden sign" and value.lstrip().startswith("'"):
        promise = "any"

    def apply(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return Mutation(how, f"{name}:{at + 1}: {lines[at][:50]}", promise, base, apply)


# --- workbooks


@cache
def _workbook(base: Path) -> bytes:
    """The year of a base as a workbook."""
    import tempfile

    department, year = year_of(base)
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        return switch_form(base, department, year, "xlsx", "zh", out).read_bytes()


def _of_workbook(base: Path, chance: random.Random) -> Mutation:
    content = _workbook(base)
    if chance.random() < 0.2:
        spoiled = bytearray(content)
        for _ in range(chance.choice([1, 1, 5, 50])):
            spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
        cut = bytes(spoiled) if chance.random() < 0.7 else content[: chance.randrange(len(content))]
        return _book("bytes", "the file", "any", base, cut)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = [s for s in book.worksheets if s.sheet_state == "visible" and s.max_row > 1 and not s.title.startswith("_")]
    sheet: Any = chance.choices(sheets, weights=[5 if s.title in ("基础数据", "目标与实际") else 1 for s in sheets])[0]
    cells = [
        cell
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    ]
    filled = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    how, promise = _in_sheet(book, sheet, cells, filled, chance)
    out = io.BytesIO()
    book.save(out)
    return _book(how, sheet.title, promise, base, out.getvalue())


def _in_sheet(book: Any, sheet: Any, cells: list[Any], filled: list[Any], chance: random.Random) -> tuple[str, Promise]:
    ways = ["paint rows", "paint columns", "hide row", "hide column", "other sheet", "own column", "rename", "far cell", "freeze", "note"]
    ways += ["format", "text number", "percent as it is", "literal percent", "date format", "thousands scaled"] if cells else []
    ways += ["merge down", "merge across", "emptied", "boolean", "error", "swap"] if filled else []
    how = chance.choice(ways[10:] if cells and chance.random() < 0.6 else ways)
    last, right = sheet.max_row, sheet.max_column
    cell: Any = chance.choice(cells) if cells else None
    one: Any = chance.choice(filled) if filled else None
    fill = PatternFill("solid", fgColor="FFEEDD")
    match how:
        case "paint rows":
            for row in range(last + 1, last + 300):
                sheet.cell(row, 1).fill = fill
            sheet.cell(40_000, 2).fill = fill
        case "paint columns":
            for column in range(right + 1, right + 250):
                sheet.cell(1, column).fill = fill
        case "hide row":
            sheet.row_dimensions[chance.randint(2, max(2, last))].hidden = True
        case "hide column":
            sheet.column_dimensions[get_column_letter(chance.randint(1, right))].hidden = True
        case "other sheet":
            book.create_sheet("# 草稿")["A1"] = "=1/0"
        case "own column":
            sheet.cell(1, right + 1).value = "# 核对"
            sheet.cell(2, right + 1).value = "#DIV/0!"
        case "far cell":
            sheet.cell(1_048_576, 16_384).number_format = "0.00"
        case "freeze":
            sheet.freeze_panes = "B2"
        case "note":
            sheet.cell(2, 1).hyperlink = "https://example.org"
        case "format":
            cell.number_format = chance.choice(["0", "0.0", "0.00", "#,##0.00", "0_);(0)", "0.00;[Red]-0.00", "General", "@", '0.00"元"'])
        case "text number":
            cell.value = str(cell.value)
        case "percent as it is":
            cell.number_format = "0.00%"
        case "literal percent":
            cell.number_format = '0.00"%"'
        case "date format":
            cell.number_format = "yyyy-mm-dd"
        case "thousands scaled":
            cell.number_format = chance.choice(["0!.0000", "#,##0,", "0.00,,"])
        case "merge down":
            sheet.merge_cells(start_row=one.row, end_row=one.row + 1, start_column=one.column, end_column=one.column)
        case "merge across":
            sheet.merge_cells(start_row=one.row, end_row=one.row, start_column=one.column, end_column=one.column + 1)
        case "emptied":
            one.value = None
        case "boolean":
            one.value = True
        case "error":
            one.value = "#N/A"
        case "swap":
            other = chance.choice(filled)
            one.value, other.value = other.value, one.value
        case "rename":
            sheet.title = sheet.title[:20] + "x"
    same = {
        "paint rows",
        "paint columns",
        "hide row",
        "hide column",
        "other sheet",
        "own column",
        "far cell",
        "freeze",
        "note",
        "text number",
    }
    told = {"rename", "date format", "thousands scaled", "percent as it is", "boolean", "error"}
    if how == "format":
        return f"{how} {cell.number_format}", "same"
    return how, "same" if how in same else "told" if how in told else "any"


def _book(how: str, where: str, promise: Promise, base: Path, content: bytes) -> Mutation:
    department, year = year_of(base)

    def apply(folder: Path) -> None:
        at = folder / "departments" / department / str(year)
        shutil.rmtree(at)
        at.with_suffix(".xlsx").write_bytes(content)

    return Mutation(how, f"workbook, {where}", promise, base, apply)


# --- the trial


def mutations(seed: int, count: int, bases: tuple[Path, ...] = BASES) -> Iterator[Mutation]:
    """So many changes, half of them in cells, the others in tables, TOML and workbooks."""
    chance = random.Random(seed)
    kinds = [_of_cell] * 5 + [_of_shape] * 2 + [_of_toml] * 2 + [_of_workbook] * 3
    while count:
        made = chance.choice(kinds)(
            chance.choices(bases, weights=[3, 2] + [1] * (len(bases) - 2))[0] if len(bases) > 2 else bases[0], chance
        )
        if made is not None:
            yield made
            count -= 1


@cache
def _before(base: Path) -> tuple[Scores, int]:
    found, remarks, _ = scores(base, base)
    return found, remarks


def try_all(place: Path, seed: int, count: int, bases: tuple[Path, ...] = BASES) -> Came:
    """What comes of so many mutations, made in folders of a place."""
    came = Came()
    for base in bases:
        shutil.copytree(base, place / base.name)
    for mutation in mutations(seed, count, bases):
        folder = place / mutation.base.name
        mutation.apply(folder)
        _judge(came, mutation, folder)
        for part in ("departments", "frameworks", "catalogue"):
            if (mutation.base / part).is_dir():
                shutil.rmtree(folder / part, ignore_errors=True)
                shutil.copytree(mutation.base / part, folder / part)
        shutil.copyfile(mutation.base / "county.toml", folder / "county.toml")
    return came


def _judge(came: Came, mutation: Mutation, folder: Path) -> None:
    before, remarks = _before(mutation.base)
    told = f"{mutation.base.name}: {mutation.how} ({mutation.where})"
    try:
        found, now, record = scores(folder, mutation.base)
    except InputRefused as refusal:
        came.counts[mutation.how, "refused"] += 1
        if not all(p.describe(lang) and p.place.file for p in refusal.problems for lang in LANGS):
            came.broken.append(f"{told}: a refusal without place or words")
        if mutation.promise == "same":
            came.broken.append(f"{told}: refused, though it says the same: {refusal.problems[0].describe('en')}")
        return
    except Exception as error:
        came.counts[mutation.how, "broken"] += 1
        came.broken.append(f"{told}: {type(error).__name__}: {str(error)[:200]}")
        return
    moved = [*found.values()] != [*before.values()]  # an id that is made anew of the name changes none
    came.counts[mutation.how, "moved" if moved else "remarked" if now != remarks else "same"] += 1
    if moved and mutation.table in SCORELESS:
        came.broken.append(f"{told}: a table without scores moved them")
    if moved and mutation.promise == "same":
        came.broken.append(f"{told}: the scores moved, though it says the same")
    if moved and mutation.promise == "told" and now == remarks and not _as_typed(mutation, record):
        came.broken.append(f"{told}: the scores moved in silence: {before['total']} -> {found['total']}")


def _as_typed(mutation: Mutation, record: Any) -> bool:
    """Whether the record holds the number that a person reads in the changed cell."""
    if mutation.cell is None:
        return False
    table, row, column, text = mutation.cell
    rows = getattr(record, table, ())
    plain = text.translate(str.maketrans("０１２３４５６７８９．", "0123456789.")).strip().lstrip("'").replace(",", "")
    try:
        return row < len(rows) and getattr(rows[row], column) == Decimal(plain)
    except ArithmeticError:
        return False
