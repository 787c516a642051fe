# Needs make and Python 3.11 or newer with venv; everything else is brought in.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ifeq ($(PYTHON),)
$(error Python 3.11 or newer with venv is needed; name it: make PYTHON=/path/to/python3 …)
endif
VENV := .venv/bin/python

.PHONY: help setup run test demo-data bench lint clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: ## environment, packages, static files, translations, migrated database
	@$(PYTHON) -m scripts.setup base

run: ## the product with demo data on http://127.0.0.1:8000 (PORT=… for another port)
	@$(PYTHON) -m scripts.setup demo
	@exec $(VENV) -m scripts.run

test: ## every check and every test, on SQLite and on PostgreSQL (ARGS=--fast for unit tests alone)
	@$(PYTHON) -m scripts.setup test
	@$(VENV) -m scripts.test $(ARGS)

demo-data: ## build the demo data anew, in a fresh database (the old one is kept)
	@$(PYTHON) -m scripts.setup fresh-demo

bench: ## measure the product's speed on a PostgreSQL of its own
	@$(PYTHON) -m scripts.setup test
	@$(VENV) -m scripts.bench $(ARGS)

lint: ## the checks without the tests
	@$(PYTHON) -m scripts.setup test
	@$(VENV) -m scripts.test --lint

clean: ## remove what was built or stored here: environment, database, uploads
	@rm -rf .venv var node_modules static/vendor
	@find . -name '*.mo' -not -path './.git/*' -delete
