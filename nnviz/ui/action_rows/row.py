"""What one command is: the columns of the table of actions, and the menus its rows stand in."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

CONTEXT = "actions"


def QT_TRANSLATE_NOOP(context: str, words: str) -> str:  # noqa: ARG001
    """Mark words for the translators' tool, which looks for this name; PySide's own is typed as giving any object."""
    return words


Keys = QKeySequence.StandardKey

FILE, EDIT, NETWORK, RUN, VIEW, HELP = (
    QT_TRANSLATE_NOOP("actions", "&File"),
    QT_TRANSLATE_NOOP("actions", "&Edit"),
    QT_TRANSLATE_NOOP("actions", "&Network"),
    QT_TRANSLATE_NOOP("actions", "&Run"),
    QT_TRANSLATE_NOOP("actions", "&View"),
    QT_TRANSLATE_NOOP("actions", "&Help"),
)
MENUS = (FILE, EDIT, NETWORK, RUN, VIEW, HELP)


@dataclass(frozen=True, slots=True)
class Row:
    """One command.

    Attributes:
        name: what settings, tests and other tables call it.
        slot: where its method stands, seen from the main window; of a submenu, the method that is
            handed the menu before it shows, "" where the rows are all there is.
        keys: act everywhere in the window; `canvas_keys` only while the canvas or the transport has the focus. A
            command has keys of one kind, so that "its keys" is one list.
        menu: the menu it stands in; `submenu` the name of the row whose submenu of that menu it stands in.
        when: in which state of the window it can be used; `checked`: in which it is ticked.
        group: commands of one group exclude each other, like themes.
        is_submenu: it opens a menu instead of doing something.
        rule: a line stands above it in its menu.
    """

    name: str
    text: str
    slot: str
    tip: str
    icon: str
    keys: tuple[str | Keys, ...] = ()
    canvas_keys: tuple[str, ...] = ()
    menu: str = ""
    submenu: str = ""
    when: str = "always"
    checked: str = ""
    group: str = ""
    is_submenu: bool = False
    rule: bool = False

    @property
    def checkable(self) -> bool:
        """Whether it is a state, on or off, and not only a deed."""
        return bool(self.group or self.checked)
