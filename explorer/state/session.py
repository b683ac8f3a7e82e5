"""The session: everything that the person chose, as frozen values without torch or Qt.

What determines pictures is in recipes; what only says where the person looks (cursor, selection, shown
layers) is beside them. Undo goes over the first and keeps the second.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.datasets.reading import Background
from explorer.recipe import ChainRecipe, ExactProcess, LayoutName, PlaneRecipe
from explorer.state.exporting import ExportChoices
from explorer.state.forward import ForwardState
from explorer.state.notes import NotesState
from explorer.state.objective import ObjectiveState
from explorer.state.training import TrainingState
from explorer.state.variational import VariationalState

WORKSPACES = ("reverse-chain", "compare", "latent", "forward", "objective", "training", "variational")
"""Names in the rail's order. The rooms of each are called so: explorer/views/NAME with its view, explorer/cli/render/NAME.py."""
ThemeName = Literal["system", "dark", "light"]
ClassColours = Literal["bright", "safe"]
PlotName = Literal["levels", "coefficients", "norms", "distance x_t", "distance x0_hat", "ssim x_t", "ssim x0_hat", "ideal"]
PLOTS_OF_SEVERAL: tuple[PlotName, ...] = ("distance x_t", "distance x0_hat", "ssim x_t", "ssim x0_hat")
"""Plots of lanes beside a reference, which Reverse chain has not."""
CurvesOf = Literal["sample", "all"]
ToolName = Literal["move", "stroke", "line", "circle", "geodesic"]
FieldName = Literal["", "density", "error", "elbo", "magnification", "classes"]
StripName = Literal["stroke", "samples", "posterior", "paths", "chains"]

SETTINGS = (
    "recent", "documents", "theme", "frame_budget", "kept_budget", "default_steps", "text_size", "class_colours", "button_labels",
    "exporting", "device", "background",
)  # fmt: skip
"""Fields of a session that are of the person and the machine, whatever is open: no document has them."""
RECENT_LIMIT = 12
"""Files that were opened lately."""
MEGABYTE = 2**20


class UNetLook(msgspec.Struct, frozen=True):
    """Looking inside the U-Net of a chain workspace's lane.

    Attributes
    ----------
    open : bool
        Whether the panel is open.
    block : str
        Name of the block whose channels are shown.
    off : tuple of int
        Levels whose skip connection is switched off; 0 is the finest.
    instead : "zero" or "mean"
        What takes such a skip's place: zeros, or each channel's mean over the pixels.
    summary : "strongest" or "mean"
        A block's picture: its strongest channel, or the mean of its channels.
    output : "network" or "x0_hat"
        Which output is compared: what the network puts out, or the x0_hat that it implies.
    """

    open: bool = False
    block: str = "down.1"
    off: tuple[int, ...] = ()
    instead: Literal["zero", "mean"] = "zero"
    summary: Literal["strongest", "mean"] = "strongest"
    output: Literal["network", "x0_hat"] = "network"

    def __post_init__(self) -> None:
        """Refuse levels that no network has (ValueError)."""
        if not all(0 <= level < 8 for level in self.off):
            raise ValueError(f"levels of skip connections are in 0..7, not {self.off}")


class ChainState(msgspec.Struct, frozen=True):
    """Reverse chain (one lane) or Compare (several).

    Attributes
    ----------
    recipe : ChainRecipe
    t : int
        The cursor; T is the start, 0 the image.
    quantity : str
        What the lanes show: a name of `explorer/recipe/quantities.py`.
    selected : int
        Index of the selected sample.
    also : tuple of int
        Samples that are selected beside it: what acts on samples acts on all of them.
    lane : int
        Index of the lane whose equation and film strip are shown.
    reference : int
        Compare: index of the lane that differences refer to.
    difference_of : str
        Compare: which quantity's difference "difference" shows.
    plot : PlotName
        Which curves are drawn against t.
    curves_of : CurvesOf
        Of the selected sample, or the mean over all.
    log_curves : bool
        Norms and distances on a logarithmic scale.
    loop : bool
        Playing starts again at T.
    unet : UNetLook
        Whether and how the U-Net is looked into.
    data_set : bool
        Whether the panel about the data set is open.
    beside : ExactProcess or None
        The data set that the person chose to see networks beside; None is that of an exact lane, or the one a network learned.
    layout : LayoutName
        Compare: each lane on a sheet of its own, or a grid of lanes against samples.
    by_mean : bool
        Signed quantities of coloured images as the mean of their channels, not each channel by itself.
    decoded : bool
        Of lanes whose states are codes: x_t and the mean are shown through the decoder, as x0_hat always is; else their channels.
    """

    recipe: ChainRecipe = ChainRecipe()
    t: int = 1000
    quantity: str = "x_t"
    selected: int = 0
    also: tuple[int, ...] = ()
    lane: int = 0
    reference: int = 0
    difference_of: str = "x_t"
    plot: PlotName = "norms"
    curves_of: CurvesOf = "sample"
    log_curves: bool = False
    loop: bool = False
    unet: UNetLook = UNetLook()
    data_set: bool = False
    beside: ExactProcess | None = None
    layout: LayoutName = "lanes"
    by_mean: bool = False
    decoded: bool = False


class LatentState(msgspec.Struct, frozen=True):
    """The Latent workspace.

    Attributes
    ----------
    recipe : PlaneRecipe
    tool : ToolName
    codes, manifold, prior : bool
        Layers shown.
    selected : str
        Name of the selected point or stroke; empty if none.
    frame : int
        Frame of the selected stroke.
    hidden_classes : tuple of int
        Classes whose codes are not drawn.
    loop : bool
        Playing a stroke starts again at its end.
    speed : float
        Of playing, in [1/8, 8]; 1 is 16 frames a second.
    field : FieldName
        What is drawn as colours over the plane; empty for nothing.
    strip : StripName
        What the strip under the plane shows: the selected stroke, samples of the prior, draws from the posterior of what is
        encoded, the paths between two points, or a reverse chain of codes.
    ends : tuple of str
        Names of the two points whose paths are shown.
    sliced : int
        Plane whose slice the inspector steers: 0 the first, i the ith beside it.
    centre : bool
        What is drawn on the pad is brought to MNIST's size and place before it is encoded.
    chain : int
        Sample whose reverse chain is in the strip, from 0.
    arrows : bool
        With reverse chains, the scores at the cursor's timestep are drawn.
    truth : bool
        The true p(z|x) of what is encoded is drawn beside the encoder's q.
    """

    recipe: PlaneRecipe = PlaneRecipe()
    tool: ToolName = "move"
    codes: bool = True
    manifold: bool = False
    prior: bool = True
    selected: str = ""
    frame: int = 0
    hidden_classes: tuple[int, ...] = ()
    loop: bool = True
    speed: float = 1.0
    field: FieldName = ""
    strip: StripName = "stroke"
    ends: tuple[str, ...] = ()
    sliced: int = 0
    centre: bool = True
    chain: int = 0
    arrows: bool = True
    truth: bool = False

    def __post_init__(self) -> None:
        """Refuse a speed that cannot be (ValueError)."""
        if not 0.125 <= self.speed <= 8:
            raise ValueError(f"the speed of playing is in [1/8, 8], not {self.speed}")


class Session(msgspec.Struct, frozen=True):
    """Everything the person chose.

    Attributes
    ----------
    workspace : str
        One of WORKSPACES.
    reverse, compare : ChainState
    latent : LatentState
    forward : ForwardState
    objective : ObjectiveState
    training : TrainingState
    variational : VariationalState
    notes : NotesState
    recent : tuple of str
        Paths of checkpoints opened from elsewhere, newest first.
    documents : tuple of str
        Paths of documents that were opened or saved, newest first.
    theme : ThemeName
    frame_budget : int
        Bytes of frames kept for scrubbing.
    kept_budget : int
        Bytes of finished chains kept on disk, so that they are there again at the next start; 0 keeps none.
    default_steps : int
        Steps of chains that are new; a schedule that has fewer timesteps takes all of them.
    text_size : int
        Per cent of the ordinary size of text.
    class_colours : ClassColours
        The colours of the digits.
    button_labels : bool
        Buttons with an icon have words, too.
    exporting : ExportChoices
        What was chosen for the last export.
    device : str
        A place of explorer.backends that the engine starts on; "auto" takes the best there is.
    background : "white" or "black"
        What is seen where a picture that is opened, dropped or pasted is transparent.
    """

    workspace: str = "reverse-chain"
    reverse: ChainState = ChainState()
    compare: ChainState = ChainState(t=1000, plot="distance x0_hat", log_curves=True)
    latent: LatentState = LatentState()
    forward: ForwardState = ForwardState()
    objective: ObjectiveState = ObjectiveState()
    training: TrainingState = TrainingState()
    variational: VariationalState = VariationalState()
    notes: NotesState = NotesState()
    recent: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    theme: ThemeName = "system"
    frame_budget: int = 512 * MEGABYTE
    kept_budget: int = 1024 * MEGABYTE
    default_steps: int = 50
    text_size: int = 100
    class_colours: ClassColours = "bright"
    button_labels: bool = False
    exporting: ExportChoices = ExportChoices()
    device: str = "auto"
    background: Background = "white"

    def __post_init__(self) -> None:
        """Refuse a workspace that there is not, and text that nobody can read (ValueError)."""
        if not 50 <= self.text_size <= 200:
            raise ValueError(f"text has 50 to 200 % of its ordinary size, not {self.text_size}")
        if self.workspace not in WORKSPACES:
            raise ValueError(f"there is no workspace {self.workspace!r}; there are {', '.join(WORKSPACES)}")
        for bookmark in self.notes.recipe.bookmarks:
            if bookmark.workspace not in WORKSPACES:
                raise ValueError(f"the bookmark {bookmark.name!r} is of no workspace: {bookmark.workspace!r}")


def part_of(workspace: str) -> str:
    """The field of a session in which a workspace's part is."""
    return {"reverse-chain": "reverse"}.get(workspace, workspace)


def with_settings_of(session: Session, person: Session) -> Session:
    """What is open in `session`, under the settings of another."""
    return msgspec.structs.replace(session, **{name: getattr(person, name) for name in SETTINGS})


def with_recipes_of(current: Session, past: Session) -> Session:
    """`past`'s recipes under `current`'s cursor, selection and looks: what undo restores."""
    replace = msgspec.structs.replace
    parts = {name: replace(getattr(current, name), recipe=getattr(past, name).recipe) for name in undone(current)}
    return replace(current, **parts)


def recipes(session: Session) -> tuple[msgspec.Struct, ...]:
    """What undo goes over."""
    return tuple(getattr(session, name).recipe for name in undone(session))


def undone(session: Session) -> tuple[str, ...]:
    """The parts of a session that have a recipe, by their fields' names."""
    return tuple(name for name in session.__struct_fields__ if hasattr(getattr(session, name), "recipe"))
