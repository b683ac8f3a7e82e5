"""The fields of a lane's sampler: which method, which timesteps, how much noise of which variance, what limits x0_hat.

The inspector and a lane's menu lay them out each in its own way; what does not go with the method is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from explorer.recipe.sampler import METHOD_TITLES, METHOD_WORDS, NOISY, SPACING_WORDS, VARIANCE_WORDS, Sampler
from explorer.views.shared.least_width import LeastWidth
from explorer.widgets.controls.number_fields import FloatField, IntField
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, plain, var, words

ETA_TIP = tr("η: how much noise a step adds. 1 is all of the posterior's, as DDPM does; 0 is none, as DDIM does")
RANGE_TIP = tr("Keep x̂₀ within this on either side of 0; where it is thresholded, the largest threshold")
QUANTILE_TIP = tr("Dynamic thresholding: cut each x̂₀ off at this quantile of its own absolute values, and divide by it. 0 is a fixed range")
LAST_TIP = tr("The last step ends without noise. Else it ends at the noise level of t = 1, as set_alpha_to_one false does in diffusers")
LAST = {True: tr("no noise is left"), False: tr("that of t = 1 is left")}


class SamplerControls(QObject):
    """The fields, each connected; whoever has them lays them out by `rows` and shows those that apply.

    Signals
    -------
    changed(str, dict)
        What undoing calls it, and the fields of the sampler that the person chose.
    released()
        Keys go back to the pictures.

    Attributes
    ----------
    rows : mapping of str to (Formula, QWidget)
        Name of the row and its field, from top to bottom: "sampler", "spacing", "eta", "variance", "clip", "range", "quantile", "last".
    """

    changed = Signal(str, dict)
    released = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = Sampler()
        self.method = _choice(tr("Sampler"), said(METHOD_TITLES), said(METHOD_WORDS))
        self.spacing = _choice(tr("Spacing of the timesteps"), {name: tr(name) for name in SPACING_WORDS}, said(SPACING_WORDS))
        self.variance = _choice(
            tr("Variance of the noise"), {name: f"{tr(name)}: {whose}" for name, whose in _VARIANCES.items()}, said(VARIANCE_WORDS)
        )
        self.offset = IntField(0, 1000, tr("Offset of the timesteps"), tr("Added to every timestep (steps_offset in diffusers)"))
        self.offset.setPrefix("+ ")
        self.eta = FloatField(0.0, 1.0, 0.1, tr("Eta"), ETA_TIP)
        self.clip = QCheckBox(tr("in [−1, 1]"))
        self.clip.setToolTip(tr("Keep x̂₀ in [−1, 1] at each step"))
        self.clip.setAccessibleName(tr("Clip x0_hat"))
        self.range = FloatField(0.1, 1000.0, 0.1, tr("Range of x0_hat"), RANGE_TIP)
        self.quantile = FloatField(0.0, 1.0, 0.005, tr("Quantile of dynamic thresholding"), QUANTILE_TIP)
        self.quantile.setDecimals(3)
        self.quantile.setSpecialValueText(tr("fixed range"))
        self.last = QCheckBox(LAST[True])
        self.last.setToolTip(LAST_TIP)
        self.last.setAccessibleName(tr("The last step ends without noise"))
        spaced = QWidget()
        row = QHBoxLayout(spaced)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.spacing, 4)
        row.addWidget(self.offset, 3)
        LeastWidth(self.offset, 54)
        self.rows: Mapping[str, tuple[Formula, QWidget]] = {
            "sampler": ((words(tr("sampler")),), self.method), "spacing": ((words(tr("spacing")),), spaced),
            "eta": ((var("η"),), self.eta), "variance": ((words(tr("variance")),), self.variance),
            "clip": ((words(tr("clip ")), var("x", "0", "hat")), self.clip), "range": ((words(tr("range")),), self.range),
            "quantile": ((words(tr("threshold")),), self.quantile), "last": ((words(tr("at the end")),), self.last),
        }  # fmt: skip
        self._connect()

    def _connect(self) -> None:
        self.method.activated.connect(
            lambda _at: self._choose(tr("sample by {method}", method=self.method.currentText()), "method", self.method)
        )
        self.spacing.activated.connect(lambda _at: self._choose(tr("space the timesteps"), "spacing", self.spacing))
        self.variance.activated.connect(lambda _at: self._choose(tr("change the variance"), "variance", self.variance))
        self.offset.committed.connect(lambda offset: self.changed.emit(tr("move the timesteps"), {"offset": offset}))
        self.eta.committed.connect(lambda eta: self.changed.emit(tr("change η"), {"eta": round(eta, 4)}))
        self.clip.clicked.connect(lambda clip: self.changed.emit(tr("clip x̂₀") if clip else tr("do not clip x̂₀"), {"clip": clip}))
        self.range.committed.connect(lambda reach: self.changed.emit(tr("change the range of x̂₀"), {"clip_range": round(reach, 4)}))
        self.quantile.committed.connect(lambda q: self.changed.emit(tr("threshold x̂₀"), {"threshold": round(q, 4) or None}))
        self.last.clicked.connect(lambda to_one: self.changed.emit(tr("change the last step"), {"to_one": to_one}))
        for field in (self.offset, self.eta, self.range, self.quantile):
            field.released.connect(self.released)

    def _choose(self, label: str, field: str, choice: QComboBox) -> None:
        if choice.currentData() != getattr(self._shown, field):
            self.changed.emit(label, {field: choice.currentData()})
        self.released.emit()

    def show_sampler(self, sampler: Sampler, all_steps: bool, learned: bool) -> dict[str, bool]:
        """Show a lane's sampler.

        Parameters
        ----------
        all_steps : bool
            The chain takes every timestep: there is nothing to space.
        learned : bool
            The network has learned a variance.

        Returns
        -------
        dict of str to bool
            Which rows apply.
        """
        self._shown = sampler
        for choice, value in ((self.method, sampler.method), (self.spacing, sampler.spacing), (self.variance, sampler.variance)):
            choice.setCurrentIndex(choice.findData(value))
            choice.setToolTip(str(choice.currentData(Qt.ItemDataRole.ToolTipRole)))
        _enable(self.variance, "learned", learned or sampler.variance == "learned")
        self.offset.show_value(sampler.offset)
        self.offset.setVisible(sampler.spacing == "leading")
        self.eta.show_value(sampler.eta)
        self.clip.setChecked(sampler.clip)
        self.clip.setText(_limits(sampler))
        self.range.show_value(sampler.clip_range)
        self.quantile.show_value(sampler.threshold or 0.0)
        self.last.setChecked(sampler.to_one)
        self.last.setText(LAST[sampler.to_one])
        noisy = sampler.method in NOISY
        return {
            "sampler": True, "spacing": not all_steps, "eta": noisy, "variance": sampler.method == "ancestral" and sampler.eta == 1,
            "clip": True, "range": sampler.clip, "quantile": sampler.clip, "last": sampler.method == "ddim" or not sampler.to_one,
        }  # fmt: skip

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is a lane to choose for."""
        for _, field in self.rows.values():
            field.setEnabled(enabled)

    def title(self, name: str) -> str:
        """Name of a row as plain words."""
        return plain(self.rows[name][0]).replace("_0", "₀")


_VARIANCES = {"small": tr("posterior's"), "large": "β", "learned": tr("by the network")}


def said(words: Mapping[Any, str]) -> dict[Any, str]:
    """A table of words, in the language of the window."""
    return {name: tr(word) for name, word in words.items()}


def _choice(name: str, titles: Mapping[Any, str], tips: Mapping[Any, str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, title in titles.items():
        box.addItem(title, value)
        box.setItemData(box.count() - 1, f"{title}: {tips[value]}" if tips[value] else title, Qt.ItemDataRole.ToolTipRole)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    LeastWidth(box, 101)
    return box


def _enable(box: QComboBox, value: str, enabled: bool) -> None:
    """Whether an entry can be chosen."""
    model, at = box.model(), box.findData(value)
    item = model.item(at)  # type: ignore[attr-defined]
    item.setEnabled(enabled)
    if not enabled:
        item.setToolTip(tr("This network has learned no variance"))


def _limits(sampler: Sampler) -> str:
    if sampler.clip and sampler.threshold is not None:
        return tr("by its quantile {threshold:.4g}", threshold=sampler.threshold)
    return tr("in [−{clip_range:g}, {clip_range:g}]", clip_range=sampler.clip_range) if sampler.clip else tr("in [−1, 1]")
