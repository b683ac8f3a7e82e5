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
        Of one that was built, to connect it and to put it in its places: a generator, whose steps may be taken at different times.
    """

    def __init__(
        self, facts: Sequence[Facts], context: Context, parent: QWidget, settle: Callable[[Workspace], Iterator[None]]
    ) -> None:  # fmt: skip
        self.facts: dict[str, Facts] = {each.name: each for each in facts}
        self.built: dict[str, Workspace] = {}
        self._context, self._parent, self._settle = context, parent, settle
        self._under_way: dict[str, Iterator[None]] = {}

    def __getitem__(self, name: str) -> Workspace:
        if name not in self.built:
            for _ in self.slices(name):
                pass
        return self.built[name]

    def slices(self, name: str) -> Iterator[None]:
        """Build one piece by piece; whoever asks for it meanwhile gets it whole."""
        if name not in self.built and name not in self._under_way:
            self._under_way[name] = self._building(name)
        return self._under_way.get(name, iter(()))

    def _building(self, name: str) -> Iterator[None]:
        try:
            made = self.facts[name].make(self._context, self._parent)
            yield
            yield from self._settle(made)
            self.built[name] = made
        finally:
            del self._under_way[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def __contains__(self, name: object) -> bool:
        return name in self.facts
