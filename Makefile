# What each target does: README.md. `make run` is all that trying the program takes.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
TEST_WORKERS ?= 2
export HOST PORT

# Building needs the settings of production, but neither its secrets nor its database.
BUILD := env -u DEBUG -u SECRET_KEY_FILE -u DATABASE_URL -u DATABASE_REPLICA_URL -u REDIS_URL \
	SECRET_KEY=only-for-building-never-for-serving ALLOWED_HOSTS=localhost
STATIC_SOURCES := $(shell find static -type f 2>/dev/null)
WORDS := $(patsubst %.po,%.mo,$(wildcard salestracker/locale/*/LC_MESSAGES/django.po))

.PHONY: help run setup setup-dev test prove check bench worker beat lock format words

help:
	@echo "run, setup, test, prove, check, bench, worker, beat, lock, format, words: see README.md"

run: setup
	@exec $(PY) manage.py serve

setup: build/static/.stamp var/secret_key $(WORDS)

test: setup $(VENV)/.dev
	@$(PY) -m pytest -n $(TEST_WORKERS) $(ARGS)

# The proofs that take too long for the suite, which has a part of each: docs/invariants.md.
prove: setup $(VENV)/.dev
	@$(PY) -m tests.independent
	@$(PY) -m tests.independent.pay --plans 10000 --companies 100
	@$(PY) -m tests.faults
	@$(PY) -m pytest -n $(TEST_WORKERS) -m long

# `make -k check` goes on after a finding.
CHECKS := check-format check-lint check-types check-imports check-templates check-deployment check-migrations check-scripts \
	check-catalogue
.PHONY: $(CHECKS)
check: $(CHECKS)
$(CHECKS): setup $(VENV)/.dev

check-format:
	@$(PY) -m ruff format --quiet --check .
	@$(VENV)/bin/djangofmt --check templates

check-lint:
	@$(PY) -m ruff check --quiet .

check-types:
	@$(PY) -m mypy accounts pipeline metrics salestracker

check-imports:
	@$(VENV)/bin/lint-imports --no-cache --no-logo

check-templates:
	@$(VENV)/bin/djlint --lint --quiet templates

check-deployment:
	@$(BUILD) ALLOWED_HOSTS=sales.example.com SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
		$(PY) manage.py check --deploy --fail-level WARNING

check-migrations:
	@$(BUILD) $(PY) manage.py makemigrations --check --dry-run

check-catalogue:
	@$(BUILD) $(PY) manage.py write_catalogue --check

check-scripts:
	@if command -v node >/dev/null; then \
		for script in static/js/*.js; do node --input-type=module --check < $$script || exit 1; done; \
		else echo "Not checked: static/js (no node on this machine)"; fi

bench: setup
	@exec $(PY) -m benchmarks $(ARGS)

worker: setup
	@SALESTRACKER_PROCESS=worker exec $(VENV)/bin/celery -A salestracker worker --concurrency 2 --loglevel info

beat: setup
	@SALESTRACKER_PROCESS=worker exec $(VENV)/bin/celery -A salestracker beat --loglevel info

# Needs GNU gettext. New words come in untranslated, which a test refuses.
words: $(VENV)/.dev
	@$(BUILD) $(PY) manage.py makemessages --all --no-location --no-obsolete --no-wrap \
		--ignore build --ignore node_modules --ignore var --ignore .venv --ignore tests --ignore benchmarks

format: $(VENV)/.dev
	$(PY) -m ruff check --fix --exit-zero .
	$(PY) -m ruff format .
	$(VENV)/bin/djangofmt templates

COMPILE := uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

lock: $(VENV)/.dev
	cd requirements && ../$(VENV)/bin/$(COMPILE) base.in -o base.txt
	cd requirements && ../$(VENV)/bin/$(COMPILE) -c base.txt dev.in -o dev.txt
	cd requirements && ../$(VENV)/bin/$(COMPILE) -c dev.txt uv.in -o uv.txt
	npm install --package-lock-only --ignore-scripts --omit=peer

# --- what has been built is remembered by stamps, so a second run takes seconds

# uv installs some times faster than pip; where it cannot reach the packages (pip knows mirrors that uv does not), pip.
INSTALL = UV_HTTP_TIMEOUT=20 UV_HTTP_RETRIES=1 $(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r $(1) \
	2>/dev/null || $(PY) -m pip install -qq --require-hashes -r $(1)

$(VENV)/pyvenv.cfg:
	@echo "Making the virtual environment."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/bin/uv: $(VENV)/pyvenv.cfg requirements/uv.txt
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.base: $(VENV)/bin/uv requirements/base.txt
	@echo "Installing the packages of requirements/base.txt."
	@$(call INSTALL,requirements/base.txt)
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "Installing the packages of requirements/dev.txt."
	@$(call INSTALL,requirements/dev.txt)
	@touch $@

$(WORDS): %.mo: %.po $(VENV)/.base
	@$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@

build/vendor/.stamp: $(VENV)/.base package.json package-lock.json salestracker/management/commands/build_assets.py
	@echo "Fetching the front-end packages."
	@$(BUILD) $(PY) manage.py build_assets
	@touch $@

build/static/.stamp: build/vendor/.stamp $(STATIC_SOURCES)
	@echo "Bundling, collecting and compressing static files."
	@$(BUILD) $(PY) manage.py bundle_assets >/dev/null
	@$(BUILD) $(PY) manage.py collectstatic --noinput --clear --verbosity 0 --skip-checks \
		--ignore '*.txt' --ignore 'redoc*' --ignore rest_framework --ignore ext --ignore '*-4*.js'
	@touch $@

var/secret_key:
	@mkdir -p var
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60), end="")' > $@
