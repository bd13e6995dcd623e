"""The data panel: which data, how noisy, how split, in what batches, and which features the network is fed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal, Slot

from nnviz.app.document import Document
from nnviz.data.datasets import DATASETS
from nnviz.data.prepare import facts
from nnviz.engine.edits import with_features
from nnviz.engine.spec import MISSING, SCALINGS, DataSpec, Spec, Split
from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.failsafe import updates
from nnviz.ui.fields import NumberField
from nnviz.ui.fold import Fold
from nnviz.ui.form import ChoiceBox, Fact, Form, text_label
from nnviz.ui.names import entry_name, feature_name
from nnviz.ui.panels.chips import Chips
from nnviz.ui.panels.gallery import Gallery
from nnviz.ui.panels.panel import Panel
from nnviz.ui.slider import Scale, SliderField
from nnviz.ui.theme import LIGHT, Theme

PERCENT = Parameter("percent", 0.0, 0.0, 100.0)
TRAIN_PERCENT = Parameter("train", 80.0, 0.0, 100.0, open_low=True)
SAMPLES = Parameter("samples", 500.0, 1.0, 1e6)
FEW_COLUMNS = 8
SEED = Parameter("seed", 0.0, 0.0, 2.0**32)


class DataPanel(Panel):
    """Shows and edits `spec.data`, the batch size and the input features; `example_requested` carries the name of an example."""

    example_requested = Signal(str)

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__(document, theme)
        self._facts = facts(document.spec.data)
        self._offered: tuple[str, ...] = ()
        self._shows_features = True
        self.rebuild()

    def build(self, form: Form) -> None:
        """Make the controls."""
        form.heading(self.tr("Data"))
        self.gallery = Gallery(self.theme)
        self.gallery.picked.connect(self._open_example)
        form.addWidget(self.gallery)
        self.problem = Fact()
        form.row(self.tr("Problem"), self.problem, self.tr("Whether classes are told apart or values predicted; the data decide"))
        self.noise = SliderField(
            self.tr("Noise"), PERCENT, Scale(0.0, 50.0), shown=self._percent_words, meaning=self._noise_meaning
        )
        self.split = SliderField(
            self.tr("Train / validation"), TRAIN_PERCENT, Scale(10.0, 100.0, 5.0), shown=self._split_words, meaning=self._split_meaning
        )
        self.batch = SliderField(
            self.tr("Batch size"), *self._batch_range(), shown=self._batch_words, meaning=self._batch_meaning, integer=True
        )
        self.samples = SliderField(
            self.tr("Samples"), SAMPLES, Scale(20.0, 5000.0, log=True, integer=True), meaning=self._samples_meaning, integer=True
        )
        for slider, slot in (
            (self.noise, self._set_noise),
            (self.split, self._set_split),
            (self.batch, self._set_batch),
            (self.samples, self._set_samples),
        ):
            slider.value_committed.connect(slot)
            form.addWidget(slider)
        self.seed = NumberField(SEED, name=self.tr("Data seed"), meaning=self._seed_meaning, integer=True)
        self.seed.value_committed.connect(self._set_seed)
        self.seed_row = form.row(self.tr("Data seed"), self.seed)
        self.scaling = ChoiceBox(self.tr("Scaling"), [(key, entry_name(key)) for key in SCALINGS])
        self.scaling.picked.connect(self._set_scaling)
        tip = self.tr("How the inputs are scaled; measured on the training part alone")
        self.scaling_row = form.row(self.tr("Scaling"), self.scaling, tip)
        meanings = {
            "none": self.tr("as they are in the data"),
            "standard": self.tr("to mean 0 and standard deviation 1"),
            "minmax": self.tr("from the smallest, 0, to the largest, 1"),
        }
        self.scaling.explain(tip, meanings)
        self.missing = ChoiceBox(self.tr("Empty cells"), [(key, entry_name(key)) for key in MISSING])
        self.missing.picked.connect(self._set_missing)
        tip = self.tr("What becomes of samples of which something is not known")
        self.missing_row = form.row(self.tr("Empty cells"), self.missing, tip)
        meanings = {
            "drop": self.tr("such samples are left out"),
            "mean": self.tr("they are filled with the mean of their column in the training part"),
            "median": self.tr("they are filled with the median of their column in the training part"),
        }
        self.missing.explain(tip, meanings)
        self.features = Fold(self.tr("Input features"), unfolded=self._shows_features)
        self.features.toggled.connect(self._remember_features)
        self.chips = Chips()
        self.chips.flipped.connect(self._flip_feature)
        self.columns = text_label("", "note")
        self.columns.setWordWrap(True)
        self.features.form.addWidget(self.columns)
        self.features.form.addWidget(self.chips)
        form.addWidget(self.features)

    @updates
    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec."""
        data = spec.data
        self._facts = facts(data)
        self.gallery.show_current(self.document.name)
        self.problem.setText(entry_name(data.problem))
        self.noise.set_value(round(100.0 * data.noise, 9))
        self.split.set_value(round(100.0 * data.split.train, 9))
        self.batch.set_range(*self._batch_range())
        self.batch.set_value(float(spec.training.batch_size))
        self.samples.set_value(float(data.samples))
        self.samples.setVisible(DATASETS[data.source].samples is None)
        self.seed.set_value(float(data.seed))
        with QSignalBlocker(self.scaling):
            self.scaling.show_key(data.scaling)
        self.missing.show_key(data.missing)
        self.missing_row.setVisible(DATASETS[data.source].gaps)
        self._show_features()

    def _show_features(self) -> None:
        """Show what the network is fed: columns to switch on and off, of images only how many there are."""
        offered, image = self._facts.columns, bool(self._facts.shape)
        count, chosen = exact(len(offered)), len(self._chosen)
        self.columns.setText(self.tr("All {count} columns: the pixels of an image.").format(count=count))
        if chosen < len(offered):
            self.columns.setText(self.tr("{chosen} of {count} columns: pixels of an image.").format(chosen=exact(chosen), count=count))
        self.columns.setVisible(image)
        self.chips.setVisible(not image)
        self.chips.show_features(() if image else offered, self._chosen)
        self.chips.refuse("")
        shown = self.tr("all {count}") if chosen == len(offered) else self.tr("{chosen} of {count}")
        self.features.head.show_summary(shown.format(chosen=exact(chosen), count=count))
        if offered != self._offered:  # other data: few columns are shown at once
            self._offered = offered
            self._shows_features = image or len(offered) <= FEW_COLUMNS
            self.features.unfold(self._shows_features)

    @property
    def _chosen(self) -> tuple[str, ...]:
        """What the network is fed."""
        return self.document.spec.data.features or self._facts.columns

    def _batch_range(self) -> tuple[Parameter, Scale]:
        """Return what batch sizes there can be: at most the training part, 0 for all of it."""
        train = float(self._facts.train)
        return Parameter("batch_size", 10.0, 0.0, train), Scale(1.0, max(2.0, train), log=True, integer=True)

    # -- what values mean ---------------------------------------------------------------------------------------

    def _percent_words(self, value: float) -> str:
        return f"{self.exact(value)} %"

    def _noise_meaning(self, value: float) -> str:
        if value == 0:
            return self.tr("The data are clean.")
        return self.tr("Each point may be moved by up to this share of the figure's size.")

    def _split_words(self, value: float) -> str:
        test = round(100.0 * self.document.spec.data.split.test, 9)
        parts = (value, 100.0 - test - value, test) if test else (value, 100.0 - value)
        return " / ".join(self.exact(round(part, 9)) for part in parts)

    def _split_meaning(self, _value: float) -> str:
        words = self.tr("{train} samples are learned from, {validation} only watched.")
        return words.format(train=self._facts.train, validation=self._facts.validation)

    def _batch_words(self, value: float) -> str:
        return self.tr("all") if value == 0 else self.exact(value)

    def _batch_meaning(self, value: float) -> str:
        steps = -(-self._facts.train // int(value)) if value else 1
        return self.tr("{steps} steps an epoch; 0 takes all {train} samples at once.").format(steps=steps, train=self._facts.train)

    def _samples_meaning(self, _value: float) -> str:
        return self.tr("{train} for training.").format(train=self._facts.train)

    def _seed_meaning(self, _value: float) -> str:
        return self.tr("The same seed gives the same data.")

    # -- edits --------------------------------------------------------------------------------------------------

    @Slot(str)
    def _open_example(self, name: str) -> None:
        self.example_requested.emit(name)
        self.gallery.show_current(self.document.name)

    def _with_data(self, data: DataSpec) -> Spec:
        return replace(self.document.spec, data=data)

    @Slot(float)
    def _set_noise(self, value: float) -> None:
        spec = self._with_data(replace(self.document.spec.data, noise=value / 100.0))
        self.edit(self.noise, spec, self.tr("Set noise to {value} %").format(value=self.exact(value)), self.noise.gesture)

    @Slot(float)
    def _set_split(self, value: float) -> None:
        old = self.document.spec.data.split
        train = value / 100.0
        split = Split(train, max(0.0, round(1.0 - old.test - train, 12)), old.test, old.stratified)
        spec = self._with_data(replace(self.document.spec.data, split=split))
        self.edit(self.split, spec, self.tr("Split data {parts}").format(parts=self._split_words(value)), self.split.gesture)

    @Slot(float)
    def _set_batch(self, value: float) -> None:
        spec = replace(self.document.spec, training=replace(self.document.spec.training, batch_size=int(value)))
        self.edit(self.batch, spec, self.tr("Set batch size to {value}").format(value=self._batch_words(value)), self.batch.gesture)

    @Slot(float)
    def _set_samples(self, value: float) -> None:
        spec = self._with_data(replace(self.document.spec.data, samples=int(value)))
        self.edit(self.samples, spec, self.tr("Set samples to {value}").format(value=self.exact(value)), self.samples.gesture)

    @Slot(float)
    def _set_seed(self, value: float) -> None:
        spec = self._with_data(replace(self.document.spec.data, seed=int(value)))
        self.edit(self.seed_row, spec, self.tr("Set data seed to {value}").format(value=self.exact(value)), self.seed.gesture)

    @Slot(str)
    def _set_scaling(self, key: str) -> None:
        spec = self._with_data(replace(self.document.spec.data, scaling=key))
        self.edit(self.scaling_row, spec, self.tr("Set scaling to {name}").format(name=entry_name(key)))

    @Slot(str)
    def _set_missing(self, key: str) -> None:
        spec = self._with_data(replace(self.document.spec.data, missing=key))
        self.edit(self.missing_row, spec, self.tr("Empty cells: {name}").format(name=entry_name(key)))

    @Slot(bool)
    def _remember_features(self, unfolded: bool) -> None:
        self._shows_features = unfolded

    @Slot(str)
    def _flip_feature(self, feature: str) -> None:
        chosen = self._chosen
        wanted = tuple(name for name in self._facts.columns if (name in chosen) != (name == feature))
        if not wanted:
            self.show_spec(self.document.spec)
            self.chips.refuse(self.tr("The network needs at least one input: switch another feature on first."))
            return
        title = self.tr("Remove input {name}") if feature in chosen else self.tr("Add input {name}")
        self.edit(self.chips, with_features(self.document.spec, wanted), title.format(name=feature_name(feature)))

