"""Forms that people have, imported: what is taken, asked about, left, lacking; a second import; nothing half written."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evallib.data.imports import import_forms
from evallib.data.working_folder import lay_out
from evallib.model.errors import InputRefused
from evallib.model.made_ids import made_id
from tests.data.forestry import BUREAU, lines, write_xlsx

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "forms.toml").read_text(encoding="utf-8"))["case"]
CODE = made_id(BUREAU)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is only read."""
    return lay_out(tmp_path_factory.mktemp("read") / "county") / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "county") / "data"


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_what_a_form_says(case: dict[str, Any], county: Path, tmp_path: Path) -> None:
    form = write_xlsx(tmp_path / "form.xlsx", lines(**case["set"]))
    given = {name: case[name] for name in ("framework",) if name in case}
    if "asks" in case:
        with pytest.raises(InputRefused) as refusal:
            import_forms(county, [form], dry=True, **given)
        assert case["asks"] in {problem.code for problem in refusal.value.problems}, refusal.value.describe("en")
        said = refusal.value.describe("zh")
        assert all(read.partition("=")[0] in said for read in case.get("read", ()))
        given |= {name.removesuffix("_then"): case[name] for name in case if name.endswith("_then")}
        given["reads"] = case.get("read", [])
    found = import_forms(county, [form], dry=True, **given)
    assert found.evaluation.total == Decimal(case["total"])
    assert [one.place.cell for one in found.left if one.acts] == case.get("left", [])
    assert found.open_points[0] == Decimal(case.get("open", 0))
    assert bool(found.lacking) == ("open" in case)
