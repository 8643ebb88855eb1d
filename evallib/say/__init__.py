"""The only place with prose: numbers, workings, rules, clauses written out, in one language at a time. Computes nothing."""
