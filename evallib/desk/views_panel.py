"""What the desk's tabs are made of: a panel, a button, a sentence in its place. No tab is known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from html import escape
from typing import Any, ClassVar, Protocol

import ipywidgets as widgets

from evallib.desk.calls import Calls
from evallib.desk.page import framed
from evallib.model.words import Given, Words
from evallib.pages.rendering import Section

ROW = {"flex_flow": "row wrap", "align_items": "center"}


def complaint(text: str) -> str:
    """A sentence about what is wrong."""
    return f'<div class="evallib-said" role="alert">{escape(text)}</div>' if text else ""


def note(text: str, role: str = "") -> str:
    """A sentence about what to do, or what is being done."""
    return f'<div class="evallib-hint"{role}>{escape(text)}</div>'


def button(text: str, press: Callable[[], None], **more: Any) -> Any:
    """A button and what it does."""
    made = widgets.Button(description=text, layout={"width": "auto"}, **more)
    made.on_click(lambda _: press())
    return made


def close(some: tuple[Any, ...]) -> None:
    """Let go of widgets, and of those inside them."""
    for one in some:
        close(getattr(one, "children", ()))
        one.close()


class View(Protocol):
    """What a tab needs of the desk that it stands on."""

    desk: Calls

    def t(self, text: Words) -> str: ...
    def say(self, name: str, /, **given: Given) -> str: ...
    def saying(self, place: Any) -> AbstractContextManager[None]: ...
    def fill(self, one: Any, options: Sequence[tuple[str, Any]], *wanted: Any) -> Any: ...
    def observe(self, one: Any, chosen: Callable[[], None]) -> None: ...
    def refresh(self) -> None: ...
    def headline_only(self) -> None: ...


class Panel:
    """One tab; its title is the sentence `desk.tab.NAME`."""

    NAME: ClassVar[str]
    PICKED: ClassVar[tuple[str, ...]] = ()
    """The lists whose choice outlives the widgets."""

    def __init__(self, view: View) -> None:
        self.view, self.desk, self.say = view, view.desk, view.say
        self.page, self.message = widgets.HTML(), widgets.HTML()
        self.box = widgets.VBox(self.parts())

    def hint(self, name: str) -> Any:
        """A sentence about what to do."""
        return widgets.HTML(note(self.say(name)))

    def parts(self) -> list[Any]:
        """The widgets of the tab, from top to bottom."""
        return [self.message, self.page]

    def section(self) -> Section:
        """What the tab shows."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show the tab anew."""
        self.message.value = ""
        with self.view.saying(self.message):
            self.page.value = framed(self.section(), self.desk.lang)

    def do(self, action: Callable[[], Section]) -> None:
        """What a button does, and what has come of it everywhere."""
        self.message.value = ""
        with self.view.saying(self.message):
            action()
            self.view.refresh()
