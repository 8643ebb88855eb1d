"""What is evaluated and how: words, units, tables of data, facts, formulas, rules, frameworks, scores. No file, no clock, no picture."""
