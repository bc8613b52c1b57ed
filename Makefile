# Everything runs in an environment of its own, made on first use in .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test check bench soak golden evidence docs clean

help:
	@echo "make demo    run the main job on real scenarios"
	@echo "make test    run every ordinary test"
	@echo "make check   style, types and the import contract"
	@echo "make bench   measure speed, side by side"
	@echo "make soak    the long tests"
	@echo "make golden  refresh the golden results (then say so in CHANGELOG.md)"
	@echo "make evidence  judge every claim anew, and measure gain anew (some minutes)"
	@echo "make docs    refresh what the documents take from the code"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $(READY)

demo: $(READY)
	@echo '$$ cgsim run korsakoff --replicates 500'
	@$(RUN)/cgsim run korsakoff --replicates 500
	@echo
	@echo '$$ cgsim compare baseline inertia civic-centre --replicates 500'
	@$(RUN)/cgsim compare baseline inertia civic-centre --replicates 500

test: $(READY)
	$(RUN)/python -m pytest -rs -m "not soak"
	NUMBA_DISABLE_JIT=1 $(RUN)/python -m pytest -m "uncompiled and not soak"

check: $(READY)
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

bench: $(READY)
	$(RUN)/python benchmarks/arms.py
	REFERENCE_MARCH= $(RUN)/python benchmarks/arms.py --quick
	$(RUN)/python benchmarks/replicates.py

soak: $(READY)
	$(RUN)/python -m pytest -m soak

golden: $(READY)
	$(RUN)/python tests/golden/refresh.py
	$(RUN)/python tests/golden/refresh_texts.py

evidence: $(READY)
	$(RUN)/cgsim evidence --mechanisms --out build/evidence
	cp build/evidence/register.json experiments/evidence/register.json
	$(RUN)/python docs/measuring_gain.py --run

docs: $(READY)
	$(RUN)/python docs/pictures/gallery.py
	$(RUN)/python docs/measuring_gain.py
	$(RUN)/python docs/refresh.py

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist
