# Two commands do it all on a machine with Python 3.11 or newer and make: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint unit docs bench clean

help:
	@echo "make demo   install into $(VENV) and scan an embedded AWS; no credentials needed"
	@echo "make test   install into $(VENV) and run ruff, mypy, the import contracts and pytest"
	@echo "make docs   write again what is generated: docs/checks.md, docs/*.schema.json"
	@echo "make clean  remove $(VENV) and what the tools left"

# The stamps tie each installation to the file that says what is needed.
$(VENV)/.demo: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "trailaudit needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[demo]'
	touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: $(VENV)/.demo
	$(BIN)/trailaudit demo

test: lint unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports

# The fast tests first, so that a mistake shows within seconds; last, alone, those that are held to a time.
unit: $(VENV)/.dev
	$(BIN)/pytest -m "not slow" -n auto
	$(BIN)/pytest -m "slow and not timed" -n auto --dist loadfile
	$(BIN)/pytest -m timed

docs: $(VENV)/.dev
	$(BIN)/python -m scanner.docs

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache trailaudit-demo
