"""What there is: units, facts, formulas, frameworks, records, evaluations. No file, no clock, no picture and no prose."""
