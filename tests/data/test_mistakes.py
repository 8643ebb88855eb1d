"""Frameworks with one mistake, made by hundreds from real ones: each is told once, with file and line, in the reader's language."""

from __future__ import annotations

import random
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from evallib.data.rulebook import load_framework
from evallib.kit import CATALOGUE, FRAMEWORKS
from evallib.model.entries import Part
from evallib.model.errors import InputRefused, Problem
from evallib.model.framework import Framework
from evallib.model.toml_lines import Lines, called
from evallib.say.mistakes import keys_of, models_of
from tests.conftest import DATA, Copy

FILES = [*sorted(FRAMEWORKS.glob("*/*.toml")), *sorted((DATA / "frameworks").glob("*/*.toml"))]
EACH = 150
VALUES = ('"x y"', '"nothing"', "-7", "true", "[1]", "{ a = 1 }", "3.5", "word", '"open', "“甲”", "5%", "")
PROGRAM = re.compile(r"pydantic|validation error|Input should|Value error|Decimal|NoneType|dict\b|tuple|<class|at line \d")
WORD = re.compile(r"[A-Za-z][A-Za-z_-]+")


def mutants(text: str) -> Iterator[tuple[int, str]]:
    """The text with one line taken out or changed: a key gone or under another name, another value, a sign lost; with the line's number."""
    lines = text.split("\n")

    def changed(n: int, *line: str) -> tuple[int, str]:
        return n + 1, "\n".join([*lines[:n], *line, *lines[n + 1 :]])

    for n, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        yield changed(n)
        if key := re.match(r"\s*([a-z_]+) *= ", line):
            swapped = key[1][0] + key[1][2:3] + key[1][1:2] + key[1][3:]
            yield from (changed(n, line.replace(key[1], name, 1)) for name in (swapped, "zzz") if name != key[1])
            yield from (changed(n, f"{key[1]} = {value}") for value in VALUES)
        braces = line.find("{") if "{" in line else len(line)
        for inner in re.finditer(r"([a-z_]+) = ", line[braces:]):
            at = braces + inner.start()
            yield changed(n, f"{line[:at]}q{line[at:]}")
        for inner in re.finditer(r"= ([\d.]+|\"[^\"]*\")", line[braces:]):
            start, end = braces + inner.start(1), braces + inner.end(1)
            yield from (changed(n, line[:start] + value + line[end:]) for value in ('"many"', "-3", "true", "[]"))
        for sign in '"]}=':
            if sign in line:
                at = line.rindex(sign)
                yield changed(n, line[:at] + line[at + 1 :])


def refusals(tmp_path: Path, file: Path) -> Iterator[tuple[int, str, tuple[Problem, ...]]]:
    """What a sample of the mutants of a file is refused with; some are a framework still."""
    shutil.copy(DATA / "county.toml", tmp_path)
    id, year = file.parent.name, int(file.stem)
    mutant = tmp_path / "frameworks" / id / file.name
    mutant.parent.mkdir(parents=True)
    everything = [*mutants(file.read_text(encoding="utf-8"))]
    for line, text in random.Random(1).sample(everything, min(EACH, len(everything))):
        mutant.write_text(text, encoding="utf-8")
        try:
            load_framework(tmp_path, id, year)
        except InputRefused as refusal:
            yield line, text, refusal.problems


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_one_mistake_is_told_once_with_its_line_and_no_word_of_the_program(tmp_path: Path, file: Path) -> None:
    known = {*every_key(), *WORD.findall(file.read_text(encoding="utf-8")), "toml", "TOML", "UTF-8", "README", "md", "data", "frameworks"}
    known |= {"true", "false", "nothing", "project", "department"}
    for catalogue in CATALOGUE.glob("*.toml"):
        known |= {word for id in re.findall(r'(?m)^id = "(.*)"', catalogue.read_text(encoding="utf-8")) for word in WORD.findall(id)}
    seen = 0
    for line, text, problems in refusals(tmp_path, file):
        seen += 1
        told = [one.describe("zh") for one in problems]
        assert len(told) == 1, (line, told)
        (problem,) = problems
        assert problem.place.file == f"frameworks/{file.parent.name}/{file.name}"
        assert problem.place.row is not None, told
        assert 1 <= problem.place.row <= text.count("\n") + 1
        assert not PROGRAM.search(told[0] + problem.describe("en")), told
        named = re.sub(r"（填的是“.*”）", "", told[0].replace(problem.place.file, "").replace(problem.place.column or "", ""))
        foreign = [word for word in WORD.findall(named) if word not in known]
        assert not foreign, (foreign, told)
    assert seen > EACH / 2


def every_key() -> set[str]:
    """Every key of every model, every kind and choice."""
    found, seen = set[str](), set[type[BaseModel]]()
    waiting: list[type[BaseModel]] = [Framework, Part]
    while waiting:
        model = waiting.pop()
        seen.add(model)
        for key, info in keys_of(model).items():
            found |= {key, *re.findall(r"[A-Za-z_]+", str(info.annotation))}
            waiting += [inner for inner in models_of(info.annotation) if inner not in seen]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_value_of_a_framework_has_its_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    document, lines, rows = tomllib.loads(text), Lines(text), text.split("\n")
    assert lines.twice == lines.open == lines.split == []

    def walk(part: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
        yield path, part
        for step, inner in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
            yield from walk(inner, (*path, step))

    for path, value in walk(document, ()):
        if not path:
            continue
        assert path in lines.of, called(document, path)
        row = rows[lines.of[path] - 1]
        if isinstance(path[-1], str):
            assert path[-1] in row
        if isinstance(value, str):
            assert value.split("\n")[0] in row


def test_a_file_in_another_encoding_is_told_so(copy: Copy) -> None:
    copy.framework.write_bytes(copy.framework.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(InputRefused) as refusal:
        load_framework(copy.folder, "xundian-department", 2023)
    assert refusal.value.describe("zh").startswith("frameworks/xundian-department/2023.toml：文字编码不是 UTF-8。")


def test_brackets_without_end_are_refused(copy: Copy) -> None:
    copy.replace(copy.framework, "points = 100", f"points = {'[' * 5000}")
    with pytest.raises(InputRefused, match="line"):
        load_framework(copy.folder, "xundian-department", 2023)
