"""From data to pages on disk: notebooks run, one or many, whole or not at all. The only place that knows papermill."""
