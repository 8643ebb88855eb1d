"""The language of the command line: found before anything is read, and spoken by every help text. No command is known here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from evallib.data.place import find_data, spoken_in
from evallib.model.words import LANGS, Lang, Words
from evallib.say.sentences import sentence, sentences


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
    """Let the help of commands say what they are, in one language; in both where it is None."""
    from typer import rich_utils

    said = {name: text[lang or "en"] for name, text in sentences("commands.typer").items()}
    for name in ("DEFAULT_STRING", "REQUIRED_LONG_STRING", "ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE"):
        setattr(rich_utils, name, said[name])
    commands.help = _shown(sentence("help.app"), lang)
    for name, one in (("shared", commands), *commands.commands.items()):
        own = one.get_help_option(one.context_class(one))
        own.help = said["help"]
        one.options_metavar = said["options"]
        one.get_usage = lambda ctx, one=one: type(one).get_usage(one, ctx).replace("Usage: ", said["usage"], 1)
        for param in one.params:
            param.help = _shown(about(name, param.name), lang)
        if one is not commands:
            one.help, one.rich_help_panel = _shown(about(name), lang), _shown(sentence(f"help.panel.{one.rich_help_panel}"), lang)
            one.epilog = one.epilog and _shown(about(name, one.epilog), lang)
    commands.subcommand_metavar = said["command"]


def about(command: str, part: str = "about") -> Words:
    """What the help says of a command, or of an option of it. The words stand in `catalogue/words/sentences/help.toml`.

    >>> about("score").zh.partition("\\n")[0], about("score", "lang").en
    ('计算并打印得分', 'language')
    """
    own = sentences(f"help.{command}")
    return own[part] if part in own else sentence(f"help.shared.{part}")


def _shown(text: Words, lang: Lang | None) -> str:
    """A text in one language, or line by line in both."""
    if lang:
        return text[lang]
    (zh, *more), (en, *others) = text.zh.split("\n"), text.en.split("\n")
    return "\n".join((f"{zh} / {en}", *(line for pair in zip(more, others, strict=True) for line in dict.fromkeys(pair))))
