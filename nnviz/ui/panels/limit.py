"""A number that may be off: a box to switch it on, and then its field below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot

from nnviz.engine.table import Parameter
from nnviz.ui.form import Row, Tick
from nnviz.ui.panels.optional_number import OptionalNumber


class LimitEditor(OptionalNumber):
    """Shows a limit, None for off; switched on, it is at first the parameter's default."""

    def __init__(self, text: str, tip: str, parameter: Parameter, meaning: Callable[[float], str]) -> None:
        self.tick = Tick(text)
        super().__init__(Row(text, self.tick, tip), parameter, text, meaning)
        self._default = parameter.default
        self.tick.clicked.connect(self._switch)

    def show_limit(self, limit: float | None) -> None:
        """Show the limit; tells nobody."""
        self.tick.setChecked(limit is not None)
        self.show_number(limit, self._default)

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self.edited.emit(self._default if on else None, "")
