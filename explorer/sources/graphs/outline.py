"""What an ONNX file says before anything is run: its inputs and outputs, who wrote it, what it is made of, where its weights are.

Field numbers are those of onnx.proto (github.com/onnx/onnx, version 1.17). No torch, no package of ONNX.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from explorer.errors import BadInput
from explorer.sources.graphs.wire import BYTES, Value, by_number, fields, integers, part, text, whole

IR_VERSION, PRODUCER, PRODUCER_VERSION, GRAPH, OPSETS, METADATA, FUNCTIONS = 1, 2, 3, 7, 8, 14, 25
"""Of a ModelProto."""
MAX_IR = 32
STANDARD = ("", "ai.onnx")
TYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64",
    12: "uint32", 13: "uint64", 16: "bfloat16",
}  # fmt: skip
BYTES_OF = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2}
FLOATS = ("float16", "float32", "float64")
WHOLE = ("int32", "int64")
MAX_ROWS, MAX_SAME = 2**62, 16
MAX_RANK, MAX_NODES, MAX_DEPTH = 16, 500_000, 16
NOT_OF_NETWORKS = ("Optional", "Sequence", "String", "Regex", "Loop", "Scan", "TfIdf", "ImageDecoder")
"""How operators begin that no denoiser or decoder has, and whose work has no bound."""


SAME_VALUES = ("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten")
"""Operators whose output has the numbers of their first input."""


@dataclass(frozen=True)
class Port:
    """An input or an output.

    Attributes
    ----------
    name : str
    kind : str
        Type of its numbers: "float32", "int64".
    shape : tuple of (int, str or None), or None
        Its sides: a number, the name of one that may be any, or None for one without a name. None: nothing is said of it.
    """

    name: str
    kind: str
    shape: tuple[int | str | None, ...] | None

    @property
    def rank(self) -> int:
        """How many sides it has; -1 where that is not said."""
        return -1 if self.shape is None else len(self.shape)

    def side(self, place: int) -> int | None:
        """A side's length, where it is fixed."""
        found = None if self.shape is None else self.shape[place]
        return found if isinstance(found, int) else None

    @property
    def words(self) -> str:
        """For people: "x (?, 1, 28, 28) float32"."""
        sides = "of any shape" if self.shape is None else "(" + ", ".join("?" if side is None else str(side) for side in self.shape) + ")"
        return f"{self.name} {sides} {self.kind}"


@dataclass
class Outline:
    """What a graph is.

    Attributes
    ----------
    producer : str
        "pytorch 2.13.0".
    opset : int
        Of the standard operators.
    inputs, outputs : list of Port
        Without those that are weights.
    metadata : dict of str to str
    external : list of str
        Files of weights, relative to the graph's folder.
    domains : set of str
        Of its operators, but the standard's and those of functions that it brings itself.
    weights : int
        Numbers in all weights.
    tables : dict of str to int
        Rows of the weights in which the numbers of an input are looked up, by its name.
    """

    producer: str = ""
    opset: int = 0
    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    external: list[str] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    weights: int = 0
    nodes: int = 0
    tables: dict[str, int] = field(default_factory=dict)


def begins_like_one(path: Path) -> bool:
    """Whether a file is an ONNX graph by its first fields; whole or cut short (OSError where it cannot be read)."""
    with open(path, "rb") as file:
        head = file.read(64)
    if len(head) < 3 or head[0] != IR_VERSION << 3 or not 1 <= head[1] <= MAX_IR:
        return False
    allowed = {number << 3 | BYTES for number in (PRODUCER, PRODUCER_VERSION, 4, 6, GRAPH, OPSETS)} | {5 << 3}
    return head[2] in allowed and _plausible(head, path.stat().st_size)


def _plausible(head: bytes, size: int) -> bool:
    """Whether what comes second is a text of letters, or a graph no longer than the largest message."""
    if head[2] == 5 << 3:
        return True
    place, length, shift = 3, 0, 0
    while place < len(head):
        length |= (head[place] & 127) << shift
        shift, place = shift + 7, place + 1
        if head[place - 1] < 128:
            break
    if head[2] in (PRODUCER << 3 | BYTES, PRODUCER_VERSION << 3 | BYTES):
        return length < 256 and head[place : place + length].isascii()
    return 2 <= length < 1 << 31 and size > place


def outline(path: Path) -> Outline:
    """What a file says; it is read once while it stays as it is.

    Raises
    ------
    BadInput
        If it cannot be read, is cut short, names weights that are not there, or has operators of its own.
    """
    try:
        stat = path.stat()
        found = _outline(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, LookupError, OverflowError, RecursionError) as error:
        reason = str(error) if type(error) is ValueError else "a part of it is missing, or none"
        raise BadInput(f"{path}: is an ONNX graph that is damaged or cut short ({reason})") from None
    _check(path, found)
    return found


@lru_cache(maxsize=32)
def _outline(path: Path, _time: int, size: int) -> Outline:
    if not size:
        raise ValueError("empty")
    with open(path, "rb") as file:
        # closed with the last view of it, which an error's traceback may hold
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return _Reader(path).model(memoryview(mapped))


def _check(path: Path, found: Outline) -> None:
    if not found.outputs or not found.nodes:
        raise BadInput(f"{path}: is an ONNX graph that is damaged or cut short (it has no operators or no output)")
    if found.domains:
        raise BadInput(
            f"{path}: has operators of {' and '.join(sorted(found.domains))}, which are no standard of ONNX and are never run here"
        )
    if found.refused:
        raise BadInput(f"{path}: has operators that no network here needs: {', '.join(sorted(found.refused)[:3])}")


def external_files(path: Path) -> tuple[Path, ...]:
    """Files beside a graph in which its weights are, by name.

    Raises
    ------
    BadInput
        If one is not there, or is not in the graph's folder.
    """
    files = []
    for name in sorted(set(outline(path).external)):
        files.append(_beside(path, name))
    return tuple(files)


def _beside(path: Path, name: str) -> Path:
    """A file that a graph names, in its folder or below, by links too."""
    told = PurePosixPath(name)
    if told.is_absolute() or ".." in told.parts or "\\" in name or ":" in name or not told.parts:
        raise BadInput(f"{path}: names weights in {name!r}, which is not in its folder")
    file = path.parent / told
    try:
        if not file.resolve().is_relative_to(path.parent.resolve()):
            raise BadInput(f"{path}: names weights in {name!r}, which is not in its folder")
        if not file.is_file():
            raise BadInput(f"{path}: its weights are in {name}, which is not beside it")
    except (OSError, ValueError):
        raise BadInput(f"{path}: names weights in {name!r}, which cannot be read") from None
    return file


class _Reader:
    """Walks a model once."""

    def __init__(self, path: Path) -> None:
        self._path, self._own = path, set[str]()
        self._found = Outline()
        self._is_of: dict[str, str] = {}
        self._looked_up: list[tuple[str, str]] = []
        self._rows: dict[str, int] = {}

    def model(self, message: memoryview) -> Outline:
        found = self._found
        graphs, producer = [], ["", ""]
        functions: list[Value] = []
        for number, value in fields(message):
            if number == GRAPH:
                graphs.append(value)
            elif number in (PRODUCER, PRODUCER_VERSION):
                producer[number - PRODUCER] = text(value)[:40]
            elif number == OPSETS:
                told = by_number(part(value))
                if (text(told[1][0]) if 1 in told else "") in STANDARD:
                    found.opset = whole(told.get(2, [0])[0])
            elif number == METADATA:
                told = by_number(part(value))
                found.metadata[text(told[1][0])] = text(told[2][0]) if 2 in told else ""
            elif number == FUNCTIONS:
                functions.append(value)
        if len(graphs) != 1:
            raise ValueError("it has no graph")
        found.producer = " ".join(producer).strip()
        self._functions(functions)
        self._graph(part(graphs[0]), 0)
        found.domains -= self._own
        self._tables()
        return found

    def _tables(self) -> None:
        """Rows of the weights in which the numbers of an input are looked up."""
        for table, index in self._looked_up:
            if table in self._rows:
                name = self._origin(index)
                self._found.tables[name] = min(self._rows[table], self._found.tables.get(name, MAX_ROWS))

    def _origin(self, name: str) -> str:
        """The first of those that have the same numbers; of a damaged graph that goes round in circles, any."""
        for _ in range(MAX_SAME):
            if name not in self._is_of:
                break
            name = self._is_of[name]
        return name

    def _functions(self, messages: list[Value]) -> None:
        """Operators that it brings itself, made of others."""
        for message in messages:
            for number, value in fields(part(message)):
                if number == 10:
                    self._own.add(text(value))
                elif number == 7:
                    self._node(part(value), 1)

    def _graph(self, message: memoryview, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ValueError("it lies too deep within itself")
        found, ports, weights = self._found, [], set()
        for number, value in fields(message):
            if number == 1:
                self._node(part(value), depth)
            elif number == 5:
                weights.add(self._tensor(part(value)))
            elif number == 15:
                raise ValueError("it has sparse weights")
            elif number == 11 and not depth:
                ports.append(_port(part(value)))
            elif number == 12 and not depth:
                found.outputs.append(_port(part(value)))
        if not depth:
            found.inputs = [port for port in ports if port.name not in weights]  # before IR version 4 weights were inputs, too

    def _node(self, message: memoryview, depth: int) -> None:
        self._found.nodes += 1
        if self._found.nodes > MAX_NODES:
            raise ValueError("it has more operators than a network")
        domain = operator = ""
        names: dict[int, list[str]] = {1: [], 2: []}
        for number, value in fields(message):
            if number in names and not depth:
                names[number].append(text(value))
            elif number == 4:
                operator = text(value)
            elif number == 7:
                domain = text(value)
            elif number == 5:
                self._attribute(part(value), depth)
        if domain not in STANDARD:
            self._found.domains.add(domain)
        elif operator.startswith(NOT_OF_NETWORKS):
            self._found.refused.add(operator)
        elif operator == "Gather" and len(names[1]) == 2:
            self._looked_up.append((names[1][0], names[1][1]))
        elif operator in SAME_VALUES and names[1] and names[2]:
            self._is_of[names[2][0]] = names[1][0]

    def _attribute(self, message: memoryview, depth: int) -> None:
        for number, value in fields(message):
            if number in (5, 10):
                self._tensor(part(value))
            elif number in (6, 11):
                self._graph(part(value), depth + 1)

    def _tensor(self, message: memoryview) -> str:
        """Its name; its size is seen to be that of its numbers, wherever they lie."""
        sides: list[int] = []
        kind = held = location = 0
        name, where = "", {}
        for number, value in fields(message):
            if number == 1:
                sides += integers(value)
            elif number == 2:
                kind = whole(value)
            elif number == 8:
                name = text(value)
            elif number == 9:
                held = len(part(value))
            elif number == 13:
                told = by_number(part(value))
                where[text(told[1][0])] = text(told[2][0]) if 2 in told else ""
            elif number == 14:
                location = whole(value)
        if len(sides) > MAX_RANK or any(side < 0 for side in sides):
            raise ValueError(f"its weights {name} have no such shape")
        if sides:
            self._rows[name] = sides[0]
        size = math.prod(sides)
        self._found.weights += size
        wanted = size * BYTES_OF.get(kind, 1)
        if location == 1:
            self._outside(name, where, wanted)
        elif held and kind in BYTES_OF and held != wanted:
            raise ValueError(f"its weights {name} are {held} bytes for a shape of {wanted}")
        elif not held and size > len(message):  # each number written by itself takes a byte at least
            raise ValueError(f"its weights {name} are shorter than their shape")
        return name

    def _outside(self, name: str, where: dict[str, str], wanted: int) -> None:
        file = _beside(self._path, where.get("location", ""))
        offset = _count(where.get("offset", "0"))
        length = _count(where["length"]) if "length" in where else wanted
        if length != wanted or offset + length > file.stat().st_size:
            raise ValueError(f"its weights {name} reach beyond {file.name}")
        self._found.external.append(where["location"])


def _count(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) < 20):
        raise ValueError("a place of its weights is no number")
    return int(told)


def _port(message: memoryview) -> Port:
    found = by_number(message)
    name = text(found[1][0]) if 1 in found else ""
    told = by_number(part(found[2][0])) if 2 in found else {}
    if 1 not in told:  # a sequence, a map, or nothing
        return Port(name, "no tensor", None)
    tensor = by_number(part(told[1][0]))
    kind = TYPES.get(whole(tensor[1][0]) if 1 in tensor else 0, "of an unknown type")
    return Port(name, kind, tuple(_sides(part(tensor[2][0]))) if 2 in tensor else None)


def _sides(message: memoryview) -> Iterator[int | str | None]:
    for number, value in fields(message):
        if number != 1:
            continue
        told = by_number(part(value))
        length = whole(told[1][0]) if 1 in told else 0
        yield length if length > 0 else (text(told[2][0]) if 2 in told else None)
