# Everything runs in an environment of its own, .venv, made on first use.
PYTHON ?= python3
DEPARTMENT ?= hrss
YEAR ?= 2023
LANGUAGE ?= zh
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help report test trial mutants lint lab wheels bench docs gallery pictures without clean

help:  ## show what can be made
	@echo "make report   the report of a department's year, in reports/ (DEPARTMENT=$(DEPARTMENT) YEAR=$(YEAR) LANGUAGE=$(LANGUAGE))"
	@echo "make test     run all tests"
	@echo "make trial    try faults, kills and two at work in one folder, at length (one to two hours)"
	@echo "make mutants  change the calculating core in many small ways and see that tests notice (some twenty minutes)"
	@echo "make lint     check style and types"
	@echo "make lab      open the analyst's desk in JupyterLab"
	@echo "make wheels   collect evallib and all it needs in dist/, for machines without internet"
	@echo "make bench    measure what many reports cost (some fifteen minutes)"
	@echo "make docs     the guide and the reference as pages, in reports/docs/ (some five minutes)"
	@echo "make gallery  make the example's documents and a small synthetic county in reports/gallery, for any static host (some five minutes)"
	@echo "make pictures take the pictures of the report for the README anew"
	@echo "make without  take a part out of the code that the rest does without (WING=monitoring or WING=government)"
	@echo "make clean    delete the environment and what the kit made in reports/; what was published stays"

report: .venv/installed  ## one department's report
	$(BIN)/evallib report $(DEPARTMENT) $(YEAR) --lang $(LANGUAGE)

test: .venv/installed-dev  ## all tests
	$(BIN)/python -m pytest

mutants: .venv/installed-dev  ## what the tests of the calculating core do not notice; `mutmut show NAME` shows one
	$(BIN)/mutmut run --max-children 2
	@$(BIN)/mutmut results

lint: .venv/installed-dev  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: .venv/installed  ## the analyst's desk, in JupyterLab
	$(BIN)/evallib lab

wheels: .venv/installed  ## evallib and all it needs, to be carried to a machine without internet
	rm -rf build dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check -c constraints.txt -w dist '.[desk]'
	rm -rf build

bench: .venv/installed-dev  ## what many reports cost, as ratios
	$(BIN)/python -m tests.benchmarks

docs: .venv/installed  ## the guide and the reference as pages, in both languages
	mkdir -p reports/docs
	for book in notebooks/guide/*.ipynb; do for lang in zh en; do \
		$(BIN)/papermill --no-progress-bar --log-level ERROR $$book reports/docs/run.ipynb -p lang $$lang || exit 1; \
		$(BIN)/jupyter-nbconvert --log-level ERROR --to evallib --output $$(basename $$book .ipynb).$$lang reports/docs/run.ipynb || exit 1; \
	done; done
	rm reports/docs/run.ipynb

gallery: .venv/installed-dev  ## what evallib makes, in reports/gallery, for any static host
	$(BIN)/python -m tests.browser.gallery

pictures: gallery  ## pictures of the gallery for the README (needs Chromium)
	$(BIN)/python -m tests.browser.pictures

trial: .venv/installed-dev  ## faults, kills and two at work, at length
	$(BIN)/python -m pytest tests/trial -n 2 --dist worksteal -rP

without:  ## take a wing out of the code: its files, and the lines that name it (WING=monitoring or WING=government)
	git ls-files evallib notebooks tests | grep '$(WING)' | xargs git rm -q
	git grep -l '$(WING)' -- 'evallib/*.toml' | xargs sed -i '/^\[.*$(WING)/,/^$$/d'
	git grep -li '$(WING)' -- 'evallib/*.py' 'evallib/*.j2' evallib/catalogue/words | xargs sed -i '/$(WING)/Id'
	git grep -l '$(WING)' -- 'notebooks/*.ipynb' ':!notebooks/guide' | xargs -r sed -i '/^  {$$/{:a;N;/\n  },\?$$/!ba;/$(WING)/d}'

clean:  ## back to a fresh checkout; what the kit did not make stays, and so does what was published
	@if test -e .venv/installed; then $(BIN)/python -m evallib.runs.clean reports && rm -rf .venv; fi
	rm -rf reports/docs reports/gallery mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis evallib.egg-info build dist

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
