"""What a person set once and expects to find again, kept while nnviz runs and saved soon after each change."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.app.jobs import Jobs, Progress
from nnviz.app.places import config_folder
from nnviz.app.settings_file import MOST_RECENT, Settings, as_path, from_table, read_settings, to_bytes
from nnviz.engine.problem import Problem, ProblemError
from nnviz.formats.save import save

__all__ = ["Settings", "SettingsStore"]

FILE = "settings.json"
SOON = 300  # ms between a change and its saving, so that a slider that is dragged is saved once


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is not in the file yet: settings by name, and files used since, the newest last; "" empties that list."""

    values: dict[str, Any] = field(default_factory=dict)
    used: tuple[str, ...] = ()

    def then(self, later: _Changes) -> _Changes:
        return _Changes(self.values | later.values, self.used + later.used)

    def made_to(self, settings: Settings) -> Settings:
        changed = replace(settings, **self.values)
        recent = list(changed.recent)
        for path in self.used:
            recent = [path, *(item for item in recent if item != path)][:MOST_RECENT] if path else []
        return replace(changed, recent=tuple(recent))


class SettingsStore(QObject):
    """The settings in use, and their file; made once.

    Only what was changed here goes into the file, upon what it holds by then: another nnviz may have written meanwhile.

    Attributes:
        settings: the present ones.
        problems: what was wrong with the file, to be told once; the next saving mends it.

    Signals:
        changed(settings), not_saved(problems): the latter once, until a saving succeeds again.
    """

    changed = Signal(object)
    not_saved = Signal(object)

    def __init__(self, parent: QObject | None = None, path: Path | None = None) -> None:
        super().__init__(parent)
        self.path = path or config_folder() / FILE
        self.settings, self.problems = read_settings(self.path)
        self._unsaved, self._writing = _Changes(), _Changes()  # each is in one of them until the file holds it
        self._told = self._closed = False
        self._jobs = Jobs(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SOON)
        self._timer.timeout.connect(self._save)
        if self.problems:
            self._timer.start()

    def change(self, **values: Any) -> None:
        """Change settings by name; they are saved soon. Raises ValueError for what is no setting or not valid."""
        unknown = set(values) - {item.name for item in fields(Settings)}
        read, wrong = from_table(values, "")
        if unknown or wrong:
            raise ValueError(f"not valid: {sorted(unknown)}, {[dict(item.message.values) for item in wrong]}")
        self._change(_Changes({name: getattr(read, name) for name in values}))

    def remember_recent(self, path: str | Path) -> None:
        """Put a file first among those last used; a name that is not text, which some systems allow, cannot be kept."""
        with contextlib.suppress(ValueError):
            self._change(_Changes(used=(as_path(os.path.abspath(path)),)))

    def forget_recent(self) -> None:
        """Empty the list of files last used."""
        self._change(_Changes(used=("",)))

    def close(self) -> None:
        """Save what is not saved yet, and end; changes after this are saved when it is called again."""
        self._closed = True
        unsaved = self._writing.then(self._unsaved)
        owed = self._timer.isActive() or unsaved != _Changes()
        self._timer.stop()
        self._jobs.close()
        if owed:
            try:
                _write(self.path, self.settings, unsaved)
            except ProblemError as error:
                self._tell(error.problems)
            self._unsaved = self._writing = _Changes()

    def _change(self, changes: _Changes) -> None:
        changed = changes.made_to(self.settings)
        if changed != self.settings:
            self._unsaved = self._unsaved.then(changes)
            self.settings = changed
            if not self._closed:
                self._timer.start()
            self.changed.emit(changed)

    @Slot()
    def _save(self) -> None:
        if self._jobs.running:
            self._timer.start()  # one saving after the other
            return
        self._writing, self._unsaved = self._unsaved, _Changes()
        job = self._jobs.start(self.path.name, _write_apart, (self.path, self.settings, self._writing))
        job.finished.connect(self._show_saved)
        job.failed.connect(self._show_not_saved)

    @Slot(object)
    def _show_saved(self, recent: tuple[str, ...]) -> None:
        """Take over the files that another nnviz used."""
        self._writing, self._told = _Changes(), False
        merged = self._unsaved.made_to(replace(self.settings, recent=recent))
        if merged != self.settings:
            self.settings = merged
            self.changed.emit(merged)

    @Slot(object)
    def _show_not_saved(self, problems: tuple[Problem, ...]) -> None:
        self._unsaved, self._writing = self._writing.then(self._unsaved), _Changes()
        self._tell(problems)

    def _tell(self, problems: tuple[Problem, ...]) -> None:
        if not self._told:
            self._told = True
            self.not_saved.emit(problems)


def _write_apart(progress: Progress, path: Path, settings: Settings, changes: _Changes) -> tuple[str, ...]:  # noqa: ARG001 - too short to tell
    return _write(path, settings, changes)


def _write(path: Path, settings: Settings, changes: _Changes) -> tuple[str, ...]:
    """Save the changes upon what the file holds now, or all settings where it holds nothing good; return the files last used.

    Raises:
        SaveError: they were not saved.
    """
    held, faults = read_settings(path)
    new = settings if faults or not path.exists() else changes.made_to(held)
    save(path, to_bytes(new))
    return new.recent
