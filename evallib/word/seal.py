"""What a Word report carries in its properties: the seal of its evaluation and one over what it says, as any program shows it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from evallib.model.seals import seal

_CONTENT, _OWN = "evallib-content", "evallib-text"
_EACH = 25
"""So many marks are in a property: Word keeps 255 signs of one."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_MOST = 300_000_000
_PROPERTIES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" \
xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{}</Properties>"""
_PROPERTY = '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{}" name="{}"><vt:lpwstr>{}</vt:lpwstr></property>'


class ReadDocument(NamedTuple):
    """What a document carries, empty where it carries none, and its paragraphs; a picture is told by its checksum."""

    content: str
    own: str
    paragraphs: tuple[str, ...]


def read_document(content: bytes) -> ReadDocument:
    """The seals and the paragraphs of a Word document. The list of contents is none of them: Word makes it anew.

    Raises ValueError where it is no such document, or too large a one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _MOST:
                raise ValueError("too large")
            names = packed.namelist()
            body = _parsed(packed.read("word/document.xml"))
            rels = _parsed(packed.read("word/_rels/document.xml.rels")) if "word/_rels/document.xml.rels" in names else []
            pictures = {}
            for rel in rels:
                if (name := f"word/{rel.get('Target')}") in names and "/media/" in name:
                    pictures[rel.get("Id")] = hashlib.sha256(packed.read(name)).hexdigest()
            custom = _parsed(packed.read("docProps/custom.xml")) if "docProps/custom.xml" in names else []
            held = {str(one.get("name")): "".join(one.itertext()) for one in custom}
    except (zipfile.BadZipFile, KeyError, OSError, etree.XMLSyntaxError, NotImplementedError, RuntimeError) as error:
        raise ValueError(type(error).__name__) from None
    own = " ".join(text for name, text in sorted(held.items()) if name.startswith(_OWN))
    return ReadDocument(held.get(_CONTENT, ""), own, tuple(_paragraphs(body, pictures)))


def _parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _paragraphs(body: etree._Element, pictures: dict[str | None, str]) -> Iterator[str]:
    """The text of each paragraph that says something, without what stands in fields; then its pictures."""
    fields = 0
    for paragraph in body.iter(f"{_W}p"):
        said = ""
        for part in paragraph.iter(f"{_W}fldChar", f"{_W}t", f"{_W}br", f"{_W}tab", f"{_A}blip"):
            if part.tag == f"{_W}fldChar":
                fields += {"begin": 1, "end": -1}.get(part.get(f"{_W}fldCharType") or "", 0)
            elif part.tag == f"{_A}blip":
                said += pictures.get(part.get(_EMBED), "")
            elif not fields:
                said += part.text or "" if part.tag == f"{_W}t" else "\n"
        if said.strip():
            yield said


def text_seal(paragraphs: tuple[str, ...]) -> str:
    """The checksum of what a document says: of each paragraph eight signs, by which the one that was touched is found."""
    return " ".join(seal(one)[:8] for one in paragraphs)


def touched(own: str, paragraphs: tuple[str, ...]) -> list[str]:
    """The paragraphs that are not as they were made; one that is gone as a dash."""
    marks = own.split()
    new = [one for one in paragraphs if seal(one)[:8] not in marks]
    return new or ["—"]


def properties(content: str, own: str) -> bytes:
    """The part of a document that holds the seals."""
    marks = own.split()
    parts = (" ".join(marks[at : at + _EACH]) for at in range(0, len(marks), _EACH))
    held = ((_CONTENT, content), *((f"{_OWN}-{number:03}", part) for number, part in enumerate(parts, 1)))
    return _PROPERTIES.format("".join(_PROPERTY.format(at, *one) for at, one in enumerate(held, 2))).encode()
