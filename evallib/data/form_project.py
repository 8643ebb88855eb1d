"""What a form's sheets mean: each block by its kind, and heads that say the same or that nobody knows."""

from __future__ import annotations

from evallib.data.form_blocks import Block, Sheeted
from evallib.data.form_indicators import IndicatorRows
from evallib.data.form_money import MoneyRows
from evallib.data.form_taking import why
from evallib.model.words import listed
from evallib.say.sentences import sentence


class Projection(IndicatorRows, MoneyRows):
    """Forms on their way to tables, for a framework in force in a year."""

    def sheet(self, sheet: Sheeted, source: str) -> None:
        """Take what a sheet holds."""
        self.source, self.unit_said = source, sheet.fields.get("money")
        take = {"indicators": self.take_indicators, "money": self.take_money, "facts": self.take_facts}
        for block in sheet.blocks:
            self._heads(block)
            take[block.kind](block)
        for one, reason in sheet.left:
            self.leave(one, why(reason))

    def _heads(self, block: Block) -> None:
        """Heads that say the same, and heads that nobody knows."""
        cells, rows = block.raw.cells, [row.number for row in block.rows]
        for column, several in block.twice.items():
            texts = {tuple(cells.get((row, head.at[1]), "").strip() for row in rows) for head in several}
            if len(texts) > 1:
                told = listed(f"{one.text.strip()}（{one.cell}）" for one in several)
                first, second = (one.cell for one in several[:2])
                self.ask(
                    "form.two_columns", several[1], "", column=sentence(f"import.column.{column}"), cells=told, first=first, second=second
                )
        for head, meant in block.unknown:
            if meant:
                self.ask("form.head_near", head, near=meant)
            elif any((row.number, head.at[1]) in cells and row.name.at[1] < head.at[1] for row in block.rows if row.name):
                self.leave(head, why("unknown_head"))
        for head in block.passed:
            self.leave(head, why("passed_head"), acts=False)
