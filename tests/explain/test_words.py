"""The catalogue: every key that the source uses is there, and every word is used."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import Message, message, problem
from nnviz.explain.words import catalogue, entry_name, one_line, problem_text, say
from nnviz.resources import resource

SOURCE = Path(__file__).parents[2] / "nnviz"
PLACE = re.compile(r"\{(\w+)\}")
MAKERS = {"message": 0, "problem": 1, "fault": 1}
PARTS = ("what", "why", "next")
# Built in code from keys that are checked here: `problem()` itself, `one_line`.
FIXED = {"line.problem", "line.problem-nowhere"}


def calls() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Yield (place, key, names of the values) of every message and problem made anywhere; None where ** is used."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if not isinstance(node, ast.Call) or name not in MAKERS or len(node.args) <= MAKERS[name]:
                continue
            names = None if any(word.arg is None for word in node.keywords) else frozenset(word.arg or "" for word in node.keywords)
            for key in keys(node.args[MAKERS[name]]):
                yield f"{path.relative_to(SOURCE.parent)}:{node.lineno}", key if name == "message" else f"problem.{key}", names


def keys(node: ast.expr) -> Iterator[str]:
    """Yield the keys an argument can be: literals, or literals chosen by a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from keys(node.body)
        yield from keys(node.orelse)


def literals() -> tuple[set[str], list[re.Pattern[str]]]:
    """Return every text in the source and every f-string that names a section, as a pattern: keys may be chosen by them."""
    sections = tuple(f"{section}." for section in catalogue("en") if section != "problem")
    texts, patterns = set(), []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if isinstance(parts[0], str) and parts[0].startswith(sections):
                    patterns.append(re.compile("".join(".+" if part is None else re.escape(str(part)) for part in parts)))
    return texts, patterns


def entries() -> Iterator[tuple[str, str]]:
    """Yield (key, template) of the whole catalogue, with all parts of a problem as one template."""
    for section, words in catalogue("en").items():
        for name, entry in words.items():
            yield f"{section}.{name}", entry if isinstance(entry, str) else " ".join(entry.values())


def test_every_key_used_is_in_the_catalogue_with_all_its_values() -> None:
    templates, wrong = dict(entries()), []
    for place, key, names in calls():
        if key not in templates:
            wrong.append(f"{place}: {key} is missing with {sorted(names or ())}")
            continue
        used = set(PLACE.findall(templates[key]))
        # A count may only choose between the forms.
        if names is not None and used | {"count"} != names | {"count"}:
            wrong.append(f"{place}: {key} is given {sorted(names)} and uses {sorted(used)}")
    assert not wrong, "\n".join(wrong)


def test_no_word_of_the_catalogue_is_unused() -> None:
    used, (texts, patterns) = {key for _, key, _ in calls()} | FIXED, literals()
    unused = [key for key, _ in entries() if key not in used and key not in texts and key.partition(".")[2] not in texts]
    assert [key for key in unused if not any(pattern.fullmatch(key) for pattern in patterns)] == []


def test_every_problem_says_what_why_and_what_next_in_sentences() -> None:
    for name, entry in catalogue("en")["problem"].items():
        assert set(entry) == set(PARTS), name
        for part in PARTS:
            assert entry[part].endswith((".", "?")), f"{name}.{part}"


def test_the_catalogue_has_no_key_twice() -> None:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({name for name, _ in pairs}) == len(pairs), [name for name, _ in pairs]
        return dict(pairs)

    json.loads(resource("translations/en.json").read_text(encoding="utf-8"), object_pairs_hook=once)


def test_every_entry_of_a_table_has_a_name_for_people() -> None:
    for table in (ACTIVATIONS, LOSSES, REDUCTIONS, OPTIMIZERS, INITIALIZERS):
        for key in table:
            assert key in catalogue("en")["name"] or "_" not in key, key
    assert [entry_name(key) for key in ("adam", "leaky_relu", "sgd")] == ["Adam", "leaky ReLU", "gradient descent (SGD)"]
    assert entry_name("not_yet_named") == "not yet named"


def test_a_problem_has_four_parts() -> None:
    text = problem_text(problem("training.learning_rate", "out-of-range", value=-1.0, range="(0, ∞)"))
    assert (text.what, text.where) == ("−1 is out of range.", "training.learning_rate")
    assert text.why == "The value must lie in (0, ∞)."
    assert text.next == "Choose a value in this range."


def test_one_line_says_it_all() -> None:
    line = one_line(problem("training.learning_rate", "out-of-range", value=-1.0, range="(0, ∞)"))
    assert line == "training.learning_rate: −1 is out of range. The value must lie in (0, ∞). Choose a value in this range."
    assert one_line(problem("", "number-empty")).startswith("No number was typed. ")


def test_what_is_filled_in_is_never_read_as_a_placeholder() -> None:
    text = problem_text(problem("{where}", "unknown-name", name="{known} {0} {name!r} %s", known="{name}"))
    assert "{known} {0} {name!r} %s" in text.what
    assert "{name}" in text.why
    assert text.where == "{where}"


def test_what_is_filled_in_cannot_command_a_terminal_or_reverse_a_line() -> None:
    text = one_line(problem("a\x1b[2Jb\nc", "unknown-name", name="x\u202ey\x07", known="k"))
    assert not any(ord(letter) < 32 or letter == "\u202e" for letter in text)


def test_very_long_words_are_cut_but_the_sentence_stays_whole() -> None:
    line = one_line(problem("data", "unknown-name", name="x" * 10_000, known="k" * 10_000))
    assert len(line) < 1000
    assert line.endswith("Choose among these.")


def test_numbers_in_sentences_have_sensible_digits() -> None:
    assert problem_text(problem("", "split-sum", total=0.1 + 0.2)).what == "The parts of the data add up to 0.3."


@pytest.mark.parametrize("wrong", [Message("nowhere.nothing"), Message("problem.nothing"), Message("nothing"), message("card.more")])
def test_a_missing_key_or_value_is_an_error(wrong: Message) -> None:
    with pytest.raises(KeyError):
        say(wrong)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        say(message("card.rounded"), "tlh")
