"""What the desk's tabs are made of: a panel, a button, a sentence in its place. No tab is known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any, ClassVar

import ipywidgets as widgets

from evallib.data import net
from evallib.desk.calls import Calls
from evallib.desk.fields import without_place
from evallib.desk.page import framed
from evallib.model.errors import InputRefused
from evallib.model.words import Given, Words
from evallib.pages.rendering import Section
from evallib.runs.report import ReportFailed
from evallib.say.sentences import sentence

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


class View:
    """What a tab needs of the desk that it stands on."""

    def __init__(self, desk: Calls) -> None:
        self.desk = desk
        self.quiet = False
        """Whether lists are being filled: what they then report was not chosen by anybody."""

    def t(self, text: Words) -> str:
        """A text in the desk's language."""
        return text[self.desk.lang]

    def say(self, name: str, /, **given: Given) -> str:
        """A sentence of the desk by its name, in the desk's language. The words stand in `catalogue/words/sentences/desk.toml`."""
        return self.t(sentence(f"desk.{name}", **given))

    @contextmanager
    def saying(self, place: Any) -> Iterator[None]:
        """What goes wrong inside becomes a sentence at a place, never a traceback."""
        try:
            yield
        except InputRefused as refusal:
            place.value = complaint(without_place(refusal, self.desk.lang))
        except ReportFailed as failure:
            place.value = complaint(self.say("wrong.stopped", what=self.t(failure.said).splitlines()[0]))
        except Exception as error:  # a button that does nothing would be worse
            place.value = complaint(self.t(net.told(error, self.desk.out)))

    def fill(self, one: Any, options: Sequence[tuple[str, Any]], *wanted: Any) -> Any:
        """Fill a list, and pick the first of what is wanted that is in it."""
        before, self.quiet = self.quiet, True
        with one.hold_sync():
            one.options = options
            one.value = next((value for value in wanted if value in [value for _, value in options]), None)
        self.quiet = before
        return one.value

    def observe(self, one: Any, chosen: Callable[[], None]) -> None:
        """What to do when somebody chooses in a list."""
        one.observe(lambda _: None if self.quiet else chosen(), "value")

    def refresh(self) -> None:
        """Show everything that is in sight anew."""
        raise NotImplementedError

    def headline_only(self) -> None:
        """Show the headline anew, for a tab that has shown its own part already."""
        raise NotImplementedError


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
