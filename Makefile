# Everything here needs Python 3.11, make and a shell; what is installed goes into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

# Folders are passed on as environment variables, so that they may hold blanks.
export EXPORTS AGREEMENT PUBLISH AS_OF TARGET VERSION TEAM NAME DATE LEADS

# These come from the command line alone: some systems set NAME or TARGET themselves.
$(foreach word,TARGET VERSION TEAM NAME DATE,$(if $(filter environment,$(origin $(word))),\
	$(eval $(word) :=)))

# Tests start builds of their own: they must not inherit the folders given to this make.
CLEAN_ENV := env -u EXPORTS -u AGREEMENT -u PUBLISH -u AS_OF -u TARGET -u VERSION -u TEAM -u NAME \
	-u DATE -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	-u HANDOFF_EXPORTS -u HANDOFF_AGREEMENT -u HANDOFF_MAPPINGS -u HANDOFF_TARGET

INPUTS = $${EXPORTS:+--exports "$$EXPORTS"} $${AGREEMENT:+--agreement "$$AGREEMENT"} \
	$${AS_OF:+--as-of "$$AS_OF"}
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check \
	--require-hashes --no-deps -r

# An engine besides DuckDB has packages, and a lock, of its own.
ENGINE := $(patsubst requirements-%.lock,.venv/.installed-%,$(wildcard requirements-$(TARGET).lock))

# Tests run in this many processes at once, a file's in one of them: they share what it builds.
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

ENGINES := postgres spark
LOCKING := --generate-hashes --no-emit-index-url --no-header --no-strip-extras \
	--python-version 3.11

##@ For everyone

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '%s\n' '' \
		'Folders for build and test, relative or absolute:' \
		'  EXPORTS=    one sub-folder of exports per system    (exports/demo)' \
		'  AGREEMENT=  the agreement as CSVs, with mappings/   (seeds/agreement)' \
		'  PUBLISH=    where readers find the marts            (published)' \
		'Engine that build runs on:' \
		'  TARGET=     duckdb, postgres or spark (docs/engines.md)  (duckdb)' \
		"With EXPORTS or AGREEMENT, 'make test' also runs every check on them and publishes" \
		"nothing; with PUBLISH it also checks that what is published there is whole."

.PHONY: build
build: .venv/.installed $(ENGINE) ## Build from the exports, check, publish, and print the funnel
	@$(BIN)/python -m handoff.build $(INPUTS) $${PUBLISH:+--publish "$$PUBLISH"} \
		$${TARGET:+--target "$$TARGET"}

.PHONY: report
report: .venv/.installed ## Write the page of what is published anew: PUBLISH=
	@$(BIN)/python -m handoff.page $${PUBLISH:+--publish "$$PUBLISH"}

.PHONY: test
test: browser test-fast test-unit test-data test-published test-python test-engines ## Run all the parts below

.PHONY: test-fast
test-fast: .venv/.installed-dev ## Lint Python and SQL
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/sqlfluff lint --disable-progress-bar models

.PHONY: test-unit
test-unit: .venv/.installed-dev ## Run dbt's unit tests, on the models of the demo
	mkdir -p work/unit
	rm -f work/unit/handoff.duckdb
	$(CLEAN_ENV) HANDOFF_DATABASE=work/unit/handoff.duckdb $(BIN)/dbt --log-level-file none --quiet \
		build --exclude-resource-type test --target-path work/unit/target

.PHONY: test-data
test-data: .venv/.installed-dev ## Run every check on EXPORTS and AGREEMENT, if given
	@if [[ -n "$$EXPORTS$$AGREEMENT" ]]; then \
		$(BIN)/python -m handoff.build --check-only --work work/check $(INPUTS); \
	fi

.PHONY: test-published
test-published: .venv/.installed-dev ## Check that what is published in PUBLISH is whole, if given
	@if [[ -z "$$PUBLISH" ]]; then :; \
	elif [[ -e "$$PUBLISH/current" ]]; then \
		$(BIN)/python -m handoff.publish --verify "$$PUBLISH"; \
	else echo "Nothing is published in $$PUBLISH yet: there is nothing to check."; fi

.PHONY: test-python
test-python: .venv/.installed-dev ## Run the Python tests, whole builds among them
	$(CLEAN_ENV) $(PYTEST) --ignore tests/python/engines

ORACLE_LEADS ?= 100000
ORACLE_BUILDS ?= 5
.PHONY: test-oracle
test-oracle: .venv/.installed-dev ## Compare with the oracle at the size for a night (ORACLE_LEADS=, ORACLE_BUILDS=)
	$(CLEAN_ENV) HANDOFF_ORACLE_LEADS=$(ORACLE_LEADS) HANDOFF_ORACLE_BUILDS=$(ORACLE_BUILDS) \
		HANDOFF_ORACLE_SEED=2 $(BIN)/pytest tests/python/test_oracle.py -s

.PHONY: test-engines
test-engines: .venv-compile/.installed
test-engines: .venv/.installed-dev .venv/.installed-postgres .venv/.installed-spark postgres ## Compare the marts of every engine with DuckDB's, cell by cell
	$(CLEAN_ENV) $(PYTEST) tests/python/engines

.PHONY: test-mutants
test-mutants: .venv/.installed-dev ## Break each rule of the engine: its unit test must fail (in test-python too)
	$(CLEAN_ENV) $(BIN)/pytest tests/python/test_mutants.py

.PHONY: test-portability
test-portability: .venv/.installed-dev ## Check that every model compiles for Spark (in test-python too)
	$(CLEAN_ENV) $(BIN)/pytest tests/python/test_portability.py tests/python/test_sql_subset.py

##@ For those who agree

.PHONY: sign
sign: .venv/.installed ## Sign an agreement: VERSION= TEAM= NAME= [DATE=] [AGREEMENT=]
	@$(BIN)/python -m handoff.sign --version "$$VERSION" --team "$$TEAM" --name "$$NAME" \
		$${DATE:+--date "$$DATE"} $${AGREEMENT:+--agreement "$$AGREEMENT"}

.PHONY: what-if
what-if: .venv/.installed ## Which MQLs another agreement would make: AGREEMENT= [EXPORTS=] [PUBLISH=]
	@if [[ -z "$$AGREEMENT" ]]; then \
		echo "Say which agreement to try: make what-if AGREEMENT=<folder>" >&2; exit 2; \
	fi
	@$(BIN)/python -m handoff.what_if --agreement "$$AGREEMENT" \
		$${EXPORTS:+--exports "$$EXPORTS"} $${PUBLISH:+--publish "$$PUBLISH"}

##@ For those who work on the project

.PHONY: docs
docs: .venv/.installed ## Write the docs of all models into one file that opens offline
	@mkdir -p work/docs
	@$(BIN)/dbt --log-level-file none --quiet docs generate --static --target-path work/docs
	@mv work/docs/static_index.html work/docs/index.html
	@echo "The docs: work/docs/index.html"

.PHONY: demo
demo: .venv/.installed ## Write exports/demo anew (the same each time)
	@$(BIN)/python -m handoff.demo

.PHONY: bench
bench: .venv/.installed ## Measure the demo build and its floor per node
	@$(BIN)/python bench/demo_build.py

.PHONY: bench-large
bench-large: .venv/.installed ## Measure a build of large exports by layer (LEADS=, 200000)
	@$(BIN)/python bench/large_build.py $${LEADS:+--leads "$$LEADS"}

.PHONY: bench-scoring
bench-scoring: .venv/.installed ## Measure scoring against a script written by hand (LEADS=, 1000000)
	@$(BIN)/python bench/scoring.py $${LEADS:+--leads "$$LEADS"}

.PHONY: bench-engines
bench-engines: .venv/.installed .venv/.installed-postgres .venv/.installed-spark postgres ## Measure the demo build on every engine
	@$(BIN)/python bench/demo_engines.py

# The run-time locks are resolved under the versions of the development lock, so that what is
# tested is what runs. A constraint may name neither extras nor hashes.
.PHONY: lock
lock: ## Resolve all locks anew (needs uv)
	@command -v uv > /dev/null || { echo "uv is needed to resolve the locks." >&2; exit 1; }
	uv pip compile --quiet $(LOCKING) --extra dev pyproject.toml -o requirements-dev.lock
	sed -nE 's/^([A-Za-z0-9._-]+)(\[[^]]*\])?==([^ ;]+).*/\1==\3/p' requirements-dev.lock \
		> work/constraints.txt
	uv pip compile --quiet $(LOCKING) -c work/constraints.txt pyproject.toml \
		-o requirements.lock
	for engine in $(ENGINES); do \
		uv pip compile --quiet $(LOCKING) -c work/constraints.txt --extra $$engine pyproject.toml \
			-o requirements-$$engine.lock; \
	done
	sed -n '/^dbt-/p' work/constraints.txt > work/dbt-constraints.txt
	uv pip compile --quiet $(LOCKING) -c work/dbt-constraints.txt \
		--group pyproject.toml:compile -o requirements-compile.lock

.PHONY: vega
vega: .venv/.installed-dev ## Bundle Vega-Lite for the page anew, as the development lock pins it
	@$(BIN)/python report/bundle_vega.py

.PHONY: clean
clean: ## Remove what builds and tests leave, and .venv; never what is published
	find work -mindepth 1 -maxdepth 1 ! -name .gitkeep -exec rm -rf {} +
	rm -rf .venv .venv-compile target logs .pytest_cache .ruff_cache .hypothesis

# --- installing -----------------------------------------------------------------------------

# A lock is installed whole (--no-deps): pip checks its hashes and resolves nothing.
.venv/.installed: requirements.lock | .venv/bin/python
	@echo "Installing requirements.lock into .venv (once; again when it changes)"
	@$(INSTALL) requirements.lock
	@touch $@

.venv/.installed-%: requirements-%.lock .venv/.installed
	@echo "Installing requirements-$*.lock into .venv (once; again when it changes)"
	@$(INSTALL) requirements-$*.lock
	@touch $@

# Adapters that only compile pin other versions of what they share with the rest.
.venv-compile/.installed: requirements-compile.lock | .venv/bin/python
	@echo "Installing requirements-compile.lock into .venv-compile (once; again when it changes)"
	@[[ -x .venv-compile/bin/python ]] || "$(PYTHON)" -m venv .venv-compile
	@.venv-compile/bin/python -m pip install -qq --disable-pip-version-check \
		--require-hashes --no-deps -r requirements-compile.lock
	@touch $@

.venv/bin/python:
	@[[ -n "$(PYTHON)" ]] || { \
		echo "Python 3.11 is needed: none was found. Install it, or say where it is:" \
			"make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@found=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' || true); \
	if [[ "$$found" != 3.11 ]]; then \
		echo "Python 3.11 is needed: $(PYTHON) is $${found:-no Python}. Install 3.11, or say" \
			"where it is: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi
	@echo "Setting up .venv with $(PYTHON)"
	@"$(PYTHON)" -m venv .venv

# Tests that look at a page need a browser; without one they are skipped and say so.
.PHONY: browser
browser:
	@if command -v chromium chromium-browser google-chrome > /dev/null; then \
		:; \
	elif [[ $$(id -u) == 0 ]] && command -v apt-get > /dev/null; then \
		echo "Installing chromium for the browser tests"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium; } > /dev/null 2>&1 \
			|| echo "chromium could not be installed: the browser tests will be skipped"; \
	else \
		echo "There is no chromium: the browser tests will be skipped"; \
	fi

# The test of PostgreSQL starts a server of its own; without its programs it is skipped.
.PHONY: postgres
postgres:
	@if compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || command -v initdb > /dev/null; then \
		:; \
	elif [[ $$(id -u) == 0 ]] && command -v apt-get > /dev/null; then \
		echo "Installing postgresql for the test of the engines"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends postgresql; } > /dev/null 2>&1 \
			|| echo "postgresql could not be installed: its tests will be skipped"; \
	else \
		echo "There is no PostgreSQL server: its tests will be skipped"; \
	fi
