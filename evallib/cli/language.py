"""The language of the command line: found before anything is read, and spoken by every help text. No command is known here."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from evallib.data.place import find_data, spoken_in
from evallib.model.words import LANGS, Lang, Words, words
from evallib.say.sentences import sentences

_CHINESE = r"[\u3000-\u9fff\uff00-\uffef]"


def language_of(typed: Sequence[str]) -> Lang | None:
    """The language of what is typed: as `--lang` says, else the data folder's, else that of EVALLIB_LANG; None where none is known.

    >>> language_of(["report", "hrss", "--lang", "en"]), language_of(["batch", "--lang=zh"])
    ('en', 'zh')
    """
    asked = [_last(typed, "--lang")]
    with suppress(OSError, ValueError, RecursionError):  # which the command says
        asked.append(spoken_in(find_data(Path(_last(typed, "--data") or "data"))))
    asked.append(os.environ.get("EVALLIB_LANG"))
    return next((lang for one in asked for lang in LANGS if one == lang), None)


def _last(typed: Sequence[str], option: str) -> str | None:
    """What an option is given, the last time that it stands there."""
    found = None
    for one, following in zip(typed, [*typed, ""][1:], strict=True):
        name, given, value = one.partition("=")
        if name == option:
            found = value if given else following
    return found


def speak(commands: Any, lang: Lang | None) -> None:
    """Let the help of commands say only what is in one language; both where it is None."""
    from typer import rich_utils

    said = {name: text[lang or "en"] for name, text in sentences("commands.typer").items()}
    for name in ("DEFAULT_STRING", "REQUIRED_LONG_STRING", "ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE"):
        setattr(rich_utils, name, said[name])
    for one in (commands, *commands.commands.values()):
        own = one.get_help_option(one.context_class(one))
        own.help = said["help"]
        one.options_metavar = said["options"]
        one.get_usage = lambda ctx, one=one: type(one).get_usage(one, ctx).replace("Usage: ", said["usage"], 1)
        if lang:
            one.rich_help_panel = half(one.rich_help_panel, lang)
            for about in (one, *one.params):
                about.help = half(about.help, lang)
            one.epilog = half(one.epilog, lang)
    commands.subcommand_metavar = said["command"]


def half(text: Any, lang: Lang) -> Any:
    """The half of a text that is in a language: of each line that has two, and of lines of one language those of this.

    >>> half("打印得分 / Print the scores", "zh"), half("说明。\\nA word.", "en")
    ('打印得分', 'A word.')
    """
    if not isinstance(text, str):  # there is none
        return text
    found = [line for line in text.split("\n") if not line or " / " in line or bool(re.search(_CHINESE, line)) is (lang == "zh")]
    return "\n".join(both(line)[lang] for line in found)


def both(text: str) -> Words:
    """A text of one line, in its two languages."""
    zh, _, en = text.partition(" / ")
    return words(zh, en or zh)
