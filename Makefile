# Two commands matter: « make run » and « make test ». Python ≥ 3.11 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
JOBS ?= 2

.PHONY: help run test check fmt defences bench vendor lock translations clean

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Civique needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make run PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Civique needs (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@printf '%s\n' '#!/bin/sh' 'here=$$(CDPATH= cd "$$(dirname "$$0")/../.." && pwd)' \
		'PYTHONPATH="$$here$${PYTHONPATH:+:$$PYTHONPATH}" exec "$$here/$(BIN)/python" -m civique.cli "$$@"' > $(BIN)/civique
	@chmod +x $(BIN)/civique
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/run.stamp ## Everything here: database, queue, web, worker, relay, demonstration (Ctrl-C stops all)
	@PORT=$(PORT) exec $(BIN)/python -m civique.cli up

test: $(VENV)/dev.stamp ## Every test, browser journeys included; MODULE=fund for those of a module
	@BROWSER="$(BROWSER)" MODULE="$(MODULE)" $(BIN)/python -m tests.run -n $(JOBS) $(ARGS)

check: $(VENV)/dev.stamp ## Style, types, layers, templates, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m tests.architecture.formatting
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m civique.cli translations check
	@$(BIN)/python static/vendor/rebuild.py --check

fmt: $(VENV)/dev.stamp ## Format the code
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

defences: $(VENV)/dev.stamp ## Take each defence away in turn: the test beside it must fail
	@$(BIN)/python -m tests.defences -n $(JOBS) $(ARGS)

bench: $(VENV)/dev.stamp ## Figures: a table, and JSON in var/bench.json
	@$(BIN)/python -m civique.cli bench $(NAME)

vendor: $(VENV)/dev.stamp ## Rebuild static/vendor from the npm registry
	@$(BIN)/python static/vendor/rebuild.py

translations: $(VENV)/run.stamp ## Bring the French catalogues in step with the texts
	@$(BIN)/python -m civique.cli translations update

lock: ## Compile requirements.txt and requirements-dev.txt from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group dev -c requirements.txt -o requirements-dev.txt

clean: ## Remove what make made (the data in var/ too)
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
