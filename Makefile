# `make demo` and `make test` are all a fresh machine needs. PORT chooses the demonstration's port, PYTHON the interpreter.
export PORT ?= 8000
export PYTHON ?= python3

.PHONY: demo test load bench lint setup messages lock clean

## Serve fictional services and reviews on http://127.0.0.1:$(PORT)/
demo: setup
	@.venv/bin/python .ci/demo.py

## Run the whole suite, on SQLite and on PostgreSQL; ARGS goes to pytest
test:
	@.ci/setup test
	@.ci/test $(ARGS)

## Let many people work at once while processes are killed and the database restarts; SECONDS and PEOPLE make it smaller
load:
	@.ci/setup test
	@.venv/bin/python -m tests.load

## Measure what the program costs, beside an empty page and beside Chromium; ONLY chooses parts, BENCH_JSON keeps the figures
bench:
	@.ci/setup test
	@.venv/bin/python -m tests.bench

## Check style, types, templates, migrations, deployment, translations and fixtures
lint:
	@.ci/setup lint
	@.ci/lint

## Ask the advisory services about what is locked: 1 where a hole is known, 2 where they cannot be reached
audit:
	@.ci/setup lint
	@.ci/audit

## Install what the application needs to run
setup:
	@.ci/setup run

## Bring the translation files up to date with the code
messages:
	@.ci/setup lint
	@.venv/bin/python .ci/messages.py

# The default index alone decides what is locked, whatever the machine's own pip configuration adds; the files name no index.
PIP_COMPILE = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
	.venv/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links

## Move every dependency to the newest version that requirements*.in and package.json allow
lock:
	@.ci/setup lint
	@$(PIP_COMPILE) --output-file requirements.txt requirements.in
	@$(PIP_COMPILE) --output-file requirements-dev.txt requirements-dev.in
	@$(PIP_COMPILE) --output-file requirements-node.txt requirements-node.in
	@PATH="$$PATH:$$PWD/.venv/bin" npm update --package-lock-only

## Remove all that was installed or made, and the demonstration with its .env
clean:
	rm -rf .venv node_modules staticfiles reviews/report/inter .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f .env demo.sqlite3 demo.sqlite3-shm demo.sqlite3-wal ipsreview/locale/*/LC_MESSAGES/*.mo
	find ipsreview reviews scales tests -name __pycache__ -prune -exec rm -rf {} +
