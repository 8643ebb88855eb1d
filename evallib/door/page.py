"""What a notebook says to the page that is made of it: where it begins, whose evaluation it shows, an own figure."""

from __future__ import annotations

import io
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import escape

from evallib.data import net
from evallib.data.folder import data_root
from evallib.data.notebooks import refuse_unknown_parameters
from evallib.data.parameters import checked_lang, checked_parameters
from evallib.data.place import find_data
from evallib.data.published import NONE, load_published
from evallib.door.book import Book
from evallib.door.monitoring import Running
from evallib.door.result import Path_, Sectioned
from evallib.door.shown import Shown, Shows, shell, told
from evallib.model.errors import InputRefused, gathered
from evallib.model.words import LANGS, Lang
from evallib.say.refusals import refused


class Refused:
    """In the place of a result whose data was refused: nothing is shown of it, and whatever else is asked for says why once more."""

    def __init__(self, refusal: InputRefused) -> None:
        self._refusal = refusal

    @property
    def section(self) -> _Nothing:
        return _Nothing()

    chart = section

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise self._refusal

    def __repr__(self) -> str:
        return str(self._refusal)


class _Nothing:
    """Shows nothing, whatever is asked of it."""

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> _Nothing:
        return self

    def _ipython_display_(self) -> None:
        """Nothing."""


class Refusal(Shows):
    """What was refused, shown in a notebook."""

    def __init__(self, refusal: InputRefused, lang: Lang) -> None:
        self._refusal, self._lang = refusal, lang

    def _shown(self) -> Shown:
        problems = [problem.describe(self._lang) for problem in gathered(self._refusal.problems)]
        return Shown(told("refused", self._lang, count=len(problems)), tuple(problems))


_OF_ONE: dict[str, Callable[[Path, str, int, Lang], Sectioned]] = {
    "monitoring": Running,
}
"""Pages of a department's year other than its report."""


def begin(department: Any = None, year: Any = None, lang: Any = "zh", data: Path_ = "data", *, page: str = "") -> Any:
    """The line that a notebook for a page begins with: as `ev.evaluate`, of the parameters in the cell above it.

    With a department and a year a `Result`, or what another kind of `page` shows of them; with a department alone its `Years`, with a year
    alone the `County`. Of several, what is not as it was published is absent. The parameters are checked. Where something is refused, a
    notebook shows it here and goes on with nothing to show, and `ev.report` at its end says it again; elsewhere InputRefused is raised.

    >>> begin("hrss", 2023, "en", "data").total
    84.63
    """
    try:
        _refuse_unknown()
        root = data_root(find_data(Path(data)))
        department, year, lang = checked_parameters(department, year, lang, root)
        if page in _OF_ONE:
            return _OF_ONE[page](root, department, year, lang)
        several = department is None or year is None
        return Book(root, lang, load_published(root) if several else NONE).of(department, year, "ev.begin")
    except InputRefused as refusal:
        return _shown_refusal(refusal, lang)
    except Exception as error:
        if shell() is None or not net.is_on():
            raise
        return _shown_refusal(net.refusal(error), lang)


def _shown_refusal(refusal: InputRefused, lang: Any) -> Refused:
    """In a notebook: the refusal shown, and what stands in the place of a result."""
    if shell() is None:
        raise refusal
    from IPython.display import display

    display(Refusal(refusal, lang if lang in LANGS else "zh"))  # type: ignore[no-untyped-call]  # it has no types
    return Refused(refusal)


def _refuse_unknown() -> None:
    """Refuse what papermill put in that the notebook does not know: the cells that ran so far tell."""
    if (kernel := shell()) is not None:
        refuse_unknown_parameters(kernel.user_ns.get("In", []))


class Handed(Shows):
    """What a notebook hands over to its page."""

    def __init__(self, result: Sectioned) -> None:
        self._result, self._lang = result, result._lang

    def _mark(self) -> dict[str, Any]:
        return {"kind": "report", "of": self._result._of()}

    def _shown(self) -> Shown:
        shown = self._result._shown()
        return Shown(told("handed_over", self._lang, what=shown.title), shown.lines)


def report(result: Any) -> Handed:
    """The last line of a notebook for a page: this result is the one that the page shows, and that is written beside it.

    `result` is a `Result`, a what-if too (the page then says so), or the `Years` or `County` of a page of several.

    Raises InputRefused where the data was refused, with every problem once more.
    """
    if isinstance(result, Refused):
        raise result._refusal
    if not isinstance(result, Sectioned):
        raise refused("door.nothing_to_report", "ev.report", type(result).__name__)
    return Handed(result)


class Figure(Shows):
    """An own figure for the page, with its title, its words for who cannot see it, and where it comes from."""

    def __init__(self, picture: bytes, kind: str, alt: str, title: str, source: str, lang: Lang) -> None:
        self._picture, self._kind, self._alt, self._title, self._source, self._lang = picture, kind, alt, title, source, lang

    def _mark(self) -> dict[str, Any]:
        return {"kind": "figure", "title": self._title, "alt": self._alt, "source": self._source}

    def _shown(self) -> Shown:
        return Shown(self._title or self._alt, (self._alt,), note=self._source)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        picture = b64encode(self._picture).decode("ascii")
        title = f"<figcaption><strong>{escape(self._title)}</strong></figcaption>" if self._title else ""
        html = f'<figure style="margin:0">{title}<img alt="{escape(self._alt)}" src="data:image/{self._kind};base64,{picture}"'
        html += ' style="max-width:100%">'
        html += f'<p style="margin:0;opacity:.75">{escape(self._source)}</p></figure>'
        return {"text/html": html, "text/plain": self._shown().text()}, {"evallib": self._mark()}


def figure(picture: Any, alt: str = "", title: str = "", source: str = "", lang: Lang | None = None) -> Figure:
    """An own chart for the page, like one of the kit: a matplotlib figure or axes, with a title and a source.

    `alt` says in a sentence what is seen in it, for those who cannot see it; `lang` is the language of the folder opened last, where
    none is named. It goes in as a PNG. Raises InputRefused where it is no figure, or there is no `alt`.
    """
    from evallib.charts.fonts import write_chinese

    drawn = getattr(picture, "figure", picture)
    if not hasattr(drawn, "savefig"):
        raise refused("door.no_picture", "ev.figure", type(picture).__name__)
    if not isinstance(alt, str) or not alt.strip():
        raise refused("door.no_alt", "ev.figure")
    for axes in drawn.axes:
        write_chinese(axes)
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", dpi=160, bbox_inches="tight", metadata={"Software": None})
    _close(drawn)
    spoken = Shows._lang if lang is None else checked_lang(lang)
    return Figure(buffer.getvalue(), "png", alt.strip(), title, source or told("figure_source", spoken), spoken)


def _close(figure: Any) -> None:
    """Take the figure from pyplot, which would show it a second time."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(figure)
