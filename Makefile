# Two commands do everything on a machine that has python3 (3.11-3.13, with venv and pip) and make:
#   make study    train the classifiers and write the report (arguments: make study ARGS="--quick")
#   make test     run the tests
# `make check-page` needs Node.js 20 or newer as well: it checks the JavaScript of the service's page.
PYTHON ?= python3
PARALLEL := --numprocesses auto --dist loadfile
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
READY_DOCS := $(VENV)/.ready-docs

.PHONY: study test test-all check check-page format docs lock clean

study: $(READY)
	$(BIN)/tenfold study $(ARGS)

test: $(READY_DEV)
	$(BIN)/python -m pytest -m "not slow" $(PARALLEL) --cov --cov-report=term $(ARGS)

test-all: $(READY_DEV)
	$(BIN)/python -m pytest --cov --cov-report=term $(ARGS)

check: $(READY_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

check-page: node_modules/.package-lock.json
	npm run --silent check
	npm run --silent test

node_modules/.package-lock.json: package-lock.json
	npm ci --silent

format: $(READY_DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY_DOCS)
	$(BIN)/python docs/write_commands.py
	$(BIN)/python docs/write_api.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Pins every package, with hashes, for Python 3.11-3.13 on all platforms: all packages that developers need, then the subset
# for training and serving, and those that build the documentation. The extra gpu is train with another TensorFlow build.
LOCKED := train serve heic pdf cluster tune track
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock (needs uv)" --quiet
CONSTRAINED := $(LOCK) --constraint requirements-dev.txt
lock:
	$(LOCK) pyproject.toml $(addprefix --extra ,$(LOCKED)) --group dev --output-file requirements-dev.txt
	$(CONSTRAINED) pyproject.toml --extra train --extra serve --group build --output-file requirements.txt
	$(CONSTRAINED) --group docs --output-file requirements-docs.txt

# The files list everything: where packages ask for extras of others, pip would look for newer ones.
INSTALL := $(BIN)/python -m pip install --quiet --no-deps

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("tenfold needs Python 3.11-3.13, this is " + sys.version.split()[0] + "; name another with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes --requirement requirements.txt
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	$(INSTALL) --require-hashes --requirement requirements-dev.txt
	@touch $@

$(READY_DOCS): requirements-docs.txt $(READY_DEV)
	$(INSTALL) --require-hashes --requirement requirements-docs.txt
	@touch $@

clean:
	rm -rf $(VENV) site node_modules .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
