"""What the figures of `nnviz bench` were measured on."""

from __future__ import annotations

import os
import platform
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.cli.bench_rounds import core

LIBRARIES = ("nnviz-studio", "torch", "scikit-learn", "scipy", "PySide6-Essentials")


def machine() -> dict[str, Any]:
    """Return processor, BLAS, load and versions; None where they cannot be found out."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "core": core(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": _blas(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name)) is not None},
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8", errors="replace").splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _blas() -> dict[str, Any]:
    """Return name and version NumPy was built with; which of its kernels runs where threadpoolctl is there to ask."""
    shown: Any = np.show_config(mode="dicts")
    built = shown.get("Build Dependencies", {}).get("blas", {})
    found = {"name": built.get("name"), "version": built.get("version"), "kernel": None, "threads": None}
    if find_spec("threadpoolctl") is not None:
        for library in import_module("threadpoolctl").threadpool_info():
            if library.get("user_api") == "blas":
                found |= {"kernel": library.get("architecture"), "threads": library.get("num_threads")}
                break
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
