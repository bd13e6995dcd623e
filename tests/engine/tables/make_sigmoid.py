"""Makes sigmoid.npz: the losses of 1 000 epochs of the example sigmoid-10-5-1, as PyTorch's gradient descent gives them.

    python tests/engine/tables/make_sigmoid.py        (needs torch; made with torch 2.13.0)

Keys: x (samples, 10) and y (samples, 1), the training part; parameters, the flat vector both begin with; losses (1 001,), the
mean squared error before the first epoch and after each.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnviz.data.prepare import prepare
from nnviz.engine.network import initialize, views
from nnviz.formats.examples import load

TABLE = Path(__file__).with_name("sigmoid.npz")
EPOCHS, RATE = 1000, 0.1


def main() -> None:
    """Train and write the table."""
    import torch

    spec = load("sigmoid-10-5-1").spec
    train, start = prepare(spec.data).samples.train, initialize(spec.network, spec.training.seed)
    x, y = torch.tensor(train.x), torch.tensor(train.y)
    model = torch.nn.Sequential(torch.nn.Linear(10, 5), torch.nn.Sigmoid(), torch.nn.Linear(5, 1), torch.nn.Sigmoid()).double()
    with torch.no_grad():
        for layer, view in zip((model[0], model[2]), views(spec.network, start), strict=True):
            layer.weight.copy_(torch.tensor(view.weights))
            layer.bias.copy_(torch.tensor(view.bias))
    optimizer, loss_of, losses = torch.optim.SGD(model.parameters(), lr=RATE), torch.nn.MSELoss(), []
    for epoch in range(EPOCHS + 1):
        loss = loss_of(model(x), y)
        losses.append(loss.item())
        if epoch < EPOCHS:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    np.savez_compressed(TABLE, x=train.x, y=train.y, parameters=start, losses=np.array(losses))


if __name__ == "__main__":
    main()
