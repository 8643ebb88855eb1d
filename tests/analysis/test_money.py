"""Amounts of money: in the currency's own unit, whatever unit a county's catalogue gives them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evallib.model.evaluation import Evaluation


@pytest.mark.parametrize("unit", ["元", "万元", "亿元"])
def test_an_amount_is_in_the_currencys_own_unit_whatever_the_catalogue_counts_in(hrss: Evaluation, unit: str) -> None:
    catalogue = hrss.catalogue
    spent = replace(catalogue.facts["outturn"], unit=catalogue.units.read(unit))
    framework = hrss.framework.model_copy(update={"catalogue": replace(catalogue, facts={**catalogue.facts, "outturn": spent})})
    assert replace(hrss, framework=framework).amount("budget spent") == hrss.amount("budget spent")
