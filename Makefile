# Every target sets up what it needs, in .venv; a second call starts at once.
# Another Python: make test PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
export JUPYTER_PLATFORM_DIRS := 1
# The simulated class is harmless, so the rehearsal also works where bubblewrap is missing.
UNWALLED := $(if $(shell command -v bwrap),,--no-sandbox)

.DEFAULT_GOAL := help
.PHONY: help setup lab test grade bench lint

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.dev  ## install everything, for students, instructors and contributors

lab: .venv/.lab  ## open the course in JupyterLab
	$(BIN)/course lab

test: .venv/.dev  ## lint, type-check and run all tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/course build --check
	$(BIN)/course audit
	$(BIN)/pytest -n 2 --dist loadfile

grade: .venv/.instructor  ## rehearse an instructor's round: simulate 12 students, grade them, show the table
	$(BIN)/course simulate-class 02_linear_algebra -n 12 --out build/class
	$(BIN)/course grade 02_linear_algebra --submitted build/class $(UNWALLED)

bench: .venv/.dev  ## measure the reference implementations against their gates
	$(BIN)/python -m benchmarks

lint: .venv/.dev  ## format and lint in place
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# One stamp per set of extras: `make lab` installs no test tools, and a stamp is stale when a dependency changed.
.venv/.lab: EXTRAS = lab
.venv/.instructor: EXTRAS = lab,instructor
.venv/.dev: EXTRAS = lab,instructor,dev
.venv/.lab .venv/.instructor .venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv
