"""The house rules as functions of source text: each yields what departs from them.

`rows(name, text)` judges one file; `name` is its path in the repository with forward slashes. Used by
test_architecture.py, which also plants each fault to see that its rule bites.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

# Imports go downward only; parts on one floor do not import each other.
FLOORS = {"engine": 0, "data": 1, "resources": 1, "analysis": 2, "explain": 2, "formats": 3, "app": 4, "ui": 5, "cli": 6}
FLOORS |= {"__main__": 7, "__init__": 7}
THIRD_PARTY = {
    "__init__": set(),
    "__main__": set(),
    "resources": set(),
    "engine": {"numpy", "scipy"},
    "data": {"numpy", "scipy", "sklearn", "pandas", "PIL"},
    "analysis": {"numpy", "scipy", "sklearn", "joblib", "distributed"},
    "explain": {"numpy"},
    "formats": {"numpy", "pydantic", "onnx", "safetensors", "PIL", "pandas", "av"},
    "app": {"numpy", "PySide6", "platformdirs", "joblib", "distributed"},
    "ui": {"numpy", "PySide6", "shiboken6", "pyqtgraph", "superqt", "qtawesome", "ziamath", "platformdirs"},
    "cli": {"numpy", "typer", "click", "rich", "PySide6", "sklearn", "torch"},
}
# Slow to import, so only inside the functions that need them; the command line loads no Qt and no window either.
LAZY = {"sklearn", "pandas", "onnx", "scipy", "ziamath", "PIL", "av", "joblib", "distributed", "torch"}
LAZY_IN_CLI = LAZY | {"PySide6", "pyqtgraph", "nnviz.app.document", "nnviz.app.worker", "nnviz.ui"}
# Views do not import each other.
VIEWS = {"canvas", "panels", "plots", "lessons"}
UNSAFE = {"pickle", "marshal", "shelve", "dill"}
MAX_LINES, MAX_FUNCTION, MAX_METHODS = 400, 60, 25
HEX = re.compile(r"""["']#[0-9a-fA-F]{3,8}["']""")
UNFINISHED = re.compile(r"#.*\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b|\b(not [i]mplemented yet|placeholder [i]mplementation)\b", re.IGNORECASE)
WRITING_MODES = re.compile("[wax+]")
# The one file that may write files, and the one that may name colors.
SAVES, PAINTS = "nnviz/formats/save.py", "nnviz/ui/theme.py"

Row = tuple[int, str]


def rows(name: str, text: str) -> list[str]:
    """Return what is wrong with a file, one line each; nothing for a file that keeps the rules."""
    tree = ast.parse(text)
    found = [*_text_rows(name, text), *_import_rows(name, tree)]
    if len(tree.body) > (ast.get_docstring(tree) is not None):
        found += [(1, "no `from __future__ import annotations`")] * ("from __future__ import annotations" not in text.splitlines())
    for node in ast.walk(tree):
        found += _size_rows(node) + _handler_rows(node)
        if isinstance(node, ast.Call):
            found += _call_rows(name, node)
    return [f"{name}:{line}: {what}" for line, what in sorted(found)]


def part_of(name: str) -> str:
    """Return the part of the package a file belongs to, "" for one outside the package."""
    words = name.split("/")
    return words[1].removesuffix(".py") if words[0] == "nnviz" else ""


def _text_rows(name: str, text: str) -> Iterator[Row]:
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        yield 1, f"{len(lines)} lines, over {MAX_LINES}"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            yield number, "unfinished"
        if part_of(name) and name != PAINTS and HEX.search(line):
            yield number, "a color outside the theme"


def _size_rows(node: ast.AST) -> list[Row]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        return [(node.lineno, f"{node.name} has {length} lines, over {MAX_FUNCTION}")] if length > MAX_FUNCTION else []
    if isinstance(node, ast.ClassDef):
        methods = sum(isinstance(item, ast.FunctionDef) for item in node.body)
        return [(node.lineno, f"{node.name} has {methods} methods, over {MAX_METHODS}")] if methods > MAX_METHODS else []
    return []


def _handler_rows(node: ast.AST) -> list[Row]:
    swallowed = isinstance(node, ast.ExceptHandler) and (node.type is None or all(isinstance(item, ast.Pass) for item in node.body))
    return [(node.lineno, "an exception is swallowed")] if isinstance(node, ast.ExceptHandler) and swallowed else []


def _import_rows(name: str, tree: ast.Module) -> Iterator[Row]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module in _imported(name, node):
                yield from ((node.lineno, what) for what in _module_rows(name, module))
    for node in _at_import_time(tree):
        if part_of(name):
            lazy = LAZY_IN_CLI if part_of(name) in {"cli", "__main__", "__init__"} else LAZY
            for module in _imported(name, node):
                if any(module == item or module.startswith(f"{item}.") for item in lazy):
                    yield node.lineno, f"imports {module} at the top; import it where it is used"


def _imported(name: str, node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the absolute dotted names an import brings in, relative ones resolved."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        package = name.split("/")[:-1]
        base = ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names]


def _at_import_time(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run when the module is loaded: not in functions, not under TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _at_import_time(node)


def _module_rows(name: str, module: str) -> Iterator[str]:
    words, part = module.split("."), part_of(name)
    if words[0] in UNSAFE:
        yield f"imports {words[0]}"
    if not part:
        return
    if words[0] == "nnviz" and len(words) > 1 and words[1] != part and words[1] in FLOORS and FLOORS[words[1]] >= FLOORS.get(part, -1):
        yield f"{part} imports {module}, which is not below it"
    own_view = name.split("/")[2] if part == "ui" and name.count("/") > 2 else ""
    if words[:2] == ["nnviz", "ui"] and own_view in VIEWS and words[2] in VIEWS - {own_view}:
        yield f"the view {own_view} imports {module}"
    if words[0] not in {"nnviz", *sys.stdlib_module_names, *THIRD_PARTY.get(part, set())}:
        yield f"{part} imports {words[0]}"
    if part == "app" and words[:2] == ["PySide6", "QtWidgets"]:
        yield "app imports QtWidgets"
    if words[:2] == ["PySide6", "QtWidgets"] and words[-1] in {"QSpinBox", "QDoubleSpinBox"}:
        yield f"{words[-1]} misreads numbers; use nnviz.ui.fields.NumberField"


def _call_rows(name: str, node: ast.Call) -> list[Row]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = getattr(getattr(node.func, "value", None), "id", "")
    found = []
    if any(word.arg == "allow_pickle" and getattr(word.value, "value", None) is not False for word in node.keywords):
        found.append("allow_pickle")
    if called == "processEvents" or (called, owner) == ("wait", "qtbot"):
        found.append(f"{called}()")
    if not part_of(name):
        found += [f"{called}: a test that may not run"] * (called in {"skip", "skipif", "xfail", "importorskip"})
        return [(node.lineno, what) for what in found]
    if isinstance(node.func, ast.Name) and called in {"eval", "exec", "__import__"}:
        found.append(f"{called}()")
    if called == "connect" and any(_unnamed(argument) for argument in node.args):
        found.append("a lambda or partial in connect()")
    translates = called == "tr" or (called == "translate" and len(node.args) > 1)
    if translates and any(_made(argument) for argument in node.args):
        found.append(f"{called}() of something made at run time never translates; format outside")
    if name != SAVES and _writes(node, called):
        found.append("writes a file; nnviz.formats.save.save does that")
    return [(node.lineno, what) for what in found]


def _made(argument: ast.expr) -> bool:
    """Tell whether a text is put together on the spot: an f-string, a sum, or `.format`."""
    formatted = isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute) and argument.func.attr == "format"
    return formatted or isinstance(argument, ast.JoinedStr | ast.BinOp)


def _unnamed(argument: ast.expr) -> bool:
    if isinstance(argument, ast.Call):
        return (argument.func.attr if isinstance(argument.func, ast.Attribute) else getattr(argument.func, "id", "")) == "partial"
    return isinstance(argument, ast.Lambda)


def _writes(node: ast.Call, called: str) -> bool:
    if called in {"write_text", "write_bytes", "savetxt", "savez", "savez_compressed", "save_file"}:
        return not (called.startswith("save") and node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "buffer")
    if called != "open":
        return False
    modes = [item for item in [*node.args, *(word.value for word in node.keywords if word.arg == "mode")] if isinstance(item, ast.Constant)]
    return any(isinstance(mode.value, str) and len(mode.value) <= 3 and WRITING_MODES.search(mode.value) is not None for mode in modes)
