"""How the kit refuses: every problem at once, each with its place, what is wrong and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

from evallib.model.made_ids import is_made
from evallib.model.words import NOTHING, Given, Lang, Words, few, listed, stopped_once, words

Made = TypeVar("Made")
Acts = Literal["department", "evaluator", "author", "runner"]
"""Who mends what is wrong: the department, the evaluators, the author of the framework, whoever runs a command."""
Level = Literal["error", "warning", "recorded"]
"""An error stops; a warning is shown; a recorded break is one that the data itself acknowledges as a contradiction."""


@dataclass(frozen=True)
class Place:
    """Where a problem is: a file and, where it is known, row (1 is the head line), column (with its Chinese head) and cell.

    `until` is the last of several rows, where the same is wrong from `row` down to it; `cell` is then of the first. In a TOML file the row
    is a line, the column what the entry and its key are called; `again` are the other lines where the very same is wrong.
    `called` is its name in words, where it is no file.
    """

    file: str
    row: int | None = None
    column: str | None = None
    sheet: str | None = None
    cell: str | None = None
    title: str = ""
    until: int | None = None
    called: Words | None = None
    again: tuple[int, ...] = ()

    def describe(self, lang: Lang) -> str:
        """The place in words.

        >>> Place("facts.csv", 3, "value").describe("en")
        'facts.csv, row 3, column value'
        >>> Place("frameworks/ours/2024.toml", 57, "indicator.jobs.rule.share", again=(63,)).describe("en")
        'frameworks/ours/2024.toml, line 57, entry indicator.jobs.rule.share, the same in line 63'
        >>> Place("2024.xlsx", 3, "value", "Facts", "C3", until=5).describe("en")
        '2024.xlsx, sheet Facts, rows 3–5, column value, cells C3:C5'
        """
        several, is_text = self.until is not None, self.file.endswith(".toml")  # which has lines, and no columns
        parts = [self.called[lang] if self.called else self.file]
        if self.sheet:
            parts.append(f"工作表 {self.sheet}" if lang == "zh" else f"sheet {self.sheet}")
        if self.row is not None:
            rows = f"{self.row}–{self.until}" if several else f"{self.row}"
            noun = "line" if is_text else "row"
            parts.append(f"第 {rows} 行" if lang == "zh" else f"{noun}{'s' if several else ''} {rows}")
        if self.column is not None:
            named = f"{self.title}（{self.column}）" if self.title and self.title != self.column else self.column
            held = words("项", "entry") if is_text else words("列", "column")
            parts.append(f"{held.zh} {named}" if lang == "zh" else f"{held.en} {self.column}")
        if self.cell:
            cells = f"{self.cell}:{self.cell.rstrip('0123456789')}{self.until}" if several else self.cell
            parts.append(f"单元格 {cells}" if lang == "zh" else f"{'cells' if several else 'cell'} {cells}")
        if self.again:
            more = few([*map(str, self.again)])
            parts.append(f"第 {'、'.join(more)} 行相同" if lang == "zh" else f"the same in line {', '.join(more)}")
        return ("，" if lang == "zh" else ", ").join(parts)


Where = Callable[[str, int, str | None], Place]
"""Tells where a row of a record stands in its file: table, index in the record, column."""


_ADVICE: dict[Level, Words] = {
    "error": words("处理", "To fix it"),
    "warning": words("建议", "Advice"),
    "recorded": words("说明", "Note"),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, what was found, the next step, and who takes it; the indicators that are `open` until then."""

    place: Place
    what: Words
    fix: Words
    found: str = ""
    level: Level = "error"
    code: str = "input"
    about: tuple[str, ...] = ()
    acts: Acts = "runner"
    open: tuple[str, ...] = field(default=(), compare=False)

    def describe(self, lang: Lang) -> str:
        """One line, in the language asked for: place: what (found …). How to fix it."""
        what, fix = self.what[lang].rstrip("。. "), self.fix[lang].rstrip("。. ")
        advice = _ADVICE[self.level][lang]
        if lang == "zh":
            found = f"（填的是“{self.found}”）" if self.found else ""
            return stopped_once(f"{self.place.describe(lang)}：{what}{found}。{advice}：{fix}。")
        found = f' (found "{self.found}")' if self.found else ""
        return stopped_once(f"{self.place.describe(lang)}: {what}{found}. {advice}: {fix}.")


@dataclass(frozen=True)
class Fault:
    """A problem that is not told yet: the name of its words, where it is, what was found, what the words leave room for.

    `evallib.say.refusals.told` makes a problem of it.
    """

    name: str
    place: Place
    found: str = ""
    given: Mapping[str, Given] = field(default_factory=dict)


def gathered(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems for a reader: what is the same in rows that follow each other is said once, where it is first met.

    >>> lacking = [Problem(Place("facts.csv", row, "value"), words("空"), words("填写")) for row in (2, 3, 4, 9)]
    >>> [(p.place.row, p.place.until) for p in gathered(lacking)]
    [(2, 4), (9, None)]
    """
    found: list[Problem] = []
    open_at: dict[Problem, int] = {}  # by the problem as it would be in the next row: where in `found` it stands
    once: dict[object, Problem] = {}
    for one in problems:
        once.setdefault((one.place, one.what, one.fix, one.found), one)  # whoever acts
    for problem in once.values():
        row = problem.place.row
        if row is None:
            found.append(problem)
            continue
        at = open_at.pop(_at_row(problem, row), None)
        if at is None:
            at = len(found)
            found.append(problem)
        else:
            found[at] = replace(found[at], place=replace(found[at].place, until=row))
        open_at[_at_row(problem, row + 1)] = at
    return tuple(found)


def _at_row(problem: Problem, row: int) -> Problem:
    """The same problem as it would be in another row."""
    return replace(problem, place=replace(problem.place, row=row, cell=None))


@dataclass
class InputRefused(Exception):
    """Input that cannot be used. Carries every problem found, not only the first."""

    problems: tuple[Problem, ...] = field(default_factory=tuple)

    def describe(self, lang: Lang) -> str:
        """Every problem, a line each; the same in rows that follow each other shares one."""
        return "\n".join(problem.describe(lang) for problem in gathered(self.problems))

    def in_short(self) -> Words:
        """The first problem, and how many more there are."""
        first, more = self.problems[0], len(self.problems) - 1
        rest = words(f"（另有 {more} 处）", f" (and {more} more)") if more else words("")
        return words(first.describe("zh"), first.describe("en")) + rest

    def __str__(self) -> str:
        return self.describe("en")

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback: the problems, in both languages."""
        return [*self.describe("zh").splitlines(), "", *self.describe("en").splitlines()]


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raise InputRefused with the problems that are errors, where there are any."""
    if errors := tuple(problem for problem in problems if problem.level == "error"):
        raise InputRefused(errors)


def attempted(problems: list[Problem], make: Callable[..., Made], *given: Any) -> Made | None:
    """What is made of something; where that is refused None, and what is wrong is added to the problems."""
    try:
        return make(*given)
    except InputRefused as refusal:
        problems.extend(refusal.problems)
        return None


def near(found: str, known: Iterable[str], most: int = 3, alike: float = 0.6) -> list[str]:
    """The known words that a mistyped one is like, the nearest first."""
    return get_close_matches(found, [*known], most, alike)


def nearest(found: str, known: Iterable[str]) -> str:
    """What a mistyped word was probably meant to be; nothing where nothing is near."""
    return "".join(near(found, known, 1))


_LISTED = 25
"""How many names that could stand in a place are told at most."""


def meant(found: str, known: Iterable[str] | Mapping[str, Words], at: Words = NOTHING) -> Words:
    """What a mistyped name was probably meant to be, and the known ones: of more than 25 only those it is like, and `at`, where all stand.

    To an id ids are told, but for those made of names; to another text the names in its language. Of many of which none is like it a
    few are told, in Chinese by their names.
    """
    called = known if isinstance(known, Mapping) else {id: words(id) for id in known}
    if not called:
        return words("那张表还是空的：先在那里加一行，或清空此格", "that table is still empty: add a row there first, or clear this cell")
    is_id = re.fullmatch("[a-z0-9_.@-]*", found)
    told = {id: id if is_id and not is_made(id) else name.en if found.isascii() and not is_id else name.zh for id, name in called.items()}
    texts = {text: id for id, name in called.items() for text in (name.en, name.zh, id)}
    many = len(told) > _LISTED
    like = near(found, texts, 1, 0.8 if many else 0.6) or (near(found, texts) if many else [])
    like = like or [text for text in sorted(texts, key=len) if len(found) >= (3 if found.isascii() else 2) and found in text]
    likely = [told[id] for id in [*dict.fromkeys(texts[text] for text in like)][:3]]
    meaning = words(f"是否应为 {'、'.join(likely)}？", f"did you mean {', '.join(likely)}? ") if like else NOTHING
    if many and like and at:
        return meaning + words("如不是，", "If not, ") + at
    some = listed(words(name.zh, told[id]) for id, name in [*called.items()][:8]) + words("、…；", ", …; ")
    shown = some + at if many and at else listed(few([*told.values()], _LISTED))
    return meaning + words("可用的有：", "There are: ") + shown
