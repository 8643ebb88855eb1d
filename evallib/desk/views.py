"""The analyst's desk as widgets for JupyterLab: boxes and buttons that make plain calls and show what they return. No computing."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets

from evallib.desk.calls import Calls
from evallib.desk.page import desk_css
from evallib.desk.panels import PANELS, Frame, Panel, button, close
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.say.numbers import plain

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
.evallib-hint{color:var(--jp-ui-font-color2,#57606a);line-height:1.4}
.evallib-root,:is(.jp-OutputArea,.jp-OutputArea-child,.jp-OutputArea-output):has(.evallib-root){overflow:visible!important}
.evallib-sum{position:sticky;top:0;z-index:9;align-items:center}
.evallib-sum{background:var(--jp-layout-color0,#fff);border-bottom:1px solid var(--jp-border-color2,#ccc)}
.evallib-sum .widget-html-content{font-size:15px;font-weight:600}
"""
_LANGS = (("中文", "zh"), ("English", "en"))


def static_name(desk: Calls) -> str:
    """The class of a desk's static view, by which its widgets hide it."""
    return f"evallib-static-{id(desk):x}"


class DeskView(Frame):
    """The desk's widgets; `root` holds them all.

    >>> view = DeskView(Calls("data", "en"))
    >>> view.department.value, view.year.value
    ('hrss', 2023)
    """

    def __init__(self, desk: Calls) -> None:
        super().__init__(desk)
        self.root = widgets.VBox()
        self.root.add_class("evallib-root")
        self.panels: list[Panel] = []
        self.tabs = widgets.Tab()
        self._build()

    # --- building

    def _build(self) -> None:
        """Make all widgets anew, in the desk's language, and show what is chosen; the tab in front and what is picked in it stay."""
        front = self.tabs.selected_index or 0
        picked = [[getattr(panel, name).value for name in panel.PICKED] for panel in self.panels]
        close(self.root.children)
        self.headline, self.sum = widgets.HTML(), widgets.HTML()
        self.language = widgets.ToggleButtons(options=_LANGS, value=self.desk.lang, style={"button_width": "5.5em"})
        self.reread = button(self.say("reread"), self._reread, icon="refresh")
        self.undo = button(self.say("undo"), self._undo_all, icon="undo")
        style = {"description_width": "initial"}
        self.department = widgets.Dropdown(description=self.say("department"), style=style, layout={"width": "min(34em,95%)"})
        self.year = widgets.Dropdown(description=self.say("year"), style=style, layout={"width": "9em"})
        self.panels = [kind(self) for kind in PANELS]
        self.tabs = widgets.Tab(
            children=[p.box for p in self.panels], titles=[self.say(f"tab.{p.NAME}") for p in self.panels], selected_index=front
        )
        self.tabs.add_class("evallib-tabs")
        hidden = f".jp-OutputArea-child:has(>*>.{static_name(self.desk)}),.{static_name(self.desk)}{{display:none}}"
        css = widgets.HTML(f"<style>{desk_css()}{_CSS}{hidden}</style>")
        choice = widgets.HBox([self.department, self.year, self.language, self.reread], layout={"flex_flow": "row wrap"})
        bar = widgets.HBox([self.sum, self.undo], layout={"flex_flow": "row wrap"})
        bar.add_class("evallib-sum")
        self.quiet = True
        for panel, values in zip(self.panels, picked, strict=False):
            for name, value in zip(panel.PICKED, values, strict=True):
                getattr(panel, name).options = (value,)  # filled when it is drawn
                getattr(panel, name).value = value
        self._fill_choice()
        self.quiet = False
        self.root.children = (css, choice, self.headline, bar, self.tabs)
        self.department.observe(lambda _: self._department_chosen(), "value")
        self.year.observe(lambda _: self._choose(), "value")
        self.language.observe(lambda change: self._reread(change["new"]), "value")
        self.tabs.observe(lambda _: self.draw(), "selected_index")
        self.refresh()

    def _fill_choice(self) -> None:
        """The lists of departments and years, standing on what is chosen."""
        try:
            self.listed = self.desk.departments
        except InputRefused:
            self.listed = {}  # the headline says so
        code, year = self.desk.asked
        self.department.options = [(self.t(d.name), code) for code, d in self.listed.items()]
        self.department.value = code if code in self.listed else None
        self.year.options = self.listed[code].years if code in self.listed else ()
        self.year.value = year if year in self.year.options else None

    def _department_chosen(self) -> None:
        if self.quiet:
            return
        years = self.listed[self.department.value].years
        self._choose(self.year.value if self.year.value in years else 0)

    def _choose(self, year: int | None = None) -> None:
        if self.quiet:
            return
        with self.saying(self.headline):
            self.desk.choose(self.department.value or "", self.year.value if year is None else year)
        self.quiet = True
        self._fill_choice()
        self.quiet = False
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
        self.headline_only()
        self.tabs.layout.display = "" if self.desk.chosen else "none"
        self.draw()

    def headline_only(self) -> None:
        self.show(self.headline, self.desk.headline())
        self.sum.value = self._sum() if self.desk.chosen else ""
        self.undo.layout.display = "" if self.desk.changes else "none"

    def _sum(self) -> str:
        """Total and grade in a line that stays in sight: as tried, and as recorded."""

        def total(e: Evaluation) -> str:
            return self.say("look.total", total=plain(e.total, 2), grade=e.grade) if e.has_total else "—"

        now, recorded = total(self.desk.result.evaluation), total(self.desk.recorded.evaluation)
        text = self.say("look.result", now=now, recorded=recorded) if self.desk.changes else self.say("look.recorded", recorded=recorded)
        return escape(text)

    def draw(self) -> None:
        """Draw the tab in front."""
        if self.desk.chosen and self.tabs.selected_index is not None:
            self.panels[self.tabs.selected_index].draw()
