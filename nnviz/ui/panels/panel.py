"""What the panels share: built from the spec, built anew for another language or size, and one way to edit."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.app.document import Document
from nnviz.engine.problem import Problem
from nnviz.engine.spec import Spec
from nnviz.explain.words import problem_text
from nnviz.ui.decades import exact
from nnviz.ui.form import Form
from nnviz.ui.theme import LIGHT, Theme


class Refusing(Protocol):
    """A control that can say below itself why its value cannot be."""

    def refuse(self, reason: str) -> None: ...


@runtime_checkable
class Themed(Protocol):
    """What paints in the colours of a theme."""

    def set_theme(self, theme: Theme) -> None: ...


class Panel(QWidget):
    """A column of controls; a child fills it in `build` and shows values in `show_spec`."""

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.document, self.theme = document, theme
        self._refusal = ""
        self._body = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._body)
        document.refused.connect(self._remember_refusal)

    def build(self, form: Form) -> None:
        """Make the controls for the present spec, language and theme."""
        raise NotImplementedError

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; tells nobody."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme."""
        before, self.theme = self.theme, theme
        if theme.scale != before.scale or theme.decimal_comma != before.decimal_comma:
            self.rebuild()
        elif theme != before:
            for view in self._body.findChildren(QWidget):
                if isinstance(view, Themed):
                    view.set_theme(theme)
            self.show_spec(self.document.spec)

    def rebuild(self) -> None:
        """Make all controls anew and show the present values."""
        old, self._body = self._body, QWidget()
        self._column.replaceWidget(old, self._body)
        # A control being rebuilt may be the very one whose signal led here: it must outlive its own signal.
        old.hide()
        old.deleteLater()
        self.build(Form(self._body))
        self.show_spec(self.document.spec)

    def edit(self, control: Refusing, spec: Spec, title: str, merge_key: str | None = None) -> None:
        """Ask for an edit; if it cannot be, the control shows the present value again with the reason."""
        self._refusal = ""
        if not self.document.edit(spec, title, merge_key):
            self.show_spec(self.document.spec)
            control.refuse(self._refusal)

    def exact(self, value: float) -> str:
        """Return a number as fields show it."""
        return self.theme.marked(exact(value))

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.rebuild()

    @Slot(object)
    def _remember_refusal(self, problems: tuple[Problem, ...]) -> None:
        found = problem_text(problems[0])
        self._refusal = f"{found.what} {found.why}".strip()

