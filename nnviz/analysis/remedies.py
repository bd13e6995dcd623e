"""Remedies: pure edits of a spec, each with its few words. None looks at weights or data."""

from __future__ import annotations

from dataclasses import replace

from nnviz.analysis.activation_ends import ends
from nnviz.analysis.finding import Remedy
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.edits import insert_layer, replace_layer, with_features, with_network, with_units
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES
from nnviz.engine.problem import message
from nnviz.engine.spec import BatchNorm, Conv2D, Dense, Dropout, Layer, Spec, Weighted
from nnviz.engine.table import Choice, choose


def training(spec: Spec, **fields: object) -> Spec:
    """Return the spec with other fields of the training."""
    return replace(spec, training=replace(spec.training, **fields))  # type: ignore[arg-type]


def rate(spec: Spec, value: float, back: bool = False) -> Remedy:
    """Set the learning rate, rounded to one digit."""
    rounded = float(f"{value:.0e}")
    return Remedy(message("remedy.rate", rate=rounded), training(spec, learning_rate=rounded), back)


def slower(spec: Spec, back: bool = False) -> Remedy:
    """Divide the learning rate by 10."""
    return Remedy(message("remedy.slower"), training(spec, learning_rate=spec.training.learning_rate / 10), back)


def faster(spec: Spec, factor: int) -> Remedy:
    """Multiply the learning rate."""
    return Remedy(message("remedy.faster", factor=factor), training(spec, learning_rate=spec.training.learning_rate * factor))


def clip(spec: Spec, back: bool = False) -> Remedy:
    """Shorten gradients to length 1."""
    return Remedy(message("remedy.clip"), training(spec, clip_norm=1.0), back)


def unclip(spec: Spec) -> Remedy:
    """Let gradients be as long as they are."""
    return Remedy(message("remedy.unclip"), training(spec, clip_norm=None, clip_value=None))


def full_batch(spec: Spec) -> Remedy:
    """Learn from all samples at once."""
    return Remedy(message("remedy.full-batch"), training(spec, batch_size=0))


def batch_size(spec: Spec, size: int) -> Remedy:
    """Take so many samples a step."""
    return Remedy(message("remedy.batch-size", size=size), training(spec, batch_size=size))


def early_stopping(spec: Spec, patience: int) -> Remedy:
    """Stop when the validation loss no longer falls, with the weights of the best epoch."""
    return Remedy(message("remedy.early-stopping", patience=patience), training(spec, patience=patience, restore_best=True))


def decay(spec: Spec, l2: float) -> Remedy:
    """Draw weights towards 0."""
    return Remedy(message("remedy.l2", l2=l2), training(spec, l2=l2))


def no_decay(spec: Spec) -> Remedy:
    """Draw no weight towards 0."""
    chosen = spec.training.optimizer
    gentle = chosen.replace("weight_decay", 0.0) if "weight_decay" in dict(chosen.parameters) else chosen
    layers = tuple(replace(layer, l1=None, l2=None) if isinstance(layer, Weighted) else layer for layer in spec.network.layers)
    without = replace(spec, network=replace(spec.network, layers=layers))
    return Remedy(message("remedy.no-decay"), training(without, l1=0.0, l2=0.0, optimizer=gentle))


def more_epochs(spec: Spec) -> Remedy | None:
    """Train twice as long; None where the epochs are not limited."""
    epochs = 2 * spec.training.epochs
    return Remedy(message("remedy.epochs", epochs=epochs), training(spec, epochs=epochs)) if epochs else None


def loss(spec: Spec, kind: str) -> Remedy:
    """Take another loss."""
    return Remedy(message("remedy.loss", loss=kind.replace("_", " ")), training(spec, loss=choose(LOSSES, kind)))


def output(spec: Spec, kind: str) -> Remedy:
    """Give the output layer another activation."""
    edited = replace_layer(spec, replace(spec.network.output, activation=choose(ACTIVATIONS, kind)))
    return Remedy(message("remedy.output", activation=kind.replace("_", " ")), edited)


def output_and_loss(spec: Spec, kind: str, loss_kind: str) -> Remedy:
    """Give the output layer another activation, and a loss that goes with it."""
    edited = training(output(spec, kind).spec, loss=choose(LOSSES, loss_kind))
    words = message("remedy.output-and-loss", activation=kind.replace("_", " "), loss=loss_kind.replace("_", " "))
    return Remedy(words, edited)


def stable_softmax(spec: Spec, layer: Weighted) -> Remedy:
    """Subtract the largest z before e^z."""
    return Remedy(message("remedy.stable-softmax"), activation(spec, layer, "softmax").spec, back=True)


def activation(spec: Spec, layer: Weighted, kind: str) -> Remedy:
    """Give one layer another activation."""
    edited = replace_layer(spec, replace(layer, activation=choose(ACTIVATIONS, kind)))
    return Remedy(message("remedy.activation", layer=layer.name, activation=kind.replace("_", " ")), edited)


def hidden_activations(spec: Spec, kind: str) -> Remedy:
    """Give all hidden layers another activation, and initial weights that suit it."""
    last, chosen = spec.network.output.id, choose(ACTIVATIONS, kind)
    for layer in spec.network.layers:
        if isinstance(layer, Weighted) and layer.id != last:
            spec = replace_layer(spec, replace(layer, activation=chosen, initializer=_suitable(chosen)))
    return Remedy(message("remedy.hidden-activations", activation=kind.replace("_", " ")), spec)


def initializers(spec: Spec) -> Remedy:
    """Draw all initial weights anew, as large as suits the activations."""
    for layer in spec.network.layers:
        if isinstance(layer, Weighted):
            spec = replace_layer(spec, replace(layer, initializer=_suitable(layer.activation)))
    return Remedy(message("remedy.initializers"), spec)


def _suitable(activation: Choice) -> Choice:
    """Return the initializer that keeps signals as large as they are from layer to layer.

    Where one side of the sums is lost, twice the variance makes up for it (He et al. 2015), unless the activation does so itself.
    """
    own = ends(activation)
    one_sided = "lecun_normal" if own.keeps else "he_normal"
    return choose(INITIALIZERS, one_sided if own.one_sided else "xavier_normal")


def thaw(spec: Spec) -> Remedy:
    """Let all layers learn."""
    layers = tuple(replace(layer, frozen=False, rate_multiplier=layer.rate_multiplier or 1.0) for layer in spec.network.layers)
    return Remedy(message("remedy.thaw"), replace(spec, network=replace(spec.network, layers=layers)))


def without_features(spec: Spec, names: tuple[str, ...]) -> Remedy | None:
    """Leave some inputs out; None where none would be left."""
    kept = tuple(name for name in spec.network.input.names if name not in names)
    return Remedy(message("remedy.drop-features"), with_features(spec, kept)) if kept else None


def standardize(spec: Spec) -> Remedy:
    """Scale each input to mean 0 and spread 1."""
    return Remedy(message("remedy.standardize"), replace(spec, data=replace(spec.data, scaling="standard")))


def fill(spec: Spec) -> Remedy:
    """Fill empty cells by the median of their column."""
    return Remedy(message("remedy.fill"), replace(spec, data=replace(spec.data, missing="median")))


def stratify(spec: Spec) -> Remedy:
    """Keep the classes' shares in each part."""
    return Remedy(message("remedy.stratify"), replace(spec, data=replace(spec.data, split=replace(spec.data.split, stratified=True))))


def more_samples(spec: Spec, samples: int) -> Remedy:
    """Make more samples."""
    return Remedy(message("remedy.samples", samples=samples), replace(spec, data=replace(spec.data, samples=samples)))


def reseed_data(spec: Spec) -> Remedy:
    """Make and split the data by another seed."""
    return Remedy(message("remedy.data-seed"), replace(spec, data=replace(spec.data, seed=spec.data.seed + 1)))


def hidden_units(spec: Spec, factor: float) -> Remedy | None:
    """Give all hidden dense layers more or fewer neurons; None where there are none, or none to spare."""
    last, edited = spec.network.output.id, spec
    for layer in spec.network.layers:
        if isinstance(layer, Dense) and layer.id != last:
            edited = with_units(edited, layer.id, max(1, round(layer.units * factor)))
    key = message("remedy.more-units") if factor > 1 else message("remedy.fewer-units")
    return Remedy(key, edited) if edited != spec else None


def hidden_layer(spec: Spec, units: int) -> Remedy:
    """Put one more hidden layer before the output."""
    place = len(spec.network.layers) - 1
    edited = insert_layer(spec, place, units)
    layer = edited.network.layers[place]
    assert isinstance(layer, Dense)
    if layer.activation.kind == "linear":
        tanh = choose(ACTIVATIONS, "tanh")
        edited = replace_layer(edited, replace(layer, activation=tanh, initializer=_suitable(tanh)))
    return Remedy(message("remedy.hidden-layer", units=units), edited)


def dropout(spec: Spec, share: float) -> Remedy | None:
    """Silence a share of the last hidden layer while training; None where there is none, or it is silenced already."""
    layers = spec.network.layers
    if len(layers) < 2 or any(isinstance(layer, Dropout) for layer in layers):
        return None
    name = f"l{spec.network.next_id}"
    edited = _inserted(spec, {len(layers) - 1: Dropout(name, "Dropout", share)})
    return Remedy(message("remedy.dropout", rate=share), edited)


def dropout_rate(spec: Spec, layer: Dropout, share: float) -> Remedy:
    """Silence fewer."""
    return Remedy(message("remedy.dropout-rate", layer=layer.name, rate=share), replace_layer(spec, replace(layer, rate=share)))


def batch_norms(spec: Spec) -> Remedy:
    """Put a batch norm behind each hidden layer that has none."""
    layers, found = spec.network.layers, dict[int, Layer]()
    for place, layer in enumerate(layers[:-1]):
        if isinstance(layer, Dense | Conv2D) and not isinstance(layers[place + 1], BatchNorm):
            found[place + 1] = BatchNorm(f"l{spec.network.next_id + len(found)}", f"Batch norm {len(found) + 1}")
    return Remedy(message("remedy.batch-norms"), _inserted(spec, found))


def without_batch_norms(spec: Spec) -> Remedy:
    """Take out all batch norms."""
    layers = tuple(layer for layer in spec.network.layers if not isinstance(layer, BatchNorm))
    return Remedy(message("remedy.no-batch-norms"), with_network(spec, replace(spec.network, layers=layers)))


def _inserted(spec: Spec, new: dict[int, Layer]) -> Spec:
    """Return the spec with layers put before those that stand at these places."""
    layers: list[Layer] = []
    for place, layer in enumerate(spec.network.layers):
        layers += [new[place]] if place in new else []
        layers.append(layer)
    network = replace(spec.network, layers=tuple(layers), next_id=spec.network.next_id + len(new))
    return with_network(spec, network)
