"""The analyst's desk as widgets for JupyterLab: boxes and buttons that call `desk.Desk` and show what it returns. No computing."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from evallib.desk.desk import Desk
from evallib.desk.page import desk_css
from evallib.desk.panels import PANELS, Frame, button, close
from evallib.model.errors import InputRefused

_CSS = """
.evallib-box .widget-label,.evallib-box .widget-label-basic{white-space:normal;height:auto;line-height:1.3}
.evallib-box .widget-label{text-align:left;justify-content:flex-start}
.evallib-tried .widget-text input{border:2px solid #d55e00;font-weight:600}
.evallib-said{color:var(--jp-error-color1,#a63d00);line-height:1.4}
.evallib-tabs .lm-TabBar-tab{flex:0 0 auto!important;padding:0 12px!important}
.evallib-tabs .lm-TabBar-content{flex-wrap:wrap}
.evallib-list{flex-direction:column!important;height:auto!important}
.evallib-list select{width:100%}
.evallib-list .widget-label{text-align:left;justify-content:flex-start;width:auto;font-weight:600}
.evallib-result{font-size:15px}
.evallib-hint{color:var(--jp-ui-font-color2,#57606a);line-height:1.4}
"""
_LANGS = (("中文", "zh"), ("English", "en"))


class DeskView(Frame):
    """The desk in a notebook: the last line of a cell shows it. Where there are no widgets, its headline is shown.

    >>> view = DeskView(Desk("data", "en"))
    >>> view.department.value, view.year.value
    ('hrss', 2023)
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.root = widgets.VBox()
        self._build()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        shown: dict[str, str] = self.root._repr_mimebundle_(include=include, exclude=exclude)
        return {**shown, "text/html": self.desk.headline().html}

    # --- building

    def _build(self) -> None:
        """Make all widgets anew, in the desk's language, and show what is chosen."""
        close(self.root.children)
        self.headline = widgets.HTML()
        self.language = widgets.ToggleButtons(options=_LANGS, value=self.desk.lang, style={"button_width": "5.5em"})
        self.reread = button(self.say("reread"), self._build, icon="refresh")
        self.undo = button(self.say("undo"), self._undo_all, icon="undo")
        style = {"description_width": "initial"}
        self.department = widgets.Dropdown(description=self.say("department"), style=style, layout={"width": "min(34em,95%)"})
        self.year = widgets.Dropdown(description=self.say("year"), style=style, layout={"width": "9em"})
        self.panels = [kind(self) for kind in PANELS]
        self.tabs = widgets.Tab(children=[p.box for p in self.panels], titles=[self.say(f"tab.{p.NAME}") for p in self.panels])
        self.tabs.add_class("evallib-tabs")
        css = widgets.HTML(f"<style>{desk_css()}{_CSS}</style>")
        choice = widgets.HBox([self.department, self.year, self.language, self.reread], layout={"flex_flow": "row wrap"})
        self.root.children = (css, choice, self.headline, self.undo, self.tabs)
        self._fill_choice()
        self.department.observe(lambda _: self._department_chosen(), "value")
        self.year.observe(lambda _: self._choose(), "value")
        self.language.observe(lambda change: self._language_chosen(change["new"]), "value")
        self.tabs.observe(lambda _: self.draw(), "selected_index")
        begins = self.desk.asked is None
        self._choose()
        if begins and not self.desk.chosen:
            self._choose_usable()

    def _fill_choice(self) -> None:
        """The lists of departments and years, standing on what is chosen, or else on the first department with data."""
        self.listed = {}
        try:
            self.listed = {d.code: d for d in self.desk.departments}
        except InputRefused:
            return  # choosing says so
        code, year = self.desk.asked or (next(iter(self.listed)), 0)
        self.department.options = [(self.t(d.name), d.code) for d in self.listed.values()]
        self.department.value = code if code in self.listed else None
        years = self.listed[code].years if code in self.listed else ()
        self._fill_years(years, year if year in years else years[0] if years and not self.desk.asked else None)

    def _fill_years(self, years: tuple[int, ...], chosen: int | None) -> None:
        self.quiet = True
        self.year.options = years
        self.year.value = chosen
        self.quiet = False

    def _department_chosen(self) -> None:
        years, kept = self.listed[self.department.value].years, self.year.value
        self._fill_years(years, kept if kept in years else years[0])
        self._choose()

    def _language_chosen(self, lang: Any) -> None:
        self.desk.lang = lang
        self._build()

    def _choose(self) -> None:
        if self.quiet:
            return
        code, year = self.department.value, self.year.value
        if code is None or year is None:
            code, year = self.desk.asked or ("", 0)
        with self.saying(self.headline):
            self.desk.choose(code, year)
        self.refresh()

    def _choose_usable(self) -> None:
        """At the beginning, where the newest year is not filled in yet: the newest that can be used; else the newest again."""
        for year in (*self.year.options[1:], *self.year.options[:1]):
            self.year.value = year  # which chooses it
            if self.desk.chosen:
                return

    def _undo_all(self) -> None:
        if self.desk.chosen:
            self.desk.undo()
        self.refresh()

    # --- showing

    def refresh(self) -> None:
        self.headline_only()
        self.tabs.layout.display = "" if self.desk.chosen else "none"
        self.draw()

    def headline_only(self) -> None:
        self.show(self.headline, self.desk.headline())
        self.undo.layout.display = "" if self.desk.changes else "none"

    def draw(self) -> None:
        """Draw the tab in front."""
        if self.desk.chosen and self.tabs.selected_index is not None:
            self.panels[self.tabs.selected_index].draw()
