# Two commands do everything on a fresh machine with Python 3.11 and make: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed

# Tests start hundreds of commands, which would compile cgplab each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: fuzz run demo screenshots contact-sheet report-check lab notebooks-html examples lint quick test shuffled stress clean

# The dashboard, at http://127.0.0.1:5006.
run: $(INSTALLED)
	$(BIN)/cgplab dashboard

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# The main job, end to end: infer conv2 of LeNet-5 from conv1, measure accuracy on 10,000 images, draw figures.
demo: $(INSTALLED)
	$(BIN)/cgplab evolve --model lenet5-qat --selection layer_bypass --grid 50x10 \
	    --strategy 0 --strategy 1 --strategy 5 --strategy 11 --runs 3 --seed 1 --time-limit 8
	$(BIN)/cgplab figures accuracy_loss missing_weights --batch last --format png,pdf --out out

# The pictures of docs/dashboard.md, over the example studies; needs Debian's chromium.
screenshots: $(INSTALLED)
	$(BIN)/python -m tests.ui.screenshots docs/screenshots

# docs/figures.md: every figure over the example studies, with its caption.
contact-sheet: $(INSTALLED)
	$(BIN)/python -m tests.figures.contact_sheet docs

# Reports and LaTeX tables of all studies that ship, compiled; ends with an error if a box is too large.
report-check: $(INSTALLED)
	$(BIN)/python -m tests.report.every_example out/reports

# The notebooks in JupyterLab.
lab: $(INSTALLED)
	$(BIN)/jupyter lab --notebook-dir=notebooks

# Executed copies of the notebooks for readers without Python, in docs/notebooks; except the one that needs a running
# kernel.
PAGES := $(filter-out notebooks/dashboard_in_a_cell.ipynb,$(wildcard notebooks/*.ipynb))
notebooks-html: $(INSTALLED)
	$(BIN)/jupyter nbconvert --execute --to html --template template \
	    --TemplateExporter.extra_template_basedirs=notebooks --output-dir docs/notebooks $(PAGES)

# Makes the studies that ship with cgplab again, from scratch: about half an hour of processor time. Histories of
# improvements would make the files several times as large, so only one small study has them.
EXAMPLES := out/examples
LIBERTY := /usr/share/qflow/tech/osu018/osu018_stdcells.lib
examples: $(INSTALLED)
	rm -rf $(EXAMPLES)
	$(BIN)/cgplab model sensitivity lenet5-qat --store $(EXAMPLES)
	for file in data/examples/*.toml; do \
	    study=$$(basename $$file .toml); \
	    $(BIN)/cgplab study open $$file --store $(EXAMPLES) && \
	    $(BIN)/cgplab study run $$study --store $(EXAMPLES) || exit 1; \
	done
	$(BIN)/cgplab synth --liberty $(LIBERTY) --study synthesis --store $(EXAMPLES)
	for file in data/examples/*.toml; do \
	    study=$$(basename $$file .toml); \
	    histories=--no-histories; [ $$study = slider ] && histories=; \
	    $(BIN)/cgplab study seal $$study $${file%.toml}.cgplab $$histories --store $(EXAMPLES) || exit 1; \
	done

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Each process begins with its own part of the tests, so that they share what modules set up.
PYTEST := $(BIN)/pytest --dist worksteal

# The tests that need no browser, server or cluster: about 90 seconds.
quick: $(INSTALLED)
	$(PYTEST) -n 2 -m quick

# Damaged inputs for every reader, for a minute of processor time; docs/fuzzing.md says how to go on for longer.
fuzz: $(INSTALLED)
	$(BIN)/python -m tests.fuzz --cpu-seconds 60 --jobs 2

# Everything, in this order: linters, quick tests, slow, browser and cluster tests, fuzzing, notebooks.
test: lint quick
	$(PYTEST) -n 2 -m 'not quick'
	$(BIN)/python -m tests.fuzz --cpu-seconds 40 --jobs 2
	$(BIN)/pytest --nbmake --nbmake-timeout=$$($(BIN)/python -m tests.waiting) -n 2 notebooks

# All tests in random order; the first lines tell the seed, for `pytest -p randomly --randomly-seed=SEED`.
shuffled: $(INSTALLED)
	$(PYTEST) -n 2 -v -p randomly

# The same three times, on a machine that is kept busy.
TIMES ?= 3
stress: $(INSTALLED)
	$(BIN)/python -m tests.stress $(TIMES)

clean:
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
