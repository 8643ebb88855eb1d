"""The analyst's desk, which shows itself: as widgets where there are any, and in any case as a static page."""

from __future__ import annotations

from typing import Any

from evallib.desk.calls import Calls
from evallib.desk.page import desk_css, framed
from evallib.desk.views import DeskView, static_name


class Desk(Calls):
    """One analyst's desk over a data folder: choose, try, keep scenarios. The last line of a cell shows it. Nothing recorded is touched.

    `data`, `lang` and `out` are, where they are not named, those of the command `evallib lab` that opened the notebook; else the data
    folder found upwards, its language, and `reports` beside it. It begins with the first department and the newest year that can be used.

    >>> import evallib as ev
    >>> desk = ev.Desk("data", "en")
    >>> shown = desk.change(public_satisfaction="90%")
    >>> desk.recorded.total, desk.result.total
    (84.63, 86.63)
    """

    _view: DeskView | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        """The static view: headline and summary."""
        shown = [self.headline(), *([self.section("summary")] if self.chosen else [])]
        html = "".join(framed(section, self.lang) for section in shown)
        return (
            {"text/html": f'<div class="{static_name(self)}"><style>{desk_css()}</style>{html}</div>', "text/plain": repr(self)},
            {"evallib": self._mark()},
        )

    def _ipython_display_(self) -> None:
        """The static view, and the widgets as an output of their own, which hide it where they live: stock nbconvert shows only the
        widgets of an output that has both, and a page that has no kernel shows none."""
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        if self._view is None:
            self._view = DeskView(self)
        else:
            self._view.refresh()
        display(self._view.root._repr_mimebundle_() | {"text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]
