"""What a checkpoint can be written as, by its card, and why not as the rest. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.checkpoints.card import Card

UNET2D = "UNet2DModel"
OWN_UNET = "unet"


@dataclass(frozen=True)
class Ways:
    """What there is.

    Attributes
    ----------
    onnx : tuple of str
        Parts that become graphs: ("denoiser",), ("encoder", "decoder"), or none.
    folder : bool
        Whether it can be a folder that `DDPMPipeline.from_pretrained` opens.
    why_no_folder, why_no_onnx : str
        The reason, to be put after a colon; empty where it can.
    """

    onnx: tuple[str, ...]
    folder: bool
    why_no_folder: str = ""
    why_no_onnx: str = ""

    def graphs(self, out: Path) -> dict[str, Path]:
        """The file of each part: `out`, or of an autoencoder NAME-encoder.onnx and NAME-decoder.onnx."""
        if len(self.onnx) == 1:
            return {self.onnx[0]: out}
        return {part: out.with_name(f"{out.stem}-{part}{out.suffix}") for part in self.onnx}

    @property
    def words(self) -> str:
        """In a line, for people."""
        graphs = "" if not self.onnx else "ONNX" if self.onnx == ("denoiser",) else f"ONNX ({' and '.join(self.onnx)})"
        named = [name for name in (graphs, "a diffusers folder" if self.folder else "") if name]
        return " or ".join(named) or "nothing else"


def ways_of(card: Card) -> Ways:
    """What a checkpoint with this card can be written as."""
    if card.kind in ("vae", "ae"):
        return Ways(("encoder", "decoder"), False, "a pipeline of diffusers has no place for an autoencoder alone")
    if card.kind != "ddpm":
        return Ways((), False, "it makes no images", "it makes no images")
    return Ways(("denoiser",), not (why := _why_no_folder(card)), why)


def _why_no_folder(card: Card) -> str:
    if card.network.name == OWN_UNET:
        # Of an image that is one constant a UNet2DModel makes one that is constant but near the border: it up-samples by repeating pixels.
        # A transposed convolution makes a pattern of two by two of it.
        return (
            f"a {UNET2D} up-samples by repeating pixels, and this network by transposed convolutions, which weigh each of four places by "
            "itself: no settings and no weights of the one give the other"
        )
    if card.network.name != UNET2D:
        return f"its network is no {UNET2D}"
    if card.told is not None and card.told.heads is not None:
        return f"its attention has {card.told.heads} heads at any width, and a {UNET2D} has heads of so many channels"
    if card.option == "A":
        return "diffusers' schedulers know no network that predicts the posterior mean"
    if card.classes is not None:
        return "it is told a class, and a DDPMPipeline tells none"
    return ""
