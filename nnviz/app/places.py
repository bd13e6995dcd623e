"""Where nnviz keeps what is not the user's own document: settings, journals, logs.

`NNVIZ_HOME` puts all of it into one folder, which is how tests keep away from the user's own.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

HOME = "NNVIZ_HOME"
PRIVATE = 0o700  # a journal holds the user's data, a log the names of the user's files


def config_folder() -> Path:
    """Return the folder of the settings, made where that is possible: else whoever writes there says why not."""
    import platformdirs

    return _made("config", platformdirs.user_config_dir("nnviz", appauthor=False))


def data_folder() -> Path:
    """Return the folder of the recovery journals, made where that is possible."""
    import platformdirs

    return _made("data", platformdirs.user_data_dir("nnviz", appauthor=False))


def log_folder() -> Path:
    """Return the folder of the log and of the crash log, made where that is possible."""
    import platformdirs

    return _made("logs", platformdirs.user_log_dir("nnviz", appauthor=False))


def _made(name: str, usual: str) -> Path:
    home = os.environ.get(HOME)
    folder = Path(home).absolute() / name if home else Path(usual)
    with contextlib.suppress(OSError, ValueError):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    return folder
