# Two commands matter: `make lab` to learn, `make test` to contribute. `make` alone lists them all.

VENV := .venv

# Puts the environment's commands first, for the terminals and kernels inside JupyterLab too.
RUN := VIRTUAL_ENV="$(CURDIR)/$(VENV)" PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

# JupyterLab refuses to run as root unless it is told to.
ALLOW_ROOT := $$([ "$$(id -u)" -ne 0 ] || echo --allow-root)

.PHONY: badges build check constraints help hooks lab screenshot setup site test

# What only looks at the text.
define STATIC
echo "Linting with ruff ..." && $(RUN) ruff check . && \
echo "Checking the format with ruff ..." && $(RUN) ruff format --check . && \
echo "Looking for misspelt words with codespell ..." && $(RUN) codespell && \
echo "Checking the types with mypy ..." && $(RUN) mypy && \
echo "Checking who imports whom with import-linter ..." && $(RUN) lint-imports
endef

PARALLEL := --numprocesses auto --dist loadfile

help: ## list the targets (this is what `make` alone does)
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf 'make %-12s %s\n' "$$name" "$$text"; \
	done

setup: $(VENV)/.ready ## make the environment in .venv (PYTHON=... names the Python to use)
	@echo "Ready."

# Learners see no tools for instructors, and no question about news.
QUIET := $(if $(INSTRUCTOR),,JUPYTER_CONFIG_PATH="$(CURDIR)/lab:$$JUPYTER_CONFIG_PATH")

lab: setup ## open the course in JupyterLab (INSTRUCTOR=1 with nbgrader's tools)
	@$(RUN) $(QUIET) jupyter lab --ServerApp.root_dir=. $(ALLOW_ROOT) $(LAB_FLAGS) notebooks/00-start-here.ipynb

check: setup ## run the checks that take two minutes, while you work
	@$(STATIC)
	@echo "Running the fast tests with pytest ..."
	@$(RUN) pytest $(PARALLEL) -m "not slow"

test: export GRADER_HOME := $(CURDIR)/.grader/tests
test: setup ## run every check (PYTEST_FLAGS=... goes to pytest)
	@$(STATIC)
	@echo "Checking that solutions/ and notebooks/ are what lessons/ builds ..."
	@$(RUN) grader build --check
	@echo "Proving every exercise: its stub scores 0 and its solution full points ..."
	@$(RUN) grader verify
	@echo "Replaying solutions/ with nbval: every output is the one that is stored ..."
	@$(RUN) pytest --quiet $(PARALLEL) --nbval --nbval-sanitize-with nbval_sanitize.cfg solutions
	@echo "Running notebooks/ as released with nbval: no cell raises ..."
	@$(RUN) pytest --quiet $(PARALLEL) --nbval-lax notebooks
	@echo "Running the fast tests with pytest, and measuring what they cover ..."
	@$(RUN) pytest $(PARALLEL) -m "not slow" --cov --cov-report= $(PYTEST_FLAGS)
	@echo "Running the slow tests with pytest: browsers, kernels, classes, attacks ..."
	@$(RUN) pytest $(PARALLEL) -m slow --durations=25 $(PYTEST_FLAGS)
	@echo "Every check passed."

build: setup ## build solutions/ and notebooks/ from lessons/
	@$(RUN) grader build

site: setup ## build the course as a static site that runs in a browser's tab, in site/
	@$(RUN) python scripts/site.py site --work .grader/site

screenshot: setup ## draw the pictures in docs/images anew, in a real JupyterLab
	@mkdir -p docs/images
	@SCREENSHOT="$(CURDIR)/docs/images/panel.png" $(RUN) pytest -q tests/browser/test_lab.py
	@SCREENSHOT_OF_THE_MAP="$(CURDIR)/docs/images/map.png" \
		$(RUN) pytest -q tests/browser/test_by_keyboard.py

badges: setup ## make the README's links to Binder open this repository: for forks
	@$(RUN) python scripts/badges.py

hooks: setup ## check every commit of yours with pre-commit
	@$(RUN) pre-commit install

constraints: $(VENV)/bin/uv ## pin what pyproject.toml asks for (UV_FLAGS=--upgrade takes the newest)
	@cp constraints.txt $(VENV)/constraints.txt
	@$(RUN) uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras --quiet \
		--no-header --no-annotate $(UV_FLAGS) --output-file $(VENV)/constraints.txt
	@{ echo '# Compiled by `make constraints`; not edited by hand.'; \
		sed '/^#/d' $(VENV)/constraints.txt; } > constraints.txt

# Whatever the pins are worth by now: they may be what has to change.
$(VENV)/bin/uv:
	@$(MAKE) --no-print-directory setup

# An environment does not survive a move or a copy: its stamp holds the folder it was made for.
# And one that is ready may have been made with another Python than the one now asked for.
ifneq ($(shell cat $(VENV)/.ready 2>/dev/null)$(PYTHON),$(CURDIR))
.PHONY: $(VENV)/.ready
endif

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(SHELL) -euc "$$SETUP"

define SETUP
venv="$(VENV)" stamp="$(VENV)/.ready" chosen="$(PYTHON)"

# A name may be there and still not run (a shim of pyenv), so each candidate is asked its version.
python= others=
for candidate in $${chosen:-python3 python3.13 python3.12 python3.11}; do
    ask='import sys; print("%d.%d.%d" % sys.version_info[:3])'
    version=$$("$$candidate" -c "$$ask" 2>/dev/null) || version=
    case $$version in
        3.1[1-9].* | 3.[2-9][0-9].*) python=$$candidate && break ;;
        ?*) others="$${others:+$$others, }$$candidate is $$version" ;;
        *) [ -z "$$chosen" ] || others="$$candidate does not run" ;;
    esac
done
if [ -z "$$python" ]; then
    echo "The course needs Python 3.11 or newer and found none$${others:+ ($$others)}:" \
        "install one, or name it with 'make setup PYTHON=/path/to/python'." >&2
    exit 1
fi
if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$$python cannot make virtual environments:" \
        "install the package python$${version%.*}-venv (Debian, Ubuntu), then try again." >&2
    exit 1
fi

ask='import sys; print(*sys.version_info[:2])'
if [ ! -f "$$stamp" ] || [ "$$(cat "$$stamp")" != "$(CURDIR)" ] ||
    [ "$$("$$venv/bin/python" -c "$$ask" 2>/dev/null)" != "$$("$$python" -c "$$ask")" ]; then
    echo "Making $$venv with Python $$version ..."
    "$$python" -m venv --clear "$$venv"
fi

# uv does in seconds what takes pip a minute. Where uv cannot (no wheel of it for the platform, an
# index that only pip is configured for), pip does all of it, and tells what is wrong if it fails.
echo "Installing the course and its tools ..."
pip() { "$$venv/bin/python" -m pip --no-input --disable-pip-version-check -qq "$$@"; }
pip install --constraint constraints.txt uv 2>/dev/null &&
    "$$venv/bin/uv" pip install --python "$$venv/bin/python" --quiet --compile-bytecode \
        --constraint constraints.txt --editable '.[dev]' 2>/dev/null ||
    pip install --constraint constraints.txt --editable '.[dev]' || {
    echo "The installation failed for the reason above: see to it, then try again. Is there a" \
        "proxy between you and the packages? Name it: export HTTPS_PROXY=http://host:port" >&2
    exit 1
}
printf '%s\n' "$(CURDIR)" > "$$stamp"
endef
export SETUP
