"""Signals, read from the source: each that is declared is heard by something in the app."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

OUTWARD = {"began"}
"""Of the app as a whole: for whoever starts one, such as a test."""


def trees() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(Path(str(files("explorer"))).rglob("*.py"))]


def declared(tree: ast.Module) -> Iterator[str]:
    """Names given to a Signal in a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "Signal":
            yield ast.unparse(node.targets[0])


def passed_to(call: ast.AST) -> str:
    """Name of what `x.connect(self.name)` or `x.connect(self.name.emit)` calls."""
    slot = call.args[0] if isinstance(call, ast.Call) and call.args else None
    if isinstance(slot, ast.Attribute) and slot.attr == "emit":
        slot = slot.value
    return slot.attr if isinstance(slot, ast.Attribute) else ""


def uses(tree: ast.Module, signals: set[str]) -> Iterator[tuple[str, str]]:
    """Each use of a signal that is not its emission, with the signal that it is passed on to, if it only is."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in signals:
            continue
        parent = above[node]
        if isinstance(parent, ast.Attribute) and parent.attr == "emit":
            continue
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "connect":
            continue  # what another signal is passed on to
        to = passed_to(above[parent]) if isinstance(parent, ast.Attribute) and parent.attr == "connect" else ""
        yield node.attr, to if to in signals else ""


def test_every_signal_is_heard() -> None:
    sources = trees()
    signals = {name for tree in sources for name in declared(tree)}
    used = [use for tree in sources for use in uses(tree, signals)]
    heard = {name for name, to in used if not to} | OUTWARD
    while more := {name for name, to in used if to in heard} - heard:
        heard |= more
    assert len(signals) > 100
    assert sorted(signals - heard) == []
