"""What a form's sheets mean: each block by its kind, and heads that say the same or that nobody knows."""

from __future__ import annotations

from evallib.data.form_blocks import Block, FormRow, Sheeted, Texted
from evallib.data.form_indicators import IndicatorRows
from evallib.data.form_money import MoneyRows
from evallib.data.form_taking import Source, why
from evallib.data.sheets import address
from evallib.model.words import listed
from evallib.say.sentences import sentence


class Projection(IndicatorRows, MoneyRows):
    """Forms on their way to tables, for a framework in force in a year."""

    def sheet(self, sheet: Sheeted, source: Source) -> None:
        """Take what a sheet holds."""
        for block in sheet.blocks:
            self._heads(block)
            if block.kind == "indicators":
                self.take_indicators(block, source)
            elif block.kind == "money":
                self.take_money(block, source, sheet.fields.get("money"))
            else:
                self.take_facts(block, source, sheet.fields.get("money"))
        for one, reason in sheet.left:
            self.leave(sheet.raw, one, why(reason))

    def _heads(self, block: Block) -> None:
        """Heads that say the same, and heads that nobody knows."""
        for column, several in block.twice.items():
            texts = [{self.raw_text(block, row, head) for row in block.rows} for head in several]
            if any(texts[0] != other for other in texts[1:]):
                cells = listed(f"{one.text.strip()}（{address(*one.at)}）" for one in several)
                first, second = (address(*one.at) for one in several[:2])
                called = sentence(f"import.column.{column}")
                self.ask("form.two_columns", block.raw.place(*several[1].at), column=called, cells=cells, first=first, second=second)
        for head, meant in block.unknown:
            if meant:
                self.ask("form.head_near", block.raw.place(*head.at), head.text, near=meant, cell=address(*head.at))
            elif any((row.number, head.at[1]) in block.raw.cells and row.name.at[1] < head.at[1] for row in block.rows if row.name):
                self.leave(block.raw, head, why("unknown_head"))
        for head in block.passed:
            self.leave(block.raw, head, why("passed_head"), acts=False)

    @staticmethod
    def raw_text(block: Block, row: FormRow, head: Texted) -> str:
        return block.raw.cells.get((row.number, head.at[1]), "").strip()
