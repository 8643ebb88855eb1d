"""Results in, sections of a page out; the exporter that makes one file of them. The words live in `template/`. No notebook is run."""
