# Everything runs in an environment of its own, made on first use in .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test test-all test-noted test-pythons check mutants bench soak golden evidence docs site wasm page clean

help:
	@echo "make demo    run the main job on real scenarios"
	@echo "make test    run the tests that take less than a second each: some minutes"
	@echo "make test-all  run every ordinary test, also in real browsers: half an hour"
	@echo "make test-noted  the same, and note anew which tests are long (tests/long.txt)"
	@echo "make test-pythons  the Mesa model, its page and a run on Python 3.12 and 3.13, where they are"
	@echo "make check   style, types and the import contract"
	@echo "make mutants  put faults into what makes sayings: do the tests see them? (some minutes)"
	@echo "make bench   measure speed, side by side"
	@echo "make soak    the long tests"
	@echo "make golden  refresh the golden results (then say so in CHANGELOG.md)"
	@echo "make evidence  judge every claim anew, also under every mechanism, and measure gain anew (an hour or two)"
	@echo "make wasm    build the portable engine anew (after any change of the rules)"
	@echo "make page    build the page that carries the model anew (after any change of its sources; Node)"
	@echo "make docs    refresh what the documents take from the code"
	@echo "make site    the documents as a site to search, with notebooks and results: build/site"

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

# Two workers suit two cores; a machine with more may have more. CONTRIBUTING.md tells the tiers.
WORKERS ?= 2
UNCOMPILED = $(shell grep -rl --include='*.py' pytest.mark.uncompiled tests)
PYTEST := $(RUN)/python -m pytest -rs -n $(WORKERS) --dist loadscope
test: $(READY)
	$(PYTEST) -m "not soak and not long" $(NOTED)

test-noted: NOTED := --note-long
test-all test-noted: $(READY)
	$(PYTEST) -m "not soak" $(NOTED)
	NUMBA_DISABLE_JIT=1 $(PYTEST) -m "uncompiled and not soak" $(UNCOMPILED)

# The newer Pythons bring a newer Mesa. Each gets an environment of its own, made on first use.
OTHER_PYTHONS ?= 3.12 3.13
test-pythons:
	@for version in $(OTHER_PYTHONS); do \
		python=$$(python$$version -c "import sys; print(sys.executable)" 2> /dev/null || ls -d $$HOME/.pyenv/versions/$$version.*/bin/python 2> /dev/null | tail -1); \
		if [ -z "$$python" ]; then echo "Python $$version: not here, left out"; continue; fi; \
		home=$(VENV)-$$version; \
		if [ ! -e $$home/.ready ] || [ pyproject.toml -nt $$home/.ready ]; then \
			"$$python" -m venv $$home && $$home/bin/python -m pip install --quiet \
				--disable-pip-version-check -c constraints.txt -e ".[view]" pytest hypothesis \
				&& touch $$home/.ready || exit 1; \
		fi; \
		echo "Python $$version:"; \
		$$home/bin/python -m pytest tests/mesa_model tests/view tests/engine/test_reference_worlds.py || exit 1; \
	done

check: $(READY)
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

# ONLY="statistics answer.build" tries the faults of some modules, SAMPLE=100000 all of them.
SAMPLE ?= 500
mutants: $(READY)
	SAMPLE=$(SAMPLE) $(RUN)/python tests/sayings/mutants.py $(ONLY)

bench: $(READY)
	$(RUN)/python benchmarks/arms.py
	REFERENCE_MARCH= $(RUN)/python benchmarks/arms.py --quick
	$(RUN)/python benchmarks/replicates.py
	$(RUN)/python benchmarks/start.py

soak: $(READY)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[wasm]"
	$(RUN)/python -m pytest -rs -m soak

golden: $(READY)
	$(RUN)/python tests/golden/refresh.py
	$(RUN)/python tests/golden/refresh_texts.py

evidence: $(READY)
	$(RUN)/cgsim evidence --effects --border-draws 400 --exchange --out build/evidence
	cp build/evidence/register.json build/evidence/exchanged.json experiments/evidence/
	$(RUN)/python docs/measuring_gain.py --run
	$(RUN)/python docs/clutter.py --run
	$(RUN)/python docs/patterns.py --run

wasm: $(READY)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[wasm]"
	$(RUN)/python -m cgsim.building

WEB := src/cgsim/page/web
page: $(READY)
	cd $(WEB) && npm ci --no-audit --no-fund && npm run --silent build && npm run --silent check
	$(RUN)/python -m cgsim.page.sources

docs: $(READY)
	$(RUN)/python docs/pictures/gallery.py
	$(RUN)/python docs/pictures/month.py
	$(RUN)/python docs/measuring_gain.py
	$(RUN)/python docs/clutter.py
	$(RUN)/python docs/patterns.py
	$(RUN)/python docs/refresh.py

# CGSIM_NOTEBOOKS=off leaves the notebooks' results out; they take some minutes the first time.
site: $(READY)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[docs]"
	$(RUN)/python docs/site/build.py

clean:
	rm -rf $(VENV) $(VENV)-3.* .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist mutants
