"""The files that people write for the official report, laid out with what each should say. What stands there is never touched."""

from __future__ import annotations

from pathlib import Path

from evallib.data.folder import data_root, text_folder
from evallib.data.outlines import file_name
from evallib.data.years import evaluate_year
from evallib.files.locks import held
from evallib.files.whole import together
from evallib.model.texts import asked
from evallib.model.words import Lang
from evallib.say.sentences import sentence


def lay_out_texts(data: Path, department: str, year: int, lang: Lang) -> tuple[Path, tuple[Path, ...]]:
    """Lay out a file for each text of the official report that nobody wrote yet: the folder, and the new files, which ask what to write.

    Raises InputRefused where there is no such year, OSError where a file cannot be written.
    """
    root = data_root(data)
    with held(root, "texts"), together(root) as change:
        record = evaluate_year(root, department, year, draft=True).evaluation.record
        folder = text_folder(root, department, year)
        written = {text.id for text in record.texts if text.words[lang]}
        slots = [slot for slot in asked(record.outline) if slot.id not in written]
        new = [(folder / file_name(slot, lang), slot) for slot in slots]
        new = [(file, slot) for file, slot in new if not file.exists()]
        for file, slot in new:
            asked_for = sentence("word.question", name=slot.words, about=slot.question)[lang]
            change.put(file).write_text(f"<!-- {asked_for} -->\n", encoding="utf-8", newline="\n")  # a remark, no part of the text
    return folder, tuple(file for file, _ in new)
