# Cột Mốc: the commands of README.md. Everything is set up in .venv from constraints.txt.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROFILE ?= ninh-binh
SHARED_DATA ?= $(wildcard ../shared/data)
export SHARED_DATA

.PHONY: setup demo test start replay bench bench-index bench-web lint clean elasticsearch servers

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cần Python 3.11 trở lên; đặt PYTHON=đường-dẫn" >&2; exit 2; }
	@echo "cài đặt vào $(VENV) (lần đầu khoảng một phút) …" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
