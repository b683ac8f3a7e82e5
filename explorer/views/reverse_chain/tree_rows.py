"""The lines of the tree of branches, as they are drawn: their words and colours."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe import Change, Lane
from explorer.state.edits.branches import Node
from explorer.state.edits.words import edits_words
from explorer.views.reverse_chain.branch_tree import TreeRow
from explorer.views.shared.labels import option_name
from explorer.widgets.look.language import tr

ROOT_HINT = tr("Click: show it.")
BRANCH_HINT = tr("Click: show it. F2 or double-click: rename. Shift+Del: delete.")


def rows_drawn(nodes: Sequence[Node], T: int) -> list[TreeRow]:
    """A line for each lane; T is the largest timestep."""
    rows: list[TreeRow] = []
    for node in nodes:
        depth = rows[node.parent].depth + 1 if node.parent >= 0 else 0
        t = T if node.t is None else min(node.t, T)
        label = option_name(node.lane) if node.parent < 0 else node.label
        what = edits_words(node.lane) or tr("The chain that nothing was changed in")
        tip = f"{what}\n{BRANCH_HINT if node.parent >= 0 else ROOT_HINT}"
        rows.append(TreeRow(label, tip, node.parent, t, depth, _colour_of(node.lane)))
    return rows


def _colour_of(lane: Lane) -> str:
    """Colour of the option that makes its x_0."""
    options = [edit.option for edit in lane.edits if isinstance(edit, Change) and edit.checkpoint]
    return OPTION_COLOURS[(options[-1] if options else lane.option) or "exact"]
