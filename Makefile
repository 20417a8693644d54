# Cột Mốc: the commands of README.md. Everything is set up in .venv from constraints.txt.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROFILE ?= ninh-binh
SHARED_DATA ?= $(wildcard ../shared/data)
export SHARED_DATA
# The bytecode of our modules is kept, also where the machine's environment says otherwise: tests start some hundred processes of ours.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test suite start replay bench bench-index bench-memory bench-web messages lint clean

setup: $(VENV)/.ready

# pip would compile one package after another on one core: half of its time (40 s of 80, 2026-11-22).
$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cần Python 3.11 trở lên; đặt PYTHON=đường-dẫn" >&2; exit 2; }
	@echo "cài đặt vào $(VENV) (lần đầu khoảng một phút) …" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@$(BIN)/cotmoc train --if-absent
	@touch $@

# The main job on the sample newsroom, with the embedded defaults.
demo: setup
	@$(BIN)/cotmoc demo --data $(or $(DATA),data/demo) $(if $(PORT),--port $(PORT))

test: setup
	@$(MAKE) --no-print-directory -j2 lint suite

# The checks of the text run beside the tests: each of them keeps one core busy. The first time, one process prepares the tests'
# bytecode (pytest rewrites every assertion), else each of the four would.
suite: setup
	@$(if $(TESTS),,test -d tests/__pycache__ || $(BIN)/python -m pytest --collect-only -q >/dev/null 2>&1 || true)
	@MAKEFLAGS= $(BIN)/python -m pytest $(if $(TESTS),$(TESTS),-n 4 --dist loadfile --no-loadscope-reorder)

start: setup
	@exec $(BIN)/cotmoc start --profile $(PROFILE) $(if $(DATA),--data $(DATA)) $(if $(PORT),--port $(PORT)) $(START)

# Real captured pages and feeds through the whole chain; without TO, in a folder that is thrown away.
replay: setup
	@test -n "$(DATA)" || { echo "dùng: make replay DATA=thư-mục (có html/, feeds/, news/)" >&2; exit 2; }
	@folder=$(TO); [ -n "$$folder" ] || { folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; }; \
	  $(BIN)/cotmoc replay $(DATA) --data "$$folder"

bench: setup
	@mkdir -p build/bench
	@$(BIN)/python -m tests.bench.chain
	@$(BIN)/python -m tests.bench.collect
	@$(BIN)/python -m tests.bench.extract
	@$(BIN)/python -m tests.bench.places
	@$(BIN)/python -m tests.bench.claims
	@$(BIN)/python -m tests.bench.digest

bench-index: setup
	@$(BIN)/python -m tests.bench.index $(BENCH)

# 50,000 pages in one run (some minutes): the memory must stay where it was.
bench-memory: setup
	@$(BIN)/python -m tests.bench.collect --memory $(BENCH)

bench-web: setup
	@$(BIN)/python -m tests.bench.web $(BENCH)

# What the desk says, gathered into dashboards/locale/en.po; then translate the empty ones there.
messages: setup
	@$(BIN)/python -m dashboards.i18n.extract

lint: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache *.egg-info

include .ci/servers.mk
