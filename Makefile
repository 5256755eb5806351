# The whole project in a handful of words. Each target is a short list of commands that also works typed by hand.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export UV_SYSTEM_CERTS := 1

.PHONY: help run test lint bench drills line screenshots lock words clean
help:            ## say what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: *[^#]*## */\t/' | expand -t 16

$(VENV)/.prod: requirements/prod.lock requirements/tools.lock pyproject.toml
	@sh deploy/venv.sh "$(PYTHON)" "$(VENV)" requirements/prod.lock
	@touch $@

$(VENV)/.dev: requirements/dev.lock requirements/tools.lock pyproject.toml
	@sh deploy/venv.sh "$(PYTHON)" "$(VENV)" requirements/dev.lock
	@touch $@ $(VENV)/.prod

run: $(VENV)/.prod ## start the whole clinic with demo data
	@sh deploy/letter-programs.sh
	@exec $(BIN)/cartref demo

test: $(VENV)/.dev ## run every test
	@sh deploy/letter-programs.sh
	@sh deploy/test-programs.sh
	$(BIN)/python -m pytest -m "not browser" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m browser

lint: $(VENV)/.dev ## check style, types, layers and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint cartref/templates

bench: $(VENV)/.dev ## measure, as ratios against something in the same run
	@sh deploy/test-programs.sh
	$(BIN)/python -m tests.bench

drills: $(VENV)/.dev ## break a running clinic again and again, and see that nothing is lost
	$(BIN)/python -m tests.drills

line: $(VENV)/.dev ## put visits through bad lines, and print what came of it
	@sh deploy/test-programs.sh
	$(BIN)/python -m tests.line

screenshots: $(VENV)/.dev ## take the pictures of the README from the demo
	@sh deploy/test-programs.sh
	$(BIN)/python -m tests.browser.screenshots

lock:            ## resolve and hash the dependencies anew
	printf 'uv\nsetuptools>=77\n' | $(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 - -o requirements/tools.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --extra prod -o requirements/prod.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --extra prod --group dev -o requirements/dev.lock

words: $(VENV)/.dev ## list strings that have no Welsh yet
	$(BIN)/python -m cartref.translations

clean:           ## forget the environment and the demo's data
	rm -rf $(VENV) var build *.egg-info
