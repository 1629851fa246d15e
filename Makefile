# The commands of this checkout. Everything they install stays inside it.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
ifeq ($(strip $(PYTHON)),)
PYTHON := python3
endif

LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench format words lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## install the locked packages and front-end files into this checkout
	@$(PYTHON) -m tools.setup

demo: ## run Yangfan with an invented world; PORT and DATABASE_URL are honoured
	@$(PYTHON) -m tools.demo

test: ## everything: checks, tests on SQLite and on PostgreSQL, journeys in a browser
	@$(PYTHON) -m tools.test

check: ## the fast part: style, types, import contracts, unused code, fast tests
	@$(PYTHON) -m tools.check

bench: ## measure what performance is claimed, with the limits beside it
	@$(PYTHON) -m tools.setup
	@.venv/bin/python -m bench

format: ## lay out code as `make check` wants it
	@$(PYTHON) -m tools.setup --with-tests
	@.venv/bin/python -m ruff check --fix --quiet .
	@.venv/bin/python -m ruff format --quiet .
	@.venv/bin/deno fmt --quiet

words: ## bring the catalogue of translations up to date with the code
	@$(PYTHON) -m tools.setup
	@.venv/bin/python -m tools.words

lock: ## choose versions anew, within requirements/*.in
	@$(PYTHON) -m tools.setup --with-tests
	@for name in core test tools; do $(LOCK) --upgrade requirements/$$name.in --output-file requirements/$$name.txt; done

clean: ## remove what can be made again; the data in instance/ stays
	@rm -rf .venv node_modules build app/ui/static/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
