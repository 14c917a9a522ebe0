# `make demo` and `make test` install what they need; running them again is quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := clients
PRINT_SERIES := -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
SERIES := $(shell $(PYTHON) $(PRINT_SERIES))
VENV_STAMP := $(VENV)/made-with-$(SERIES)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo up test contract lint bench clients openapi examples lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/dev ## install everything, including the test tools

demo: $(VENV)/product ## run the product on sample data; ARGS=--serve keeps it running
	@$(BIN)/gigacity demo $(ARGS)

up: $(VENV)/product ## run all services on .gigacity/ or on GIGACITY_DATABASE_URL
	@$(BIN)/gigacity up $(ARGS)

test: $(VENV)/dev ## run all tests; ARGS is passed to pytest
	@$(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(ARGS)

contract: $(VENV)/dev ## check generated requests and their answers against the OpenAPI files, by every role (long)
	@GIGACITY_CONTRACT_EXAMPLES=20 $(BIN)/pytest --numprocesses=2 tests/openapi/test_contract.py $(ARGS)

lint: $(VENV)/dev ## check style, types, import rules and generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m openapi.write --check

bench: $(VENV)/dev ## run the benchmarks and write bench/results.json
	@$(BIN)/python -m bench

clients: $(CLIENTS)/node_modules/.package-lock.json $(CLIENTS)/.venv/made ## install the client generators that tests run (needs Node.js 20, Java 17)

openapi: $(VENV)/dev ## generate the OpenAPI files
	$(BIN)/python -m openapi.write

examples: openapi ## record the examples of the OpenAPI files again from requests to the demo
	@GIGACITY_RECORD_EXAMPLES=1 $(BIN)/pytest --quiet tests/openapi/test_examples.py::test_the_recorded_examples_are_the_answers_of_this_run
	$(BIN)/python -m openapi.write

# The lock files contain versions and hashes but no registry: pip uses the one that it is configured for.
COMPILE = $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
lock: $(VENV_STAMP) ## resolve the dependencies again; ARGS=--upgrade uses the newest versions
	$(PYTHON) -m venv --clear $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet uv
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.lock
	$(COMPILE) $(ARGS) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) $(ARGS) $(CLIENTS)/requirements.in --output-file $(CLIENTS)/requirements.lock
	rm -rf $(VENV)/lock

clean: ## remove everything that was installed (the data in .gigacity/ is kept)
	rm -rf $(VENV) $(CLIENTS)/.venv $(CLIENTS)/node_modules

$(VENV_STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is required, and '$(PYTHON)' is older: try make PYTHON=python3.12" >&2; exit 1; }
	@test "$$($(BIN)/python $(PRINT_SERIES))" = "$(SERIES)" || { \
		echo "Setting up $(VENV) with Python $(SERIES)" >&2; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

# Install the locked packages by their hashes, then the project itself without a download. Modules are compiled when they are first
# imported: most of them never are.
define install
@echo "Installing $<" >&2
@$(BIN)/pip install --quiet --no-compile --require-hashes --requirement $<
@$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable .
@touch $@
endef

$(VENV)/product: requirements.lock pyproject.toml $(VENV_STAMP)
	$(install)

$(VENV)/dev: requirements-dev.lock pyproject.toml $(VENV_STAMP)
	$(install)
	@touch $(VENV)/product

$(CLIENTS)/node_modules/.package-lock.json: $(CLIENTS)/package-lock.json
	@echo "Installing $<" >&2
	@npm ci --prefix $(CLIENTS) --loglevel=error
	@touch $@

$(CLIENTS)/.venv/made: $(CLIENTS)/requirements.lock
	@echo "Installing $<" >&2
	@$(PYTHON) -m venv --clear $(CLIENTS)/.venv
	@$(CLIENTS)/.venv/bin/pip install --quiet --no-compile --require-hashes --requirement $<
	@touch $@
