"""What the tests of the door share: the real example, a made-up county, opened."""

from __future__ import annotations

from pathlib import Path

import pytest

import evallib as ev
from evallib.demo.county import make_demo
from tests.conftest import DATA


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a synthetic county: six departments, three years, one department-year that cannot be used."""
    folder = tmp_path_factory.mktemp("county")
    make_demo(folder / "county", departments=6, first_year=2021, last_year=2023)
    return folder / "county" / "data"


@pytest.fixture(scope="session")
def book(county: Path) -> ev.Book:
    return ev.open(county, lang="en")


@pytest.fixture(scope="session")
def r() -> ev.Result:
    return ev.evaluate(DATA, "hrss", 2023, "en")
