# `make demo` and `make test` set up whatever they need; running them again is quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TELL_SERIES := -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
SERIES := $(shell $(PYTHON) $(TELL_SERIES))
MADE := $(VENV)/made-with-$(SERIES)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo up test lint bench openapi lock clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/dev ## everything, the test tools included

demo: $(VENV)/product ## run the main job on sample data: ARGS=--serve leaves it running
	@$(BIN)/gigacity demo $(ARGS)

up: $(VENV)/product ## run the product on .gigacity/ or on GIGACITY_DATABASE_URL
	@$(BIN)/gigacity up $(ARGS)

test: $(VENV)/dev ## the whole test suite; ARGS goes to pytest
	@$(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/dev ## linters, types, import rules, drift of generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m openapi.write --check

bench: $(VENV)/dev ## what is fast, against what: bench/results.json
	@$(BIN)/python -m bench

openapi: $(VENV)/dev ## write the OpenAPI files again
	$(BIN)/python -m openapi.write

# Names no registry: the lock files hold versions and hashes, the registry is whatever pip is set up to ask.
COMPILE = $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header pyproject.toml
lock: $(MADE) ## resolve the dependencies again: ARGS=--upgrade takes the newest
	$(PYTHON) -m venv --clear $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet uv
	$(COMPILE) $(ARGS) --output-file requirements.lock
	$(COMPILE) $(ARGS) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	rm -rf $(VENV)/lock

clean: ## remove what was set up (.gigacity/, the product's data, stays)
	rm -rf $(VENV)

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not: try make PYTHON=python3.12" >&2; exit 1; }
	@test "$$($(BIN)/python $(TELL_SERIES))" = "$(SERIES)" || { \
		echo "Setting up $(VENV) with Python $(SERIES)" >&2; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

# One resolution a stamp: the packages by their hashes, then the project itself without a download.
define install
@echo "Installing $<" >&2
@$(BIN)/pip install --quiet --require-hashes --requirement $<
@$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable .
@touch $@
endef

$(VENV)/product: requirements.lock pyproject.toml $(MADE)
	$(install)

$(VENV)/dev: requirements-dev.lock pyproject.toml $(MADE)
	$(install)
	@touch $(VENV)/product
