# Magistra. Every target is a script in scripts/; `make` alone lists them.
# On a fresh Debian or Ubuntu with git, make and rustup's cargo, `make run` and `make test` need
# nothing else: they install what is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
JOBS ?= $(shell nproc)

.PHONY: help setup setup-test build server browser style run test fuzz bench dev dist fmt clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build, load the demonstration if the database is empty, serve on http://127.0.0.1:3000
	@exec scripts/run.sh

test: setup-test ## Every test there is; closes with "N passed, N failed"
	+@scripts/test.sh

# The server, the browser half and the style sheet side by side: cargo shares make's job slots, so
# they take turns on the processors instead of fighting for them.
build: setup ## target/release/magistra and target/site
	+@MAGISTRA_SIDE_BY_SIDE=1 $(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS)) server browser style

dev: setup ## Rebuild and restart on every change (fast builds, target/debug)
	@exec scripts/dev.sh

fuzz: setup-test ## Every reader of outside bytes, ten minutes each; TARGETS="a b" takes some
	@exec scripts/fuzz.sh $(TARGETS)

bench: build ## Measure on a large data set, on SQLite and PostgreSQL
	@scripts/setup.sh test
	@scripts/bench.sh

# SOAK="sqlite --minutes 5 --seed 2" says otherwise.
soak: build ## Half an hour of load while all around fails, on SQLite and PostgreSQL (as root)
	@scripts/setup.sh test
	@scripts/soak.sh $(SOAK)

dist: build ## dist/: one self-contained binary, its systemd unit, the deployment page
	@scripts/dist.sh

setup: ## Install what building needs and is missing
	+@scripts/setup.sh build

setup-test: ## Install what testing needs and is missing
	+@scripts/setup.sh test

fmt: ## Format the code
	@cargo fmt --all

clean: ## Remove what was built (never data/)
	@scripts/clean.sh

# Parts of build.
server:
	+@scripts/build.sh server
browser:
	+@scripts/build.sh browser
style:
	@scripts/build.sh style
