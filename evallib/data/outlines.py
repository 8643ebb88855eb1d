"""The outline of the official report, and what people wrote for it: `outline.toml`, `departments/CODE/YEAR.text/NAME.md`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from evallib.data.folder import File, entries, read_file
from evallib.data.place import COUNTY
from evallib.data.rulebook import county_of, document_of, placed, validated
from evallib.files.encodings import decode
from evallib.kit import CATALOGUE
from evallib.model.errors import InputRefused, Place, Problem, attempted
from evallib.model.record import Kind
from evallib.model.signs import code_of, hidden_sign
from evallib.model.texts import Outline, Slot, Text
from evallib.model.toml_lines import called
from evallib.model.words import LANGS, Lang, Words, listed, name_key, words
from evallib.say.refusals import problem, refused, unknown
from evallib.say.sentences import sentences

MOST_BYTES = 1_000_000
"""So long a text may be: a report of some hundred sheets."""
_OUTLINES = CATALOGUE / "outlines"
_TEXTS = "texts"
_REMARK = re.compile(r"<!--.*?-->", re.DOTALL)


@lru_cache(maxsize=8)
def outline_of(own: File | None, county: File, kind: Kind) -> Outline:
    """The outline of a report: the data folder's own, else the shipped one that its settings name, else that for such a kind.

    Raises InputRefused with every problem of the data folder's own, or where there is none of the name.
    """
    if own is not None:
        document = document_of(own)
        made = validated(own, document, Outline)
        if wrong := [*_mistakes(made, document, own.name)]:
            raise InputRefused(placed([own], wrong))
        given = {slot.id for slot in made.text}
        return made.model_copy(update={"text": (*made.text, *(slot for slot in shipped(_TEXTS).text if slot.id not in given))})
    known = _names()
    if (named := county_of(county).outline) and named not in known:
        raise InputRefused(placed([county], [unknown("outline", Place(COUNTY, None, "outline"), named, known)]))
    return shipped(named) if named else usual(kind)


def usual(kind: Kind) -> Outline:
    """The shipped outline for such a kind."""
    return next(one for one in map(shipped, _names()) if kind in one.kinds)


def _names() -> list[str]:
    return sorted(path.stem for path in entries(_OUTLINES, "*.toml") if path.stem != _TEXTS)


@cache
def shipped(name: str) -> Outline:
    """An outline of the package, with the texts that all of them share."""
    file = read_file(_OUTLINES, f"{name}.toml", words("重新安装 evallib", "install evallib again"))
    made = validated(file, document_of(file), Outline)
    return made if name == _TEXTS else made.model_copy(update={"text": shipped(_TEXTS).text})


def _mistakes(outline: Outline, document: dict[str, Any], file: str) -> Iterator[Problem]:
    """Parts that are neither a section nor a text, or stand there twice."""
    texts = (*shipped(_TEXTS).text, *outline.text)
    known = [*(slot.id for slot in texts), *sentences("pages.report.sections"), *sentences("word.sections")]
    times = Counter(part for chapter in outline.chapter for part in chapter.parts)
    for index, chapter in enumerate(outline.chapter):
        place = Place(file, None, called(document, ("chapter", index, "parts")))
        for part in dict.fromkeys(chapter.parts):
            if part not in known:
                yield unknown("part", place, part, known)
            elif times[part] > 1:
                yield problem("part.twice", place, part)
        yield from (unknown("part", place, part, chapter.parts) for part in chapter.unheaded if part not in chapter.parts)


def file_name(slot: Slot, lang: Lang) -> str:
    """How the file of a text is called in a language.

    >>> file_name(Slot(id="duties", name="主要职责", name_en="Duties", about="…"), "zh")
    '主要职责.md'
    """
    return f"{slot.words[lang]}{'' if lang == 'zh' else f'.{lang}'}.md"


class Texts(NamedTuple):
    """What people wrote, in which file by number and column, and what is wrong with any file."""

    texts: tuple[Text, ...]
    places: Mapping[tuple[int, str], str]
    problems: tuple[Problem, ...]


def read_texts(files: Iterable[File], outline: Outline) -> Texts:
    """What people wrote for the slots of an outline. A file that holds only remarks says nothing."""
    by_name = {name_key(name): slot for slot in outline.text for name in (slot.id, slot.name, slot.name_en) if name}
    found, problems = dict[str, dict[str, tuple[str, str]]](), list[Problem]()
    names = Words(*(listed(file_name(one, lang) for one in outline.text)[lang] for lang in LANGS))
    for file in files:
        stem, _, ending = PurePosixPath(file.name).name.rpartition(".")
        slot = by_name.get(name_key(stem.removesuffix(".en"))) if ending == "md" else None
        if slot is None:
            problems.append(problem("text.unknown", Place(file.name), names=names))
        elif text := attempted(problems, _text, file):
            column = "text_en" if stem.endswith(".en") else "text"
            if column in found.setdefault(slot.id, {}):
                problems.append(problem("text.twice", Place(file.name), text=slot.words))
            found[slot.id][column] = text, file.name
    there = [slot.id for slot in outline.text if slot.id in found]
    texts = tuple(Text(id=id, **{column: text for column, (text, _) in found[id].items()}) for id in there)
    places = {(index, column): file for index, id in enumerate(there) for column, (_, file) in found[id].items()}
    return Texts(texts, places, tuple(problems))


def _text(file: File) -> str:
    """A text without its remarks. Raises InputRefused where the file cannot be taken."""
    if len(file.sound().content) > MOST_BYTES:
        raise refused("file.too_large", file.name, limit=MOST_BYTES // 1_000_000)
    read = decode(file.content)
    if read.wrong:
        raise refused("toml.encoding", file.name)
    text = read.text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if sign := hidden_sign(line):
            raise InputRefused((problem("cell.control_character", Place(file.name, number), code=code_of(sign)),))
    return _REMARK.sub("", text).strip()
