# One door for every tool; `make` lists itself.
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
# Who has what tests need keeps it when something changes: `make demo` after `make test` takes nothing away.
LOCKED = $(if $(wildcard $(DEV)),requirements-dev.txt,requirements.txt)
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help setup dev lock wheel demo test lint docs-site check pictures bench bench-long model clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(RUN) ## what running needs into .venv/, from the locked requirements

$(RUN): requirements.txt requirements-uv.txt pyproject.toml setup.py
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(LOCKED) requirements-uv.txt
	$(INSTALL) --no-build-isolation --no-deps --editable .
	touch $@

dev: $(DEV) ## what tests, lint and pictures need besides; they bring it by themselves

$(DEV): $(RUN) requirements-dev.txt
	$(INSTALL) --require-hashes -r requirements-dev.txt
	touch $@

lock: ## resolve requirements*.in again, with hashes
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -c requirements.txt -o requirements-dev.txt requirements-dev.in

wheel: setup ## dist/siaga-*.whl: the same, to be installed anywhere
	rm -rf build
	$(BIN)/uv build --quiet --offline --wheel --no-build-isolation --python $(BIN)/python

demo: setup ## a small made-up Pontianak with phones, on http://127.0.0.1:8000
	$(BIN)/siaga demo

test: dev ## every test, with real PostgreSQL, Valkey and Chromium
	$(BIN)/python -m pytest -n 2 --ignore-glob='*_browser.py' --ignore=tests/worst tests
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/worst
	$(BIN)/python -m pytest tests/console/test_*browser.py

lint: dev ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs-site: dev ## the documentation, in English and Indonesian, into build/site/; every link is tried
	$(BIN)/python -m docs.site

check: lint docs-site test ## what CI runs

pictures: dev ## the main pages as they are now, into docs/pictures/
	$(BIN)/python -m docs.take_pictures

bench: dev ## how fast the gateway is beside floors of the same run, five times; kept under bench/results/
	$(BIN)/python -m bench.speed --write

bench-long: dev ## an import of 200,000 citizens, and 2,000 monitors that listen
	$(BIN)/python -m bench.import_citizens
	$(BIN)/python bench/live_listeners.py

soak: dev ## 20 minutes of panics while one part after the other is killed, and a table of what became of them
	PYTHONPATH=.:tests $(BIN)/python -m worst.soak

model: dev ## train the second ear again; LABELLED=file adds what desks have decided (`siaga texts export`)
	$(BIN)/python -m training $(LABELLED)

clean: ## forget the virtual environment and the demo's data
	rm -rf $(VENV) var
