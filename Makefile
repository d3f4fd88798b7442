PYTHON ?= python3
BIN := .venv/bin
.PHONY: test clean

test: .venv/ready
	$(BIN)/python -m pytest -n 2

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -r requirements.txt
	@touch $@

clean:
	rm -rf .venv _build
