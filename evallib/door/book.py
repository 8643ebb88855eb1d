"""A data folder opened: its departments and years, each evaluated when it is asked for, and all of them together as frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from evallib.charts.fonts import use_chinese_later
from evallib.data import frames
from evallib.data.folder import data_root
from evallib.data.handed import standing_years
from evallib.data.load import Departments, list_departments, load_departments
from evallib.data.parameters import checked_lang, checked_year
from evallib.data.place import find_data
from evallib.data.published import NONE, Published
from evallib.data.rulebook import load_county
from evallib.data.years import ends_of_year, evaluate_year, evaluated_or_absent, standing
from evallib.door.lookup import ByName, found_in
from evallib.door.plots import Plot, plots
from evallib.door.result import Frames, Path_, Result, Sectioned
from evallib.door.shown import Shown, Shows, cut, heads, shell, told
from evallib.model.evaluation import Evaluation
from evallib.model.record import Listing
from evallib.model.words import Lang, Words, words
from evallib.model.years import Absent, CountyYear, DepartmentYears, EvaluatedYear, Standing
from evallib.say.refusals import refused
from evallib.say.workings import total_text

if TYPE_CHECKING:  # what draws is fetched when something is drawn
    import pandas as pd

    from evallib.pages.comparison import YearComparison
    from evallib.pages.overview import CountyOverview

MOST_SHOWN = 12
MOST_REASONS = 2


class Results(Frames):
    """Several results together. Frames hold those of all of them, with department and year before the ids; iterating gives each.

    What could not be used is left out, and named with its reason in `absent`.
    """

    def __init__(self, data: Path, lang: Lang, found: Iterable[Result | Absent]) -> None:
        self._data, self._lang, self._held = data, lang, tuple(found)

    @property
    def _found(self) -> tuple[Result | Absent, ...]:
        return self._held

    @property
    def results(self) -> tuple[Result, ...]:
        """The results, in the order of the list of departments."""
        return tuple(r for r in self._found if isinstance(r, Result))

    @property
    def _absent(self) -> tuple[Absent, ...]:
        return tuple(a for a in self._found if isinstance(a, Absent))

    @property
    def absent(self) -> pd.DataFrame:
        """What is listed and could not be used, by department and year: name and reason."""
        rows = ((a.department, a.year, a.name[self._lang], a.reason[self._lang]) for a in self._absent)
        return frames.Table("department year name reason", rows, keys=2).frame()

    @property
    def totals(self) -> pd.DataFrame:
        """The total of each result: name, total, points, grade, rate (share), self_total, framework, tried."""
        return frames.totals((r.evaluation for r in self.results), self._lang)

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        made = {(r.department, r.year): r._frame(name) for r in self.results}
        if not made:
            return frames.Table("department year", (), keys=2).frame()
        return pd.concat(made, names=["department", "year"])

    def what_if(self, *args: Any, **kwargs: Any) -> Results:
        """Every result with the same changes: see `Result.what_if`."""
        return Results(self._data, self._lang, [r.what_if(*args, **kwargs) for r in self.results])

    @property
    def plot(self) -> ByName[Plot]:
        """Plain plots, free to restyle: `book.plot.totals(ax=ax)`."""
        return plots(self, "OF_SEVERAL", self._lang)

    def _there(self) -> dict[str, Words]:
        return super()._there() | {f'["{r.department}", {r.year}]': words(r.department) for r in self._held}

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def _title(self) -> str:
        return f"{len(self)}"

    def _shown(self) -> Shown:
        lang, found = self._lang, self._found
        rows = []
        for r in found[:MOST_SHOWN]:
            if isinstance(r, Result):
                rows.append((r.name, str(r.year), total_text(r.evaluation) or "—", r.grade))
            else:
                rows.append((r.name[lang], str(r.year), "—", told("not_usable", lang)))
        reasons = (told("absent", lang, who=a.name, year=str(a.year), reason=cut(a.reason[lang], 160)) for a in self._absent[:MOST_REASONS])
        notes = [told("more_results", lang, count=len(found) - MOST_SHOWN)] if len(found) > MOST_SHOWN else []
        notes += [told("absent_more", lang, count=len(self._absent))] if self._absent else []
        return Shown(
            self._title(),
            tuple(reasons),
            heads(lang, "department", "year", "total", "grade"),
            rows,
            ("" if lang == "zh" else " ").join(notes),
        )


class Years(Results, Sectioned):
    """A department's years, oldest first: `book["hrss"]`.

    >>> import evallib as ev
    >>> ev.open("data", "en")["hrss"].totals.total.to_list()
    [84.63]
    """

    _SECTIONS = "pages.comparison.sections"

    def __init__(self, data: Path, lang: Lang, found: Iterable[Result | Absent], department: str, name: Words) -> None:
        super().__init__(data, lang, sorted(found, key=lambda one: one.year))
        self._department, self._name = department, name

    def __getitem__(self, year: int) -> Result:
        return _one_of(self._found, year, {str(r.year): words(str(r.year)) for r in self._found}, "year")

    @cached_property
    def _page(self) -> YearComparison:
        from evallib.pages.comparison import YearComparison

        es = tuple(r.evaluation for r in self.results)
        return YearComparison(DepartmentYears(self._department, self._name, es, self._absent), self._lang)

    def _title(self) -> str:
        return told("years", self._lang, name=self._name, count=len(self._held))


class County(Results, Sectioned):
    """All departments of a year, in the order of the list: `book[2023]`.

    >>> import evallib as ev
    >>> len(ev.open("data")[2023])
    1
    """

    _SECTIONS = "pages.overview.sections"

    def __init__(self, data: Path, lang: Lang, found: Iterable[Result | Absent], year: int, published: Published) -> None:
        super().__init__(data, lang, found)
        self._year, self._published = year, published

    def __getitem__(self, department: str) -> Result:
        named = {r.department: r.evaluation.record.name if isinstance(r, Result) else r.name for r in self._found}
        return _one_of(self._found, department, named, "department")

    @cached_property
    def _page(self) -> CountyOverview:
        from evallib.data.government import load_government
        from evallib.pages.overview import CountyOverview

        ends = ends_of_year(self._data, self._year)
        county = CountyYear(self._year, tuple(r.evaluation for r in self.results), self._absent, ends)
        return CountyOverview(
            county,
            self._lang,
            load_government(self._data, self._year, [county], self._published),
        )

    def _title(self) -> str:
        return told("county", self._lang, year=self._year, count=len(self._held))


def _one_of(found: Iterable[Result | Absent], asked: Any, named: dict[str, Words], thing: str) -> Result:
    id = found_in(named, asked, thing)
    one = next(r for r in found if id in (r.department, str(r.year)))
    if isinstance(one, Absent):
        raise refused("door.absent", f"{one.department} {one.year}", reason=one.reason)
    return one


class _Standing(Result):
    """A result that stands. The data is read again only where more is asked for than its evaluation."""

    def __init__(self, evaluation: Evaluation, lang: Lang, data: Path) -> None:
        self._evaluation, self._lang, self._data, self._root = evaluation, lang, data, data

    @property
    def evaluation(self) -> Evaluation:
        return self._evaluation

    @cached_property
    def _checked(self) -> EvaluatedYear:  # type: ignore[override]
        return evaluate_year(self._root, self.department, self.year)


class Book(Results):
    """A data folder, opened. Shows departments and years with total and grade, and why one could not be used.

    `book["hrss", 2023]` is a result, `book["hrss"]` a department's years, `book[2023]` the county in a year; names work as ids do.
    What was read stays as it was read; open the folder again to see what has changed since.

    >>> import evallib as ev
    >>> book = ev.open("data", lang="en")
    >>> book["hrss", 2023].total
    84.63
    """

    def __init__(self, data: Path_ = "data", lang: Lang | None = None, published: Published = NONE) -> None:
        """`published` is for a page of several: what is not as it was published is absent there. Who explores is free."""
        root = data_root(find_data(Path(data)))
        super().__init__(root, load_county(root).language if lang is None else checked_lang(lang), ())
        Shows._lang = self._lang
        if shell() is not None:  # whoever draws for themselves need not look for a font, either
            use_chinese_later()
        self._published = published
        self._made: dict[tuple[str, int], Result | Absent] = {}

    @cached_property
    def _stand(self) -> Standing:
        return standing_years(self._data)

    @cached_property
    def _listed(self) -> Departments:
        return load_departments(self._data)

    @property
    def _some(self) -> Departments:
        """The list, for what needs at least one. Raises InputRefused where it is empty."""
        return self._listed or list_departments(self._data)

    def _there(self) -> dict[str, Words]:
        return super()._there() | {f'["{code}"]': name for code, name in self._named.items()}

    @property
    def _named(self) -> dict[str, Words]:
        return {row.code: row.words for row in self._some}

    def _try(self, row: Listing, year: int) -> Result | Absent:
        """A result that is listed, or why it could not be used; once."""
        key = row.code, year
        if key not in self._made:
            if stands := standing(self._stand, row.code, year, self._published):
                self._made[key] = _Standing(stands, self._lang, self._data)
            else:
                found = evaluated_or_absent(self._data, row, year, self._published)
                self._made[key] = found if isinstance(found, Absent) else Result(found, self._lang, self._data)
        return self._made[key]

    @property
    def _found(self) -> tuple[Result | Absent, ...]:
        return tuple(self._try(row, y) for row in self._listed for y in row.years)

    @overload
    def __getitem__(self, asked: tuple[str, int]) -> Result: ...
    @overload
    def __getitem__(self, asked: str) -> Years: ...
    @overload
    def __getitem__(self, asked: int) -> County: ...
    def __getitem__(self, asked: Any) -> Any:
        from evallib.data.beside import overview_years

        if isinstance(asked, tuple) and len(asked) == 2:
            department = found_in(self._named, asked[0], "department")
            return Result(evaluate_year(self._data, department, checked_year(asked[1])), self._lang, self._data)
        if isinstance(asked, str):
            department = found_in(self._named, asked, "department")
            rows = self._listed.of(department)
            found = [self._try(row, y) for row in rows for y in row.years]
            return Years(self._data, self._lang, found, department, rows[-1].words)
        if hasattr(asked, "__index__"):
            year = checked_year(asked)
            rows = [row for row in self._listed if year in row.years]
            if not rows and year not in overview_years(self._data):
                years = {str(y): words(str(y)) for row in self._some for y in row.years}
                found_in(years, year, "year")
            return County(self._data, self._lang, [self._try(row, year) for row in rows], year, self._published)
        raise refused("door.no_department_and_year", str(asked)[:60])

    def of(self, department: str | None, year: int | None, asked: str = "") -> Result | Years | County:
        """A department's year, all its years where no year is named, the county's where no department is; `asked` is what names neither."""
        if department is None and year is None:
            raise refused("door.no_department_and_year", asked)
        if department is None:
            return self[year or 0]
        return self[department] if year is None else self[department, year]

    @property
    def departments(self) -> pd.DataFrame:
        """The list of departments, by code: name, kind, framework, first_year, last_year."""
        rows = ((row.code, row.words[self._lang], row.kind, row.framework, row.first_year, row.last_year) for row in self._listed)
        return frames.Table("department name kind framework first_year last_year", rows).frame()

    def _title(self) -> str:
        count = len({row.code for row in self._listed})
        return told("book", self._lang, folder=self._data.name, departments=count, years=len(self._found))


def open_book(data: Path_ = "data", lang: Lang | None = None) -> Book:
    """Open a data folder: `data`, or the one found upwards by its `county.toml` where there is no such folder here.

    `lang` is "zh" or "en"; where none is named, the language of the folder.

    Raises InputRefused where there is no data folder, or its list of departments cannot be read.

    >>> import evallib as ev
    >>> ev.open("data", "en")[2023].totals.grade.to_list()
    ['Good']
    """
    return Book(data, lang)


@overload
def evaluate(data: Path_, department: str, year: int, lang: Lang | None = None) -> Result: ...
@overload
def evaluate(data: Path_, department: str, *, lang: Lang | None = None) -> Years: ...
@overload
def evaluate(data: Path_, *, year: int, lang: Lang | None = None) -> County: ...
def evaluate(
    data: Path_ = "data", department: str | None = None, year: int | None = None, lang: Lang | None = None
) -> Result | Years | County:
    """Evaluate: a department's year, all years of a department where no year is named, or the county's year where no department is.

    Raises InputRefused with every problem found: file, row, column, what is wrong, how to mend it.

    >>> import evallib as ev
    >>> ev.evaluate("data", "hrss", 2023).total
    84.63
    """
    return Book(data, lang).of(department, year, str(data))
