"""Which font draws Chinese in pictures, where none does, and how plain axes are given it. Nothing of the field."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from evallib.model.errors import Place
from evallib.say.refusals import problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAMILIES = (
    # sans first: they read best when small
    *("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB"),
    *("DengXian", "SimHei", "Heiti SC", "STHeiti", "STXihei", "HarmonyOS Sans SC", "MiSans", "Sarasa Gothic SC", "Sarasa UI SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS", "Noto Sans Mono CJK SC"),
    # what offices print with: 宋体, 仿宋, 楷体
    *("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC", "Songti SC", "SimSun", "NSimSun", "SimSun-ExtB"),
    *("STSong", "STZhongsong", "AR PL UMing CN", "AR PL SungtiL GB", "FangSong", "FangSong_GB2312", "STFangsong", "KaiTi", "KaiTi_GB2312"),
    *("Kaiti SC", "STKaiti", "AR PL UKai CN", "LXGW WenKai", "YouYuan", "LiSu"),
    # other regions' shapes, where they hold our characters at all
    *("Noto Sans CJK TC", "Noto Sans CJK HK", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans TC", "Source Han Sans HK"),
    *("Source Han Sans", "Noto Sans TC", "Noto Sans HK", "Noto Sans JP", "PingFang TC", "PingFang HK", "Microsoft JhengHei", "Heiti TC"),
    *("Noto Serif CJK TC", "Noto Serif CJK HK", "Noto Serif CJK JP", "Noto Serif CJK KR", "Source Han Serif TC", "Source Han Serif"),
    *("Noto Serif TC", "Noto Serif HK", "Noto Serif JP", "Songti TC", "PMingLiU", "MingLiU", "Yu Gothic", "Unifont"),
)
"""The families that may draw Chinese, the best first."""

_SAMPLE = "绩效财务达标"


class NoChineseFont(UserWarning):
    """Nothing on this machine can draw Chinese in a picture: it shows as boxes."""


@cache
def chinese_font() -> str | None:
    """The family that draws Chinese in pictures: an installed one, else that of the extra `evallib[fonts]`, else None.

    SVG of the page does not need it (its text is drawn by the reader's machine); a PNG made without one shows boxes.
    """
    from matplotlib import font_manager

    # matplotlib keeps its list of fonts on the disk for ever: what was installed later is looked for, and the list there left alone
    places = (list, font_manager.findSystemFonts, _of_the_extra)
    return next((family for files in places if (family := _family(files()))), None)


def _family(files: Iterable[str]) -> str | None:
    """The best family that draws Chinese, of the fonts that matplotlib knows and those in some more files."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    listed = {font.fname for font in manager.ttflist}
    for path in (path for path in files if path not in listed):
        try:
            manager.addfont(path)
        except Exception:  # a font that cannot be read may raise anything, and is no font
            continue
    known = {font.name for font in manager.ttflist}
    return next((name for name in FAMILIES if name in known and _draws_chinese(name)), None)


def _draws_chinese(family: str) -> bool:
    """Whether the file that would be drawn with holds the characters; a name promises nothing."""
    from matplotlib import font_manager

    try:
        font = font_manager.get_font(font_manager.fontManager.findfont(font_manager.FontProperties(family), fallback_to_default=False))
    except (OSError, RuntimeError, ValueError):  # gone, or broken
        return False
    return all(font.get_char_index(ord(character)) for character in _SAMPLE)


def _of_the_extra() -> list[str]:
    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        return []
    return [str(sans_path())]


def use_chinese(tell: bool = True) -> str | None:
    """Let every picture of this session that is made from now on draw Chinese; returns the font's family, None where there is none.

    It is added behind the fonts in use, for the characters that they lack; nothing else changes. Where there is none, that is told
    once, unless `tell` is False.

    >>> from matplotlib import rc_context, rcParams
    >>> with rc_context():
    ...     family = use_chinese()
    ...     family in rcParams["font.family"]
    True
    """
    from matplotlib import rcParams

    if tell and chinese_font() is None:
        _tell()
    rcParams["font.family"] = _with_chinese(rcParams["font.family"])
    return chinese_font()


def write_chinese(ax: Axes) -> None:
    """Let the title, the labels and the ticks of these axes, and all text on them, draw Chinese, also when it is changed later.

    What is added later (a legend, a note) is written in the fonts of the session: see `use_chinese`.
    """
    from matplotlib import rcParams
    from matplotlib.text import Text

    texts = [text for text in ax.findobj(Text) if isinstance(text, Text)]
    if chinese_font() is None and any(character >= "\u2e80" for text in texts for character in text.get_text()):
        _tell()
    for text in texts:
        text.set_fontfamily(_with_chinese(text.get_fontfamily()))
    ax.tick_params(labelfontfamily=_with_chinese(rcParams["font.family"]))  # a tick that is made later, too


def _with_chinese(families: list[str]) -> list[str]:
    found = chinese_font()
    return families if found is None or found in families else [*families, found]


@cache
def _tell() -> None:
    """Once, what to install, in place of a line for every character that is missing."""
    told = problem("report.no_font", Place("matplotlib"))
    warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
    warnings.warn(f"{told.describe('zh')}\n{told.describe('en')}", NoChineseFont, stacklevel=2)


class _Awaiting(MetaPathFinder):
    """Finds matplotlib as it is, once, and gives it the font as soon as it is there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "matplotlib":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def executed(module: Any) -> None:
                execute(module)
                use_chinese(tell=False)

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


def use_chinese_later() -> None:
    """As `use_chinese`, now where matplotlib is there, else as soon as it is imported; nothing is told. Who does not draw need not wait."""
    if "matplotlib" in sys.modules:
        use_chinese(tell=False)
    elif not any(isinstance(finder, _Awaiting) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Awaiting())
