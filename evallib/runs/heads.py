"""The heads of pages, made of the county's list: put in anew where it changes, without running a notebook. A page that is as it was is
not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

from evallib.analysis.standing import Place, places
from evallib.data.frames import TABLES as OF_EVALUATION
from evallib.files.outputs import COUNTY_LIST, EVALUATION, HISTORY, RESULTS, SEVERAL, STALE, TABLES, is_draft, page_name
from evallib.files.whole import Together
from evallib.model.errors import InputRefused
from evallib.model.grouped import grouped
from evallib.model.words import LANGS, NOTHING, Given, Lang, Words
from evallib.pages.head import Link, Strip
from evallib.pages.page_seal import marked_head, parted, with_head
from evallib.pages.rendering import rendered
from evallib.runs.county import County, Listed, dated, known_list, list_text, read_list
from evallib.runs.names import BESIDE, HEAD_ENDS, is_of
from evallib.say.numbers import plain
from evallib.say.sentences import sentence

_LISTED, _NEAR, _DOTS = 60, 10, 200
"""Up to how many evaluations of one framework a head leads to all, to how many on either side else; so many dots are on a line."""


class _At(NamedTuple):
    """What a page is of, by its place."""

    path: str
    folder: str
    stem: str
    lang: Lang
    kept: bool

    def to(self, place: str) -> str:
        """The address of a place as it is written on the page: one beside it by its name alone, so that the two may move together."""
        return quote(place.removeprefix(self.path) if place.startswith(self.path) else "../" * self.path.count("/") + place)

    @property
    def department(self) -> str:
        if self.folder not in SEVERAL:
            return self.stem.partition(".")[0]
        return self.stem if self.folder == "comparison" else self.stem.rpartition("-")[0]

    @property
    def year(self) -> int:
        named = self.folder if self.folder.isdecimal() else self.stem.rpartition("-")[2]
        return int(named) if named.isdecimal() and self.folder != "comparison" else 0

    @property
    def final(self) -> bool:
        """Whether it is a report as it stands: no draft, not one of before."""
        return self.folder.isdecimal() and not self.kept and not is_draft(f"{self.stem}.html")

    def named(self, row: Listed | None) -> str:
        """Its year, as its department calls it where the page is a report."""
        return (row.called[self.lang] if row and self.folder.isdecimal() else "") or (str(self.year) if self.year else "")

    def told(self, name: str, /, **given: Given) -> str:
        """A word of the head in the page's language."""
        return sentence(f"pages.head.{name}", **given)[self.lang]

    def link(self, text: str, place: str) -> list[Link]:
        """A link to a place, where there is one."""
        return [Link(text, self.to(place))] if place else []


def _at(place: str) -> _At:
    *folders, file = place.split("/")
    stem = file.removesuffix(".html")
    lang: Lang = "en" if stem.endswith(".en") else "zh"
    return _At("/".join([*folders, ""]), folders[-1], stem.removesuffix(".en"), lang, folders[0] in (HISTORY, STALE))


class Heads:
    """The heads of a county's pages. `there` says whether something stands at a place: a head leads nowhere else."""

    def __init__(self, county: County, there: Callable[[str], bool] = lambda place: True) -> None:
        self.county, self.there = county, there
        self.group = cache(self._group)
        self.rows = grouped((row.department, row) for row in sorted(county.rows.values(), key=lambda row: row.year))
        several = (_at(place) for place in sorted(county.pages) if place.startswith(SEVERAL))
        self.beside = grouped((at.department, at) for at in several if at.year)

    def of(self, place: str, own: Listed | None = None) -> str:
        """The head of the page at a place. `own` is what is known of its department's year where it is not on the list."""
        at = _at(place)
        row = own or self.county.rows.get((at.department, at.year))
        lines = [(at.told("pages"), self._pages(at, row))]
        if not at.folder.isdecimal():
            lines += [(at.told("tables"), at.link(at.told("results"), self._standing(RESULTS[0])))]
        position, said, folded, strip = "", "", ("", list[Link]()), None
        if at.final and row:
            lines += [
                (at.told(label), [one for text, to in files for one in at.link(text, to)]) for label, files in self._files(row, at.lang)
            ]
            members, standing = self.group(row.group)
            if standing and (here := standing.get(row.key)) and here.count > 1:
                position, said = self._place(row, here, at.lang)
                strip = self._strip(row, members, at.lang)
            if len(members) > 1:
                folded = self._alike(row, members, standing, at)
        shown = {"trail": self._trail(at, row), "lines": [line for line in lines if line[1]]}
        return rendered("page/head", at.lang, **shown, place=position, said=said, folded=folded, strip=strip)

    def _trail(self, at: _At, row: Listed | None) -> list[str]:
        """Year, department, kind of page, county: what of them there is."""
        known = row or next(reversed(self.rows.get(at.department, [])), None)
        of, county = known.name[at.lang] if known and known.name else at.department, self.county.name[at.lang]
        kind = at.told(f"kind.{at.folder}") if at.folder in SEVERAL else ""
        return [part for part in (at.named(row), of.removeprefix(county) or of, kind, county) if part]

    def _pages(self, at: _At, row: Listed | None) -> list[Link]:
        """The list, the overview, the years beside, the comparison, other pages of the department, the page in the other language."""
        pages, lang = at.link(at.told("index"), self._page("index", at.lang)), at.lang
        if at.folder != "overview":
            pages += at.link(at.told("overview", year=at.named(row)), self._page(f"overview/{at.year}", lang))
        else:
            pages += at.link(at.told("before", year=at.year - 1), self._page(f"overview/{at.year - 1}", lang))
            pages += at.link(at.told("after", year=at.year + 1), self._page(f"overview/{at.year + 1}", lang))
        if at.folder.isdecimal() and not at.final:
            pages += at.link(at.told("now"), self._report(self.county.rows.get((at.department, at.year)), lang))
        for one in self.rows.get(at.department, []):
            if at.final and abs(one.year - at.year) == 1:
                pages += at.link(at.told("before" if one.year < at.year else "after", year=one.called), self._report(one, lang))
            elif at.folder in SEVERAL:
                pages += at.link(one.called[lang], self._report(one, lang))
        if at.department and at.folder != "comparison":
            pages += at.link(at.told("comparison"), self._page(f"comparison/{at.department}", lang))
        running = {(one.folder, one.stem): one.year for one in self.beside.get(at.department, ()) if at.department and one.stem != at.stem}
        for (folder, stem), year_of in running.items():
            pages += at.link(at.told(f"of.{folder}", year=year_of), self._page(f"{folder}/{stem}", lang))
        return pages + [one._replace(lang="en" if lang == "zh" else "zh") for one in at.link(at.told("other"), self._other(at, row))]

    def _alike(self, row: Listed, members: Sequence[Listed], standing: Mapping[tuple[str, int], Place], at: _At) -> tuple[str, list[Link]]:
        """Those of its framework and year by rank, all or the nearest, folded; the page's own without an address."""
        number = next((n for n, one in enumerate(members) if one.key == row.key), 0)
        few = len(members) <= _LISTED
        shown = members if few else members[max(0, number - _NEAR) : number + _NEAR + 1]
        links = {one.key: self._numbered(one, standing.get(one.key), at) for one in shown}
        links |= {row.key: links[row.key]._replace(address="")} if row.key in links else {}
        return at.told("alike" if few else "near", count=len(members)), [*links.values()]

    def _group(self, group: tuple[int, str, str]) -> tuple[list[Listed], Mapping[tuple[str, int], Place]]:
        """Those of one group whose reports stand, by their places, and the places of all that have one."""
        rows = [row for row in self.county.rows.values() if row.group == group and row.content]
        rated = [(row.key, row.rated) for row in rows if row.rated]
        standing = dict(zip((key for key, _ in rated), places([one for _, one in rated]), strict=True)) if rated else {}
        rows.sort(key=lambda row: (standing[row.key].rank if row.key in standing else len(rows), row.department))
        return [row for row in rows if self._report(row, "zh")], standing

    def _place(self, row: Listed, place: Place, lang: Lang) -> tuple[str, str]:
        """The rank in short, and in a sentence."""

        def told(name: str, /, **given: Given) -> Words:
            return sentence(f"pages.head.{name}", **given)

        rank = told("tied", rank=place.rank) if place.tied else str(place.rank)
        ends = {"best": place.best, "worst": place.worst}
        certain = place.best == place.worst
        short = told("rank", rank=rank, count=place.count, range=NOTHING if certain else told("range", **ends))
        date = max((one.date for one in self.group(row.group)[0]), default="")
        said = [
            told("ranked", framework=row.framework_name, count=place.count, rank=rank),
            told("sure") if certain else told("unsure", **ends),
        ]
        return short[lang], ("" if lang == "zh" else " ").join(one[lang] for one in [*said, *([told("as_of", date=date)] if date else [])])

    def _strip(self, row: Listed, members: Sequence[Listed], lang: Lang) -> Strip | None:
        """The totals of all on a line, at most so many that an eye can tell them apart."""
        before = self.county.rows.get((row.department, row.year - 1))
        last = before.rated[0] if before and before.rated and before.group[1:] == row.group[1:] else None
        totals = sorted(one.rated[0] for one in members if one.rated)
        if not row.rated or len(totals) < 2:
            return None
        own, every = row.rated[0], [*totals, row.rated[0], *([] if last is None else [last])]
        low, width = min(every), (max(every) - min(every)) or Decimal(1)

        def told(name: str, **given: Decimal) -> Words:
            return sentence(f"pages.head.{name}", **{key: plain(share * Decimal(row.points), 2) for key, share in given.items()})

        dots = totals[:: -(-len(totals) // _DOTS)]
        said = told("dots", low=totals[0], high=totals[-1], own=own) + (NOTHING if last is None else told("last_dot", last=last))
        at = [round(float((share - low) / width), 3) for share in (*dots, own, own if last is None else last)]
        return Strip(at[:-2], at[-2], None if last is None else at[-1], said[lang])

    def _numbered(self, row: Listed, place: Place | None, at: _At) -> Link:
        return Link(f"{place.rank} {row.name[at.lang]}" if place else row.name[at.lang], at.to(self._report(row, at.lang)))

    # --- what stands where

    def _page(self, stem: str, lang: Lang) -> str:
        """The place of a page of several in a language, else in the other; empty where there is none."""
        found = (f"{page_name(stem, one)}.html" for one in (lang, *LANGS))
        return next((place for place in found if self._standing(place)), "")

    def _standing(self, place: str) -> str:
        return place if place in self.county.pages and self.there(place) else ""

    def _beside(self, row: Listed, end: str) -> str:
        place = f"{row.year}/{row.department}{end}"
        return place if end in row.beside and self.there(place) else ""

    def _report(self, row: Listed | None, lang: Lang) -> str:
        ends = [".html", ".en.html"] if lang == "zh" else [".en.html", ".html"]
        return next((place for end in ends if row and (place := self._beside(row, end))), "")

    def _other(self, at: _At, row: Listed | None) -> str:
        """The same page in the other language."""
        other: Lang = "en" if at.lang == "zh" else "zh"
        if at.final and row:
            return self._beside(row, f"{page_name('', other)}.html")
        place = f"{at.folder}/{page_name(at.stem, other)}.html"
        return "" if at.kept else self._standing(place)

    def _files(self, row: Listed, lang: Lang) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The files beside a report, by what they are called together."""
        name = page_name("", lang)
        ends = {"docx": f"{name}.docx", "xlsx": f"{name}.xlsx", "json": EVALUATION}
        yield "files", [(sentence(f"pages.head.file.{kind}")[lang], self._beside(row, end)) for kind, end in ends.items()]
        if tables := self._beside(row, TABLES):
            yield "tables", [(sentence(f"pages.head.table.{name}")[lang], f"{tables}/{name}.csv") for name in OF_EVALUATION]


def pages_of(out: Path) -> Iterator[tuple[str, Path]]:
    """Every page in a folder of reports that may have a head, by its place: also those that were published before, or no longer hold."""
    for above in (out, out / HISTORY, out / STALE):
        for folder in sorted(above.iterdir()) if above.is_dir() else ():
            if folder.is_dir() and (folder.name.isdecimal() or folder.name in SEVERAL):
                for file in sorted(folder.glob("[!.]*.html")):
                    if not file.is_symlink():
                        yield file.relative_to(out).as_posix(), file


def _has_another(file: Path, head: str) -> bool:
    """Whether a page has a head, and another one than this. Its beginning is enough to tell."""
    with file.open("rb") as stream:
        _, known, rest = parted(stream.read(HEAD_ENDS).decode("latin-1"))
    return bool(rest) and known.replace("\r\n", "\n") != marked_head(head).encode().decode("latin-1")


def put_heads(
    change: Together, out: Path, county: County, moved: Mapping[str, Path] = MappingProxyType({}), gone: Sequence[Path] = ()
) -> set[str]:
    """Put its head into every page where it is another than before. `moved` are files that are to stand at other places when the set is
    done, `gone` those that are then no more; the places of pages among the moved that are taken care of are returned.
    """
    heads, away, done = Heads(county), {*moved.values(), *gone}, set[str]()
    for place, file in ({place: file for place, file in pages_of(out) if file not in away} | dict(moved)).items():
        if file.suffix == ".html" and _has_another(file, head := heads.of(place)):
            html = file.read_bytes().decode("utf-8", "surrogateescape")
            change.put(out / place).write_bytes(with_head(html, head).encode("utf-8", "surrogateescape"))
            done.add(place)
    return done


def put_list(
    change: Together, out: Path, county: County, moved: Mapping[str, Path] = MappingProxyType({}), gone: Sequence[Path] = ()
) -> set[str]:
    """Put the county's list, dated by what stands, and the heads that it changes: see `put_heads`."""
    county = dated(county, known_list(out))
    file, text = out / COUNTY_LIST, list_text(county).encode()
    if not file.is_file() or file.read_bytes() != text:
        change.put(file).write_bytes(text)
    return put_heads(change, out, county, moved, gone)


def put_alone(change: Together, out: Path, place: str, html: str, own: Listed | None, name: Callable[[], Words]) -> InputRefused | None:
    """Put a page that is made alone, with the head that follows from the list as it stands and from what stands beside it. Where the list
    does not know the page, that in the other language gets its head anew, too.

    `own` is what is known of its department's year, `name` what the county is called where there is no list. What is wrong with the list
    is returned: then the head does without.
    """
    refusal = None
    try:
        county = read_list(out)
    except InputRefused as broken:
        county, refusal = County(), broken
    at, coming = _at(place), {step.target for step in change.wanted} | {out / place}
    pages = [f"{at.path}{page_name(at.stem, lang)}.html" for lang in LANGS]
    known = (at.department, at.year) in county.rows

    def there(place: str) -> bool:
        return out / place in coming or (out / place).exists()

    def of_own(file: Path) -> bool:
        return file in coming or is_of(file, own.content if own else "")

    if own and at.folder.isdecimal():
        own = replace(own, beside=tuple(end for end in BESIDE if of_own(out / f"{at.path}{at.stem}{end}")))
        county = county if is_draft(f"{at.stem}.html") else county.with_row(own)
    heads = Heads(replace(county, name=county.name or name(), pages={**county.pages, **dict.fromkeys(pages, "")}), there)
    for page in pages:
        if page == place or (not known and of_own(out / page)):
            text = html if page == place else (out / page).read_bytes().decode("utf-8", "surrogateescape")
            change.put(out / page).write_bytes(with_head(text, heads.of(page, own)).encode("utf-8", "surrogateescape"))
    return refusal
