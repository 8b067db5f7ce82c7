# Paydesk: the few commands of the project. `make help` lists them; the set-up itself is in packaging/setup.sh.

.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
SETUP := packaging/setup.sh
# Tests start hundreds of programs: each would compile every module anew where Python may not keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE
# One process of tests a core; more than four of them only wait for each other's disk.
PARALLEL := -n auto --maxprocesses 4 --dist loadgroup
SETUP_INPUTS := pyproject.toml $(SETUP) packaging/debian-packages.txt

.PHONY: help run test bench soak lint venv clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: venv ## Set up what is missing and start the demo
	$(BIN)/paydesk demo

test: $(VENV)/.ready-test ## Set up what is missing, check the walls, the style and the types, run all tests
	$(BIN)/lint-imports
	$(BIN)/ruff check app tests
	$(BIN)/ruff format --check app tests
	$(BIN)/mypy
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/pytest $(PARALLEL)

bench: $(VENV)/.ready-test ## Measure, and print each number next to its promise
	$(BIN)/python -m tests.bench

# Some twenty minutes, no part of `test`. Promise R5 wants a small disk of its own: run it as root, or it says so.
soak: $(VENV)/.ready-test ## Play every trouble for minutes: kills, a full disk, a faulty operator, attackers, properties
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m tests.soak $(SOAK)

lint: $(VENV)/.ready-test ## Walls, style and types only
	$(BIN)/lint-imports
	$(BIN)/ruff check app tests
	$(BIN)/ruff format --check app tests
	$(BIN)/mypy

venv: $(VENV)/.ready-run

clean: ## Remove the environment and every cache
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find app tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make a repeated call quick: the set-up runs again only when what it reads has changed.
$(VENV)/.ready-run: $(SETUP_INPUTS)
	@$(SETUP) run
	@touch $@

$(VENV)/.ready-test: $(SETUP_INPUTS) packaging/debian-packages-test.txt
	@$(SETUP) test
	@touch $@ $(VENV)/.ready-run
