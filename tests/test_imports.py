"""Who may import whom. The data flows one way; a module imports only from the ones named beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import evallib

PACKAGE = Path(evallib.__file__).parent
CORE = {"words", "units", "errors", "base", "rows", "methods_record", "facts", "metrics", "rules", "framework", "record", "evaluation"}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "words": set(),
    "units": {"words"},
    "errors": {"words"},
    "base": {"words"},
    "facts": {"words"},
    "metrics": {"words"},
    "rules": {"units", "words"},
    "framework": {"base", "experts", "rules"},
    "rows": {"base"},
    "methods_record": {"base", "rows", "words"},
    "record": {"base", "methods_record", "rows", "words"},
    "evaluation": {"base", "framework", "record", "words"},
    "measure": CORE,
    "scoring": CORE | {"measure"},
    "check_framework": CORE,
    "check_record": CORE | {"measure", "scoring"},
    "check_identities": CORE | {"measure"},
    "check_plausibility": CORE | {"measure"},
    "follow_up": CORE,
    "check_follow_up": CORE | {"follow_up"},
    "framework_text": {"framework", "units", "words"},
    "table_docs": {"government", "monitoring_rows", "rows", "facts", "record", "units"},
    "raw_tables": {"rows", "record", "sheets", "units", "words"},
    "data_workbook": CORE | {"raw_tables", "workbook_sheet"},
    "data_files": CORE | {"load", "sheets", "raw_tables", "data_workbook"},
    "new_year": CORE | {"follow_up", "data_folder", "sheets", "load", "measure", "scoring", "raw_tables", "data_files", "data_workbook"},
    "sheets": {"errors", "words"},
    "cells": {"rows", "errors", "record", "sheets", "units", "words"},
    "data_folder": {"errors", "record", "sheets", "words"},
    "load": CORE
    | {"data_folder", "cells", "sheets", "check_framework", "check_record", "check_methods", "check_follow_up", "check_identities"},
    "years": CORE | {"data_folder", "load", "scoring", "reconcile", "check_plausibility"},
    "workbook_sheet": {"units", "words"},
    "score_workbook": CORE | {"measure", "reconcile", "tables", "workbook_sheet"},
    "reconcile": CORE | {"measure"},
    "tables": CORE | {"measure"},
    "changes": CORE | {"measure", "scoring"},
    "what_if": CORE | {"changes", "check_identities", "check_record", "scoring"},
    "improve": CORE | {"changes", "measure", "scoring", "tables", "what_if"},
    "sobol": set(),
    "uncertainty": CORE | {"measure", "scoring", "sobol"},
    "methods": CORE | {"comparison", "experts", "measure", "survey", "survey_forms", "tables"},
    "check_methods": CORE | {"experts", "methods", "scoring", "survey"},
    "sensitivity": CORE | {"measure", "scoring", "sobol", "uncertainty"},
    "chart_parts": CORE | {"measure", "drawing"},
    "chart_targets": CORE | {"measure", "drawing", "chart_parts"},
    "chart_budget": CORE | {"measure", "drawing", "chart_parts"},
    "chart_points": CORE | {"measure", "drawing", "chart_parts"},
    "charts": CORE | {"drawing", "chart_targets", "chart_budget", "chart_points"},
    "comparison": CORE | {"measure"},
    "chart_years": CORE | {"drawing", "chart_parts", "comparison"},
    "comparison_page": CORE | {"framework_text", "drawing", "rendering", "years", "chart_parts", "chart_years", "comparison"},
    "overview": CORE,
    "overview_counts": CORE | {"tables"},
    "chart_overview": CORE | {"drawing", "chart_parts", "overview"},
    "chart_overview_bars": CORE | {"drawing", "chart_parts", "chart_overview", "overview", "overview_counts"},
    "overview_page": CORE
    | {"government", "chart_government", "overview", "overview_counts", "chart_overview", "chart_overview_bars"}
    | {"drawing", "rendering", "years"},
    "drawing": {"words", "units"},
    "rendering": {"drawing", "units", "words"},
    "sections": CORE
    | {"follow_up", "improve", "methods", "sensitivity", "measure", "reconcile", "tables", "charts", "drawing", "rendering", "years"},
    "page": {"drawing", "rendering"},
    "report": CORE | {"load", "monitoring_data", "monitoring_rows", "years", "page", "charts", "drawing", "score_workbook"},
    "engine": {"sections", "comparison_page", "overview_page", "rendering"},
    "fork_engine": {"engine"},
    "workers": {"engine"},
    "batch": CORE | {"data_folder", "load", "report", "tables", "engine"},
    "county": {"batch", "rendering", "report", "words"},
    "demo": {"rows", "words", "units", "errors", "facts", "record", "base", "sheets", "demo_text", "demo_story"},
    "demo_story": {"words", "units", "facts", "record", "base", "demo_text"},
    "demo_text": {"words", "units", "facts", "record", "base"},
    "pefa": {"words", "units", "base", "errors"},
    "proportion": {"base"},
    "survey_forms": {"base", "proportion", "units", "words"},
    "survey": {"base", "errors", "proportion", "survey_forms", "units", "words"},
    "agreement": {"base", "units", "words"},
    "experts": {"agreement", "base", "errors", "units", "words"},
    "government": CORE | {"data_folder", "cells", "sheets", "measure", "pefa", "years"},
    "monitoring_record": CORE,
    "monitoring": CORE | {"monitoring_record"},
    "monitoring_rows": CORE,
    "monitoring_data": CORE | {"monitoring_record", "monitoring_rows", "cells", "data_folder", "load", "sheets"},
    "chart_monitoring": CORE | {"monitoring_record", "monitoring", "drawing", "chart_parts"},
    "monitoring_page": CORE
    | {"monitoring_record", "monitoring", "monitoring_rows", "chart_monitoring", "chart_parts", "drawing", "rendering"},
    "chart_government": {"words", "units", "pefa", "government", "drawing", "chart_parts"},
    "standing": CORE,
    "desk_fields": CORE | {"changes", "measure", "scoring"},
    "desk_page": CORE | {"drawing", "rendering", "sections", "years"},
    "desk": CORE
    | {"changes", "data_folder", "desk_fields", "desk_page", "improve", "load", "overview", "report", "rendering", "standing", "tables"}
    | {"what_if", "years"},
    "desk_panels": CORE | {"desk", "desk_fields", "desk_page", "rendering", "report", "sections"},
    "desk_views": CORE | {"desk", "desk_page", "desk_panels"},
    "__main__": {"*"},
    "cli_base": {"errors", "report", "words"},
    "cli_batch": {"*"},
    "cli_data": {"*"},
    "cli": {"*"},
}


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names} if node.module == "evallib" else {node.module}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_every_module_imports_only_what_it_may() -> None:
    wrong = []
    for path in sorted(PACKAGE.glob("*.py")):
        allowed = MAY_IMPORT[path.stem]
        for name in _imports(ast.parse(path.read_text(encoding="utf-8"))):
            parts = name.split(".")
            if parts[0] != "evallib" or "*" in allowed or parts[1] == "__version__":
                continue
            if parts[1] not in allowed:
                wrong.append(f"{path.stem} imports {parts[1]}")
    assert not wrong


def test_nothing_imports_the_command_line() -> None:
    assert all("cli" not in allowed for name, allowed in MAY_IMPORT.items() if name != "__main__")


def test_every_module_says_first_what_lives_there() -> None:
    silent = [path.name for path in PACKAGE.glob("*.py") if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent


def test_the_core_is_pure() -> None:
    """No file, no clock and no plot in what computes."""
    banned = {"pathlib", "os", "io", "csv", "time", "datetime", "matplotlib", "pandas", "random"}
    for module in CORE | {"measure", "scoring", "reconcile", "check_record", "check_identities", "check_plausibility", "check_framework"}:
        found = _imports(ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8")))
        allowed = {"datetime"} if module == "methods_record" else set()  # a date that is written down is no clock
        assert not {name.split(".")[0] for name in found} & banned - allowed, module
