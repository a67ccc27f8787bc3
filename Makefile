# `make` lists the targets. Everything runs in .venv, which `make setup` makes; PYTHON names the Python it is made with.
SHELL := /bin/bash
PYTHON ?= python3
COURSE := .venv/bin/groundschool
RUN := .venv/bin/python
TESTS := $(RUN) -m pytest -n 2 --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help setup grade test test-all nbval check lab build adopt release prove examples hostile jar lab-contract rubric-report bench bulk chaos lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/' | while IFS=$$'\t' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

setup: ## make .venv from the lock; ends at once when nothing has changed
	@$(PYTHON) bootstrap.py

grade: setup ## grade the example submissions
	$(COURSE) grade examples/submitted

lab: setup ## copy the notebooks to work/ and open JupyterLab there
	$(COURSE) lab

test: setup ## the tests, but for the slow ones
	$(TESTS) -m "not slow"

test-all: setup ## all tests
	$(TESTS)

nbval: setup ## run the notebooks of source/ again and compare their outputs
	$(RUN) -m pytest --nbval source -p no:cacheprovider -n 2 --dist loadfile

check: setup ## formatting, lint, types, and the layers of imports
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/mypy --strict bootstrap.py
	$(RUN) tests/layers.py

build: setup ## build the notebooks of source/ from their text
	$(COURSE) build

adopt: setup ## take edits made in the notebooks back into their text
	$(COURSE) adopt

release: setup ## write release/ from source/, without solutions and hidden tests
	$(COURSE) release

prove: setup ## try every right answer and every mistake of every question
	$(COURSE) prove

examples: setup ## write the example submissions again
	$(RUN) examples/build.py

hostile: setup ## run the hostile submissions and print what each of them got
	$(RUN) tests/hostile/table.py

jar: setup ## compile the file system by which Spark opens s3a:// (needs a JDK)
	$(RUN) -m groundschool.engines.s3a

lab-contract: setup ## hold the lab's services to AWS's documentation, and print a table
	$(RUN) tests/lab/contract.py

rubric-report: setup ## measure the short-answer rubrics on the labelled answers
	$(RUN) tests/rubrics/report.py

bench: setup ## compare with stock nbgrader
	$(RUN) bench/run.py

bulk: setup ## grade 10, 100 and 1,000 hand-ins, and tell what each costs
	$(RUN) bench/bulk.py

chaos: setup ## kill and starve a run of grading, and hold its scores to those of an undisturbed one
	$(RUN) bench/chaos.py

# UPGRADE=--upgrade takes the newest versions that requirements.in allows; without it pins stay where they can.
lock: setup ## resolve requirements.in into requirements.lock and requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/uv pip compile requirements.in --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links $(UPGRADE) -o requirements.lock
	@{ echo '# Made from requirements.lock by `make lock`: the same pins, without hashes.'; sed -nE 's/^([a-z0-9].*[^ ]) *\\$$/\1/p' requirements.lock; } > requirements.txt

clean: ## remove the caches of tools; results, .venv, work/ and private/ stay
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache dist
	find src tests bench examples -name __pycache__ -prune -exec rm -rf {} + 2> /dev/null || true
