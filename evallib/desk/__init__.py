"""The analyst's desk in JupyterLab: plain calls, and the widgets that make them. Nothing recorded is ever changed."""
