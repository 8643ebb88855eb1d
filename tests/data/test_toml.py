"""TOML is read as strictly as a table: encodings, types, depth, digits, signs, sizes. Rules, catalogues, settings, rules in a cell."""

from __future__ import annotations

import re

import pytest

from evallib.data.rulebook import load_framework
from evallib.data.years import evaluate_year
from evallib.desk.scenarios import read_scenarios
from evallib.model.errors import InputRefused
from tests.conftest import Copy

DEEP = 10_000  # so many levels of brackets or keys


def refused(copy: Copy) -> str:
    with pytest.raises(InputRefused) as refusal:
        load_framework(copy.folder, "xundian-department", 2023)
    (problem,) = refusal.value.problems
    assert problem.fix.zh
    return problem.describe("en")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_the_ends_of_windows_are_nothing(copy: Copy, mark: bytes, end: bytes) -> None:
    for file in (copy.framework, copy.folder / "county.toml"):
        file.write_bytes(mark + file.read_bytes().replace(b"\n", end))
    assert load_framework(copy.folder, "xundian-department", 2023).points == 100


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030"])
def test_another_encoding_is_told(copy: Copy, encoding: str) -> None:
    copy.framework.write_bytes(copy.framework.read_text(encoding="utf-8").encode(encoding))
    assert "is not text in UTF-8. To fix it: open it in a text editor and save it with the encoding UTF-8" in refused(copy)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r"^points = 100$", 'points = "100"', 'entry points: is not a number (found "100")'),
        (r"^points = 100$", "points = true", "is not a number"),
        (r"^points = 100$", "points = nan", "is not a number"),
        (r"^points = 100$", "points = 1e400", "is a number too long or too large"),
        (r"^points = 100$", f"points = {'9' * 5000}", "line 17: is a number too long or too large"),
        (r"^points = 100$", f"points = 1.{'9' * 60}", "is a number too long or too large"),
        (r"^first_year = 2023$", "first_year = 2023.0", 'entry first_year: must be a whole number (found "2023.0")'),
        (r"^first_year = 2023$", 'first_year = "2023"', "must be a whole number"),
        (r"^first_year = 2023$", "first_year = true", "must be a whole number"),
        (r"^format = 2$", "format = 2.0", "must be a whole number"),
        (r"^name = .*$", "name = 2023-01-01", "entry name: must be text"),
        (r"^name = .*$", "name = 1", "must be text"),
        (r"^name = .*$", f'name = "{"好" * 30_000}"', "is longer than 20000 characters"),
        (r"^name = .*$", 'name = "\ue5e5"', "holds an invisible control character U+E5E5"),
        (r"\A", '"a\\u202eb" = 1\n', "holds an invisible control character U+202E"),
        (r"\A", f'"{"k" * 500}" = 1\n', "the name of a key is longer than 80 characters"),
        (r"\A", f"a = {'[' * DEEP}{']' * DEEP}\n", "line 1: holds more than 20 levels"),
        (r"\A", f"a = {'[' * 50}{']' * 50}\n", "holds more than 20 levels"),
        (r"\A", f"a = {'{a=' * DEEP}1{'}' * DEEP}\n", "line 1: holds more than 20 levels"),
        (r"\A", f"a{'.a' * DEEP} = 1\n", "line 1: holds more than 20 levels"),
        (r"\Z", f"\n[a{'.a' * DEEP}]\nb = 1\n", "holds more than 20 levels"),
        (r"\A", "".join(f"k{n} = 1\n" for n in range(30_000)), "the file holds more than 20000 values"),
        (r"\A", "# " + "x" * 2_000_000 + "\n", "larger than 2 MB"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_no_file_of_rules_holds_is_refused_in_a_line(copy: Copy, old: str, new: str, said: str) -> None:
    text = copy.framework.read_text(encoding="utf-8")
    changed = re.sub(old, lambda _: new, text, count=1, flags=re.M)
    assert changed != text
    copy.framework.write_text(changed, encoding="utf-8")
    assert said in refused(copy)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('[[unit]]\nsymbol = "头"\nmeasures = "头"\nwhole = 1', "entry unit.头.whole: must be yes or no"),
        ('[[unit]]\nsymbol = "头"\nmeasures = "头"\nwhole = "true"', "must be yes or no"),
        ('[[unit]]\nsymbol = "头"\nmeasures = "头"\nfirst_year = true', "must be a whole number"),
        ('[[scale]]\nword = "打"\nfactor = 12.0', "entry scale.打.factor: must be a whole number"),
        ('[[fact]]\nid = "x"\nunit = "%"\nat_most = "100"', "entry fact.x.at_most: is not a number"),
        (f'[[fact]]\nid = "{"x" * 500}"\nunit = "%"', "x" * 60 + ".id: "),
    ],
)
def test_a_catalogue_is_read_as_strictly(copy: Copy, entry: str, said: str) -> None:
    (copy.folder / "catalogue").mkdir(exist_ok=True)
    (copy.folder / "catalogue" / "own.toml").write_text(entry, encoding="utf-8")
    assert said in refused(copy)


@pytest.mark.parametrize("format", ["true", '"2"', "2.0", "2024-01-01"])
def test_so_are_the_settings(copy: Copy, format: str) -> None:
    (copy.folder / "county.toml").write_text(f"format = {format}\n", encoding="utf-8")
    assert "county.toml, line 1, entry format" in refused(copy)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('{ kind = "pass_fail", at_least = "1" }', "in the rule, at at_least: is not a number"),
        ('{ kind = "proportional", cap = true }', "in the rule, at cap: is not a number"),
        (f'{{ kind = {"[" * 5000}{"]" * 5000} }}', "is not proper TOML"),
        (f'{{ kind = "pass_fail", at_least = {"9" * 5000} }}', "is not proper TOML"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_so_is_a_rule_in_a_cell(copy: Copy, rule: str, said: str) -> None:
    copy.set("own_indicators", {"indicator": "investment_attraction"}, "rule", rule)
    with pytest.raises(InputRefused, match=re.escape(said)):
        evaluate_year(copy.folder, "hrss", 2023)


SCENARIO = '{"a": [{"change": "fact", "fact": "outturn_basic", "value": %s}]}'


@pytest.mark.parametrize("text", [SCENARIO % "true", '{"a": ' + "[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a": 1}', "\ufeff{"])
def test_so_are_scenarios(copy: Copy, text: str) -> None:
    (copy.folder / "departments" / "hrss" / "2023.scenarios.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused):
        read_scenarios(copy.folder, "hrss", 2023)
