r"""Formulas as plain text: reads the small part of LaTeX that the tables of the engine are written in.

`text(r"\frac{1}{1 + e^{-z}}")` is `1 / (1 + e^(−z))`; with `values` numbers are put in for symbols. So one
formula in a table serves the typeset card, the terminal and the line with the live numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
_SUPERSCRIPTS = str.maketrans("0123456789T", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ")
_SUBSCRIPTS = str.maketrans("0123456789ijklmnt+-=", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₜ₊₋₌")
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_NAMED = {"y\u0302": "ŷ", "g\u0304": "ḡ"}
SYMBOLS = {
    **{name: name for name in ("max", "min", "ln", "log", "exp", "tanh", "sin", "cos", "cosh", "erf")},
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "eta": "η", "theta": "θ"},
    **{"lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "phi": "φ", "Phi": "Φ", "Delta": "Δ", "pi": "π", "infty": "∞"},
    **{"partial": "∂", "nabla": "∇", "sum": "Σ", "prod": "∏", "ell": "ℓ", "ldots": "…", "dots": "…", "prime": "′"},
}
_FUNCTIONS = {"max", "min", "ln", "log", "exp", "tanh", "sin", "cos", "cosh", "erf", "softmax"}
_OPERATORS = {
    **{"+": "+", "-": "−", "=": "=", "<": "<", ">": ">", "cdot": "·", "times": "×", "odot": "⊙", "le": "≤", "leq": "≤", "ge": "≥"},
    **{"geq": "≥", "ne": "≠", "to": "→", "leftarrow": "←", "gets": "←", "in": "∈", "approx": "≈", "sim": "∼", "/": "/"},
}
_TIGHT = {"·"}
# Private letters that callers may wrap a value in, to find it again in the text.
_MARKS = "".join(map(chr, range(0xE000, 0xE100)))
_RELATIONS = {"=", "<", ">", "≤", "≥", "≠", "→", "←", "≈", "∼"}
_FACTORS = ("symbol", "number", "fraction", "close")
_IGNORED = {
    *["left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "limits", "displaystyle", "mathrm", "mathbf", "boldsymbol"],
    *"!,;: ",
}
_BARS = {"lVert", "rVert"}
_WORDS = {"text", "operatorname"}


@dataclass(slots=True)
class _Piece:
    """A part of a formula: `kind` is symbol, number, function, operator, open, close, comma, space or words.

    A number that was `put` in for a symbol keeps a dot before brackets: 2·(a − b), where the formula reads d(a − b).
    """

    kind: str
    text: str
    put: bool = False


@dataclass(slots=True)
class _Reader:
    """The tokens of a formula that are not yet read."""

    tokens: list[str]
    values: Mapping[str, str]
    at: int = field(default=0)

    def next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> str:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def argument(self) -> str:
        """Return the next group or single token, rendered."""
        if self.peek() == "{":
            self.next()
            return _joined(list(_pieces(self, "}")))
        piece = _piece(self, self.next())
        return piece.text if piece else ""

    def name(self) -> str:
        """Return the next group or single token, rendered as part of a name: no numbers put in, no dots, no spaces."""
        if self.peek() != "{":
            token = self.next()
            return SYMBOLS[token[1:]] if token.startswith("\\") else token
        values, self.values = self.values, {}
        found = self.argument()
        self.values = values
        return found.replace("·", "").replace(" ", "")

    def words(self) -> str:
        """Return the next group as it stands."""
        found = ""
        if self.peek() == "{":
            self.next()
        while (token := self.next()) != "}":
            found += token
        return found


def text(latex: str, values: Mapping[str, str] | None = None) -> str:
    """Return the formula as plain text, with `values` put in for symbols (named as they are shown: z, ŷ, α).

    Raises:
        ValueError: the formula uses LaTeX this module does not know.
    """
    reader = _Reader(_TOKEN.findall(latex), values or {})
    try:
        return _joined(list(_pieces(reader, "")))
    except (IndexError, KeyError) as error:
        raise ValueError(f"cannot read the formula {latex!r}: {error}") from error


def _pieces(reader: _Reader, end: str) -> Iterator[_Piece]:
    while (token := reader.peek()) != end:
        piece = _piece(reader, reader.next())
        if piece is not None:
            yield _with_scripts(reader, piece)
        elif token == "":
            raise IndexError("it ends too early")
    if end:
        reader.next()


def _piece(reader: _Reader, token: str) -> _Piece | None:
    name = token.removeprefix("\\")
    if token.startswith("\\"):
        return _command(reader, name)
    if token == "{":
        return _Piece("symbol", _joined(list(_pieces(reader, "}"))))
    if token in "([":
        return _Piece("open", token)
    if token in ")]":
        return _Piece("close", token)
    if token in _OPERATORS:
        return _Piece("operator", _OPERATORS[token])
    if token in ",;":
        return _Piece("comma", token)
    if token == "|":
        return _Piece("bar", token)
    if token[0].isdigit():
        return _Piece("number", token)
    return _symbol(reader, token.replace("'", "′"))


def _command(reader: _Reader, name: str) -> _Piece | None:
    if name in ("frac", "tfrac", "dfrac"):
        over, under = reader.argument(), reader.argument()
        quotient = over.startswith("∂") and under.startswith("∂")
        return _Piece("symbol", f"{over}/{under}") if quotient else _Piece("fraction", f"{_bracketed(over)} / {_bracketed(under)}")
    if name == "sqrt":
        return _Piece("symbol", f"√{_bracketed(reader.argument())}")
    if name in _ACCENTS:
        accented = reader.name() + _ACCENTS[name]
        return _symbol(reader, _NAMED.get(accented, accented))
    if name in _WORDS:
        words = reader.words()
        if name == "operatorname" and words in reader.values:
            return _Piece("number", reader.values[words], put=True)
        return _Piece("function" if name == "operatorname" else "words", words)
    if name == "begin":
        reader.words()
        return _Piece("symbol", _cases(reader))
    if name in _IGNORED:
        return None
    if name in ("quad", "qquad"):
        return _Piece("comma", ";")
    if name in _OPERATORS:
        return _Piece("operator", _OPERATORS[name])
    if name in _BARS:
        return _Piece("open" if name == "lVert" else "close", "‖")
    return _Piece("function", name) if name in _FUNCTIONS else _symbol(reader, SYMBOLS[name])


def _symbol(reader: _Reader, name: str) -> _Piece:
    """Return the symbol with its subscript, or the number that stands for it."""
    if reader.peek() == "_":
        reader.next()
        name += _script(reader.name(), _SUBSCRIPTS, "_")
    return _Piece("number", reader.values[name], put=True) if name in reader.values else _Piece("symbol", name)


def _with_scripts(reader: _Reader, piece: _Piece) -> _Piece:
    """Return the piece with what stands above and below it."""
    while reader.peek() in ("^", "_", "'"):
        mark = reader.next()
        if mark == "'":
            piece.text += "′"
        elif mark == "_":
            piece.text += _script(reader.name(), _SUBSCRIPTS, "_")
        else:
            raised = _script(reader.argument(), _SUPERSCRIPTS, "^")
            piece.text = (f"({piece.text})" if _negative(piece) or " " in piece.text else piece.text) + raised
    return piece


def _script(content: str, table: dict[int, int], mark: str) -> str:
    if all(ord(letter) in table for letter in content):
        return content.translate(table)
    return mark + (content if len(content) == 1 else f"({content})")


def _bracketed(content: str) -> str:
    return f"({content})" if re.search(r"[ ·]", content) and not _enclosed(content) else content


def _enclosed(content: str) -> bool:
    """Tell whether one pair of brackets holds everything, perhaps behind a function's name."""
    start = re.match(r"\w*\(", content)
    depth = 0
    for at, letter in enumerate(content):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter == ")":
            return start is not None and at == len(content) - 1
    return False


def _cases(reader: _Reader) -> str:
    r"""Return what stands in `cases`, e.g. "z if z > 0, else 0"."""
    rows: list[list[str]] = []
    cell: list[_Piece] = []
    cells: list[str] = []
    while (token := reader.peek()) != "\\end":
        if token in ("&", "\\\\"):
            reader.next()
            cells.append(_joined(cell))
            cell = []
            if token == "\\\\":
                rows.append(cells)
                cells = []
        elif (piece := _piece(reader, reader.next())) is not None:
            cell.append(_with_scripts(reader, piece))
    reader.next()
    reader.words()
    rows.append([*cells, _joined(cell)])
    last = rows.pop()
    return ", ".join([*(" if ".join(part.strip() for part in row) for row in rows if len(row) > 1), f"else {last[0].strip()}"])


def _joined(pieces: list[_Piece]) -> str:
    """Return the pieces as one text, with spaces round operators and a dot between factors."""
    joined, before = "", _Piece("start", "")
    for at, piece in enumerate(pieces):
        if piece.kind == "operator":
            sign = before.kind in ("start", "operator", "open", "comma")
            joined += piece.text if sign or piece.text in _TIGHT else f" {piece.text} "
        elif piece.kind == "words":
            joined += f" {piece.text.strip()} "
        else:
            shown = _placed(before, piece, pieces[at + 1] if at + 1 < len(pieces) else None)
            joined += _between(before, piece) + shown + (" " if piece.kind == "comma" else "")
        before = piece
    return re.sub(" +", " ", joined).strip()


def _placed(before: _Piece, piece: _Piece, after: _Piece | None) -> str:
    """Return the piece, in brackets where a minus sign or a fraction beside other factors would mislead."""
    if piece.kind == "number" and before.kind == "function" and "." in piece.text:
        return f"({piece.text})"
    if piece.kind == "number" and _negative(piece):
        lone = before.kind in ("start", "open", "comma") or (before.kind == "operator" and before.text in _RELATIONS)
        return piece.text if lone else f"({piece.text})"
    if piece.kind == "fraction" and (before.kind in _FACTORS or (after is not None and after.kind in ("open", *_FACTORS[:-1]))):
        return f"({piece.text})"
    return piece.text


def _between(before: _Piece, piece: _Piece) -> str:
    """Return what separates two pieces that stand side by side."""
    if piece.kind == "open":
        return "·" if before.kind == "fraction" or (before.kind == "number" and (before.put or "." in before.text)) else ""
    if before.kind in _FACTORS and piece.kind in (*_FACTORS, "function") and piece.kind != "close":
        if before.text[0] in "Σ∏":
            return " "
        return "" if before.text in ("∂", "Δ", "∇") else "·"
    bracketed = piece.kind == "number" and ("." in piece.text or _negative(piece))
    return " " if before.kind == "function" and piece.kind != "close" and not bracketed else ""


def _negative(piece: _Piece) -> bool:
    return piece.text.lstrip(_MARKS).startswith("−")
