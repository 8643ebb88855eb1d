"""Whose form it is, and of which year: as named, else as forms say it, with the line of the list of departments. Reads no cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from evallib.data.form_words import Kind, kind_of_form
from evallib.data.listing import listing_for, refuse_bad_code, usual_framework
from evallib.data.load import Departments
from evallib.forms.blocks import Sheeted
from evallib.model.base import CODE
from evallib.model.errors import Place, Problem
from evallib.model.made_ids import made_id
from evallib.model.record import Listing
from evallib.model.words import listed
from evallib.say.refusals import problem, refused

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")


def kind_said(sheets: Sequence[Sheeted]) -> Kind | None:
    """The kind of form: by its titles, else the name of its sheet or file."""
    titles, named = [one.text for s in sheets for one in s.titles], [s.raw.sheet or "" for s in sheets]
    return kind_of_form(titles) or kind_of_form(named) or kind_of_form([Path(s.raw.file).stem for s in sheets])


def other_year(sheets: Sequence[Sheeted], year: int) -> Iterator[Problem]:
    """That a form says another year than was named."""
    years = {int(one) for s in sheets for title in s.titles for one in _YEAR.findall(title.text)}
    if years and year not in years:
        yield problem("form.other_year", Place(sheets[0].raw.file), ", ".join(map(str, sorted(years))), year=str(year))


def year_said(filled: Sequence[Sheeted], others: Sequence[Sheeted], year: int | None) -> int:
    """The year: as named, else as the forms say above their tables, a cover beside them, or the names of the files."""
    if year is not None:
        return year
    said = [
        [one.text for s in some for one in (*s.titles, *([s.fields["year"]] if "year" in s.fields else []))] for some in (filled, others)
    ]
    for texts in (*said, [Path(s.raw.file).stem for s in filled]):
        years = sorted({int(one) for text in texts for one in (_YEAR.findall(text) or re.findall(r"^(20\d\d)(?:年度?)?$", text.strip()))})
        if len(years) == 1:
            return years[0]
        if years:
            raise refused("form.two_years", filled[0].raw.file, years=listed(map(str, years)))
    raise refused("form.no_year", filled[0].raw.file)


def listing_said(
    root: Path,
    every: Departments,
    forms: tuple[Sequence[Sheeted], Sequence[Sheeted]],
    kind: Kind | None,
    department: str,
    year: int,
    framework: str,
) -> Listing:
    """The line of departments.csv that will hold the year, found by code or name, or new."""
    field = "project" if kind and kind.kind == "project" else "department"
    sheets, found = forms[0], [[*dict.fromkeys(s.fields[field].text for s in some if field in s.fields)] for some in forms]
    names = next(filter(None, found), [])
    if not department and len(names) > 1:
        raise refused("form.of_another_department", sheets[0].raw.file, names=listed(names))
    said = department or next(iter(names), "")
    if not said:
        raise refused("form.no_department", sheets[0].raw.file)
    is_code = bool(re.fullmatch(CODE, said))
    code = every.code_of(said)
    listed_rows = every.of(code)
    code = code if listed_rows or is_code else made_id(said)
    refuse_bad_code(code, year)
    name = next(iter(names), "") if is_code else said
    if not listed_rows and not framework:
        framework = kind.framework if kind and kind.framework else usual_framework(root, code, year, name, "department")
    owner = next((s.fields["owner"].text for s in sheets if "owner" in s.fields), "")
    new = {"kind": kind.kind, "department": owner if kind.kind == "project" else ""} if kind and kind.kind else {}
    return listing_for(listed_rows, code, year, "" if listed_rows else name, "", framework, new)
