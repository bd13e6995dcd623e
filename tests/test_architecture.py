"""The design's rules hold in every file, and each rule catches the fault it is there for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import FLOORS, part_of, rows

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path.relative_to(ROOT).as_posix() for folder in ("nnviz", "tests") for path in (ROOT / folder).rglob("*.py"))
TOP_LEVEL = {"nnviz", "resources", "tests", "pyproject.toml", "constraints.txt", "Makefile"}
TOP_LEVEL |= {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}
HEAD = "from __future__ import annotations\n"
PLANTED = {
    "a line too many": ("nnviz/engine/x.py", "\n" * 400),
    "an upward import": ("nnviz/engine/x.py", "from nnviz.formats.save import save"),
    "a relative upward import": ("nnviz/engine/x.py", "from ..formats import save"),
    "a relative import of a package": ("nnviz/engine/x.py", "from .. import formats"),
    "an import across a floor": ("nnviz/explain/x.py", "from nnviz.analysis import metrics"),
    "an import inside a function": ("nnviz/data/x.py", "def f():\n    import nnviz.formats.save"),
    "a view that imports a view": ("nnviz/ui/panels/x.py", "from nnviz.ui.canvas.canvas import Canvas"),
    "Qt below app": ("nnviz/formats/x.py", "from PySide6.QtCore import QObject"),
    "widgets in app": ("nnviz/app/x.py", "from PySide6.QtWidgets import QWidget"),
    "widgets in app by module": ("nnviz/app/x.py", "from PySide6 import QtWidgets"),
    "a library of another floor": ("nnviz/engine/x.py", "def f():\n    import pandas"),
    "a slow library at the top": ("nnviz/data/x.py", "import sklearn"),
    "Qt at the top of the command line": ("nnviz/cli/x.py", "from PySide6.QtGui import QImage"),
    "a window at the top of the command line": ("nnviz/cli/x.py", "from nnviz.ui.main_window import open_window"),
    "pickle": ("tests/x.py", "import pickle"),
    "allow_pickle": ("nnviz/formats/x.py", "np.load(f, allow_pickle=True)"),
    "eval": ("nnviz/data/x.py", "eval('1')"),
    "a long function": ("nnviz/engine/x.py", "def f():\n" + "    a = 1\n" * 60),
    "a large class": ("nnviz/engine/x.py", "class A:\n" + "".join(f"    def f{i}(self): ...\n" for i in range(26))),
    "a bare except": ("nnviz/engine/x.py", "try:\n    a = 1\nexcept:\n    a = 2"),
    "a swallowed exception": ("nnviz/engine/x.py", "try:\n    a = 1\nexcept ValueError:\n    pass"),
    "a lambda in connect": ("nnviz/ui/x.py", "a.clicked.connect(lambda: None)"),
    "a partial in connect": ("nnviz/ui/x.py", "a.clicked.connect(functools.partial(f, 1))"),
    "processEvents": ("nnviz/ui/x.py", "app.processEvents()"),
    "qtbot.wait": ("tests/x.py", "qtbot.wait(100)"),
    "a test that may not run": ("tests/x.py", "pytest.importorskip('torch')"),
    "a color": ("nnviz/ui/canvas/x.py", "a = '#ff0000'"),
    "a spin box": ("nnviz/ui/x.py", "from PySide6.QtWidgets import QDoubleSpinBox"),
    "an f-string in tr": ("nnviz/ui/x.py", "self.tr(f'Loss: {x}')"),
    "a format in tr": ("nnviz/ui/x.py", "self.tr('Loss: {}'.format(x))"),
    "a file written by hand": ("nnviz/cli/x.py", "open(path, 'wb')"),
    "a path written by hand": ("nnviz/cli/x.py", "path.write_text('a')"),
    "something unfinished": ("nnviz/engine/x.py", "a = 1  # TO" + "DO later"),
}
ALLOWED = {
    "downward": ("nnviz/formats/x.py", "from nnviz.engine.spec import Spec\nfrom ..explain import words\nimport numpy as np"),
    "slow, inside a function": ("nnviz/data/x.py", "def f():\n    import sklearn.datasets"),
    "Qt inside a function of the command line": ("nnviz/cli/x.py", "def f():\n    from nnviz.ui.main_window import open_window"),
    "for types alone": ("nnviz/cli/x.py", "if TYPE_CHECKING:\n    from nnviz.ui.theme import Theme"),
    "a bound method": ("nnviz/ui/x.py", "a.clicked.connect(self.go)"),
    "format outside": ("nnviz/ui/x.py", "self.tr('Loss: {v}').format(v=x)"),
    "reading": ("nnviz/cli/x.py", "open(path, 'rb')"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_the_rules(name: str) -> None:
    assert not rows(name, (ROOT / name).read_text(encoding="utf-8"))


def test_every_part_has_a_floor() -> None:
    assert {part_of(name) for name in FILES if name.startswith("nnviz/")} <= set(FLOORS)


def test_the_top_level_is_the_agreed_one() -> None:
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - ignored - {"__pycache__"} <= TOP_LEVEL


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_is_found(what: str) -> None:
    name, text = PLANTED[what]
    assert rows(name, HEAD + text)


def test_a_missing_future_import_is_found() -> None:
    assert rows("nnviz/engine/x.py", "a = 1")


@pytest.mark.parametrize("what", ALLOWED)
def test_what_is_allowed_is_not_reported(what: str) -> None:
    name, text = ALLOWED[what]
    assert not rows(name, HEAD + text)


BLOCKED = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}:
            raise ImportError(f"{name} is not to be imported")

sys.meta_path.insert(0, Refuse())
"""


def run_python(script: str) -> str:
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_xor_trains_where_qt_cannot_be_imported() -> None:
    command = "['train', 'xor', '--epochs', '2', '--json']"
    assert "nnviz-train/1" in run_python(f"{BLOCKED}\nfrom nnviz.cli import main\nassert main({command}) == 0")


def test_the_block_bites() -> None:
    script = f"{BLOCKED}\ntry:\n    import PySide6.QtCore\nexcept ImportError as error:\n    print(error)"
    assert "not to be imported" in run_python(script)


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    heavy = ("PySide6", "pyqtgraph", "sklearn", "pandas", "onnx", "scipy", "ziamath", "PIL", "torch", "superqt", "qtawesome")
    script = f"import sys, nnviz.cli.app; print([name for name in {heavy} if name in sys.modules])"
    assert run_python(script).strip() == "[]"


@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"])
def test_one_blas_thread_before_numpy(name: str) -> None:
    script = f"import os, sys; os.environ.pop('{name}', None); import nnviz; assert 'numpy' not in sys.modules; print(os.environ['{name}'])"
    assert run_python(script).strip() == "1"


def test_the_blas_really_has_one_thread() -> None:
    names = "('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS')"
    counts = "[pool['num_threads'] for pool in threadpoolctl.threadpool_info()]"
    script = f"import os; [os.environ.pop(n, None) for n in {names}]; import nnviz, numpy, threadpoolctl; print(set({counts}))"
    assert run_python(script).strip() == "{1}"


def test_a_users_own_number_of_threads_is_kept() -> None:
    script = "import os; os.environ['OMP_NUM_THREADS'] = '2'; import nnviz; print(os.environ['OMP_NUM_THREADS'])"
    assert run_python(script).strip() == "2"
