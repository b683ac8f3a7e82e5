"""What the app does when the connection to its engine breaks."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.engine.process.link import ProcessLink
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import EngineDown, StartEngine


class Owner(QObject):
    """Hears that the engine is lost, and has another started where that goes on."""

    def __init__(self, client: Client, link: ProcessLink) -> None:
        super().__init__()
        self.client, self.told = client, list[EngineDown]()
        link.lost.connect(self.take)

    def take(self, down: EngineDown) -> None:
        self.told.append(down)
        if down.goes_on:
            self.client.send(StartEngine(device="cpu"), "engine")
