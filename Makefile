# `make` alone lists what can be done. All tools live in .venv; nothing is installed outside it.
PYTHON ?= python3
CHROMIUM ?= chromium
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup pilot test lint format docs check-page notebooks clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  PYTHON=...   the interpreter to set up with (3.11 or newer), now: $(PYTHON)"

setup: $(VENV)/.stamp-run ## virtual environment with the pinned dependencies

pilot: $(VENV)/.stamp-run ## set up and run the pilot study
	$(BIN)/parkwerk run inputs/pilot

test: $(VENV)/.stamp-test ## set up and run the tests on two processes
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.stamp-dev ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.stamp-dev ## mend style and format in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The variable silences an advertisement of the theme.
docs: $(VENV)/.stamp-docs ## build the documentation in site/; any warning ends it
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

check-page: $(VENV)/.stamp-test ## open the page of `parkwerk report` in a headless Chromium
	@command -v npm >/dev/null || { \
		echo "Checking the page needs npm; on Debian install the package npm" >&2; exit 1; }
	@command -v "$(CHROMIUM)" >/dev/null || { \
		echo "Checking the page needs Chromium, and '$(CHROMIUM)' is not there; on Debian install the" \
			"package chromium, or name another: make check-page CHROMIUM=/path/to/chrome" >&2; exit 1; }
	npm install --prefix tests/browser --no-audit --no-fund --silent
	CHROMIUM="$$(command -v "$(CHROMIUM)")" $(BIN)/python -m pytest -m browser tests/browser

# Committed outputs are refreshed by `notebooks/execute.py` alone, of the days that each one names.
notebooks: $(VENV)/.stamp-notebooks ## run the notebooks on the whole year, to results/notebooks; takes hours
	$(BIN)/python notebooks/execute.py --set DAYS=365 --out results/notebooks

clean: ## remove the environment and all caches, keep results
	rm -rf $(VENV) build dist site .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -rf model/*.egg-info
	find model tests docs -type d -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "No interpreter '$(PYTHON)' found; name one of 3.11 or newer: make PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Parkwerk needs Python 3.11 or newer, but '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1);" \
			"name another: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "'$(PYTHON)' could not make a virtual environment; on Debian install python3-venv" >&2; exit 1; }

# A stamp newer than both files says that its install is up to date.
$(VENV)/.stamp-run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[report,explore]'
	@touch $@

$(VENV)/.stamp-test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[test,compare,cluster,report,explore,notebooks]'
	@touch $@ $(VENV)/.stamp-run

$(VENV)/.stamp-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.stamp-run

$(VENV)/.stamp-notebooks: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[notebooks,report,explore]'
	@touch $@ $(VENV)/.stamp-run

$(VENV)/.stamp-docs: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[docs]'
	@touch $@
