# One door for every tool; `make` lists itself.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup lock demo test lint check pictures clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) ## everything into .venv/, from the locked requirements

$(STAMP): requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt requirements-uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	touch $@

lock: ## resolve requirements*.in again, with hashes
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -c requirements.txt -o requirements-dev.txt requirements-dev.in

demo: setup ## a small made-up Pontianak with phones, on http://127.0.0.1:8000
	$(BIN)/siaga demo

test: setup ## every test, with real PostgreSQL, Valkey and Chromium
	$(BIN)/python -m pytest -n 2 --ignore-glob='*_browser.py' --ignore=tests/worst tests
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/worst
	$(BIN)/python -m pytest tests/console/test_*browser.py

lint: setup ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## what CI runs

pictures: setup ## the main pages as they are now, into docs/pictures/
	$(BIN)/python -m docs.take_pictures

clean: ## forget the virtual environment and the demo's data
	rm -rf $(VENV) var
