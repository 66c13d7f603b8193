# Everything a developer does. `make` alone tells what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test coverage check format chaos bench translations screenshots clean

help: ## Says what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Installs the product and its tools into .venv

$(INSTALLED): pyproject.toml hatch_build.py $(wildcard lti_app/translations/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: $(INSTALLED) ## Opens the whole product with a small LMS, on this machine only
	$(BIN)/competences demo

test: $(INSTALLED) ## Runs every test (PostgreSQL, Redis, Chromium and Moodle where they are given)
	$(BIN)/python -m pytest -n auto --dist loadgroup

coverage: $(INSTALLED) ## The same, and the lines that no test runs (much slower)
	$(BIN)/python -m pytest -n auto --dist loadgroup --cov --cov-report=term:skip-covered

check: $(INSTALLED) ## Format, lint, types, import direction, translations, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_translations.py tests/test_docs.py

format: $(INSTALLED) ## Formats the code and mends what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: $(INSTALLED) ## Updates the catalogues from the code (French: the plurals only)
	mkdir -p build
	$(BIN)/pybabel -q extract -F lti_app/translations/babel.cfg -k _l -k lazy_gettext --no-location --sort-output -o build/messages.pot .
	$(BIN)/pybabel -q extract -F lti_app/translations/babel.cfg --no-default-keywords -k ngettext:1,2 --no-location --sort-output -o build/plurals.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d lti_app/translations -l en --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	$(BIN)/pybabel -q update -i build/plurals.pot -d lti_app/translations -l fr --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d lti_app/translations

chaos: $(INSTALLED) ## A thousand storms and more on each database, and workers killed (half an hour)
	COMPETENCES_CHAOS=1200 $(BIN)/python -m pytest -q -s tests/chaos

bench: $(INSTALLED) ## Measures, and prints the tables of docs/benchmarks.md
	$(BIN)/python -m benchmarks

screenshots: $(INSTALLED) ## Draws the pictures of docs/images in Chromium
	$(BIN)/python -m tests.screenshots

clean: ## Removes the environment and what tools left
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage dist build
