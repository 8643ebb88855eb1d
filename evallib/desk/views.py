"""The analyst's desk as widgets for JupyterLab: boxes and buttons that make plain calls and show what they return. No computing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from evallib.desk.calls import Calls
from evallib.desk.fields import Field
from evallib.desk.intake import Made
from evallib.desk.page import desk_css, framed
from evallib.desk.views_data import Data, download
from evallib.desk.views_panel import ROW, Panel, View, button, close, complaint, note
from evallib.kit import TEMPLATES
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation, IndicatorResult, SectionResult
from evallib.model.words import listed
from evallib.pages.rendering import Section
from evallib.say.numbers import plain

_LANGS = (("中文", "zh"), ("English", "en"))


def static_name(desk: Calls) -> str:
    """The class of a desk's static view, by which its widgets hide it."""
    return f"evallib-static-{id(desk):x}"


class DeskView(View):
    """The desk's widgets: what stands above the tabs, and the tabs; `root` holds them all.

    >>> view = DeskView(Calls("data", "en"))
    >>> view.department.value, view.year.value
    ('hrss', 2023)
    """

    def __init__(self, desk: Calls) -> None:
        super().__init__(desk)
        self.root = widgets.VBox()
        self.root.add_class("evallib-root")
        self.tabs = widgets.Tab()
        self.panels: list[Panel] = []
        self._build()

    # --- building

    def _build(self) -> None:
        """Make all widgets anew, in the desk's language, and show what is chosen; the tab in front and what is picked in it stay."""
        front, before = self.tabs.selected_index or 0, self.panels
        close(self.root.children)
        self.headline, self.sum = widgets.HTML(), widgets.HTML()
        self.language = widgets.ToggleButtons(options=_LANGS, value=self.desk.lang, style={"button_width": "5.5em"})
        self.reread = button(self.say("reread"), self._reread, icon="refresh")
        self.undo = button(self.say("undo"), self._undo_all, icon="undo")
        style = {"description_width": "initial"}
        self.department = widgets.Dropdown(description=self.say("department"), style=style, layout={"width": "min(34em,95%)"})
        self.year = widgets.Dropdown(description=self.say("year"), style=style, layout={"width": "9em"})
        self.panels = [kind(self) for kind in PANELS]
        for new, old in zip(self.panels, before, strict=False):
            for name in new.PICKED:
                picked = getattr(old, name).value
                self.fill(getattr(new, name), [("", picked)], picked)  # the rest when it is drawn
        titles = [self.say(f"tab.{p.NAME}") for p in self.panels]
        self.tabs = widgets.Tab(children=[p.box for p in self.panels], titles=titles, selected_index=front)
        self.tabs.add_class("evallib-tabs")
        hidden = f".jp-OutputArea-child:has(>*>.{static_name(self.desk)}),.{static_name(self.desk)}{{display:none}}"
        css = (TEMPLATES / "desk" / "widgets.css").read_text(encoding="utf-8")
        bar = widgets.HBox([self.sum, self.undo], layout=ROW)
        bar.add_class("evallib-sum")
        choice = widgets.HBox([self.department, self.year, self.language, self.reread], layout={"flex_flow": "row wrap"})
        self.root.children = (widgets.HTML(f"<style>{desk_css()}{css}{hidden}</style>"), choice, self.headline, bar, self.tabs)
        self.observe(self.department, lambda: self._choose(self.department.value))
        self.observe(self.year, lambda: self._choose(self.department.value, self.year.value))
        self.language.observe(lambda change: self._reread(change["new"]), "value")
        self.tabs.observe(lambda _: self.draw(), "selected_index")
        self.refresh()

    def _choose(self, code: str, year: int = 0) -> None:
        """A department's year; where only the department was chosen, the same year where it has data, else the newest."""
        with self.saying(self.headline):
            kept = year or (self.year.value if self.year.value in self.desk.departments[code].years else 0)
            self.desk.choose(code, kept)
            self.refresh()

    def _reread(self, lang: Any = None) -> None:
        with self.saying(self.headline):
            self.desk.choose(*self.desk.asked, lang)
            self._build()

    def _undo_all(self) -> None:
        self.desk.undo()
        self.refresh()

    # --- showing

    def refresh(self) -> None:
        """Show everything that is in sight anew."""
        code, year = self.desk.asked
        try:
            listed = self.desk.departments
        except InputRefused:
            listed = {}  # the headline says so
        self.fill(self.department, [(self.t(d.name), code) for code, d in listed.items()], code)
        self.fill(self.year, [(str(y), y) for y in (listed[code].years if code in listed else ())], year)
        self.headline_only()
        if self.desk.chosen:
            self.tabs.remove_class("evallib-data-only")
        else:
            self.tabs.add_class("evallib-data-only")
            self.tabs.selected_index = PANELS.index(Data)
        self.draw()

    def headline_only(self) -> None:
        """Show the headline anew, for a tab that has shown its own part already."""
        self.headline.value = framed(self.desk.headline(), self.desk.lang)
        self.sum.value = escape(self._sum()) if self.desk.chosen else ""
        self.undo.layout.display = "" if self.desk.changes else "none"

    def _sum(self) -> str:
        """Total and grade in a line that stays in sight: as tried, and as recorded."""

        def total(e: Evaluation) -> str:
            return self.say("look.total", total=plain(e.total, 2), grade=e.grade) if e.has_total else "—"

        now, recorded = total(self.desk.result.evaluation), total(self.desk.recorded.evaluation)
        return self.say("look.result", now=now, recorded=recorded) if self.desk.changes else self.say("look.recorded", recorded=recorded)

    def draw(self) -> None:
        """Draw the tab in front."""
        if self.tabs.selected_index is not None and (self.desk.chosen or PANELS[self.tabs.selected_index] is Data):
            self.panels[self.tabs.selected_index].draw()


class Overview(Panel):
    """The report's summary."""

    NAME = "overview"

    def section(self) -> Section:
        return self.desk.section("summary")


class Look(Panel):
    """From dimension to group to indicator to facts, and what of an indicator can be changed."""

    NAME = "look"
    PICKED = ("dimension", "group", "indicator")

    def parts(self) -> list[Any]:
        self.dimension, self.group, self.indicator = lists = [
            widgets.Select(description=self.say(f"look.{level}"), rows=9, layout={"width": width, "max_width": "100%"})
            for level, width in (("dimension", "18em"), ("group", "24em"), ("indicator", "38em"))
        ]
        for place, one in enumerate(lists):
            one.add_class("evallib-list")
            self.view.observe(one, lambda below=lists[place + 1 :]: self._picked(below))  # type: ignore[misc]
        self.boxes = widgets.VBox()
        self.left = widgets.VBox([self.boxes, self.message], layout={"max_width": "100%"})
        self.page.layout.flex, self.page.layout.min_width = "1 1 24em", "0"
        return [
            widgets.HBox(lists, layout={"flex_flow": "row wrap"}),
            widgets.HBox([self.left, self.page], layout={"flex_flow": "row wrap"}),
        ]

    def _picked(self, below: list[Any]) -> None:
        for one in below:
            self.view.fill(one, [("", "")], "")
        self.draw()

    def fill(self) -> None:
        """The three lists with the scores as they are now; what is picked stays."""
        e = self.desk.result.evaluation
        dimension = self._fill(self.dimension, e.dimensions)
        group = self._fill(self.group, [g for g in e.groups if g.dimension == dimension], all_of_them=True)
        self._fill(self.indicator, [i for i in e.indicators if i.dimension == dimension and group in ("", i.group)], all_of_them=True)

    def _fill(self, one: Any, rows: Sequence[SectionResult | IndicatorResult], all_of_them: bool = False) -> Any:
        options = [(self.say("look.all"), "")] if all_of_them else []
        for row in rows:
            score = f"　{'—' if row.score is None else plain(row.score, 2)} / {plain(row.points, 2)}" if row.points else ""
            options.append((row.name[self.desk.lang] + score, row.id))
        return self.view.fill(one, options, one.value, options[0][1])

    def section(self) -> Section:
        if self.indicator.value:
            return self.desk.indicator(self.indicator.value)
        return self.desk.dimension(self.dimension.value, self.group.value)

    def draw(self) -> None:
        """The lists, the boxes of the indicator picked, and its page."""
        self.fill()
        old, fields = self.boxes.children, self.desk.fields(self.indicator.value) if self.indicator.value else ()
        hints = [kind for verdict, kind in ((True, "tick"), (False, "type")) if any(f.verdict is verdict for f in fields)]
        self.left.layout.width = "43em" if self.indicator.value else "100%"  # a mere hint stands above the page
        self.boxes.children = (*(self.hint(f"look.{kind}") for kind in hints or ["pick"]), *map(self._box, fields))
        close(old)
        super().draw()

    def _box(self, field: Field) -> Any:
        label, message, changed = field.label[self.desk.lang], widgets.HTML(), self.desk.changed(field.key)
        now = field.recorded if changed is None else changed
        if field.verdict:
            box = widgets.Checkbox(description=label, value=now is True, indent=False, layout={"width": "auto"})
            beside = []
        else:
            style, layout = {"description_width": "14em"}, {"width": "25em", "max_width": "100%"}
            box = widgets.Text(value=field.text(now), description=label, continuous_update=False, style=style, layout=layout)
            was = self.say("look.was", value=field.text(field.recorded) or "—")
            beside = [widgets.Label(f"{field.unit_shown(self.desk.lang)}　{was}")]
        row = widgets.HBox([box, *beside, message], layout=ROW)
        row.add_class("evallib-box")
        self._mark(row, field)
        box.observe(lambda c: self._changed(field, c["new"], row, message), "value")
        return row

    def _mark(self, row: Any, field: Field) -> None:
        (row.remove_class if self.desk.changed(field.key) is None else row.add_class)("evallib-tried")

    def _changed(self, field: Field, given: str | bool, row: Any, message: Any) -> None:
        """A box was changed; all is shown anew but for the boxes: the one typed into keeps the cursor."""
        message.value = ""
        with self.view.saying(message):
            self.desk.put(field, given)
        changed = self.desk.changed(field.key)
        if message.value and isinstance(changed, Decimal):
            message.value += complaint(self.say("look.still", value=field.text(changed)))
        self._mark(row, field)
        self.view.headline_only()
        self.fill()
        super().draw()


class ReportSections(Panel):
    """Any section that the report has."""

    NAME = "sections"
    PICKED = ("which",)

    def parts(self) -> list[Any]:
        self.which = widgets.Dropdown(description=self.say("sections.which"), layout={"width": "min(30em,95%)"})
        self.view.observe(self.which, self.draw)
        return [self.which, self.message, self.page]

    def section(self) -> Section:
        """The list of the sections that the report has, and the one picked, or that of the targets."""
        there = [(self.view.t(name), id) for id, name in self.desk.sections.items() if id != "summary"]
        return self.desk.section(self.view.fill(self.which, there, self.which.value, "targets", there[0][1]))


class Scenarios(Panel):
    """Changes kept under a name, side by side."""

    NAME = "scenarios"

    def parts(self) -> list[Any]:
        self.name = widgets.Text(placeholder=self.say("scenarios.name"), layout={"width": "16em"})
        self.name.on_msg(lambda _, said, __: self._keep() if said.get("event") == "submit" else None)  # Enter
        self.kept = widgets.Dropdown(layout={"width": "16em"})
        keep = button(self.say("scenarios.keep"), self._keep, icon="save")
        back = button(self.say("scenarios.back"), lambda: self.do(lambda: self.desk.restore(self.kept.value)))
        drop = button(self.say("scenarios.drop"), lambda: self.do(lambda: self.desk.forget(self.kept.value)))
        self.choice = widgets.HBox([self.kept, back, drop], layout=ROW)
        return [widgets.HBox([self.name, keep, self.choice], layout=ROW), self.message, self.page]

    def _keep(self) -> None:
        self.do(lambda: self.desk.keep(self.name.value))

    def section(self) -> Section:
        names = self.desk.kept
        self.view.fill(self.kept, [(name, name) for name in names], *names[::-1])
        self.choice.layout.display = "" if names else "none"
        return self.desk.scenarios()


class NextGrade(Panel):
    """What would bring the next grade."""

    NAME = "next_grade"

    def parts(self) -> list[Any]:
        self.follow = button(self.say("next_grade.follow"), lambda: self.do(self.desk.follow_plan))
        return [self.page, self.follow, self.message]

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
    """The report with one button, with the official one in Word where that is ticked."""

    NAME = "report"

    def parts(self) -> list[Any]:
        self.word = widgets.Checkbox(description=self.say("report.word"), value=True, indent=False, layout={"width": "auto"})
        self.press = button(self.say("report.make"), self._make, icon="file", button_style="primary")
        self.link = widgets.Output()
        return [self.hint("report.recorded"), self.word, self.press, self.message, self.link]

    def draw(self) -> None:
        self.message.value, self.link.outputs = "", ()

    def _make(self) -> None:
        self.link.outputs, self.press.disabled = (), True
        self.message.value = note(self.say("report.making"), ' role="status"')
        with self.view.saying(self.message):
            written = self.desk.make_report(self.word.value)
            self.message.value = note(self.say("report.made", page=str(written.page)), ' role="status"')
            if written.to_write:
                self.message.value += note(self.say("report.to_write", names=listed(written.to_write)))
            for file in filter(None, (written.page, written.official)):
                if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):  # which serves no file
                    made = Made(file.name, file.read_bytes())
                    self.message.value += download(made, self.say("data.save", name=made.name))
                elif file.is_relative_to(Path.cwd().parent):  # what JupyterLab can open beside the notebook
                    text = self.say("report.open" if file == written.page else "report.open_word")
                    self.link.outputs = (*self.link.outputs, _link(file, text))
        self.press.disabled = False


def _link(page: Path, text: str) -> dict[str, Any]:
    """A link relative to the notebook, which JupyterLab opens beside it."""
    address = escape(Path(os.path.relpath(page)).as_posix())
    html = f'<p><a href="{address}"><strong>{escape(text)}</strong></a></p>'
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": address}, "metadata": {}}


PANELS: tuple[type[Panel], ...] = (Overview, Look, ReportSections, Scenarios, NextGrade, County, MakeReport, Data)
"""The tabs in their order."""
