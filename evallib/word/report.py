"""The official report of a department's year: the sections of its page in the order of an outline, with the texts that people write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from evallib.charts.drawing import Chart
from evallib.data.outlines import usual
from evallib.forms.out import form_rows, is_form
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.seals import seals_of
from evallib.model.texts import OPENING, SIGNATURE, Outline, Slot
from evallib.model.words import NOTHING, Lang, Words, joined, listed, words
from evallib.model.years import EvaluatedYear
from evallib.pages.markdown import Around, Heading, markdown_parts
from evallib.pages.rendering import told as page_told
from evallib.pages.report import CHART_OF, Report
from evallib.say.corrections import told as told_correction
from evallib.say.drafts import said_of_draft
from evallib.say.sentences import sentence, sentences
from evallib.word.cells import Cell
from evallib.word.flow import Flow
from evallib.word.paper import Paper, Run

_CHARTS = CHART_OF | {"dimensions": ""}
"""Which chart a section begins with here; that of every indicator's points is the annex."""


_COVER = sentences("word.cover")
"""What stands on the first sheet beside the title, of the profile."""
_TOGETHER = 7
"""So many indicators of a dimension share its cell."""


@dataclass(frozen=True)
class Official:
    """The report as a Word file, and the names of the texts that are still to be written."""

    content: bytes
    to_write: tuple[Words, ...]


class _Page(Report):
    """The sections of the page, some of them told otherwise; charts are kept to be put on paper."""

    OWN = sentences("word.sections")
    SECTIONS = Report.SECTIONS | OWN

    def __init__(self, checked: EvaluatedYear, lang: Lang) -> None:
        super().__init__(checked, lang)
        self.charts: dict[str, Chart] = {}

    def template(self, id: str) -> str:
        return f"word/{id}" if id in self.OWN else super().template(id)

    def names(self, id: str) -> dict[str, Any]:
        e, lang = self.evaluation, self.lang
        return super().names(id) | {
            "blocks": _blocks,
            "note": _note("word.reconstructed_here", _reconstructed(e), lang),
            "lower": _note("charts.targets.lower", any(t.lower_is_better and t.is_number for t in e.targets), lang),
            "contradiction": lambda c: sentence("word.contradiction", printed=c.printed, other=c.other, said=c.words)[lang],
        }

    def content(self) -> Mapping[str, object]:
        e = self.evaluation
        lines = e.catalogue.lines.get("staff", ())
        staff = [e.facts.named(cell) for line in lines for cell in line.cells.values()]
        people = any(staff) or e.record.units or e.record.find_profile("rank", self.lang)
        return {**super().content(), "staff": people, "data": e.record.facts, "dimensions": True}

    def _figure(self, name: str, drawings: list[str]) -> Markup:
        chart = self.draw(name)
        self.charts[chart.id] = chart
        return Markup("") if chart.nothing else Markup(f'<figure id="c-{chart.id}"></figure>')

    def html(self, id: str) -> str:
        """A section after the chart that it begins with; empty where it is left out."""
        if id not in self.shown:
            return ""
        chart = str(self._figure(_CHARTS[id], [])) if _CHARTS.get(id) else ""
        return chart + self.section(id).html


def official_report(checked: EvaluatedYear, lang: Lang) -> Official:
    """The official report of an evaluation. Nothing is read: outline and texts are in the record.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> [name.en for name in official_report(evaluate_year(Path("data"), "hrss", 2023), "en").to_write][:2]
    ['evaluator', 'Opening']
    """
    return _Making(checked, lang).report()


class _Making:
    """The report while it is made."""

    def __init__(self, checked: EvaluatedYear, lang: Lang) -> None:
        self.page, self.lang = _Page(checked, lang), lang
        self.seal = seals_of(checked.evaluation).content  # as it is recorded, before numbers are put into its prose
        self.e = e = self.page.evaluation
        self.outline: Outline = e.record.outline or usual(e.record.kind)
        self.slots = {slot.id: slot for slot in self.outline.text}
        self.texts = {text.id: text.words[lang] for text in e.record.texts}
        self.to_write: list[Words] = []
        title = page_told("report.title", kind=page_told(f"kind.{e.record.kind}"))
        self.paper = Paper(lang, sentence("word.title", name=e.record.name, year=e.catalogue.year(e.record.year), title=title)[lang])
        self.flow = Flow(self.paper, lang)

    def report(self) -> Official:
        record, paper, lang = self.e.record, self.paper, self.lang
        about = {key: record.find_profile(key, lang) for key in _COVER}
        lines = (sentence(f"word.{key}", text=text or sentence("word.to_come", about=_COVER[key])) for key, text in about.items())
        paper.cover([line[lang] for line in lines], [note[lang] for note in _notes(self.e)])
        self.to_write += [_COVER[key] for key, text in about.items() if not text]
        paper.contents(sentence("word.contents")[lang], sentence("word.numbered")[lang])
        paper.new_sheets(across=False)
        if client := record.find_profile("client", lang):
            paper.body([Run(client + ("：" if lang == "zh" else ":"))], "Addressee")
        self._text(self.slots[OPENING], 2)
        for chapter in self.outline.chapter:
            parts = [(part, html) for part in chapter.parts if (html := self._html(part)) is not None]
            if parts:
                self.flow.heading(chapter.words[lang], 1)
            for part, html in parts:
                headed = part not in chapter.unheaded and (len(chapter.parts) > 1)
                if headed:
                    name = self.slots[part].words if part in self.slots else self.page.SECTIONS[part]
                    self.flow.heading(name[lang], 2)
                if part in self.slots:
                    self._text(self.slots[part], 3 if headed else 2)
                else:
                    self.flow.section(html, 3 if headed else 2, self.page.charts)
        self.paper.keep_last()
        self._text(self.slots[SIGNATURE], 2, "Signature")
        self._annexes()
        self.to_write += _lacking(self.e, [loss.indicator for loss in self.page.unadvised])
        return Official(paper.pack(self.seal), tuple(self.to_write))

    def _html(self, part: str) -> str | None:
        """A section, told here or as on the page; empty for a text, None where there is nothing to say."""
        if part in self.slots and not self.texts.get(part) and self.slots[part].needs:
            return self._html(self.slots[part].needs) and ""
        return "" if part in self.slots else self.page.html(part) or None

    def _text(self, slot: Slot, level: int, style: str = "Normal") -> None:
        """What people wrote, or that it is to be written. Of the duties the profile may say enough."""
        text = self.texts.get(slot.id, "") or (self.e.record.find_profile("duties", self.lang) if slot.id == "duties" else "")
        if text.strip():
            self.flow.section(_html(text), level, {}, style)
        if not self.texts.get(slot.id):
            self.paper.body([Run(sentence("word.to_come", about=slot.question)[self.lang], open=True)], style)
            self.to_write.append(slot.words)

    def _annexes(self) -> None:
        """The scores, or the self-evaluation form where the framework is one, which is in Chinese everywhere; the numbers beneath."""
        form = is_form(self.e)
        found = [(part, html) for part in self.outline.annexes if (html := self.page.html(part))]
        for count, (part, html) in enumerate(found, 1):
            of_scores = "form" if form else part if self.e.points else "values"
            name = sentence(f"word.annex_{of_scores if part == 'scores' else part}")
            self.paper.new_sheets(across=part == "scores")
            number = str(count) if len(found) > 1 else ""
            self.paper.heading(sentence("word.annex", number=number, name=name)[self.lang], 1)
            if form and part == "scores":
                self.paper.table([[Cell(*cell) for cell in row] for row in form_rows(self.e)])
            else:
                self.flow.section(html, 2, {})


def _lacking(e: Evaluation, unadvised: Sequence[IndicatorResult]) -> list[Words]:
    """What the text asks for of the largest losses and the missed targets, though it is in the data's tables that people write it."""
    rows = {row.indicator: row for row in e.record.targets}
    advice = listed(i.name for i in unadvised)
    reasons = listed(t.name for t in e.targets if t.met is False and not rows[t.id].reason)
    return [sentence(f"word.{what}", names=names) for what, names in (("advice", advice), ("reasons", reasons)) if names["zh"]]


def _notes(e: Evaluation) -> list[Words]:
    """What must be known of the whole: that it is a draft or a trial, corrected, synthetic, reconstructed."""
    record = e.record
    found = [*said_of_draft(e), *map(told_correction, e.corrections)]
    if e.tried:
        found.append(sentence("changes.tried", said=joined(one.said for one in e.tried)))
    if record.find_profile("synthetic", "zh"):
        found.append(Words(record.find_profile("synthetic", "zh"), record.find_profile("synthetic", "en")))
    if _reconstructed(e) and not e.draft and not e.tried:
        number = next((source.number for row in record.published if (source := record.find_source(row.source))), "")
        report = words(f"（{number}）", f" ({number})") if number else NOTHING
        found.append(sentence("word.reconstructed", report=report))
    return found


def _blocks(members: Sequence[IndicatorResult]) -> list[list[IndicatorResult]]:
    """The indicators of a dimension in whole groups, so many together that every sheet of a long table names their dimension."""
    blocks = list[list[IndicatorResult]]()
    for _, group in groupby(members, key=lambda i: i.group):
        some = [*group]
        if blocks and len(blocks[-1]) + len(some) <= _TOGETHER:
            blocks[-1] += some
        else:
            blocks.append(some)
    return blocks


def _reconstructed(e: Evaluation) -> bool:
    return any(i.basis == "reconstructed" for i in e.indicators)


def _note(name: str, holds: bool, lang: Lang) -> Markup:
    """A sentence in small letters, where it holds."""
    return Markup('<p class="quiet">{}</p>').format(sentence(name)[lang].strip()) if holds else Markup("")


def _html(text: str) -> str:
    """A Markdown text as HTML: its headings stand below those of the report, HTML in it is text."""
    parts = markdown_parts(text, Around())
    return "\n".join(f"<h{one.level + 2}>{one.html}</h{one.level + 2}>" if isinstance(one, Heading) else one for one in parts)
