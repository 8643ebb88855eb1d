"""Plain plots by name, each drawn of a frame when it is called. What they look like is in `evallib.charts.plain`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from evallib.door.lookup import ByName
from evallib.door.shown import told
from evallib.model.steady import all_steady
from evallib.model.words import Lang, words

if TYPE_CHECKING:  # what draws is fetched when something is drawn
    import pandas as pd


@all_steady
class Plot:
    """A plain plot of a frame, drawn when it is called: `r.plot.targets()`, or `r.plot.targets(ax=ax)` on axes that are there."""

    def __init__(self, draw: Callable[..., Any], frame: pd.DataFrame, given: dict[str, Any]) -> None:
        self._draw, self._frame, self._given, self.__doc__ = draw, frame, given, draw.__doc__

    def __call__(self, ax: Any = None) -> Any:
        return self._draw(self._frame, ax, **self._given)

    def __repr__(self) -> str:
        return told("plot", self._given["lang"], name=self._draw.__name__)


def plots(of: object, kind: Literal["OF_A_YEAR", "OF_SEVERAL"], lang: Lang) -> ByName[Plot]:
    """The plain plots of something by name, each of the frame that it takes."""
    from evallib.charts import fonts, plain

    fonts.use_chinese()
    drawn: dict[str, tuple[str, Callable[..., Any]]] = getattr(plain, kind)

    def plot(name: str) -> Plot:
        frame, draw = drawn[name]
        asked = {name: getattr(of, name) for name in draw.__kwdefaults__ or () if name != "lang"}
        return Plot(draw, getattr(of, frame), {"lang": lang, **asked})

    return ByName({name: words(name) for name in drawn}, plot, "plot")
