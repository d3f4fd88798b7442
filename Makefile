PYTHON ?= python3
BIN := .venv/bin
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
BENCHMARKS := $(filter-out mutants,$(basename $(notdir $(wildcard benchmarks/[a-z]*.py))))
RECORDS := $(filter-out %/mutants.json,$(wildcard benchmarks/results/* benchmarks/registry/*.json))
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadscope
PRETTIER := $(BIN)/node node_modules/prettier/bin/prettier.cjs "{helpers,book}/**/*.{js,css}"
.PHONY: help book test library mutants lint format lab claims notebooks bench registry clean

help:  # this list
	@awk -F ':.*  # ' '/^[a-z]+:.*  # / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# A build that was stopped may leave pages in part, which the next one would take for finished.
book: _build/.look  # the static book: prints the path of its first page
	@$(BIN)/python book/execute.py
	@test ! -e _build/.unfinished || rm -rf _build/html
	@touch _build/.unfinished
	@echo "building the pages"
	@$(BIN)/jupyter-book build -q . || { echo "the build failed: see the messages above"; exit 1; }
	@rm _build/.unfinished
	@echo "The book: $(CURDIR)/_build/html/index.html"

# Notebooks are taken in their order: the table of claims, which takes longest, is the first. Two
# processes share the processors: with threads besides, which wait for each other, some cells took six times as long.
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: lint  # every test: style, helpers, notebooks, book, pages in a browser
	$(PYTEST) tests --ignore tests/pages/test_book.py
	$(PYTEST) --no-loadscope-reorder --nbval --nbval-sanitize-with tests/nbval.cfg notebooks
	$(BIN)/python -m pytest -n 2 tests/pages/test_book.py

library: .venv-library/$(subst /,_,$(PYTHON))  # tests of the library alone, with any Python: make library PYTHON=python3.14
	.venv-library/bin/python -m pytest -n 2 --dist loadscope tests/test_*.py tests/enumeration tests/solver

mutants: .venv/ready  # what the tests notice of slips planted in the code (an hour or more)
	$(BIN)/python -m benchmarks.mutants

lint: .venv/ready node_modules/.ready  # the part of the tests that reads the code only
	$(BIN)/ruff check -q .
	$(BIN)/ruff format --check .
	$(PRETTIER) --check

format: .venv/ready node_modules/.ready  # Python, notebooks, JavaScript and style sheets laid out as `make test` wants them
	@$(BIN)/ruff check -q --fix-only .
	@$(BIN)/ruff format -q .
	@$(PRETTIER) --write --log-level warn
	$(BIN)/ruff check -q .

lab: .venv/ready  # the notebooks in JupyterLab, where figures with sliders run live
	$(BIN)/jupyter lab notebooks

claims: .venv/ready  # the pages of `The article, checked`, written from helpers/claims and executed
	$(BIN)/python -m helpers.claims.pages
	@$(BIN)/python book/execute.py --store notebooks/*_checked.ipynb

notebooks: .venv/ready book/landscape.png  # every notebook executed in place, outputs stored
	@$(BIN)/python book/execute.py --store $(NOTEBOOKS)

bench: .venv/ready  # every benchmark; peers that are not installed are left out
	@$(BIN)/python -m pip install -q -e '.[bench]'
	for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name || exit 1; done

registry: .venv/ready  # certified optima: what is missing computed, every entry proved anew (half an hour)
	$(BIN)/python -m benchmarks.registry
	$(BIN)/python -m benchmarks.registry --check

clean:  # what the other commands made
	rm -rf .venv .venv-library _build node_modules *.egg-info

book/landscape.png: helpers/figures/overview.py
	$(BIN)/python -m helpers.figures.overview $@

# The cache of executed notebooks keys on their own code only: it is dropped when a helper or a record has changed.
_build/.helpers: .venv/ready $(shell find helpers -name '*.py' -o -name '*.toml' -o -name '*.js' -o -name '*.css') $(RECORDS)
	@rm -rf _build
	@mkdir -p _build
	@touch $@

# Sphinx copies style sheets only with a page that changed.
_build/.look: _build/.helpers _config.yml _toc.yml $(wildcard book/_static/*.* book/_extra/*.*)
	@rm -rf _build/html
	@touch $@

# What pip says is kept, and shown where it fails: it warns of much that is no concern of a reader's.
.venv/ready: requirements.txt pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python's venv is missing (Debian: python3-venv)"; exit 1; }
	@echo "making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv
	@echo "installing the $$(wc -l < requirements.txt) packages of requirements.txt, which takes minutes"
	@$(BIN)/pip install -q -r requirements.txt > .venv/log 2>&1 || { cat .venv/log; exit 1; }
	@echo "installing the helpers"
	@$(BIN)/pip install -q --no-deps -e . > .venv/log 2>&1 || { cat .venv/log; exit 1; }
	@touch $@

# The library with what its tests need, at the versions of requirements.txt; PyTorch, which is large, is left out.
.venv-library/$(subst /,_,$(PYTHON)): requirements.txt pyproject.toml
	@echo "making a virtual environment of $(PYTHON) in .venv-library"
	@$(PYTHON) -m venv --clear .venv-library
	@.venv-library/bin/pip install -q -c requirements.txt -e . pytest pytest-xdist hypothesis matplotlib pillow \
	  ipywidgets scikit-learn sympy > .venv-library/log 2>&1 || { cat .venv-library/log; exit 1; }
	@touch $@

# npm and Node.js are those of the virtual environment. There is no lock file: it would name a registry's host.
node_modules/.ready: package.json .venv/ready
	@echo "installing the formatter of JavaScript and style sheets"
	@$(BIN)/npm install --no-package-lock --no-audit --no-fund --loglevel=error || \
	  { echo "npm could not install what package.json names: it needs a connection to the npm registry"; exit 1; }
	@touch $@
