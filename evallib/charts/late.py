"""A Chinese font for who draws by themselves, from when matplotlib is imported: who does not draw need not wait for it."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import Any


class _Awaiting(MetaPathFinder):
    """Finds matplotlib as it is, once, and gives it the font as soon as it is there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "matplotlib":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def executed(module: Any) -> None:
                execute(module)
                _use()

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


def _use() -> None:
    from evallib.charts.fonts import use_chinese

    use_chinese(tell=False)


def use_chinese_later() -> None:
    """As `evallib.charts.fonts.use_chinese`, now where matplotlib is there, else as soon as it is imported; nothing is told."""
    if "matplotlib" in sys.modules:
        _use()
    elif not any(isinstance(finder, _Awaiting) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Awaiting())
