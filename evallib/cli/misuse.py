"""What was typed that no command takes: said in a sentence of the kit, in the language asked for."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from evallib.cli.language import about, language_of, speak
from evallib.cli.shared import asked, refusals_told
from evallib.model.errors import InputRefused, meant
from evallib.model.words import NOTHING, words
from evallib.say.refusals import refused

_MISUSE: type[Any] = typer.BadParameter.__mro__[1]
"""What typer raises for all of it; it has no public name."""


class Commands(TyperGroup):
    """The commands, which say in their own words what is wrong with what was typed."""

    def main(self, args: Any = None, *, standalone_mode: bool = True, **more: Any) -> Any:  # type: ignore[override]  # by name, as all do
        """Run what was typed; as typer does, but for what is said where it cannot be run."""
        typed = [*(sys.argv[1:] if args is None else args)]
        lang = language_of(typed)
        asked.lang = lang or "zh"
        if not typed or "--help" in typed:
            speak(self, lang)
        try:
            code = super().main(args, standalone_mode=False, **more)
        except _MISUSE as error:
            if type(error).__name__ == "NoArgsIsHelpError":
                error.show()
                code = 2
            else:
                code = _tell(error)
        if not standalone_mode:
            return code
        sys.exit(code if isinstance(code, int) else 0)


def _tell(error: Any) -> int:
    try:
        with refusals_told(asked.lang, writes=False):
            raise _refusal(error)
    except typer.Exit as end:
        return end.exit_code


def _refusal(error: Any) -> InputRefused:
    """What is wrong, from the kind of the error and what it is about."""
    help_ = error.ctx.command_path.replace("python -m evallib", "evallib") + " --help" if error.ctx else "evallib --help"
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or (param and (param.opts[0] if param.param_type_name == "option" else param.name)) or ""
    what = about(error.ctx.command.name, param.name) if param is not None and param.name else words(name)
    known = re.findall(r"'([^']+)'", error.message.partition("is not one of")[2])
    match type(error).__name__:
        case "MissingParameter":
            return refused("command.lacking", name, about=what, help=help_)
        case "NoSuchOption":
            near = sorted(error.possibilities or ())
            if isinstance(error.ctx.command, Commands):  # no command was typed yet
                return refused("command.option_before", name, option=name)
            return refused("command.no_such_option", name, known=meant(name, near) if near else words(help_))
        case "BadParameter":
            said = error.__cause__.errors()[0] if hasattr(error.__cause__, "errors") else {}
            least = said.get("ctx", {}).get("ge")
            if least is not None:
                what = words(f"整数，{least} 以上：", f"a whole number, {least} or more: ") + what
            elif "integer" in error.message:
                what = words("整数：", "a whole number: ") + what
            elif known:
                what = words("、".join(known), " or ".join(known))
            return refused("command.bad_value", name, str(said.get("input", "")), known=what)
        case "BadOptionUsage":
            return refused("command.option_value", name, help=help_)
    if "No such command" in error.message:
        typed, *near = re.findall(r"'([^']*)'", error.message)
        like = words(f"是否应为 {'、'.join(near)}？", f"did you mean {' or '.join(near)}? ") if near else NOTHING
        return refused("command.no_such_command", "evallib", typed, like=like)
    return refused("command.too_much", "evallib", error.message.rpartition("(")[2].rstrip(")."), help=help_)
