"""Many spoiled forms: each is taken or told, and what was taken is the same when it is imported once more."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from evallib.data.working_folder import lay_out
from evallib.forms.imports import import_forms
from evallib.model.errors import InputRefused
from tests.forms.forestry import BUREAU, FRAMEWORKS, YEAR, spoiled, write_csv

FORMS = 400


def test_a_spoiled_form_is_told_or_taken_once(tmp_path: Path) -> None:
    county, dice, taken = lay_out(tmp_path / "county"), Random(1), 0
    for number in range(FORMS):
        file, framework = write_csv(tmp_path / "form.csv", spoiled(dice)), dice.choice(FRAMEWORKS)
        data = shutil.copytree(county / "data", tmp_path / str(number) / "data")
        try:
            import_forms(data, [file], department=BUREAU, year=YEAR, framework=framework)
        except InputRefused:
            written = (data / "departments").exists()
        else:
            written = bool(import_forms(data, [file], department=BUREAU, year=YEAR).changes)
            taken += 1
        assert not written, number
        shutil.rmtree(data.parent)
    assert taken > FORMS / 10
