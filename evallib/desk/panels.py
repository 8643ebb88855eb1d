"""The tabs of the analyst's desk as widgets: each shows what a call of `desk.Desk` returns. No computing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from evallib.desk.desk import Desk
from evallib.desk.fields import Field, without_place
from evallib.desk.page import framed
from evallib.model.errors import InputRefused
from evallib.model.words import Words, words
from evallib.pages.rendering import Section
from evallib.pages.report import SECTIONS
from evallib.runs.report import ReportFailed
from evallib.say.numbers import plain

_TICK = words(
    "试着改一改：打勾表示该项满足、或存在该问题，可改动。只是试算，登记的数据不变。",
    "Try it: a tick means that the item is met, or that the finding stands. Only a trial: the recorded data stays.",
)
_TYPE = words(
    "试着改一改：填一个数，按回车；清空则恢复。只是试算，登记的数据不变。",
    "Try it: write a number and press Enter; empty the box to take it back. Only a trial: the recorded data stays.",
)
_ALL = words("（全部）", "(all)")


class Frame:
    """What stands around the tabs: the desk, how a section is shown, and how what goes wrong is said."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.quiet = False
        """Whether lists are being filled: what they then report was not chosen by anybody."""

    def t(self, text: Words) -> str:
        """A text in the desk's language."""
        return text[self.desk.lang]

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
            stopped = self.t(words("笔记本运行中断，没有写出报告：", "The notebook stopped; no report was written: "))
            place.value = complaint(stopped + failure.details.splitlines()[0])
        except OSError as error:
            unwritable = self.t(words("文件读写不成功：", "A file could not be read or written: "))
            fix = self.t(
                words(
                    "。处理：关闭正在打开该文件的程序，再点一次。",
                    ". To fix it: close the program that has the file open, and press again.",
                )
            )
            place.value = complaint(f"{unwritable}{error.filename or ''} {error.strerror or ''}".rstrip() + fix)
        except Exception as error:  # a button that does nothing would be worse
            unforeseen = self.t(
                words(
                    "程序出错，请把这一行发给提供本工具的人：", "An unexpected error; please send this line to whoever gave you evallib: "
                )
            )
            place.value = complaint(f"{unforeseen}{type(error).__name__}: {error}")


def complaint(text: str) -> str:
    """A sentence about what is wrong."""
    return f'<div class="evallib-said" role="alert">{escape(text)}</div>' if text else ""


def hint(text: str) -> Any:
    """A sentence about what to do."""
    return widgets.HTML(f'<div class="evallib-hint">{escape(text)}</div>')


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
    """One tab."""

    TITLE = words("")

    def __init__(self, view: Frame) -> None:
        self.view, self.desk, self.t = view, view.desk, view.t
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

    TITLE = words("总览", "Overview")

    def section(self) -> Section:
        return self.desk.summary()


class Look(Panel):
    """From dimension to group to indicator to facts, and what of an indicator can be changed."""

    TITLE = words("逐级查看与改动", "Look closer and change")

    def parts(self) -> list[Any]:
        row = {"flex_flow": "row wrap"}
        titles = (words("一级指标", "Dimension"), words("二级指标", "Group"), words("三级指标", "Indicator"))
        self.dimension, self.group, self.indicator = lists = [
            widgets.Select(description=self.t(title), rows=9, layout={"width": width, "max_width": "100%"})
            for title, width in zip(titles, ("18em", "24em", "38em"), strict=True)
        ]
        for one in lists:
            one.add_class("evallib-list")
            one.observe(lambda _, one=one: self._picked(one), "value")
        self.boxes, self.result = widgets.VBox(), widgets.HTML()
        self.left = widgets.VBox([self.result, self.boxes, self.message], layout={"max_width": "100%"})
        self.page.layout.flex, self.page.layout.min_width = "1 1 24em", "0"
        return [widgets.HBox(lists, layout=row), widgets.HBox([self.left, self.page], layout=row)]

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
        e, before = self.desk.now, self.view.quiet
        self.view.quiet = True
        dimension = self._set(self.dimension, [(d.name, d.score, d.points, d.id) for d in e.dimensions], self.dimension.value)
        groups = [(g.name, g.score, g.points, g.id) for g in e.groups if g.dimension == dimension]
        group = self._set(self.group, groups, picked.get("group", self.group.value or ""), first=True)
        some = [(i.name, i.score, i.points, i.id) for i in e.indicators if i.dimension == dimension and group in ("", i.group)]
        self._set(self.indicator, some, picked.get("indicator", self.indicator.value or ""), first=True)
        self.view.quiet = before

    def _set(self, one: Any, rows: Sequence[tuple[Words, Decimal | None, Decimal, str]], value: str | None, first: bool = False) -> str:
        options = [(self.t(_ALL), "")] if first else []
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
            kinds = [kind for verdict, kind in ((True, _TICK), (False, _TYPE)) if any(f.verdict is verdict for f in fields)]
            hints = [hint(self.t(kind)) for kind in kinds]
            self.boxes.children = (*hints, *(self._box(f) for f in fields))
        else:
            pick = self.t(words("选一项三级指标，可查看计算过程并试着改动。", "Pick an indicator to see its working and to try changes."))
            self.boxes.children = (hint(pick),)
        close(old)
        self.draw_page()

    def draw_page(self) -> None:
        """What is picked, and beside it what total and grade have become."""
        self.result.value = self._result() if self.desk.changes and self.desk.now.has_total else ""
        super().draw()

    def _result(self) -> str:
        now, recorded = (words(f"{plain(e.total, 2)}，", f"{plain(e.total, 2)}, ") + e.grade for e in (self.desk.now, self.desk.recorded))
        said = words(f"总分 {now.zh}（登记 {recorded.zh}）", f"Total {now.en} (recorded {recorded.en})")
        return f'<strong class="evallib-result" role="status">{escape(self.t(said))}</strong>'

    def _box(self, field: Field) -> Any:
        label, message = self.t(field.label), widgets.HTML()
        changed = self.desk.changed(field.key)
        if field.verdict:
            tick = widgets.Checkbox(description=label, value=field.recorded if changed is None else changed is True, indent=False)
            tick.layout.width = "auto"
            tick.observe(lambda c: self._ticked(field, c["new"], message), "value")
            ticked = widgets.HBox([tick, message], layout={"flex_flow": "row wrap"})
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
        was = f"{field.unit_shown(self.desk.lang)}　{self.t(words('登记：', 'recorded: '))}{field.text(recorded) or '—'}"
        row = widgets.HBox([text, widgets.Label(was), message], layout={"flex_flow": "row wrap", "align_items": "center"})
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
                self.desk.change(field.make(text))
            else:
                self.desk.undo(field.key)
        changed = self.desk.changed(field.key)
        if message.value and isinstance(changed, Decimal):
            message.value += complaint(self.t(words("仍按 ", "Still counted as ")) + field.text(changed))
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
        self.draw_page()


class ReportSections(Panel):
    """Any section of the report."""

    TITLE = words("图表与各节", "Charts and tables")

    def parts(self) -> list[Any]:
        options = [(self.t(heading), id) for id, heading in SECTIONS.items() if id != "summary"]
        label = self.t(words("看哪一节", "Section"))
        self.which = widgets.Dropdown(options=options, value="targets", description=label, layout={"width": "min(30em,95%)"})
        self.which.observe(lambda _: self.draw(), "value")
        return [self.which, self.message, self.page]

    def section(self) -> Section:
        return self.desk.section(self.which.value)


class Scenarios(Panel):
    """Changes kept under a name, side by side."""

    TITLE = words("方案", "Scenarios")

    def parts(self) -> list[Any]:
        self.name = widgets.Text(placeholder=self.t(words("方案名称", "name of the scenario")), layout={"width": "16em"})
        self.kept = widgets.Dropdown(layout={"width": "16em"})
        keep = button(self.t(words("保存方案", "Keep")), lambda: self._do(lambda: self.desk.keep(self.name.value)), icon="save")
        back = button(self.t(words("取回这个方案", "Bring it back")), lambda: self._do(lambda: self.desk.restore(self.kept.value)))
        drop = button(self.t(words("删除", "Drop")), lambda: self._do(lambda: self.desk.forget(self.kept.value)))
        self.choice = widgets.HBox([self.kept, back, drop], layout={"flex_flow": "row wrap"})
        row = widgets.HBox([self.name, keep, self.choice], layout={"flex_flow": "row wrap"})
        return [row, self.message, self.page]

    def _do(self, action: Callable[[], Section]) -> None:
        self.message.value = ""
        with self.view.saying(self.message):
            action()
            self.view.refresh()

    def draw(self) -> None:
        names = self.desk.kept
        self.kept.options = names
        self.kept.value = names[-1] if names else None
        self.choice.layout.display = "" if names else "none"
        super().draw()

    def section(self) -> Section:
        return self.desk.scenarios()


class NextGrade(Panel):
    """What would bring the next grade."""

    TITLE = words("提高等级", "Next grade")

    def parts(self) -> list[Any]:
        self.follow = button(self.t(words("试做这些步骤", "Try these steps")), self._follow)
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

    TITLE = words("在各部门中的位置", "Among the others")

    def section(self) -> Section:
        reading = self.t(words("正在读入各部门的数据……", "Reading the data of every department ..."))
        self.page.value = f'<div class="evallib-hint">{escape(reading)}</div>'
        return self.desk.county()


class MakeReport(Panel):
    """The report with one button."""

    TITLE = words("生成报告", "Make the report")

    def parts(self) -> list[Any]:
        text = self.t(words("生成所选部门和年度的报告", "Make the report for this choice"))
        self.press = button(text, self._make, icon="file", button_style="primary")
        self.link = widgets.Output()
        said = words("报告按登记的数据生成，不含试算的改动。", "The report shows what is recorded, without the changes tried out.")
        return [hint(self.t(said)), self.press, self.message, self.link]

    def draw(self) -> None:
        self.message.value, self.link.outputs = "", ()

    def _make(self) -> None:
        making = self.t(
            words(
                "正在生成：检查数据、运行笔记本、排版，约需十秒……",
                "Making it: data checked, notebook run, page laid out; some ten seconds ...",
            )
        )
        self.link.outputs, self.press.disabled = (), True
        self.message.value = f'<div class="evallib-hint" role="status">{escape(making)}</div>'
        with self.view.saying(self.message):
            page = self.desk.make_report().page
            done = self.t(words("报告已生成：", "The report is made: "))
            self.message.value = f'<div class="evallib-hint" role="status">{escape(done)}{escape(str(page))}</div>'
            self.link.outputs = (_link(page, self.t(words("打开报告", "Open the report"))),)
        self.press.disabled = False


def _link(page: Path, text: str) -> dict[str, Any]:
    """A link relative to the notebook, which JupyterLab opens beside it."""
    address = escape(Path(os.path.relpath(page)).as_posix())
    html = f'<p><a href="{address}"><strong>{escape(text)}</strong></a></p>'
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": address}, "metadata": {}}


PANELS: tuple[type[Panel], ...] = (Overview, Look, ReportSections, Scenarios, NextGrade, County, MakeReport)
"""The tabs in their order."""
