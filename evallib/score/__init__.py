"""From rows to scores: measured, scored, held against what was published. Pure."""
