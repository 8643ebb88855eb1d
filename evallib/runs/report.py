"""One page: data checked, notebook run, page and `evaluation.json` written. The only place that knows papermill.

A report appears whole or not at all: everything is made in a temporary folder beside the target, then moved into place.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evallib.data.load import list_departments
from evallib.data.monitoring import load_monitoring
from evallib.data.years import evaluate_department, evaluate_year
from evallib.kit import COMPARISON, MONITORING, NOTEBOOKS, OVERVIEW, REPORT
from evallib.model.errors import Place, Problem, refuse
from evallib.model.evaluation import Evaluation
from evallib.model.monitoring_rows import file_name, head_line
from evallib.model.words import Lang, words


@dataclass(frozen=True)
class Written:
    """What a run has written, the evaluation in it, and the warnings that did not stop it."""

    page: Path
    notebook: Path
    evaluation_file: Path
    evaluation: Evaluation
    warnings: tuple[Problem, ...]


class ReportFailed(Exception):
    """The notebook stopped. The data was fine; `details` holds what the notebook said."""

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self.details = details


def run_report(
    department: str,
    year: int,
    *,
    data: Path,
    out: Path,
    lang: Lang = "zh",
    figures: bool = False,
    workbook: bool = False,
    engine: str | None = None,
    notebook: Path = NOTEBOOKS / REPORT,
) -> Written:
    """Make a department's report of a year: `OUT/YEAR/DEPARTMENT.html`, with `.ipynb` and `.evaluation.json` beside it.

    The English page and notebook are `DEPARTMENT.en.html` and `.en.ipynb`; the evaluation holds both languages.
    The data is checked before a kernel starts. With `figures` the charts are also written as PNG (`DEPARTMENT.CHART.png`),
    with `workbook` the scores as `DEPARTMENT.xlsx`. `engine` names a papermill engine; None is papermill's own.

    Raises InputRefused when the data or the notebook cannot be used (nothing is written), ReportFailed when the notebook
    stopped (nothing is written).
    """
    data, out = data.resolve(), out.resolve()
    checked = evaluate_year(data, department, year)
    evaluation, warned = checked.evaluation, checked.remarks
    parameters = {"department": department, "year": year, "lang": lang, "data": data.as_posix()}
    name = _name(department, lang)

    def beside(work: Path) -> None:
        nonlocal warned
        (work / f"{department}.evaluation.json").write_text(evaluation.to_json(), encoding="utf-8", newline="\n")
        if figures:
            warned += _write_figures(evaluation, work, name, lang)
        if workbook:
            from evallib.data.score_workbook import write_score_workbook

            write_score_workbook(evaluation, work / f"{name}.xlsx", lang)

    page = _run(notebook, parameters, out / str(year), name, engine, beside)
    return Written(page, page.with_suffix(".ipynb"), page.parent / f"{department}.evaluation.json", evaluation, warned)


def run_comparison(
    department: str,
    *,
    data: Path,
    out: Path,
    lang: Lang = "zh",
    engine: str | None = None,
    notebook: Path = NOTEBOOKS / COMPARISON,
) -> Path:
    """Make the page that sets a department's years side by side: `OUT/comparison/DEPARTMENT.html`, with its notebook.

    Raises as `run_report` does; also where none of the department's years can be evaluated.
    """
    data, out = data.resolve(), out.resolve()
    found = evaluate_department(data, department)
    if not found.evaluations:
        raise refuse(
            department,
            "没有一个年度可以评价",
            "none of its years can be evaluated",
            f"先改正数据：{found.absent[-1].reason.zh}",
            f"correct the data first: {found.absent[-1].reason.en}",
        )
    parameters = {"department": department, "lang": lang, "data": data.as_posix()}
    return _run(notebook, parameters, out / "comparison", _name(department, lang), engine)


def run_monitoring(
    department: str,
    year: int,
    *,
    data: Path,
    out: Path,
    lang: Lang = "zh",
    engine: str | None = None,
    notebook: Path = NOTEBOOKS / MONITORING,
) -> Path:
    """Make the page of a department's running year: `OUT/monitoring/DEPARTMENT-YEAR.html`, with its notebook.

    Raises as `run_report` does; also where there is no monitoring file for the year.
    """
    data, out = data.resolve(), out.resolve()
    if load_monitoring(data, department, year).file is None:
        raise refuse(
            file_name(department, year),
            "没有这个文件",
            "there is no such file",
            f"在数据文件夹里建这个文件，第一行写：{head_line()}",
            f"create it in the data folder, with this header row: {head_line()}",
        )
    parameters = {"department": department, "year": year, "lang": lang, "data": data.as_posix()}
    return _run(notebook, parameters, out / "monitoring", _name(f"{department}-{year}", lang), engine)


def run_overview(
    year: int, *, data: Path, out: Path, lang: Lang = "zh", engine: str | None = None, notebook: Path = NOTEBOOKS / OVERVIEW
) -> Path:
    """Make the page that shows all departments of a year together: `OUT/overview/YEAR.html`, with its notebook.

    Raises as `run_report` does; also where no department is listed for the year.
    """
    data, out = data.resolve(), out.resolve()
    listings = list_departments(data)
    if not any(row.first_year <= year <= row.last_year for row in listings):
        listed = _spans({y for row in listings for y in range(row.first_year, row.last_year + 1)})
        raise refuse(
            "departments.csv",
            f"没有部门列出 {year} 年",
            f"no department is listed for {year}",
            f"名单中的年度：{'、'.join(listed)}；要增加：evallib new 部门编码 {year}",
            f"the list has the years {', '.join(listed)}; to add one: evallib new CODE {year}",
        )
    return _run(notebook, {"year": year, "lang": lang, "data": data.as_posix()}, out / "overview", _name(str(year), lang), engine)


def _spans(years: set[int]) -> list[str]:
    """Years as spans.

    >>> _spans({2021, 2022, 2024})
    ['2021–2022', '2024']
    """
    starts = sorted(y for y in years if y - 1 not in years)
    ends = sorted(y for y in years if y + 1 not in years)
    return [str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True)]


def _name(stem: str, lang: Lang) -> str:
    return stem if lang == "zh" else f"{stem}.{lang}"


def _run(
    notebook: Path,
    parameters: dict[str, Any],
    folder: Path,
    name: str,
    engine: str | None,
    beside: Callable[[Path], None] = lambda work: None,
) -> Path:
    """Run a notebook and export its page to a folder, with what `beside` adds: all of it or nothing. The page's path."""
    _check_parameters(notebook, parameters)
    _refuse_folders(folder, name.partition(".")[0])
    new_folders = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as temporary:
            work = Path(temporary)
            executed = _execute(notebook, work / f"{name}.ipynb", parameters, engine)
            (work / f"{name}.html").write_text(_export(executed), encoding="utf-8", newline="\n")
            beside(work)
            made_files = sorted(work.iterdir(), key=lambda file: file.suffix == ".html")  # the page last: it says that all is there
            for file in made_files:
                file.replace(folder / file.name)
    except BaseException:
        for parent in new_folders:  # an empty folder would look like a report that went missing
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        raise
    return folder / f"{name}.html"


def _refuse_folders(folder: Path, stem: str) -> None:
    """A folder in the place of a file would be found out only after the other files were replaced."""
    for target in folder.glob(f"{stem}.*"):
        if target.is_dir():
            raise refuse(str(target), "这里应是文件，却是文件夹", "is a folder where a file belongs", "移走它", "move it away")


def _write_figures(evaluation: Evaluation, folder: Path, name: str, lang: Lang) -> tuple[Problem, ...]:
    """The charts as PNG, and a warning where the machine has no font that can draw Chinese."""
    from evallib.charts.drawing import chinese_font
    from evallib.charts.report import CHARTS

    for id, draw in CHARTS.items():
        (folder / f"{name}.{id}.png").write_bytes(draw(evaluation, lang).to_png())
    if chinese_font() is not None:
        return ()
    return (
        Problem(
            Place(f"{name}.*.png"),
            words(
                "这台机器没有中文字体，图片里的汉字显示为方框", "this machine has no Chinese font: Chinese in the pictures shows as boxes"
            ),
            words(
                "安装一种中文字体；或运行 python -m pip install pylopdf-fonts-zh-cn",
                "install one; or run: python -m pip install pylopdf-fonts-zh-cn",
            ),
            level="warning",
            code="no_font",
        ),
    )


def refuse_missing(notebook: Path) -> None:
    """Raise InputRefused where there is no such notebook."""
    if not notebook.is_file():
        raise refuse(str(notebook), "没有这个笔记本", "there is no such notebook", "检查路径", "check the path")


def _check_parameters(notebook: Path, parameters: dict[str, Any]) -> None:
    """papermill only warns of a parameter that the notebook does not know; here it is refused."""
    refuse_missing(notebook)
    import nbformat

    book = nbformat.read(notebook, as_version=4)
    cells = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
    known = {line.split("=")[0].strip() for cell in cells for line in cell.source.splitlines() if "=" in line}
    unknown = sorted(set(parameters) - known)
    if unknown:
        raise refuse(
            notebook.name,
            f"参数单元格缺少：{'、'.join(unknown)}",
            f"its parameters cell lacks: {', '.join(unknown)}",
            "在第一个代码单元格里补上，每个一行；只改部门和年度，其余各行保留",
            "add them to its first code cell, one a line; change department and year there and leave the other lines",
        )


def _execute(notebook: Path, target: Path, parameters: dict[str, Any], engine: str | None) -> Any:
    """Run the notebook with its parameters in a fresh kernel; the executed notebook, also saved under `target`."""
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's connection; what the notebook itself warns of stands in its outputs
        try:
            return papermill.execute_notebook(
                str(notebook),
                str(target),
                parameters=parameters,
                kernel_name="python3",
                engine_name=engine,
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                config=Config(
                    {
                        "KernelManager": {"transport_encryption": "auto"},
                        # the kernel may say at its end that it was interrupted: that is how it is told to stop
                        "NotebookClient": {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]},
                    }
                ),
            )
        except PapermillExecutionError as error:
            raise ReportFailed(f"{error.ename}: {error.evalue}\n{error.source}") from None


def _export(executed: Any) -> str:
    from evallib.pages.exporter import ReportExporter

    exporter: Any = ReportExporter  # its base class has no types
    html, _ = exporter().from_notebook_node(executed)
    return str(html)
