"""What no command takes is said in the kit's own words, in the language asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evallib.cli.main import app

TYPED = {
    "report hrss abc": ("year：不能这样写（填的是“abc”）。处理：写 整数：评价年度", "write a whole number: the year evaluated"),
    "report hrss": ("year：命令缺少这一项：评价年度", "year: is missing in the command: the year evaluated"),
    "report hrss 2023 x": ("多写了一项（填的是“x”）", "is too much (found"),
    "report hrss 2023 --langg": ("--langg：没有这个选项。处理：是否应为 --lang？", "did you mean --lang?"),
    "report hrss 2023 --zzz": ("处理：evallib report --help", "To fix it: evallib report --help"),
    "export hrss 2023 --as doc": ("--as：不能这样写（填的是“doc”）。处理：写 csv、xlsx", "write csv or xlsx"),
    "batch --workers 0": ("写 整数，1 以上：同时运行几个", "a whole number, 1 or more: how many at a time"),
    "report hrss 2023 --figures=1": ("--figures：后面缺少值，或不能带值", "lacks its value, or takes none"),
    "nothing": ("没有这个命令（填的是“nothing”）", "there is no such command"),
}


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_wrong_with_a_command_is_said_in_a_sentence(typed: str) -> None:
    for lang, said in zip(("zh", "en"), TYPED[typed], strict=True):
        command, *more = typed.split()
        result = CliRunner().invoke(app, [command, "--lang", lang, *more])
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert said in result.stderr
        assert "Usage" not in result.stderr


def test_an_option_before_its_command_is_told_where_to_stand() -> None:
    for lang, said in (("zh", "选项写在命令后面：evallib 命令 --lang"), ("en", "write options behind the command: evallib COMMAND --lang")):
        result = CliRunner().invoke(app, ["--lang", lang, "check"])
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr


COMMANDS = [[], *([name] for name in sorted(command.name or "" for command in app.registered_commands))]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command))
def test_help_speaks_one_language_where_it_is_known(command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = {}
    for lang in ("zh", "en", ""):
        monkeypatch.setenv("EVALLIB_LANG", lang)
        said[lang] = re.sub(r"\x1b\[[\d;]+m", "", CliRunner().invoke(app, [*command, "--help"]).stdout)
    assert not re.search(r"[\u4e00-\u9fff]", said["en"])
    assert not re.search(r"Usage|Options|Arguments|default|required|[a-z]{2,} [a-z]{2,} [a-z]{2,}", said["zh"])
    assert " / " not in said["zh"] + said["en"]
    assert len(said[""]) > max(len(said["zh"]), len(said["en"]))


def test_the_language_is_that_of_the_line_else_of_the_folder_else_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def said(*typed: str) -> str:
        return CliRunner().invoke(app, [*typed]).stderr

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVALLIB_LANG", "en")
    assert "is missing in the command" in said("report")
    assert CliRunner().invoke(app, ["init", "县", "--lang", "zh"]).exit_code == 0
    assert 'language = "zh"' in (tmp_path / "县" / "data" / "county.toml").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["init", "county"]).exit_code == 0
    assert 'language = "en"' in (tmp_path / "county" / "data" / "county.toml").read_text(encoding="utf-8")
    monkeypatch.setenv("EVALLIB_LANG", "zh")
    monkeypatch.chdir(tmp_path / "county")
    assert "is missing in the command" in said("report")
    assert "命令缺少这一项" in said("report", "--data", str(tmp_path / "县" / "data"))
    assert "命令缺少这一项" in said("report", "--lang", "zh")
    assert 'there is no such command (found "repor"). To fix it: did you mean report or export? evallib --help' in said("repor")


def test_help_and_version_end_as_ever() -> None:
    assert CliRunner().invoke(app, ["--version"]).exit_code == 0
    assert "figures" in CliRunner().invoke(app, ["report", "--help"]).stdout  # in a terminal its colours part the name
    assert CliRunner().invoke(app, []).exit_code == 2
