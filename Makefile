PYTHON ?= python3
BIN := .venv/bin
LOCK := requirements.lock

.DEFAULT_GOAL := help
.PHONY: help install run test screenshots faults soak lint format types bench bench-console ci check lock clean

help:  ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed  ## make .venv with the locked packages

.venv/installed: $(LOCK)
	@echo "Installing the locked packages into .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@grep -A 1000 '^uv==' $(LOCK) | awk 'NR > 1 && /^[a-z]/ {exit} {print}' > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCK)
	@touch $@

run: install  ## start everything, import the example, serve until Ctrl-C
	@exec $(BIN)/python manage.py serve

test: install  ## the whole suite, on servers of its own
	@$(BIN)/python -m tests.pages.chromium
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadgroup --no-loadscope-reorder

screenshots: install  ## a picture of every page into docs/screenshots/
	@$(BIN)/python -m tests.pages.chromium
	@$(BIN)/python -m tests.pages.screenshots

faults: install  ## kill, freeze, flush and cut everything; the figures go into docs/reliability.md
	@FAULTS=full $(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/faults

soak: install  ## go on with random faults: make soak HOURS=8
	@$(BIN)/python -m tests.faults.soak $(or $(HOURS),1)

lint: install  ## ruff
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

format: install  ## let ruff format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: install  ## mypy, strict
	@$(BIN)/mypy

check: install  ## Django's own checks: migrations, and settings as in production
	@$(BIN)/python manage.py makemigrations --check
	@DATABASE_URL=postgres://nobody@localhost/none BROKER_URL=redis://localhost/0 ALLOWED_HOSTS=example.org \
		FLOWER_PASSWORD=unused SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: install  ## the benchmarks, beside their alternatives
	@for each in import_products export_products cleanup_old_data normalize_emails daily_stats throughput open_pages; do $(BIN)/python -m benchmarks.$$each || exit 1; done

bench-console: install  ## every page of the console with 5,000,000 runs: make bench-console RUNS=100000
	@$(BIN)/python -m benchmarks.console --runs $(or $(RUNS),5000000)

ci: lint types check test  ## what has to be green

lock:  ## solve the versions anew
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --upgrade \
		--python-version 3.11 --group dev pyproject.toml --output-file $(LOCK)

clean:  ## remove what was installed and what the servers kept
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache
