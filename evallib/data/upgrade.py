"""A data folder of version 1.0 turned into today's, whole or not at all: the settings written, texts edited where they say the old words.

Comments, quotes and order stay as people wrote them; the folder as it was is kept beside. What is called how in which version stands
in `upgrade_v1.toml`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from io import BytesIO
from pathlib import Path

from evallib.data.folder import has_data
from evallib.data.language_docs import language_documentation
from evallib.data.load import load_departments, load_year
from evallib.data.place import COUNTY
from evallib.data.published import Published, difference, load_published, reached_again, sealed, write_published
from evallib.data.rulebook import load_county
from evallib.data.table_docs import table_documentation
from evallib.data.upgrade_v1 import BUILDS_ON, MEANT, said_before
from evallib.data.working_folder import lay_starter, starters
from evallib.data.years import evaluate_year
from evallib.files.encodings import decode
from evallib.files.locks import held
from evallib.files.whole import Together, clear_dead, copy_folder, free, together, whole
from evallib.kit import CATALOGUE, NOTEBOOKS, TEMPLATES
from evallib.model.errors import InputRefused
from evallib.model.framework import Treatment
from evallib.model.published_rows import FILE
from evallib.model.seals import FORMAT
from evallib.model.words import Words
from evallib.say.numbers import written
from evallib.say.refusals import refused
from evallib.say.sentences import sentence
from evallib.score.scoring import evaluate


@dataclass(frozen=True)
class Upgraded:
    """What was changed, a line each; and where the folder lies as it was, None where nothing in it was of 1.0."""

    data: Path
    changes: tuple[Words, ...]
    kept: Path | None


def upgrade(folder: Path) -> Upgraded:
    """Turn a data folder of version 1.0, or a working folder that holds one, into today's, and tell what was changed.

    The data folder as it was lies beside it as `data.1.0`. Notebooks that `init` laid are replaced, those that somebody changed are kept
    beside. In a folder of today's format only frameworks of the old one are turned, as one that was copied into it; what was published
    from it is sealed again where the rule for that has changed and every score is the same.

    Raises InputRefused where there is no data folder, or a framework in it is no TOML; OSError where it cannot be written.
    """
    folder = folder.resolve()
    for place in (folder, folder.parent):  # where one that was killed had moved the data away
        clear_dead(place)
    root = next((place for place in (folder / "data", folder) if (place / "departments.csv").is_file()), None)
    if root is None:
        raise refused("folder.not_of_evallib", str(folder))
    changes: list[Words] = []
    kept = None
    with held(root.parent, "upgrade"), together(root.parent) as change:
        if not (root / COUNTY).is_file():
            kept = free(root.parent, f"{root.name}.1.0")
            change.move(root, kept)
            made = change.put(root)
            copy_folder(root, made)
            changes += _convert(made)
            changes += _meant_otherwise(made)
        else:
            changes += _old_frameworks(root, change)
        changes += _replace_laid(root.parent, change)
    changes += _seal_again(root)
    return Upgraded(root, tuple(changes), kept)


def _old_frameworks(root: Path, change: Together) -> Iterator[Words]:
    """Turn the frameworks of the old format in a folder of today's; each stays beside as it was."""
    for file in _files(root, "frameworks/*/*.toml"):
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        try:
            made = framework_text(text)
        except tomllib.TOMLDecodeError:  # reading it will say so
            continue
        if made != text:
            shutil.copy(file, change.put(file.with_suffix(".toml.1.0")))
            change.put(file).write_text(made, encoding="utf-8", newline="\n")
            yield _changed(root, file, "framework")


def _convert(root: Path) -> Iterator[Words]:
    """Bring a copy of a data folder up to date, and tell each change."""
    yield _changed(root, _write_county(root), "settings")
    for pattern, edit, codec, said in _EDITS:
        for file in _files(root, pattern):
            content = file.read_bytes()
            try:
                read = decode(content)[1]  # a brace may be half of a letter
                encoding = read if read.startswith("utf-16") else codec or read.removesuffix("-sig")
                if not encoding:  # reading it will say so
                    continue
                made = edit(content.decode(encoding)).encode(encoding)
            except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                raise refused("upgrade.unreadable", file.relative_to(root).as_posix(), str(error)) from None
            if made != content:
                file.write_bytes(made)
                yield _changed(root, file, said)
    for file, told, needed in (
        (root / "README.md", table_documentation(), root / "README.md"),
        (root / "frameworks" / "README.md", language_documentation(), root / "frameworks"),
    ):
        if needed.exists() and not (file.is_file() and file.read_text(encoding="utf-8", errors="replace") == told):
            file.write_text(told, encoding="utf-8", newline="\n")
            yield _changed(root, file, "documentation")
    for file in _files(root, "departments/*.xlsx"):
        if _edit_workbook(file):
            yield _changed(root, file, "workbook")


def _files(root: Path, pattern: str) -> list[Path]:
    """The files below a folder, at any depth, whose paths are of a pattern; a folder that cannot be listed is no empty one."""

    def stop(error: OSError) -> None:
        raise error

    every = (Path(folder, name) for folder, _, names in os.walk(root, onerror=stop) for name in names)
    return sorted(file for file in every if fnmatchcase(file.relative_to(root).as_posix(), pattern))


def _meant_otherwise(root: Path) -> Iterator[Words]:
    """The scores that rest on what version 1.0 meant by "=" or by an empty table of findings, and what they would be today."""
    try:
        every = load_departments(root)
    except InputRefused:
        return
    today = Treatment()
    for row, year in ((one, y) for one in every for y in one.years if has_data(root, one.code, y)):
        try:
            loaded = load_year(root, row.code, year, every=every)
        except InputRefused:  # it is told when the year is checked
            continue
        now = loaded.framework.treatment.model_copy(update={name: getattr(today, name) for name in MEANT})
        then = evaluate(loaded.framework.model_copy(update={"treatment": now}), loaded.record)
        for old, new in zip(evaluate(loaded.framework, loaded.record).indicators, then.indicators, strict=True):
            if old.score != new.score:
                given = {
                    "was": written(old.score, loaded.framework.catalogue.units.points),
                    "now": written(new.score, loaded.framework.catalogue.units.points),
                }
                yield sentence("upgrade.meant", department=row.words, year=str(year), indicator=old.name, **given)


def _changed(root: Path, file: Path, how: str) -> Words:
    return sentence(f"upgrade.{how}", file=file.relative_to(root).as_posix())


def _write_county(root: Path) -> Path:
    """The settings: the usual framework is that of all departments, where there is only one."""
    file = root / COUNTY
    text = (TEMPLATES / "kit" / COUNTY).read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8", newline="\n")
    try:
        used = {row.framework for row in load_departments(root)}
    except InputRefused:  # a list that cannot be read was no better before
        used = set()
    usual = used.pop() if len(used) == 1 else ""
    file.write_text(re.sub(r'(?m)^framework = "[^"]*"', f'framework = "{usual}"', text), encoding="utf-8", newline="\n")
    return file


def framework_text(text: str) -> str:
    """A framework file of format 1 as one of format 2: its lines, with the words of today in them.

    >>> print(framework_text('format = 1\\nfirst_year = 2020\\n[[indicator]]\\nmetric = "quality_rate"  # how'))
    format = 2
    first_year = 2020
    builds_on = ["department"]
    [[indicator]]
    value = "quality_rate"  # how
    <BLANKLINE>
    [treatment]
    equals = "exact"
    no_finding = "none"
    """
    document = tomllib.loads(text.removeprefix("\ufeff"))
    if document.get("format") != 1:
        return text
    roles = {(r["kind"], r["id"]): r["role"] for r in said_before()["role"]}
    meant = [f'{key} = "{value}"' for key, value in MEANT.items()]
    end = "\r\n" if "\r\n" in text else "\n"
    made: list[str] = []
    table = ""
    for line in text.splitlines():
        head = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
        table = head[1] if head else table
        of_bases = table in ("", "bases") and re.match(r"\s*[\w\"'-]+\s*=" if table else r"\s*bases(\.[\w\"'-]+)?\s*=", line)
        while head and table == "bases" and made and made[-1].startswith("#"):  # what was said about the bases
            made.pop()
        if of_bases or (head and table == "bases"):
            continue
        line = re.sub(r"((?:^|[{,])\s*)([\"']?)metric\2(\s*=)", r"\1value\3", line)
        key = re.match(r'\s*(\w+)\s*=\s*"?(\w*)', line)
        name, value = (key[1], key[2]) if key else ("", "")
        made.append(re.sub("1", "2", line, count=1) if not table and name == "format" else line)
        if head and table == "treatment":
            made += meant
        if not table and name == "first_year":
            made.append(f'builds_on = ["{BUILDS_ON}"]')
        if name == "id" and (table, value) in roles:
            made.append(f'role = "{roles[table, value]}"')
    if "treatment" not in document:
        made += ["", "[treatment]", *meant]
    for other in said_before()["base"]:
        if document.get("bases", {}).get(other["formula"]) == other["base"]:
            made += _overriding(other["formula"], other["like"])
    return end.join([*made, ""]) if text.endswith("\n") else end.join(made)


def _overriding(formula: str, like: str) -> Iterator[str]:
    """The lines of a formula of the catalogue, in each form it has had, with the value of another, to stand in its place."""
    blocks = (CATALOGUE / f"{BUILDS_ON}.toml").read_text(encoding="utf-8").split("\n\n")
    own, other = ([block.splitlines() for block in blocks if f'[[formula]]\nid = "{id}"\n' in block] for id in (formula, like))
    value = next(line for line in other[0] if line.startswith("value = "))
    for block in own:
        lines = [value if line.startswith("value = ") else line for line in block if not line.startswith("#")]
        yield from ("", *lines[:2], "overrides = true", *lines[2:])


_braces = partial(re.sub, "[{}]", r"\g<0>\g<0>")
"""Prose in which braces leave room for numbers today, with those that stand for themselves."""

_Edit = tuple[str, Callable[[str], str], str, str]
_EDITS: tuple[_Edit, ...] = (
    ("frameworks/*/*.toml", framework_text, "utf-8", "framework"),
    ("departments/*/own_indicators.csv", partial(re.sub, r"(?i)\A([^\n]*?)\bmetric\b", r"\1formula"), "latin-1", "own_indicators"),
    ("departments/*/published.csv", partial(re.sub, r"(?<![\w.])metric\.(?=[a-z])", "formula."), "latin-1", "published"),
    ("departments/*/recommendations.csv", _braces, "", "braces"),
    ("departments/*/practices.csv", _braces, "", "braces"),
    ("departments/*/profile.csv", partial(re.sub, r'(?m)^(?:.*,)?"?conclusion"?,.*', lambda line: _braces(line[0])), "", "braces"),
)
"""By the names of files, what becomes of their texts, in which encoding (none named: their own), and which sentence tells it."""


def _edit_workbook(file: Path) -> bool:
    """Change the old words in the cells of a workbook, and nothing else in it; whether there were any."""
    found, made = False, BytesIO()
    try:
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.infolist():
                content = old.read(part)
                if part.filename == "xl/sharedStrings.xml" or part.filename.startswith("xl/worksheets/"):
                    edited = re.sub(rb">metric(?=<|\.[a-z])", b">formula", content).replace(b">Metric<", b">Formula<")
                    found, content = found or edited != content, edited
                new.writestr(part, content)
    except zipfile.BadZipFile:  # no workbook; reading it will say so
        return False
    if found:
        file.write_bytes(made.getvalue())
    return found


def _replace_laid(folder: Path, change: Together) -> Iterator[Words]:
    """Replace what `init` of 1.0 laid into a working folder. A notebook that somebody changed is kept beside the new one, and named."""
    for name, mark in said_before()["laid"].items():
        today = (NOTEBOOKS if name.endswith(".ipynb") else TEMPLATES / "kit") / name
        file = folder / "notebooks" / name if name.endswith(".ipynb") else folder / name
        if not file.is_file() or not (folder / "notebooks").is_dir():
            continue
        content = file.read_bytes().replace(b"\r\n", b"\n")
        if content == today.read_bytes():
            continue
        changed = hashlib.sha256(content).hexdigest() != mark
        if changed and (not name.endswith(".ipynb") or b"import evallib as ev" in content):  # the README, or a notebook of today
            continue
        if changed:
            shutil.copyfile(file, change.put(free(file.parent, f"{file.stem}.1.0", ".ipynb")))
        shutil.copyfile(today, change.put(file))
        yield _changed(folder, file, "kept" if changed else "replaced")
        if name == "README.md":
            yield from _lay_beside(folder, change)


def _lay_beside(folder: Path, change: Together) -> Iterator[Words]:
    """Lay what `init` lays into a working folder today, and 1.0 did not: the guide, what a double click opens the desk with."""
    for today in sorted(NOTEBOOKS.glob("guide/*.ipynb")):
        file = folder / "notebooks" / "guide" / today.name
        if not file.exists():
            shutil.copyfile(today, change.put(file))
            yield _changed(folder, file, "laid")
    for name, content in starters("zh"):
        if not (folder / name).exists():
            lay_starter(change.put(folder / name), content)
            yield _changed(folder, folder / name, "laid")


def _seal_again(root: Path) -> tuple[Words, ...]:
    """Bring the checksums of published results to today's rule, where every score is the same; what was done, a line each.

    Raises InputRefused where `published.csv` cannot be read, OSError where it cannot be written.
    """
    published, said = load_published(root), list[Words]()
    rows = list(published.rows)
    for index, row in enumerate(rows):
        if row.format == FORMAT or published.of(row.department, row.year) is not row:
            continue
        about = {"department": row.department, "year": str(row.year)}
        try:
            today = evaluate_year(root, row.department, row.year).evaluation
        except InputRefused as refusal:
            said.append(sentence("upgrade.not_sealed", reason=refusal.in_short(), **about))
            continue
        if not reached_again(row, today):
            said.append(sentence("upgrade.not_sealed", reason=difference(row, today), **about))
            continue
        now = sealed(today, row.date.isoformat())
        kept = {name: getattr(now, name) for name in ("framework_seal", "catalogue_seal", "result_seal", "format")}
        rows[index] = row.model_copy(update=kept)
        said.append(sentence("upgrade.sealed_again", **about))
    if rows != list(published.rows):
        with whole(root / FILE) as file:
            write_published(Published(tuple(rows)), file, load_county(root).language)
    return tuple(said)
