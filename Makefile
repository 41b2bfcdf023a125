# The commands a person needs. `make run` and `make test` install everything else themselves.
PYTHON ?= python3
STAGE ?= staging
VENV := .venv/bin
LOCAL := $(VENV)/python -m local

.DEFAULT_GOAL := help
.PHONY: help environment run up down status reset empty-broker test lint bench fuzz synth deploy

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

environment: # installs what the locks say; silent when it is there
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "error: $(PYTHON) is missing: install Python 3.11 or newer with its venv module (Debian: python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m local.environment

run: environment ## the whole platform in the foreground; Ctrl-C stops it
	@exec $(LOCAL) run

up: environment ## the platform in the background
	@exec $(LOCAL) up

down: environment ## stop what `make up` started, keeping all data
	@exec $(LOCAL) down

status: environment ## what runs, and where
	@exec $(LOCAL) status

reset: environment ## stop and forget all local data
	@exec $(LOCAL) reset

empty-broker: environment ## remove every entity from the running platform's broker
	@exec $(LOCAL) empty-broker

test: environment ## lint and every test, the browser ones included
	@exec $(LOCAL) test

lint: environment ## ruff, mypy (strict), import contracts
	@exec $(LOCAL) lint

bench: environment ## latency, handler time, import time, sizes, capacity
	@PYTHONPATH=layers/machi/python exec $(VENV)/python -m tests.performance

fuzz: environment ## 20,000 generated requests; DESCRIPTION=file of ETSI's OpenAPI 1.8.1
	@PYTHONPATH=layers/machi/python exec $(VENV)/python -m tests.fuzzing $(DESCRIPTION)

synth: environment ## CloudFormation for AWS into cdk.out (STAGE=staging or production)
	@exec node_modules/.bin/cdk synth --quiet --context stage=$(STAGE)

deploy: environment ## deploy to AWS (STAGE=staging or production)
	@exec node_modules/.bin/cdk deploy --all --context stage=$(STAGE)
