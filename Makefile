# `make` lists what there is. Everything installed lands in .venv and .tools; `make clean` takes it away.

# The first Python that is new enough and has pip; PYTHON=… chooses another.
ifndef PYTHON
PYTHON := $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
endif
UV = $(PYTHON) scripts/uv.py
BIN = .venv/bin
ENV = .venv/complete
NODE = .tools/node/complete
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
FILE ?=
export FILE
PYTEST_FLAGS ?=

.DELETE_ON_ERROR:
.PHONY: help python env demo test check format snapshots node bench lock upgrade clean
.DEFAULT_GOAL = help

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

env: $(ENV)  ## make .venv with everything in it, in the locked versions

demo: $(ENV)  ## show the tables of a report; FILE=… takes any document
	@$(BIN)/witnessmark demo $${FILE:+"$$FILE"}

test: check  ## format, lint, import rules, types, then all tests; PYTEST_FLAGS=… goes to pytest
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

check: $(ENV)  ## everything in `make test` but the tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright

format: $(ENV)  ## format the code and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

snapshots: $(ENV)  ## write anew what tests keep of tools/list and the tables of README and docs, for a review
	WITNESSMARK_SNAPSHOTS=write $(BIN)/python -m pytest -q tests/server/test_tools_list.py tests/server/test_shell.py::test_the_demo_shows_what_was_reviewed_and_raises_no_false_alarm tests/testing/test_docs.py tests/testing/test_lacks.py
	$(BIN)/python -m scripts.readme
	$(BIN)/python -m scripts.failures

node: $(NODE)  ## install the Inspector, the conformance suite and Claude Code for the tests that connect them

bench: $(ENV)  ## measure tables, words, start-up, memory, caching, OCR, evidence, sums and quotes, most beside what others offer
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/bench.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m benchmarks.tables
	$(BIN)/python -m benchmarks.words
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.caching
	$(BIN)/python -m benchmarks.ocr
	$(BIN)/python -m benchmarks.layers
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.arithmetic
	$(BIN)/python -m benchmarks.quotes
	$(BIN)/python -m benchmarks.transcripts

lock: python  ## write requirements/ anew from pyproject.toml, keeping versions that still fit
	echo uv | $(COMPILE) - --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra ocr --extra pdf --group dev --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra ocr-rapidocr --constraints requirements/dev.txt \
		--output-file requirements/rapidocr.txt
	$(COMPILE) pyproject.toml --extra ocr --extra pdf --group dev --group bench --constraints requirements/dev.txt \
		--output-file requirements/bench.txt

upgrade: COMPILE += --upgrade
upgrade: lock  ## the same with the newest versions that pyproject.toml allows

clean:  ## remove what the targets above made
	rm -rf .venv .tools dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

python:
	@test -n "$(PYTHON)" || { echo "witnessmark needs Python 3.11 or newer with pip, and found none on the PATH." \
		"Install one (Debian: python3 and python3-pip), or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }

# Building needs hatchling: it is in the lock, so nothing unlocked is fetched to build in isolation.
# The version stands in the core's __init__, and an installed package keeps the version it was installed with.
$(ENV): pyproject.toml core/witnessmark/__init__.py requirements/dev.txt requirements/uv.txt scripts/uv.py | python
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv
	@echo "Installing what requirements/dev.txt lists into .venv …"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q core tools server
	@touch $@

# The node that pyright runs on came with it from the Python index, and npm with the node. npm writes a lock file with the
# registry's address in it, so there is none: the versions in package.json are exact.
$(NODE): scripts/node/package.json $(ENV)
	@mkdir -p .tools/node
	@cp scripts/node/package.json .tools/node/
	@echo "Installing the Inspector, the conformance suite and Claude Code into .tools/node …"
	@$(BIN)/python scripts/npm.py install --prefix .tools/node --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@
