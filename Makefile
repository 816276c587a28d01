# make demo    a portrait speaks: installs what is needed, renders out/demo.mp4
# make demo-agent   the same from a prompt: written, directed, filmed and inspected
# make test    lint, types and tests; offline once installed
# make test-llama-cpp   compiles llama-cpp-python (about ten minutes, once) and runs its tests
# make docs    the documentation as a site, in out/site
# make bench   how long each stage takes and how good the result is, on this machine
# make clean   removes everything the above made

PYTHON ?= $(shell for python in python3 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
	2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --constraint constraints.txt

demo: $(VENV)/installed
	$(BIN)/portrayal demo --output out/demo.mp4

demo-agent: $(VENV)/installed
	$(BIN)/portrayal demo --output out/demo-agent.mp4 --agent

# mypy needs one core for a minute or two: it runs beside the tests. Bytecode is kept, since they
# start many processes.
test: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@echo "$(BIN)/mypy, and the tests:"
	@$(BIN)/mypy & types=$$!; \
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 \
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal; \
	tests=$$?; wait $$types && exit $$tests

test-llama-cpp: $(VENV)/installed-llama-cpp
	OMP_NUM_THREADS=1 $(BIN)/pytest tests/agent/llm

docs: $(VENV)/installed-dev
	$(BIN)/mkdocs build --strict

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks.bench --output out/bench.json
	$(BIN)/python -m benchmarks.paste
	$(BIN)/python -m benchmarks.compositor --output out/compositor.json
	$(BIN)/python -m benchmarks.interpolate
	$(BIN)/python -m benchmarks.scripts
	$(BIN)/python -m benchmarks.voices
	$(BIN)/python -m benchmarks.listening
	$(BIN)/python -m benchmarks.sadtalker --output out/sadtalker.json

clean:
	rm -rf $(VENV) .venv-notebook out build .mypy_cache .ruff_cache .pytest_cache
	rm -rf *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

# A stamp is renewed when what determines the installation has changed.

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Portrayal needs Python 3.11 or 3.12; install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# torch comes first, pinned, so that nothing which follows installs another build of it.
$(VENV)/installed: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing Portrayal into $(VENV) (about 2 GB; a few minutes, once) …"
	$(PIP) torch
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) --editable '.[dev]'
	@touch $@

# llama.cpp is compiled without what the tests have no use for: two thirds of the time.
$(VENV)/installed-llama-cpp: $(VENV)/installed-dev
	CMAKE_ARGS="-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF -DGGML_OPENMP=OFF -DGGML_NATIVE=OFF" \
	$(PIP) --editable '.[llama-cpp]' 'llama-cpp-python[server]'
	@touch $@

.PHONY: demo demo-agent test test-llama-cpp docs bench clean
