"""What pydantic finds wrong with a cell of a table, in plain words; they are made in `say.mistakes`."""

from evallib.say.mistakes import mistake

__all__ = ["mistake"]
