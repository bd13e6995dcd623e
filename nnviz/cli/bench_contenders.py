"""Who runs which workload in `nnviz bench`, and the process each of them runs in.

`python -m nnviz.cli.bench_contenders WORKLOAD IMPLEMENTATION` reads numbers of steps from stdin, one a line, runs each from the
first weights and prints the microseconds of CPU time a step took. So rounds of several implementations can be interleaved, which
is what makes their ratios hold on a machine whose speed varies.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from nnviz.cli import bench_floor, bench_peers, bench_playground, bench_work
from nnviz.cli.bench_work import WORKLOADS, Contender, Workload

Make = Callable[[Workload, str], Contender]
COMPILER = "g++"


@dataclass(frozen=True, slots=True)
class Implementation:
    """Someone who can run workloads.

    Attributes:
        precision: "float64" or "float32".
        workloads: which, by name; all where there are none.
        make: how; None runs a program of its own, the Playground.
        modules, programs: what must be installed. Who needs something is a peer.
    """

    precision: str
    workloads: tuple[str, ...] = ()
    make: Make | None = None
    modules: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    @property
    def peer(self) -> bool:
        """Whether it is another program's."""
        return bool(self.modules or self.programs)

    def installed(self) -> bool:
        """Tell whether all that it needs is there."""
        return all(map(find_spec, self.modules)) and all(map(shutil.which, self.programs))


TORCH, SMALL = ("torch",), ("W1", "W3")
STEPS = tuple(name for name in WORKLOADS if name != "W2")
DENSE = tuple(name for name, work in WORKLOADS.items() if not work.filters and not work.frame)
IMPLEMENTATIONS = {
    "nnviz-f8": Implementation("float64", (), bench_work.nnviz),
    "nnviz-f4": Implementation("float32", (), bench_work.nnviz),
    "call-floor": Implementation("float32", SMALL, bench_floor.call_floor),
    "least-calls-f8": Implementation("float64", SMALL, bench_floor.least_calls),
    "least-calls-f4": Implementation("float32", SMALL, bench_floor.least_calls),
    "dgemm-peak": Implementation("float64", ("W5", "W6"), bench_floor.product_peak),
    "sgemm-peak": Implementation("float32", ("W5", "W6"), bench_floor.product_peak),
    "playground-f8": Implementation("float64", ("W1", "W2"), None, (), (bench_playground.PROGRAM,)),
    "torch-eager-f4": Implementation("float32", (), bench_peers.torch_eager, TORCH),
    "torch-fused-f4": Implementation("float32", STEPS, bench_peers.torch_fused, TORCH),
    "torch-compiled-f4": Implementation("float32", ("W3", "W4", "W6"), bench_peers.torch_compiled, TORCH, (COMPILER,)),
    "torch-channels-last-f4": Implementation("float32", ("W5",), bench_peers.torch_channels_last, TORCH),
    "scikit-learn-f8": Implementation("float64", DENSE, bench_peers.scikit_learn, ("sklearn",)),
    "ready-f8": Implementation("float64", ("plan",), bench_work.readiness),
}


def contestants(workload: str, peers: bool) -> list[str]:
    """Return who is to run a workload here."""
    mine = {name: item for name, item in IMPLEMENTATIONS.items() if workload in (item.workloads or WORKLOADS)}
    return [name for name, item in mine.items() if not item.peer or (peers and item.installed())]


def serve(workload: str, implementation: str) -> None:
    """Run as many steps as each line of stdin says and print the microseconds a step took."""
    chosen = IMPLEMENTATIONS[implementation]
    assert chosen.make is not None
    contender = chosen.make(WORKLOADS[workload], chosen.precision)
    for line in sys.stdin:
        times = max(1, round(int(line) * contender.scale / contender.unit)) * contender.unit
        contender.reset()
        contender.run(contender.unit)
        begun = time.process_time()
        contender.run(times)
        sys.stdout.write(f"{(time.process_time() - begun) / times * 1e6 * contender.scale}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
