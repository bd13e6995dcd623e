"""The training panel: what is minimized, by which optimizer, how fast, with which brakes, from which start."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot

from nnviz.app.document import Document
from nnviz.app.frame import Frame
from nnviz.engine.edits import replace_layer
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import PRECISIONS, Spec, TrainingSpec, Weighted
from nnviz.engine.table import Choice, Parameter
from nnviz.ui.choice_editor import ChoiceEditor
from nnviz.ui.failsafe import updates
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ChoiceBox, Form, Tick
from nnviz.ui.formula import Formula
from nnviz.ui.names import entry_name
from nnviz.ui.panels.clipping import ClippingEditor
from nnviz.ui.panels.panel import Panel, Refusing
from nnviz.ui.panels.rate import RateEditor
from nnviz.ui.panels.stopping import StopEditor
from nnviz.ui.theme import LIGHT, Theme

PENALTY = Parameter("penalty", 0.0, 0.0, 2.0**32)
SEED = Parameter("seed", 0.0, 0.0, 2.0**32)


class TrainingPanel(Panel):
    """Shows and edits `spec.training` and the initializer of all layers."""

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__(document, theme)
        self._shows_stops = False
        self.rebuild()

    def build(self, form: Form) -> None:
        """Make the controls."""
        form.heading(self.tr("Training"))
        self._build_loss(form)
        self._build_optimizer(form)
        self._build_brakes(form)
        self.initializer = ChoiceEditor(self.tr("Initializer"), INITIALIZERS)
        self.initializer.edited.connect(self._set_initializer)
        form.addWidget(self.initializer)
        self.precision = ChoiceBox(self.tr("Precision"), [(key, key) for key in PRECISIONS])
        self.precision.picked.connect(self._set_precision)
        tip = self.tr("How many bits each number of the training has")
        self.precision_row = form.row(self.tr("Precision"), self.precision, tip)
        self.precision.explain(tip, {"float64": self.tr("about 16 digits"), "float32": self.tr("about 7 digits, and half the memory")})
        self.seed = NumberField(SEED, name=self.tr("Seed"), meaning=self._seed_meaning, integer=True)
        self.seed.value_committed.connect(self._set_seed)
        self.seed_row = form.row(self.tr("Seed"), self.seed)
        self.stops = StopEditor(self.theme, unfolded=self._shows_stops)
        self.stops.toggled.connect(self._remember_stops)
        self.stops.edited.connect(self._set_stops)
        form.addWidget(self.stops)

    def _build_loss(self, form: Form) -> None:
        self.loss = ChoiceEditor(self.tr("Loss"), LOSSES)
        self.loss.edited.connect(self._set_loss)
        form.addWidget(self.loss)
        self.reduction = ChoiceBox(self.tr("Reduction"), [(key, entry_name(key)) for key in REDUCTIONS])
        self.reduction.picked.connect(self._set_reduction)
        tip = self.tr("How the losses of the samples become one number")
        self.reduction_row = form.row(self.tr("Reduction"), self.reduction, tip)
        meanings = {
            "mean": self.tr("the mean over the samples"),
            "half-mean": self.tr("half of the mean over the samples"),
            "sum": self.tr("the sum over the samples"),
            "half-sum": self.tr("half of the sum over the samples"),
            "mean-over-elements": self.tr("the mean over all outputs of all samples"),
        }
        self.reduction.explain(tip, meanings)
        self.reduction_formula = Formula(self.theme, points=self.theme.title_points * 1.15, muted=True, at_right=True)
        form.addWidget(self.reduction_formula)

    def _build_optimizer(self, form: Form) -> None:
        self.optimizer = ChoiceEditor(self.tr("Optimizer"), OPTIMIZERS)
        self.optimizer.edited.connect(self._set_optimizer)
        form.addWidget(self.optimizer)
        self.rate = RateEditor(self.theme)
        self.rate.edited.connect(self._set_rate)
        form.addWidget(self.rate)

    def _build_brakes(self, form: Form) -> None:
        self.l1 = NumberField(PENALTY, name="L1", meaning=self._l1_meaning)
        self.l2 = NumberField(PENALTY, name="L2", meaning=self._l2_meaning)
        self.l1.value_committed.connect(self._set_l1)
        self.l2.value_committed.connect(self._set_l2)
        self.l1_row = form.row(self.tr("L1 penalty"), self.l1)
        self.l2_row = form.row(self.tr("L2 penalty"), self.l2)
        self.clipping = ClippingEditor(self.theme)
        self.clipping.edited.connect(self._set_clipping)
        form.addWidget(self.clipping)
        self.normalize = Tick(self.tr("Normalize gradients"))
        tip = self.tr("Give every gradient the length 1: all steps are equally long, wherever they lead")
        self.normalize_row = form.row(self.tr("Normalize gradients"), self.normalize, tip)
        self.normalize.clicked.connect(self._set_normalize)

    @updates
    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec."""
        training = spec.training
        self.loss.show_choice(training.loss)
        self.reduction.show_key(training.reduction)
        self.reduction_row.refuse("")
        self.reduction_formula.set_latex(REDUCTIONS[training.reduction].formula)
        self.optimizer.show_choice(training.optimizer)
        self.rate.show_training(training)
        self.l1.set_value(training.l1)
        self.l2.set_value(training.l2)
        self.clipping.show_limits(training.clip_value, training.clip_norm)
        self.normalize.setChecked(training.normalize_gradients)
        self.stops.show_training(training)
        initializers = {layer.initializer for layer in spec.network.layers if isinstance(layer, Weighted)}
        self.initializer.show_choice(initializers.pop() if len(initializers) == 1 else None)
        self.precision.show_key(training.precision)
        self.seed.set_value(float(training.seed))

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Show the learning rate of the present epoch."""
        self.rate.show_now(frame.learning_rate)

    # -- what values mean ---------------------------------------------------------------------------------------

    def _l1_meaning(self, value: float) -> str:
        words = self.tr("Adds {value} · Σ|w| to the loss: small weights become exactly 0.")
        return words.format(value=self.exact(value)) if value else self.tr("Off.")

    def _l2_meaning(self, value: float) -> str:
        words = self.tr("Adds {value}/2 · Σw² to the loss: large weights shrink.")
        return words.format(value=self.exact(value)) if value else self.tr("Off.")

    def _seed_meaning(self, _value: float) -> str:
        return self.tr("The same seed gives the same initial weights and order of batches; another one starts a new run.")

    # -- edits --------------------------------------------------------------------------------------------------

    def _edit(self, control: Refusing, training: TrainingSpec, title: str, merge_key: str = "") -> None:
        self.edit(control, replace(self.document.spec, training=training), title, merge_key or None)

    @property
    def _training(self) -> TrainingSpec:
        return self.document.spec.training

    @Slot(object, str)
    def _set_loss(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set loss to {name}").format(name=entry_name(choice.kind))
        self._edit(self.loss, replace(self._training, loss=choice), title, merge_key)

    @Slot(str)
    def _set_reduction(self, key: str) -> None:
        title = self.tr("Set reduction to {name}").format(name=entry_name(key))
        self._edit(self.reduction_row, replace(self._training, reduction=key), title)

    @Slot(object, str)
    def _set_optimizer(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set optimizer to {name}") if choice.kind != self._training.optimizer.kind else self.tr("Tune {name}")
        self._edit(self.optimizer, replace(self._training, optimizer=choice), title.format(name=entry_name(choice.kind)), merge_key)

    @Slot(object, str, str)
    def _set_rate(self, training: TrainingSpec, title: str, merge_key: str) -> None:
        self._edit(self.rate, training, title, merge_key)

    @Slot(object, str, str)
    def _set_stops(self, training: TrainingSpec, title: str, merge_key: str) -> None:
        self._edit(self.stops, training, title, merge_key)

    @Slot(bool)
    def _remember_stops(self, unfolded: bool) -> None:
        self._shows_stops = unfolded

    @Slot(float)
    def _set_l1(self, value: float) -> None:
        title = self.tr("Set L1 to {value}").format(value=self.exact(value))
        self._edit(self.l1_row, replace(self._training, l1=value), title, self.l1.gesture)

    @Slot(float)
    def _set_l2(self, value: float) -> None:
        title = self.tr("Set L2 to {value}").format(value=self.exact(value))
        self._edit(self.l2_row, replace(self._training, l2=value), title, self.l2.gesture)

    @Slot(object, object, str)
    def _set_clipping(self, value: float | None, norm: float | None, merge_key: str) -> None:
        limits = [self.tr("entries at {limit}").format(limit=self.exact(value))] if value is not None else []
        limits += [self.tr("norm at {limit}").format(limit=self.exact(norm))] if norm is not None else []
        title = self.tr("Clip gradient: {limits}").format(limits=", ".join(limits) or self.tr("off"))
        self._edit(self.clipping, replace(self._training, clip_value=value, clip_norm=norm), title, merge_key)

    @Slot(bool)
    def _set_normalize(self, on: bool) -> None:
        title = self.tr("Normalize gradients") if on else self.tr("Leave gradients their length")
        self._edit(self.normalize_row, replace(self._training, normalize_gradients=on), title)

    @Slot(object, str)
    def _set_initializer(self, choice: Choice, merge_key: str) -> None:
        spec = self.document.spec
        for layer in spec.network.layers:
            if isinstance(layer, Weighted):
                spec = replace_layer(spec, replace(layer, initializer=choice))
        title = self.tr("Set all initializers to {name}").format(name=entry_name(choice.kind))
        self.edit(self.initializer, spec, title, merge_key or None)

    @Slot(str)
    def _set_precision(self, key: str) -> None:
        self._edit(self.precision_row, replace(self._training, precision=key), self.tr("Set precision to {name}").format(name=key))

    @Slot(float)
    def _set_seed(self, value: float) -> None:
        title = self.tr("Set seed to {value}").format(value=self.exact(value))
        self._edit(self.seed_row, replace(self._training, seed=int(value)), title, self.seed.gesture)
