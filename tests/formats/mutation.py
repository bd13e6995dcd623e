"""Malformed files out of good ones: a seed names each of them, so that any failure can be made again."""

from __future__ import annotations

import json
import random
from typing import Any

from nnviz.formats.archive import pack
from tests.formats.build import tampered, unpacked

TOKENS = [b"", b"{", b"]", b"null", b"-1", b"1e999", b"NaN", b"9" * 30, b'"', b",", b"\n", b"\0", b"\xff", b"../", b"PK\x03\x04"]
VALUES: list[Any] = [None, True, -1, 0, 2**63, 10**40, 1e308, "", "x" * 99, "\u202e", [], {}, [[]], {"kind": "dense"}, [1, 2, 3]]


def mutated(data: bytes, seed: int) -> bytes:
    """Return a malformed copy: bytes changed anywhere, in a part of an archive with right checksums, or values in JSON."""
    rng = random.Random(seed)
    changes = rng.choice((1, 1, 1, 2, 4, 16))
    if data.startswith(b"PK") and rng.random() < 0.7:
        return _of_archive(data, rng, changes)
    if data.startswith(b"{") and rng.random() < 0.5:
        return _of_json(data, rng)
    return _of_bytes(data, rng, changes)


def _of_archive(data: bytes, rng: random.Random, changes: int) -> bytes:
    honest = rng.random() < 0.8

    def change(parts: dict[str, bytes]) -> None:
        name = rng.choice([name for name in parts if not (honest and name == "manifest.json")])
        part = parts[name]
        choice = rng.random()
        if choice < 0.1:
            del parts[name]
        elif choice < 0.2:
            parts[rng.choice([*list(parts)[1:], "other", "moments/x.npy", "curves/train_loss.npy"])] = part
        elif name.endswith(".json") and choice < 0.7:
            parts[name] = _of_json(part, rng)
        else:
            parts[name] = _of_bytes(part, rng, changes)

    if "manifest.json" in unpacked(data):
        return tampered(data, change, honest)
    parts = unpacked(data)
    change(parts)
    return pack(parts)


def _of_json(data: bytes, rng: random.Random) -> bytes:
    """Change one value, or one key, somewhere in the tree."""
    tree = json.loads(data)
    at: Any = tree
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            break
        key = rng.choice(keys)
        if isinstance(at[key], dict | list) and rng.random() < 0.8:
            at = at[key]
            continue
        if isinstance(at, dict) and rng.random() < 0.3:
            at[rng.choice(["", "x" * 70, "kind", *map(str, keys)])] = at.pop(key)
        else:
            at[key] = rng.choice(VALUES)
        break
    return json.dumps(tree).encode()


def _of_bytes(data: bytes, rng: random.Random, changes: int) -> bytes:
    changed = bytearray(data)
    for _ in range(changes):
        start = rng.randrange(len(changed) + 1)
        stop = min(len(changed), start + rng.choice((0, 1, 1, 4, 64)))
        new = rng.choice((bytes([rng.randrange(256)]), rng.choice(TOKENS), rng.randbytes(8), bytes(changed[stop : stop + 32]) * 2))
        changed[start:stop] = new
        if rng.random() < 0.1:
            del changed[rng.randrange(len(changed) + 1) :]
    return bytes(changed)
