"""The desk's tab for data: a form given, what was read of it, errors beside cells, files to be taken away. No computing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import ipywidgets as widgets

from evallib.data.load import load_departments
from evallib.data.rulebook import frameworks
from evallib.desk.intake import FORMS, Intake, Made
from evallib.desk.page import framed
from evallib.desk.views_panel import ROW, Panel, View, button, note
from evallib.model.errors import InputRefused
from evallib.pages.rendering import Section

_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS = {"html": "text/html", "xlsx": f"{_OFFICE}spreadsheetml.sheet", "docx": f"{_OFFICE}wordprocessingml.document"}


def download(made: Made, text: str) -> str:
    """A link by which the browser saves a file; nothing is served."""
    kind = _KINDS[made.name.rpartition(".")[2]]
    content = base64.b64encode(made.content).decode()
    return f'<p><a download="{escape(made.name)}" href="data:{kind};base64,{content}"><strong>{escape(text)}</strong></a></p>'


class Data(Panel):
    """Forms in, the year checked, files out."""

    NAME = "data"

    def __init__(self, view: View) -> None:
        self.intake = Intake(view.desk)
        super().__init__(view)

    def parts(self) -> list[Any]:
        wide, style = {"width": "min(34em,95%)"}, {"description_width": "initial"}
        self.upload = widgets.FileUpload(
            accept=",".join(FORMS), multiple=True, description=self.say("data.upload"), layout={"width": "auto"}
        )
        self.upload.observe(lambda _: self._look(), "value")
        self.lying = widgets.Dropdown(description=self.say("data.lying"), style=style, layout=wide)
        self.view.observe(self.lying, self._look)
        self.of = widgets.Combobox(description=self.say("department"), placeholder=self.say("data.as_form"), style=style, layout=wide)
        self.year = widgets.IntText(description=self.say("data.year"), style=style, layout=wide)
        self.framework = widgets.Dropdown(description=self.say("data.framework"), style=style, layout=wide)
        self.reads = widgets.Text(description=self.say("data.reads"), placeholder="G7=95%; C8=…", style=style, layout=wide)
        self.keep = widgets.Dropdown(
            options=[(self.say(f"data.keep_{one or 'none'}"), one) for one in ("", "form", "data")],
            description=self.say("data.keep"),
            style=style,
            layout=wide,
        )
        again = button(self.say("data.look"), self._look, icon="search")
        more = widgets.VBox([self.of, self.year, self.framework, self.reads, self.keep, again])
        self.more = widgets.Accordion(children=[more], titles=[self.say("data.more")], selected_index=None)
        self.press = button(self.say("data.take"), self._take, icon="check", button_style="primary")
        self.press.layout.display = "none"
        self.read, self.done, self.link = widgets.HTML(), widgets.HTML(), widgets.HTML()
        acts: tuple[tuple[str, Callable[[], Made]], ...] = (
            ("marked", self.intake.marked),
            ("draft", lambda: self.intake.page(draft=True)),
            ("page", self.intake.page),
        )
        self.buttons = [button(self.say(f"data.{name}"), lambda name=name, act=act: self._make(name, act)) for name, act in acts]  # type: ignore[misc]
        return [
            self.hint("data.begin"),
            widgets.HBox([self.upload, self.lying], layout=ROW),
            self.more,
            self.message,
            self.read,
            self.press,
            self.page,
            widgets.HBox(self.buttons, layout=ROW),
            self.done,
            self.link,
        ]

    def draw(self) -> None:
        """The lists, and the check of what is chosen."""
        self.done.value = self.link.value = ""
        with self.view.saying(self.message):
            lying = self.intake.lying()
            self.view.fill(self.lying, [("", None), *((file.name, file) for file in lying)], self.lying.value)
            shown = [one for one in frameworks(self.desk.data, 2200) if not one.is_reconstruction]
            self.view.fill(self.framework, [(self.say("data.as_form"), ""), *((self.view.t(one.words), one.id) for one in shown)], "")
            self.of.options = [self.view.t(row.words) for row in load_departments(self.desk.data)]
        for one in self.buttons:
            one.layout.display = "" if all(self.desk.asked) else "none"
        self.page.value = ""
        if all(self.desk.asked):
            with self.view.saying(self.message):
                self.page.value = framed(self.section(), self.desk.lang)

    def section(self) -> Section:
        return self.intake.check()

    def _look(self) -> None:
        """Read what was given; nothing is written."""
        files = [(one["name"], bytes(one["content"])) for one in self.upload.value]
        if self.lying.value is not None:
            files.append((self.lying.value.name, self.lying.value.read_bytes()))
        if not files:
            return
        self.message.value, self.read.value, self.press.layout.display = note(self.say("data.reading")), "", "none"
        how: dict[str, Any] = {"department": self.of.value.strip(), "framework": self.framework.value or "", "keep": self.keep.value}
        how["reads"] = [one.strip() for one in self.reads.value.split(";") if one.strip()]
        with self._refusing():
            self.read.value = framed(self.intake.look(files, **how, year=self.year.value or None), self.desk.lang)
            self.message.value = ""
            found = self.intake.found
            if found and (found.changes or not found.there):
                self.press.description = self.say("data.change" if found.there else "data.take")
                self.press.layout.display = ""

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """What is wrong with what was given, with its cells; all else as everywhere."""
        with self.view.saying(self.message):
            try:
                yield
            except InputRefused as refusal:
                self.message.value = ""
                self.read.value = framed(self.intake.wrong(refusal), self.desk.lang)

    def _take(self) -> None:
        """Write what was shown."""
        self.message.value = ""
        with self._refusing():
            self.read.value = framed(self.intake.take(), self.desk.lang)
            self.press.layout.display = "none"
            self.upload.value = ()
            self.view.refresh()

    def _make(self, name: str, make: Callable[[], Made]) -> None:
        """Make a file and give it away."""
        self.link.value = ""
        self.done.value = note(self.say("data.making"), ' role="status"')
        for one in self.buttons:
            one.disabled = True
        with self.view.saying(self.done):
            made = make()
            self.link.value = download(made, self.say("data.save", name=made.name))
            self.done.value = note(self.say("report.made", page=str(made.path)), ' role="status"') if made.path else ""
        for one in self.buttons:
            one.disabled = False
