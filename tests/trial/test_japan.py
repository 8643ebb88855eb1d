"""All 18,524 project-years of the national data set; the suite takes every sixth project."""

from __future__ import annotations

from pathlib import Path

from tests.places.japan import PRINTED_DOWN, found_in, held_against_the_rows, lay_out, rows


def test_every_sum_rate_and_carry_over_is_reproduced_or_the_difference_named(tmp_path: Path) -> None:
    given = rows()
    found = found_in(given, lay_out(tmp_path / "data", given))
    assert held_against_the_rows(found, given) == (372, 1, 95)
    assert (found.sums, sum(found.verdicts.values()), found.carried) == (18_524, 11_652, 3_108)
    assert found.differ == PRINTED_DOWN
