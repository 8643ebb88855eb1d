"""Who may import whom. Data flows one way: a folder imports only from the folders named beside it, and no two modules import each other."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import evallib

PACKAGE = Path(evallib.__file__).parent
PURE = ["model", "score", "say", "methods", "checks", "analysis"]
MAY_IMPORT: dict[str, set[str]] = {
    "model": {"kit"},  # the words of the tables travel as data
    "score": {"model"},
    "say": {"model", "score", "kit"},
    "methods": {"model", "score", "say"},
    "checks": {"model", "score", "say", "methods"},
    "analysis": {"model", "score", "say", "checks"},
    "files": {"model", "say", "kit"},
    "data": {"model", "score", "say", "methods", "checks", "analysis", "files", "kit"},
    "forms": {"model", "score", "say", "checks", "files", "data"},
    "frameworks": {"model", "say", "checks", "files", "data", "kit"},
    "charts": {"model", "say", "analysis"},
    "pages": {"model", "score", "say", "methods", "analysis", "charts", "kit"},
    "word": {"model", "say", "data", "forms", "charts", "pages"},
    "runs": {"model", "say", "analysis", "files", "data", "charts", "pages", "word", "kit"},
    "door": {"model", "score", "say", "checks", "analysis", "files", "data", "charts", "pages", "word"},
    "desk": {"model", "say", "analysis", "files", "data", "forms", "charts", "pages", "runs", "door", "kit"},
    "demo": {"model", "say", "files", "data"},
    "cli": {"model", "score", "say", "analysis", "files", "data", "forms", "frameworks", "pages", "runs", "demo", "kit"},
    "kit": set(),
    "__main__": {"cli"},
    "": {"model", "door", "desk"},
}
"""What each folder, or module beside the folders, may take from. `evallib` itself holds the public names, which are fetched when they are
asked for, and the version, which all may take."""


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name, without the package's own."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").strip(".")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.AST) -> set[str]:
    """The modules that one imports, also inside functions; those of the package without its name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names} | {node.module}
    return {name.removeprefix("evallib.") for name in found}


MODULES = modules()
KNOWN = set(MODULES) - {""}


def test_every_folder_imports_only_what_it_may() -> None:
    wrong = [
        f"{module} imports {taken}"
        for module, tree in MODULES.items()
        for taken in imported(tree) & KNOWN
        if (folder := taken.partition(".")[0]) != (own := module.partition(".")[0]) and folder not in MAY_IMPORT.get(own, set())
    ]
    assert not wrong


def test_no_leave_stands_there_that_nobody_takes() -> None:
    taken = {(module.partition(".")[0], other.partition(".")[0]) for module, tree in MODULES.items() for other in imported(tree) & KNOWN}
    unused = [f"{folder} from {other}" for folder, allowed in MAY_IMPORT.items() for other in allowed if (folder, other) not in taken]
    assert not unused


def test_no_circle() -> None:
    TopologicalSorter({module: (imported(tree) & KNOWN) - {module} for module, tree in MODULES.items()}).prepare()


def test_what_is_data_holds_no_program() -> None:
    assert not [path for folder in ("catalogue", "template") for path in (PACKAGE / folder).rglob("*.py")]


def test_every_module_says_first_what_lives_there() -> None:
    assert not [module for module, tree in MODULES.items() if not ast.get_docstring(tree)]


def test_what_computes_is_pure() -> None:
    """No file, no clock, no chance and no picture in what computes; a date that is written down is no clock, chance has its seed."""
    banned = {"pathlib", "os", "io", "csv", "time", "datetime", "matplotlib", "pandas", "random"}
    dates = {"methods.follow_up", "model.optional_rows", "analysis.monitoring", "model.published_rows"}
    dates |= {"model.record", "model.running_year", "model.monitoring_rows", "model.monitoring_record"}
    seeded = {"analysis.sobol", "analysis.sensitivity", "analysis.uncertainty"}
    wrong = []
    for module, tree in MODULES.items():
        if module.partition(".")[0] in PURE:
            allowed = {"datetime"} if module in dates else {"random"} if module in seeded else set()
            wrong += [f"{module} imports {name}" for name in {n.partition(".")[0] for n in imported(tree)} & banned - allowed]
    assert not wrong


def test_only_one_place_knows_each_great_library() -> None:
    """papermill in `runs`, matplotlib in `charts`, openpyxl in `files` and what stands on it, typer in `cli`."""
    homes = {
        "papermill": r"runs\.",
        "nbconvert": r"pages\.exporter",
        "matplotlib": r"charts\.",
        "openpyxl": r"(files|data|forms|frameworks)\.",
        "typer": r"cli\.",
        "ipywidgets": r"desk\.views",
        "jinja2": r"pages\.rendering|data\.table_docs",
        "docx": r"word\.paper",
    }
    wrong = [
        f"{module} imports {library}"
        for module, tree in MODULES.items()
        for library, home in homes.items()
        if library in {name.partition(".")[0] for name in imported(tree)} and not re.match(home, module)
    ]
    assert not wrong
