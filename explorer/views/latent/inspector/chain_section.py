"""Reverse chains of codes: whose, how many, and what they are worth against samples of the prior."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout

from explorer.checkpoints.card import Metric
from explorer.engine.latent.chain_messages import CodesWalked
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import CodeChains
from explorer.recipe.plane import MAX_CODE_CHAINS, MAX_CODE_STEPS
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import ActionButton
from explorer.widgets.controls.number_fields import IntField, SeedField
from explorer.widgets.controls.wheel import let_wheel_pass
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number
from explorer.widgets.look.theme import Theme

FACTS = {
    "confident": tr(
        "Share of decodings that the digit classifier reads with confidence over 0.9: samples of the chain, of N(0, I), real digits"
    ),
    "distance": tr(
        "Fréchet distance to MNIST's training images in the classifier's features: samples of the chain, of N(0, I), real digits"
    ),
    "measured": tr("How both figures were measured: type it to measure them again"),
}


class ChainSection(Section):
    """Reports what the person changes.

    Signals
    -------
    ddpm_chosen(str)
        sha256 of the network whose chains shall be shown.
    changed(str, object)
        A field of CodeChains and its value.
    chain_chosen(int)
        Sample whose chain is looked at, from 0.
    """

    ddpm_chosen = Signal(str)
    changed = Signal(str, object)
    chain_chosen = Signal(int)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__(tr("latent diffusion"))
        self.models = QComboBox()
        self.models.setAccessibleName(tr("DDPM of these codes"))
        self.models.setToolTip(tr("A DDPM that was trained on this model's codes; train ddpm --in makes one"))
        self.models.activated.connect(lambda index: self.ddpm_chosen.emit(self.models.itemData(index)))
        self.walk = ActionButton(actions["walk_codes"], tr("Walk"))
        self.remove = ActionButton(actions["no_chains"], tr("Remove"))
        self.arrows = ActionButton(actions["arrows"], tr("Scores"))
        self.count = IntField(1, MAX_CODE_CHAINS, tr("Chains"), tr("How many samples are walked from x_T to x_0"))
        self.steps = IntField(2, MAX_CODE_STEPS, tr("Steps of a chain"), tr("How many of the T timesteps, evenly spaced"))
        self.seed = SeedField()
        self.seed.setToolTip(tr("Seed of x_T and every z_t; the exact process has the same"))
        self.chain = IntField(
            1, MAX_CODE_CHAINS, tr("Chain in the strip"), tr("Whose decodings the strip shows; or click a sample on the plane")
        )
        self.exact = QCheckBox(tr("exact process beside"))
        self.exact.setToolTip(tr("The exact reverse process of the training images' codes, from the same x_T with the same noise"))
        self.facts = Rows(theme)
        self.rows = Rows(theme)
        self.rows.row(tr("chains"), self.count)
        self.rows.row(tr("steps"), self.steps)
        self.rows.row(tr("seed"), self.seed)
        self.rows.row(tr("in the strip"), self.chain)
        for name, tip in FACTS.items():
            self.facts.fact(name, tip)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.walk, self.arrows, self.remove):
            buttons.addWidget(button, 1)
        self.column.addWidget(self.models)
        self.column.addLayout(buttons)
        self.column.addLayout(self.rows)
        self.column.addWidget(self.exact)
        self.column.addLayout(self.facts)
        for name, field in (("count", self.count), ("steps", self.steps), ("seed", self.seed)):
            field.committed.connect(lambda value, name=name: self.changed.emit(name, value))
        self.chain.committed.connect(lambda value: self.chain_chosen.emit(value - 1))
        self.exact.clicked.connect(lambda on: self.changed.emit("exact", on))
        let_wheel_pass(self.models)
        self.setVisible(False)

    def show_ddpms(self, entries: Sequence[LibraryEntry], chosen: LibraryEntry | None) -> None:
        """The networks of this model's codes, and whose chains are shown; nothing where there is none."""
        self.setVisible(bool(entries))
        names = [entry.name for entry in entries]
        if names != [self.models.itemText(index) for index in range(self.models.count())]:
            self.models.clear()
            for entry in entries:
                self.models.addItem(entry.name, entry.sha256)
        shown = chosen or next(iter(entries), None)
        if shown is not None:
            self.models.setCurrentIndex(self.models.findData(shown.sha256))
        self._show_figures(shown)

    def show_chains(self, chains: CodeChains | None, chain: int) -> None:
        """The chains that are shown, and which of them is in the strip."""
        for widget in (self.count, self.steps, self.seed, self.chain, self.exact):
            widget.setEnabled(chains is not None)
        shown = CodeChains("", "") if chains is None else chains
        self.count.show_value(shown.count)
        self.steps.show_value(shown.steps)
        self.seed.show_value(shown.seed)
        self.chain.setMaximum(shown.count)
        self.chain.show_value(min(chain, shown.count - 1) + 1)
        self.exact.setChecked(shown.exact)

    def show_walked(self, walked: CodesWalked | None) -> None:
        """Why the exact process is missing, if it is."""
        self.exact.setToolTip(walked.without_exact if walked is not None and walked.without_exact else self.exact.toolTip())

    def _show_figures(self, entry: LibraryEntry | None) -> None:
        """What the network's card says, measured by one command."""
        metrics = entry.card.metrics if entry is not None and entry.card is not None else ()
        found = next((metric for metric in metrics if metric.name == "fid" and "prior_fid" in metric.details), None)
        said = dict.fromkeys(FACTS, "")
        if found is not None:
            said["confident"] = _three(found, "confident_share", "prior_confident_share", "real_confident_share", 100, " %")
            said["distance"] = tr(
                "{own} · N(0, I) {prior} · real {real}",
                own=number(found.value, 1),
                prior=number(found.details["prior_fid"], 1),
                real=number(found.reference or 0.0, 1),
            )
            said["measured"] = found.command
        for name, words in said.items():
            self.facts.say(name, words)


def _three(metric: Metric, own: str, prior: str, real: str, factor: float, unit: str) -> str:
    """A figure of the chain's samples, the prior's and real images."""
    values = {name: f"{factor * float(metric.details[key]):.0f}{unit}" for name, key in (("own", own), ("prior", prior), ("real", real))}
    return tr("{own} · N(0, I) {prior} · real {real}", **values)
