# The same few words everywhere. Each makes .venv by itself when it is missing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TRAINING := .venv/.training
AXE := .venv/axe/node_modules/axe-core/axe.min.js

.PHONY: setup demo practice test test-slow test-browser test-devices lint format docs models train evaluate bench

setup: $(READY)

# torch first: the pinned build brings no CUDA packages along.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $(READY)

# What training, evaluation and the check of the corpus need beside that.
$(TRAINING): $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[train]"
	touch $(TRAINING)

demo: $(READY)
	$(BIN)/simulator demo

practice: $(READY)
	$(BIN)/simulator practice

test: $(READY)
	$(BIN)/pytest -m "not slow and not devices and not browser"

test-slow: $(TRAINING)
	$(BIN)/pytest -m "slow"

# axe-core, which looks for barriers in pages; for tests only.
$(AXE): $(READY)
	npm install --silent --no-fund --no-audit --prefix .venv/axe axe-core@4.14.1

# The pages in a real browser; needs Debian's chromium and npm.
test-browser: $(READY) $(AXE)
	$(BIN)/pytest -m "browser"

# A virtual sound card; needs Debian's pulseaudio, libasound2-plugins and libportaudio2.
test-devices: $(READY)
	$(BIN)/pytest -m "devices"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m simulator.bench.docs --check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python -m simulator.bench.docs

models: $(READY)
	$(BIN)/simulator models

# With EXTRA=FILE.jsonl the grader also learns from coaches' corrections; it is written beside the one in use.
train: $(TRAINING)
ifdef EXTRA
	$(BIN)/python -m simulator.training.train --extra "$(EXTRA)"
else
	$(BIN)/python -m simulator.training.train
	$(BIN)/python -m simulator.training.train_matching
	$(BIN)/python -m simulator.training.train_filled_pauses
endif

evaluate: $(TRAINING)
	$(BIN)/python -m simulator.bench.evaluate
	$(BIN)/python -m simulator.bench.delivery
	$(BIN)/python -m simulator.bench.customers
	$(BIN)/python -m simulator.training.agreement
	$(BIN)/python -m simulator.training.evaluate

bench: $(READY)
	$(BIN)/python -m simulator.bench.speed
	$(BIN)/python -m simulator.bench.desk
