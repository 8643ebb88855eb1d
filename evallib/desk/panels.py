"""The tabs of the analyst's desk as widgets: each shows what a plain call returns. No computing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import ipywidgets as widgets

from evallib.desk.calls import Calls
from evallib.desk.fields import Field, without_place
from evallib.desk.page import framed
from evallib.model.errors import InputRefused
from evallib.model.words import Given, Words
from evallib.pages.rendering import Section
from evallib.runs.report import ReportFailed
from evallib.say.numbers import plain
from evallib.say.sentences import sentence

_ROW = {"flex_flow": "row wrap"}


class Frame:
    """What stands around the tabs: the desk, how a section is shown, and how what goes wrong is said."""

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

    def refresh(self) -> None:
        """Show everything that is in sight anew."""
        raise NotImplementedError

    def headline_only(self) -> None:
        """Show the headline anew, for a tab that has shown its own part already."""
        raise NotImplementedError

    def show(self, place: Any, section: Section) -> None:
        """A section in the desk's frame."""
        place.value = framed(section, self.desk.lang)

    @contextmanager
    def saying(self, place: Any) -> Iterator[None]:
        """What goes wrong inside becomes a sentence at a place, never a traceback."""
        try:
            yield
        except InputRefused as refusal:
            place.value = complaint(without_place(refusal, self.desk.lang))
        except ReportFailed as failure:
            place.value = complaint(self.say("wrong.stopped", what=failure.details.splitlines()[0]))
        except OSError as error:
            place.value = complaint(self.say("wrong.file", what=f"{error.filename or ''} {error.strerror or ''}".rstrip()))
        except Exception as error:  # a button that does nothing would be worse
            place.value = complaint(self.say("wrong.unforeseen", what=f"{type(error).__name__}: {error}"))


def complaint(text: str) -> str:
    """A sentence about what is wrong."""
    return f'<div class="evallib-said" role="alert">{escape(text)}</div>' if text else ""


def note(text: str, role: str = "") -> str:
    """A sentence about what to do, or what is being done."""
    return f'<div class="evallib-hint"{role}>{escape(text)}</div>'


def hint(text: str) -> Any:
    """A sentence about what to do, as a widget."""
    return widgets.HTML(note(text))


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


class Panel:
    """One tab; its title is the sentence `desk.tab.NAME`."""

    NAME: ClassVar[str]
    PICKED: ClassVar[tuple[str, ...]] = ()
    """The lists whose choice outlives the widgets."""

    def __init__(self, view: Frame) -> None:
        self.view, self.desk, self.t, self.say = view, view.desk, view.t, view.say
        self.page, self.message = widgets.HTML(), widgets.HTML()
        self.box = widgets.VBox(self.parts())

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
            self.view.show(self.page, self.section())


class Overview(Panel):
    """The report's summary."""

    NAME = "overview"

    def section(self) -> Section:
        return self.desk.summary()


class Look(Panel):
    """From dimension to group to indicator to facts, and what of an indicator can be changed."""

    NAME = "look"
    PICKED = ("dimension", "group", "indicator")

    def parts(self) -> list[Any]:
        self.dimension, self.group, self.indicator = lists = [
            widgets.Select(description=self.say(f"look.{level}"), rows=9, layout={"width": width, "max_width": "100%"})
            for level, width in (("dimension", "18em"), ("group", "24em"), ("indicator", "38em"))
        ]
        for one in lists:
            one.add_class("evallib-list")
            one.observe(lambda _, one=one: self._picked(one), "value")
        self.boxes = widgets.VBox()
        self.left = widgets.VBox([self.boxes, self.message], layout={"max_width": "100%"})
        self.page.layout.flex, self.page.layout.min_width = "1 1 24em", "0"
        return [widgets.HBox(lists, layout=_ROW), widgets.HBox([self.left, self.page], layout=_ROW)]

    def _picked(self, one: Any) -> None:
        if self.view.quiet:
            return
        if one is self.dimension:
            self.fill(group="", indicator="")
        elif one is self.group:
            self.fill(indicator="")
        self.draw_picked()

    def fill(self, **picked: str) -> None:
        """The three lists with the scores as they are now; what is picked stays where nothing else is said."""
        e, before = self.desk.result.evaluation, self.view.quiet
        self.view.quiet = True
        dimension = self._set(self.dimension, [(d.name, d.score, d.points, d.id) for d in e.dimensions], self.dimension.value)
        groups = [(g.name, g.score, g.points, g.id) for g in e.groups if g.dimension == dimension]
        group = self._set(self.group, groups, picked.get("group", self.group.value or ""), first=True)
        some = [(i.name, i.score, i.points, i.id) for i in e.indicators if i.dimension == dimension and group in ("", i.group)]
        self._set(self.indicator, some, picked.get("indicator", self.indicator.value or ""), first=True)
        self.view.quiet = before

    def _set(self, one: Any, rows: Sequence[tuple[Words, Decimal | None, Decimal, str]], value: str | None, first: bool = False) -> str:
        options = [(self.say("look.all"), "")] if first else []
        options += [(self.t(n) + (f"　{'—' if s is None else plain(s, 2)} / {plain(p, 2)}" if p else ""), id) for n, s, p, id in rows]
        with one.hold_sync():
            one.options = options
            one.value = value if value in [id for _, id in options] else options[0][1]
        return str(one.value)

    def section(self) -> Section:
        if self.indicator.value:
            return self.desk.indicator(self.indicator.value)
        return self.desk.dimension(self.dimension.value, self.group.value)

    def draw(self) -> None:
        self.fill()
        self.draw_picked()

    def draw_picked(self) -> None:
        """The boxes of the indicator picked, and its page."""
        old = self.boxes.children
        self.left.layout.width = "43em" if self.indicator.value else "100%"  # a mere hint stands above the page
        if self.indicator.value:
            fields = self.desk.fields(self.indicator.value)
            kinds = [kind for verdict, kind in ((True, "tick"), (False, "type")) if any(f.verdict is verdict for f in fields)]
            hints = [hint(self.say(f"look.{kind}")) for kind in kinds]
            self.boxes.children = (*hints, *(self._box(f) for f in fields))
        else:
            self.boxes.children = (hint(self.say("look.pick")),)
        close(old)
        super().draw()

    def _box(self, field: Field) -> Any:
        label, message = self.t(field.label), widgets.HTML()
        changed = self.desk.changed(field.key)
        if field.verdict:
            tick = widgets.Checkbox(description=label, value=field.recorded if changed is None else changed is True, indent=False)
            tick.layout.width = "auto"
            tick.observe(lambda c: self._ticked(field, c["new"], message), "value")
            ticked = widgets.HBox([tick, message], layout=_ROW)
            ticked.add_class("evallib-box")
            return ticked
        recorded = field.recorded if isinstance(field.recorded, Decimal) else None
        text = widgets.Text(
            value=field.text(changed if isinstance(changed, Decimal) else recorded),
            description=label,
            continuous_update=False,
            style={"description_width": "14em"},
            layout={"width": "25em", "max_width": "100%"},
        )
        was = self.say("look.was", value=field.text(recorded) or "—")
        row = widgets.HBox(
            [text, widgets.Label(f"{field.unit_shown(self.desk.lang)}　{was}"), message],
            layout={"flex_flow": "row wrap", "align_items": "center"},
        )
        row.add_class("evallib-box")
        self._mark(row, changed is not None)
        text.observe(lambda c: self._typed(field, c["new"], row, message), "value")
        return row

    def _mark(self, row: Any, tried: bool) -> None:
        (row.add_class if tried else row.remove_class)("evallib-tried")

    def _typed(self, field: Field, text: str, row: Any, message: Any) -> None:
        message.value = ""
        with self.view.saying(message):
            if text.strip():
                self.desk.make(field.make(text))
            else:
                self.desk.undo(field.key)
        changed = self.desk.changed(field.key)
        if message.value and isinstance(changed, Decimal):
            message.value += complaint(self.say("look.still", value=field.text(changed)))
        self._mark(row, changed is not None)
        self._after()

    def _ticked(self, field: Field, ticked: bool, message: Any) -> None:
        message.value = ""
        with self.view.saying(message):
            self.desk.tick(field, ticked)
        self._after()

    def _after(self) -> None:
        """What follows from a change, but for the boxes: the one typed into keeps the cursor."""
        self.view.headline_only()
        self.fill()
        super().draw()


class ReportSections(Panel):
    """Any section that the report has."""

    NAME = "sections"
    PICKED = ("which",)

    def parts(self) -> list[Any]:
        self.which = widgets.Dropdown(description=self.say("sections.which"), layout={"width": "min(30em,95%)"})
        self.which.observe(lambda _: None if self.view.quiet else Panel.draw(self), "value")
        return [self.which, self.message, self.page]

    def draw(self) -> None:
        """The list of the sections that the report has, and the one picked, or that of the targets."""
        picked, before = self.which.value or "targets", self.view.quiet
        there = {id: name for id, name in self.desk.sections.items() if id != "summary"}
        self.view.quiet = True
        self.which.options = [(self.t(name), id) for id, name in there.items()]
        self.which.value = picked if picked in there else next(iter(there))
        self.view.quiet = before
        super().draw()

    def section(self) -> Section:
        return self.desk.section(self.which.value)


class Scenarios(Panel):
    """Changes kept under a name, side by side."""

    NAME = "scenarios"

    def parts(self) -> list[Any]:
        self.name = widgets.Text(placeholder=self.say("scenarios.name"), layout={"width": "16em"})
        self.name.on_msg(lambda _, said, __: self._keep() if said.get("event") == "submit" else None)  # Enter
        self.kept = widgets.Dropdown(layout={"width": "16em"})
        keep = button(self.say("scenarios.keep"), self._keep, icon="save")
        back = button(self.say("scenarios.back"), lambda: self._do(lambda: self.desk.restore(self.kept.value)))
        drop = button(self.say("scenarios.drop"), lambda: self._do(lambda: self.desk.forget(self.kept.value)))
        self.choice = widgets.HBox([self.kept, back, drop], layout=_ROW)
        row = widgets.HBox([self.name, keep, self.choice], layout=_ROW)
        return [row, self.message, self.page]

    def _keep(self) -> None:
        self._do(lambda: self.desk.keep(self.name.value))

    def _do(self, action: Callable[[], Section]) -> None:
        self.message.value = ""
        with self.view.saying(self.message):
            action()
            self.view.refresh()

    def section(self) -> Section:
        names = self.desk.kept
        self.kept.options = names
        self.kept.value = names[-1] if names else None
        self.choice.layout.display = "" if names else "none"
        return self.desk.scenarios()


class NextGrade(Panel):
    """What would bring the next grade."""

    NAME = "next_grade"

    def parts(self) -> list[Any]:
        self.follow = button(self.say("next_grade.follow"), self._follow)
        return [self.page, self.follow, self.message]

    def _follow(self) -> None:
        with self.view.saying(self.message):
            self.desk.follow_plan()
            self.view.refresh()

    def section(self) -> Section:
        section = self.desk.plan()
        self.follow.layout.display = "" if "<tbody>" in section.html else "none"
        return section


class County(Panel):
    """The department among the others."""

    NAME = "county"

    def section(self) -> Section:
        self.page.value = note(self.say("county.reading"))
        return self.desk.county()


class MakeReport(Panel):
    """The report with one button."""

    NAME = "report"

    def parts(self) -> list[Any]:
        self.press = button(self.say("report.make"), self._make, icon="file", button_style="primary")
        self.link = widgets.Output()
        return [hint(self.say("report.recorded")), self.press, self.message, self.link]

    def draw(self) -> None:
        self.message.value, self.link.outputs = "", ()

    def _make(self) -> None:
        self.link.outputs, self.press.disabled = (), True
        self.message.value = note(self.say("report.making"), ' role="status"')
        with self.view.saying(self.message):
            page = self.desk.make_report().page
            self.message.value = note(self.say("report.made", page=str(page)), ' role="status"')
            if page.is_relative_to(Path.cwd().parent):  # what JupyterLab can open beside the notebook
                self.link.outputs = (_link(page, self.say("report.open")),)
        self.press.disabled = False


def _link(page: Path, text: str) -> dict[str, Any]:
    """A link relative to the notebook, which JupyterLab opens beside it."""
    address = escape(Path(os.path.relpath(page)).as_posix())
    html = f'<p><a href="{address}"><strong>{escape(text)}</strong></a></p>'
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": address}, "metadata": {}}


PANELS: tuple[type[Panel], ...] = (Overview, Look, ReportSections, Scenarios, NextGrade, County, MakeReport)
"""The tabs in their order."""
