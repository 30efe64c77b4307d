# Épervier: two commands are enough on a fresh machine (Python 3.11+, git, make): `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed
BIN := $(VENV)/bin

.PHONY: demo test lint bench data lock clean

demo: $(STAMP)  ## set up, import the shipped lists, screen the shipped passengers
	$(BIN)/epervier demo

test: $(STAMP) lint  ## set up, lint, type-check, and run every test with the doctests
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)  ## run the benchmarks and print their tables
	$(BIN)/python -m benchmarks

data: $(STAMP)  ## make data/ again from its seed
	$(BIN)/python -m benchmarks.generate

lock: $(STAMP)  ## write requirements.lock anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra postgresql --extra report --extra service --generate-hashes --no-emit-index-url \
		--no-header --universal --python-version 3.11 --quiet --output-file requirements.lock

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	env -u EPERVIER_STORE $(BIN)/epervier warm  # compile the kernels once, into the user's cache: three minutes
	touch $(STAMP)

clean:
	rm -rf $(VENV) demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
