# make run    open the window (without a display: the demonstration in demo/)
# make test   what must hold before a push: ruff, mypy, the tests
# The environment in .venv is made when it is missing or pyproject.toml or constraints.txt is newer.

VENV := .venv
PYTHON := $(VENV)/bin/python
# The first Python that is new enough; `make PYTHON3=...` takes another.
PYTHON3 ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
# Compiled files are kept whatever the environment says: the tests start dozens of programs.
LINT := $(PYTHON) -m ruff check . && $(PYTHON) -m mypy --strict nnviz
PYTEST := QT_QPA_PLATFORM=offscreen OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(PYTHON) -m pytest

# Shared libraries that Qt loads, each with the Debian/Ubuntu package that brings it.
QT_LIBRARIES := libglib-2.0.so.0:libglib2.0-0 libEGL.so.1:libegl1 libGL.so.1:libgl1 libdbus-1.so.3:libdbus-1-3 \
	libfontconfig.so.1:libfontconfig1 libxkbcommon.so.0:libxkbcommon0 libxcb-cursor.so.0:libxcb-cursor0 \
	libxcb-icccm.so.4:libxcb-icccm4 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-shape.so.0:libxcb-shape0 \
	libxcb-xkb.so.1:libxcb-xkb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0 libwayland-cursor.so.0:libwayland-cursor0

.PHONY: run demo test test-all bench campaign lint wheel qt-libraries clean

run: $(VENV)/.run qt-libraries
	@if $(PYTHON) -m nnviz.cli.display; then exec $(PYTHON) -m nnviz; \
	else echo "So this runs the demonstration without a window instead (make demo)."; make --no-print-directory demo; fi

demo: $(VENV)/.run qt-libraries
	$(PYTHON) -m nnviz train spiral --epochs 200 --out demo --weights npz,safetensors --plots
	$(PYTHON) -m nnviz export demo/model.nnviz --out demo/canvas.png --out demo/canvas.svg --out demo/pass.gif
	@echo "Written to demo/: the canvas (canvas.png, canvas.svg), one pass through it (pass.gif), the plots, the weights and the project model.nnviz."

# Two processes for two cores, about equally long; ruff and mypy run beside them, in the time that tests wait for windows.
FIRST := tests/acceptance tests/analysis tests/cli tests/formats $(filter-out tests/engine/test_plan%,$(wildcard tests/engine/test_*.py))
test: $(VENV)/.test qt-libraries
	@first=$$(mktemp); checks=$$(mktemp); { $(LINT); } >$$checks 2>&1 & linting=$$!; \
	$(PYTEST) -q $(FIRST) >$$first 2>&1 & running=$$!; \
	$(PYTEST) -q $(addprefix --ignore=,$(FIRST)); rest=$$?; \
	wait $$running; told=$$?; wait $$linting; clean=$$?; cat $$first $$checks; rm -f $$first $$checks; exit $$((rest + told + clean))

test-all: lint
	$(PYTEST) -q -m "not campaign"

campaign: $(VENV)/.test qt-libraries
	HYPOTHESIS_PROFILE=campaign $(PYTEST) -m "campaign or not campaign"

bench: $(VENV)/.test qt-libraries
	$(PYTEST) tests/benchmarks --benchmark-enable --benchmark-only
	$(PYTHON) -m nnviz bench

lint: $(VENV)/.test qt-libraries
	$(LINT)

wheel: $(VENV)/.test
	$(PYTHON) -m hatchling build -t wheel

clean:
	rm -rf $(VENV) demo dist .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.run $(VENV)/.test: pyproject.toml constraints.txt | $(PYTHON)
	@echo "Installing the exact versions of constraints.txt into $(VENV) ..."
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(PYTHON) -c constraints.txt -e ".$(EXTRAS)"; \
	else $(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".$(EXTRAS)"; fi
	@touch $@

$(VENV)/.test: EXTRAS := [test,dev]

$(PYTHON):
	@if [ -z "$(PYTHON3)" ]; then echo "nnviz needs Python 3.11 or newer; none was found. Install it, or say make PYTHON3=/path/to/python3"; exit 1; fi
	@if command -v uv >/dev/null; then uv venv --quiet --python "$(PYTHON3)" $(VENV); \
	else $(PYTHON3) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian or Ubuntu run: sudo apt-get install -y python3-venv"; exit 1; }; fi

# Looks for what Qt needs from the system; installs it when root on Debian or Ubuntu, else says what to run and goes on.
qt-libraries:
	@PATH="$$PATH:/sbin:/usr/sbin"; command -v ldconfig >/dev/null && command -v apt-get >/dev/null || exit 0; \
	known=$$(ldconfig -p); missing=""; \
	for pair in $(QT_LIBRARIES); do case "$$known" in *"$${pair%%:*}"*) ;; *) missing="$$missing $${pair##*:}";; esac; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then echo "Installing what Qt needs:$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	else echo "Qt needs system libraries that are missing. Run: sudo apt-get install -y$$missing"; fi
