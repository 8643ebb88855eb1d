"""evallib: evaluate a department's yearly performance, with every number open to be checked.

    import evallib as ev

    book = ev.open("data", lang="en")      # departments and years, with total and grade
    r = book["hrss", 2023]                 # a result: shows itself; r.indicators, r.targets … are pandas frames
    r.explain("budget_execution")          # the working paper of an indicator
    r.what_if(public_satisfaction=90.0).compare()
    r.plot.targets(ax=ax)                  # plain axes;  r.chart.targets is the page's drawing
    r.to_html("r.html")

Errors are `ev.InputRefused`, with file, row, column, what is wrong and how to mend it. The guide is in `notebooks/guide/`.
"""

import typing as _typing

__version__ = "2.1.0"

_PLACES = {
    "open": "door.book:open_book",
    "evaluate": "door.book:evaluate",
    "formula": "door.trying:formula",
    "rule": "door.trying:rule",
    "begin": "door.page:begin",
    "figure": "door.page:figure",
    "report": "door.page:report",
    "Book": "door.book:Book",
    "Years": "door.book:Years",
    "County": "door.book:County",
    "Result": "door.result:Result",
    "Desk": "desk.desk:Desk",
    "InputRefused": "model.errors:InputRefused",
}
"""The public names, and where each stands; fetched when it is first used, so that the import costs nothing."""

if _typing.TYPE_CHECKING:
    from evallib.desk.desk import Desk
    from evallib.door.book import Book, County, Years, evaluate
    from evallib.door.book import open_book as open
    from evallib.door.page import begin, figure, report
    from evallib.door.result import Result
    from evallib.door.trying import formula, rule
    from evallib.model.errors import InputRefused

__all__ = [
    "Book",
    "County",
    "Desk",
    "InputRefused",
    "Result",
    "Years",
    "begin",
    "evaluate",
    "figure",
    "formula",
    "open",
    "report",
    "rule",
]


def __getattr__(name: str) -> _typing.Any:
    if name not in _PLACES:
        raise AttributeError(f"evallib has no {name}; it has: {', '.join(__all__)}")
    from importlib import import_module

    module, _, inside = _PLACES[name].partition(":")
    found = getattr(import_module(f"evallib.{module}"), inside)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
