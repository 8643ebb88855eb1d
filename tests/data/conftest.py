"""What tests of the data share: a data folder whose year is a workbook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import DATA


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder without the year 2023, which each test writes anew as a workbook."""
    folder = tmp_path_factory.mktemp("books") / "data"
    shutil.copytree(DATA, folder)
    shutil.rmtree(folder / "departments" / "hrss" / "2023")
    return folder
