"""After a crash: what was open then, to be recovered, thrown away, or left for the next start."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QListWidget, QListWidgetItem, QMessageBox, QVBoxLayout, QWidget

from nnviz.app.recovery import Offer, discard
from nnviz.explain.words import problem_text
from nnviz.ui.dialog import Dialog
from nnviz.ui.form import text_label
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

OFFER = Qt.ItemDataRole.UserRole
WIDTH, HEIGHT = 560, 340
MINUTE, HOUR, DAY = 60, 3600, 86400


class RecoveryDialog(Dialog):
    """Lists the windows of the last session that nobody closed; the checked ones are meant.

    Names come from files, so all of it is plain text.

    Signals:
        recovered(list of Offer): these are to be opened.
    """

    recovered = Signal(list)

    def __init__(self, offers: tuple[Offer, ...], parent: QWidget | None = None) -> None:
        """Show these, all of them checked; `offers` is not empty."""
        super().__init__(WIDTH, HEIGHT, parent)
        self.words = text_label("")
        self.words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setSpacing(grown(3))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for offer in offers:
            item = QListWidgetItem(self.list)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setData(OFFER, offer)
            item.setCheckState(Qt.CheckState.Checked)
        self.list.setCurrentRow(0)
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.recover = self.buttons.addButton("", role.AcceptRole)
        self.throw_away = self.buttons.addButton("", role.DestructiveRole)
        self.later = self.buttons.addButton("", role.RejectRole)
        for button in (self.throw_away, self.later):
            button.setAutoDefault(False)  # else Enter in the list means whichever of them had the focus before
        self.recover.setDefault(True)
        self.list.itemChanged.connect(self._follow_checks)
        self.recover.clicked.connect(self._recover)
        self.throw_away.clicked.connect(self._ask)
        self.later.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.words, self.list, self.buttons):
            column.addWidget(widget)
        self.translate()
        self.list.setFocus()
        self.fit()

    @property
    def checked(self) -> list[Offer]:
        """The offers whose boxes are checked."""
        rows = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(OFFER) for item in rows if item.checkState() is Qt.CheckState.Checked]

    def translate(self) -> None:
        """Say everything in the present language."""
        self.setWindowTitle(self.tr("Recover unsaved work"))
        self.words.setText(
            self.tr("nnviz ended unexpectedly. This was open and not saved; your files are as you last saved them. What shall come back?")
        )
        self.list.setAccessibleName(self.tr("Windows that can be recovered"))
        set_tip(self.list, self.tr("What was open and not saved; Space checks and unchecks the chosen one"))
        self.recover.setText(self.tr("&Recover"))
        set_tip(self.recover, self.tr("Open the checked ones, each in a window of its own; they stay unsaved until you save them"))
        self.throw_away.setText(self.tr("&Discard…"))
        set_tip(self.throw_away, self.tr("Delete what was kept of the checked ones for good; files you have saved stay"))
        self.later.setText(self.tr("Decide &later"))
        set_tip(self.later, self.tr("Keep all of it; the next start asks again"))
        for row in range(self.list.count()):
            self.list.item(row).setText(self._words_of(self.list.item(row).data(OFFER)))

    def _words_of(self, offer: Offer) -> str:
        """Return name and file, age and progress, and what is damaged, a line each."""
        name, file = " ".join(offer.name.split()) or self.tr("Untitled"), " ".join(str(offer.path or "").split())
        first = self.tr("{name} – {file}").format(name=name, file=file) if file else name
        facts = [self._age(time.time() - offer.when)]
        if offer.step:
            facts.append(self.tr("epoch {epoch}, step {step}").format(epoch=offer.epoch, step=offer.step))
        if offer.edits:
            words = self.tr("{count} edit after that") if offer.edits == 1 else self.tr("{count} edits after that")
            facts.append(words.format(count=offer.edits))
        lines = [first, " · ".join(facts), *[problem_text(item).what for item in offer.damaged[:1]]]
        if offer.saved_since:
            date = time.strftime("%Y-%m-%d %H:%M", time.localtime(offer.saved_since))
            words = self.tr("The file has been saved since ({date}); this is older and opens as a copy, which Save asks a name for.")
            lines.append(words.format(date=date))
        return "\n".join(lines)

    def _age(self, seconds: float) -> str:
        if seconds < MINUTE:
            return self.tr("just now")
        if seconds < HOUR:
            return self.tr("{count} min ago").format(count=int(seconds // MINUTE))
        if seconds < DAY:
            return self.tr("{count} h ago").format(count=int(seconds // HOUR))
        return self.tr("{count} d ago").format(count=int(seconds // DAY))

    @Slot()
    def _follow_checks(self) -> None:
        for button in (self.recover, self.throw_away):
            button.setEnabled(bool(self.checked))

    @Slot()
    def _recover(self) -> None:
        chosen = self.checked
        self.accept()
        self.recovered.emit(chosen)

    @Slot()
    def _ask(self) -> None:
        """Ask once more: what is thrown away here is nowhere else."""
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setWindowTitle(self.windowTitle())
        question.setIcon(QMessageBox.Icon.Question)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(self.tr("Delete the unsaved work of {count} windows for good?").format(count=len(self.checked)))
        if len(self.checked) == 1:
            question.setText(self.tr("Delete this unsaved work for good?"))
        question.setStandardButtons(QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(QMessageBox.StandardButton.Cancel)
        question.finished.connect(self._discard)
        question.open()

    @Slot(int)
    def _discard(self, answer: int) -> None:
        if answer != QMessageBox.StandardButton.Discard:
            return
        for offer in self.checked:
            discard(offer.folder)
        for row in reversed(range(self.list.count())):
            if self.list.item(row).checkState() is Qt.CheckState.Checked:
                self.list.takeItem(row)
        self._follow_checks()
        if not self.list.count():
            self.reject()
