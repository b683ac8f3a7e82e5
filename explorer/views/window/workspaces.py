"""The window's workspaces: each is built when it is first looked at, or asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from explorer.views.workspace import Context, Facts, Workspace


class Workspaces(Mapping[str, Workspace]):
    """By name, in the rail's order. Asking for one builds it; `built` has those that are.

    Parameters
    ----------
    facts : sequence of Facts
        At least one.
    context : Context
    parent : QWidget
        Where they are shown: each is made as its child.
    settle : callable
        Gets each as soon as it is built, to connect it and to put it in its places.
    """

    def __init__(
        self, facts: Sequence[Facts], context: Context, parent: QWidget, settle: Callable[[Workspace], object]
    ) -> None:  # fmt: skip
        self.facts: dict[str, Facts] = {each.name: each for each in facts}
        self.built: dict[str, Workspace] = {}
        self._context, self._parent, self._settle = context, parent, settle

    def __getitem__(self, name: str) -> Workspace:
        if name not in self.built:
            made = self.facts[name].make(self._context, self._parent)
            self.built[name] = made
            self._settle(made)
        return self.built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def __contains__(self, name: object) -> bool:
        return name in self.facts
