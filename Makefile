# make demo, make test: from a fresh clone, with Python 3.11, pip, git and make; the environment makes itself.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo walk web peers test check format docs bench lock clean

help:
	@echo "make demo    a simulated plant at work: real servers, 30 days of history, live"
	@echo "make walk    the same 30 days for everybody, and a walk through their answers"
	@echo "make test    the tests"
	@echo "make web     build the web page, if it changed"
	@echo "make peers   install other makers' servers that the tests talk to (without them, those tests are skipped)"
	@echo "make check   everything that CI does"
	@echo "make format  put the code into its layout"
	@echo "make docs    write the generated pages"
	@echo "make bench   the figures, with peers beside them"
	@echo "make lock    renew requirements.lock (needs uv)"
	@echo "make clean   remove what was made here"

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Andon needs Python 3.11 or newer: make PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

web: $(READY)
	$(BIN)/python web/build.py

demo: web
	$(BIN)/andon demo build/demo

walk: $(READY)
	$(BIN)/andon demo build/walk --walk

peers:
	.ci/peers

test: web
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY)
	.ci/run

format: $(READY)
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

docs: $(READY)
	$(BIN)/python docs/make.py

bench: $(READY)
	$(BIN)/python benchmarks/run.py

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --group dev pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv build dist web/node_modules src/andon/surfaces/web/built
