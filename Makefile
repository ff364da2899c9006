# Each target makes the environment that it needs. `make help` lists them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check bench docs validate clean runtime-environment dev-environment

BIN := .venv/bin
DEMO_CASE ?= examples/insulinoma-prrt.yaml
DEMO_COURSE ?= tests/data/courses/demo-course.yaml
DEMO_OUT ?= build/demo
WORKERS ?= 2
PYTEST_ARGS ?=
PYTEST := $(BIN)/python -m pytest
export PYTHON

help:  ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r target text; do printf '%-10s %s\n' "$$target" "$$text"; done

runtime-environment:
	@scripts/environment runtime

dev-environment:
	@scripts/environment dev

demo: runtime-environment  ## reports (HTML, PDF, JSON) from a published case and from a course, in build/demo
	@scripts/demo "$(DEMO_CASE)" "$(DEMO_COURSE)" "$(DEMO_OUT)"

check: dev-environment  ## style, ladder, types, doctests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/basedpyright
	$(PYTEST) -q --doctest-modules src

test: check  ## check, then every test
	@scripts/system_packages
	$(PYTEST) -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

bench: dev-environment  ## every benchmark, results in build/bench
	@$(BIN)/python scripts/bench.py

validate: dev-environment  ## published numbers, cases and knowledge, one line each; writes docs/validation.md
	NELM_REALISATIONS=200 $(PYTEST) -v $(wildcard tests/published tests/vignettes tests/knowledge)
	$(BIN)/python scripts/validation_page.py

docs: dev-environment  ## the documentation as pages, links checked, in build/docs
	@$(BIN)/python scripts/docs.py build/docs

clean:  ## remove what the targets above made, .venv included
	rm -rf build dist .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
