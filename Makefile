PYTHON ?= python3
BIN := .venv/bin
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
.PHONY: book test lab notebooks bench clean

book: _build/.look
	$(BIN)/jupyter-book build -q . || { echo "the build failed: see the messages above"; exit 1; }
	@echo "The book: $(CURDIR)/_build/html/index.html"

test: .venv/ready
	$(BIN)/python -m pytest -n 2 --dist loadscope tests --ignore tests/test_book.py
	$(BIN)/python -m pytest -n 2 --dist loadscope --nbval --nbval-sanitize-with tests/nbval.cfg notebooks
	$(BIN)/python -m pytest tests/test_book.py

lab: .venv/ready
	$(BIN)/jupyter lab notebooks

notebooks: .venv/ready book/landscape.png
	$(BIN)/python -m tests.normalise $(NOTEBOOKS)

book/landscape.png: helpers/figures/overview.py
	$(BIN)/python -m helpers.figures.overview $@

bench: .venv/ready
	$(BIN)/python -m pip install -q quadprog==0.1.14  # the judge of benchmarks/convex.py
	for name in $(basename $(notdir $(wildcard benchmarks/[a-z]*.py))); do $(BIN)/python -m benchmarks.$$name || exit 1; done

# The cache of executed notebooks keys on their own code only: it is dropped when a helper or a record has changed.
_build/.helpers: .venv/ready $(shell find helpers -name '*.py' -o -name '*.toml' -o -name '*.js' -o -name '*.css') $(wildcard benchmarks/results/*)
	rm -rf _build
	mkdir -p _build
	@touch $@

# Sphinx copies style sheets only with a page that changed.
_build/.look: _build/.helpers _config.yml _toc.yml $(wildcard book/_static/*.*)
	rm -rf _build/html
	@touch $@

.venv/ready: requirements.txt pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python's venv is missing (Debian: python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -r requirements.txt
	$(BIN)/pip install -q --no-deps -e .
	@touch $@

clean:
	rm -rf .venv _build *.egg-info
