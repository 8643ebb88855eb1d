"""Which font draws Chinese: found where there is one, looked for again before anyone is told to install one, told once."""

from __future__ import annotations

import logging
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from matplotlib import font_manager, rc_context, rcParams
from matplotlib.figure import Figure

from evallib.charts import fonts
from evallib.charts.fonts import NoChineseFont, chinese_font, use_chinese, write_chinese
from evallib.charts.points import dimension_chart
from evallib.data.years import evaluate_year
from tests.conftest import DATA

sans_path = pytest.importorskip("pylopdf_fonts_zh_cn").sans_path
LATIN = font_manager.findfont("DejaVu Sans")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A machine without a Chinese font and without the extra; what is put into the folder is installed."""
    manager = font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [font for font in manager.ttflist if font.name.startswith("DejaVu")])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(path) for path in tmp_path.iterdir()])
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    font_manager.fontManager._findfont_cached.cache_clear()  # type: ignore[attr-defined]
    fonts.chinese_font.cache_clear()
    fonts._tell.cache_clear()


def named(monkeypatch: pytest.MonkeyPatch, path: str, name: str) -> None:
    """A font of that file is in matplotlib's list, by that name."""
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [*font_manager.fontManager.ttflist, font_manager.FontEntry(path, name=name)])
    forget()


@pytest.mark.parametrize("name", ["SimSun", "NSimSun", "FangSong", "KaiTi", "STSong", "Microsoft YaHei", "Noto Serif CJK SC", "PMingLiU"])
def test_any_font_of_an_office_counts(machine: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    named(monkeypatch, str(sans_path()), name)
    assert chinese_font() == name


def test_small_text_is_drawn_without_serifs_where_there_is_a_choice(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FangSong", "SimSun", "SimHei", "KaiTi"):
        named(monkeypatch, str(sans_path()), name)
    assert chinese_font() == "SimHei"


def test_a_font_without_the_characters_does_not_count(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, str(LATIN), "SimHei")
    assert chinese_font() is None
    named(monkeypatch, str(sans_path()), "SimSun")
    assert chinese_font() == "SimSun"


def test_a_font_that_is_gone_or_broken_does_not_count(machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    named(monkeypatch, str(broken), "SimHei")
    assert chinese_font() is None


def test_a_font_installed_since_is_found(machine: Path) -> None:
    assert chinese_font() is None
    (machine / "broken.otf").write_bytes(b"no font")
    shutil.copy(sans_path(), machine / "new.otf")
    forget()
    assert chinese_font() == "Noto Sans SC"


def test_fonts_are_looked_for_once(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Mock(return_value=[])
    monkeypatch.setattr(font_manager, "findSystemFonts", look)
    assert [chinese_font() for _ in range(3)] == [None] * 3
    look.assert_called_once()


def test_the_extra_is_used_where_the_system_has_none(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    manager = font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [font for font in manager.ttflist if font.name.startswith("DejaVu")])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    forget()
    assert chinese_font() == "Noto Sans SC"
    assert dimension_chart(evaluate_year(DATA, "hrss", 2023).evaluation, "zh").to_png(dpi=50).startswith(b"\x89PNG")
    monkeypatch.undo()
    forget()


def test_without_a_font_the_page_and_its_pictures_are_still_made(machine: Path) -> None:
    assert chinese_font() is None
    chart = dimension_chart(evaluate_year(DATA, "hrss", 2023).evaluation, "zh")
    assert chart.to_png(dpi=50).startswith(b"\x89PNG")
    assert ">投入<" in chart.to_svg()


def test_without_a_font_one_warning_and_nothing_else(machine: Path, caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings(record=True) as told, rc_context({"font.family": ["sans-serif"]}):
        warnings.simplefilter("always")
        for _ in range(2):
            assert use_chinese() is None
            figure = Figure()
            ax = figure.subplots()
            ax.set_title("绩效目标完成情况")
            write_chinese(ax)
            figure.savefig(machine / "picture.png")
    assert [one.category for one in told] == [NoChineseFont]
    assert all(words in str(told[0].message) for words in ('pip install "evallib[fonts]"', "仿宋", "FangSong"))
    assert "findfont" not in caplog.text
    assert caplog.record_tuples == [] or all(level < logging.WARNING for _, level, _ in caplog.record_tuples)


def test_who_draws_no_chinese_is_told_nothing(machine: Path) -> None:
    figure = Figure()
    ax = figure.subplots()
    ax.set_title("Execution – 95%")
    write_chinese(ax)  # a warning would be an error
    figure.savefig(machine / "picture.png")


def test_chinese_is_added_behind_the_fonts_in_use(tmp_path: Path) -> None:
    with rc_context({"font.family": ["DejaVu Serif"]}):
        for _ in range(2):
            assert rcParams["font.family"][1:] in ([], [use_chinese()])
        figure = Figure()
        ax = figure.subplots()
        ax.plot([1], [1], label="财政拨款")
        ax.legend(title="绩效")
        ax.text(0, 0, "说明")
        assert rcParams["font.family"] == ["DejaVu Serif", chinese_font()]
        figure.savefig(tmp_path / "picture.png")  # a character that no font has is a warning, and so an error


def test_axes_keep_their_chinese(tmp_path: Path) -> None:
    before = list(rcParams["font.family"])
    figure = Figure()
    ax = figure.subplots()
    own = ax.text(0, 0, "own", fontfamily="DejaVu Serif")
    write_chinese(ax)
    ax.set(title="完成率", xlabel="万元", ylabel="部门")
    ax.set_title("左", loc="left")
    ax.set_xticks(range(20), [f"指标{n}" for n in range(20)])
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g} 元")
    figure.savefig(tmp_path / "picture.png")
    assert own.get_fontfamily()[0] == "DejaVu Serif"
    assert rcParams["font.family"] == before
