"""The command line: which commands there are. What each does stands in the module beside it; nothing is computed here."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Annotated

import typer

from evallib import __version__
from evallib.cli import batch, data, figures, importing, pages, publishing, start
from evallib.cli.misuse import Commands
from evallib.cli.monitoring import monitor
from evallib.cli.shared import ERR, asked, suit, tell
from evallib.data import net

app = typer.Typer(
    name="evallib",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_COMMANDS: dict[str, list[Callable[..., None]]] = {
    "begin": [start.init, data.new, importing.import_, importing.merge, figures.check, batch.demo, start.upgrade],
    "one": [
        *(start.desk, pages.report, pages.texts, pages.compare),
        monitor,  # monitoring
        *(figures.score, figures.reconcile, publishing.publish, data.export),
    ],
    "all": [batch.batch, pages.overview, batch.results, publishing.verify, data.framework],
}
for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        app.command(_command.__name__.rstrip("_"), rich_help_panel=_panel)(_command)
_PASSING_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
app.command("lab", rich_help_panel="one", epilog="epilog", context_settings=_PASSING_ON)(start.lab)


def _version(asked: bool) -> None:
    if asked:
        print(f"evallib {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    """Evaluate a department's yearly performance."""


def main() -> None:
    """Run the command line, under the net: whatever nobody expected is told in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        suit(stream)
    if asked_for := [one for one in app.registered_commands if one.name in sys.argv[1:2]]:
        app.registered_commands = asked_for  # typer reads every function that it knows before it looks at what was typed
    if not net.is_on():
        app()
        return
    net.quiet()
    if not sys.warnoptions:
        warnings.showwarning = lambda message, *args, **more: tell(str(message), on=ERR)
    try:
        app()
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # a panic of a library in Rust is no Exception
        tell(net.told(error, asked.out), asked.lang, ERR)
        sys.exit(1)
