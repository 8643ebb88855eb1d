"""The page of a running year: data checked, then made as `report` makes pages."""

from __future__ import annotations

from typing import Unpack

from evallib.data.monitoring import load_monitoring
from evallib.model.monitoring_rows import file_name, head_line
from evallib.model.steady import steady
from evallib.runs.report import How, Page, Run
from evallib.say.refusals import refused


@steady
def run_monitoring(department: str, year: int, **how: Unpack[How]) -> Page:
    """Make the page of a department's running year: `OUT/monitoring/DEPARTMENT-YEAR.html`, with its notebook.

    Raises as `run_report` does; also where there is no monitoring file for the year.
    """
    run = Run("monitoring", f"{department}-{year}", {"department": department, "year": year}, **how)
    with run.refused_set_aside(department):
        monitored = load_monitoring(run.data, department, year)
    if monitored.file is None:
        raise refused("report.no_monitoring", file_name(department, year), head=head_line())
    return run.make()
