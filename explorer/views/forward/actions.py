"""The Forward workspace's actions: its menu, its keys and its buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.views.shared.playing_actions import PlayingActions
from explorer.widgets.controls.actions import Do, Under
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

PAGES = {
    "noise": tr("Noise"), "schedule": tr("Schedule"), "pixels": tr("Pixels"), "posterior": tr("Posterior"), "gaussians": tr("Gaussians"),
    "chain": tr("One dimension"), "plane": tr("Two dimensions"),
}  # fmt: skip
"""What is written on the segment of each page."""
BACK = tr("One step back: with x₀ known, with the data set known, and as a network has learnt it")
CHAIN = tr("A chain of one number, both ways, and why small steps back are nearly Gaussian")
PLANE = tr("The exact process of points on a plane beside a small network that learns them: scores, particles, the ODE")
OF_IMAGES = (
    (
        Do("play", tr("&Play"), "Space", tr("Play from x₀ to noise, or pause")),
        Do("loop", tr("&Loop"), "L", tr("Play again from x₀ when T is reached"), "mdi6.repeat", checkable=True),
        Do("back", tr("Step towards &noise"), "Left", tr("One timestep on, towards T"), "mdi6.step-backward", label=tr("Noise")),
        Do("forward", tr("Step towards the &image"), "Right", tr("One timestep back, towards 0"), "mdi6.step-forward", label=tr("Image")),
        Do("leap_back", tr("Ten steps towards noise"), ("PgUp", "Shift+Left"), tr("Ten timesteps on, towards T")),
        Do("leap_forward", tr("Ten steps towards the image"), ("PgDown", "Shift+Right"), tr("Ten timesteps back, towards 0")),
        Do("start", tr("Go to T"), "Home", tr("Go to x_T, noise"), "mdi6.skip-backward", label=tr("To T")),
        Do("type", tr("Go to t&imestep…"), "Ctrl+G", tr("Type the timestep to go to")),
        Do("end", tr("Go to 0"), "End", tr("Go to x₀, the image"), "mdi6.skip-forward", label=tr("To 0")),
    ),
    Under(
        tr("Pa&ge"),
        Do("noise", tr("Show Noise"), "1", tr("x_t at once by Property 1, and step by step with the same noise"), one_of="page"),
        Do("schedule", tr("Show Schedule"), "2", tr("beta, alpha_bar and log SNR; bend them, and see what x_T is then"), one_of="page"),
        Do("pixels", tr("Show Pixels"), "3", tr("Two pixels over many images, as they turn into N(0, I)"), one_of="page"),
        Do("posterior", tr("Show Posterior"), "4", BACK, one_of="page"),
        Do("gaussians", tr("Show Gaussians"), "5", tr("Sums, differences, and Gaussians with a Gaussian mean"), one_of="page"),
        Do("chain", tr("Show One dimension"), "6", CHAIN, one_of="page"),
        Do("plane", tr("Show Two dimensions"), "7", PLANE, one_of="page"),
    ),
    (
        Do("random", tr("&Random image"), "R", tr("Noise any of the test images"), "mdi6.shuffle-variant", label=tr("Random")),
        Do(
            "open",
            tr("Open &image…"),
            "E",
            tr("Noise a picture file; dropping it on the window does the same"),
            "ph.image",
            label=tr("Open"),
        ),
        Do("paste", tr("&Paste image"), "Ctrl+V", tr("Noise the picture in the clipboard"), "ph.clipboard", label=tr("Paste")),
        Do(
            "draw",
            tr("&Draw an image"),
            "P",
            tr("Draw with the mouse, on a pad in place of the test images"),
            "ph.pencil-simple",
            checkable=True,
            label=tr("Draw"),
        ),
        Do("seed", tr("New &seed"), "N", tr("Other noise"), "mdi6.dice-5-outline", label=tr("New")),
    ),
    (
        Do(
            "use",
            tr("&Use this schedule in Reverse chain"),
            "U",
            tr("Sample Reverse chain's model over this schedule"),
            needs=tr("Reverse chain has no model"),
        ),
        Do("train", tr("Use this schedule in &Training"), "Shift+U", tr("Begin a new run of training with this schedule")),
    ),
)
IN_TWO = tr("T&wo dimensions")
ON_PLANE = tr("this is of Two dimensions (7)")
GROUPS: tuple[tuple[Do, ...], ...] = (
    *OF_IMAGES,
    Under(
        IN_TWO,
        Do("learn", tr("&Learn the points"), "T", tr("A small network learns them, live; off: it stops where it is"), checkable=True,
           needs=ON_PLANE),
        *(
            Do(f"option_{name}", tr("Option {name}", name=name), f"Shift+{name}", tip, one_of="option", needs=ON_PLANE)
            for name, tip in (
                ("A", tr("The small network predicts the posterior mean")), ("B", tr("The small network predicts the clean point")),
                ("C", tr("The small network predicts the noise")), ("V", tr("The small network predicts the velocity")),
            )
        ),
    ),
    Under(
        IN_TWO,
        Do("by_ddpm", tr("Particles by DDPM"), "", tr("Ancestral sampling: fresh noise in each step"), one_of="sampler", needs=ON_PLANE),
        Do("by_ode", tr("Particles by the ODE"), "", tr("The probability-flow ODE: no noise but x_T; the same q(x_t) at every t"),
           one_of="sampler", needs=ON_PLANE),
        Do("by_both", tr("Particles by both"), "", tr("DDPM and ODE from the same x_T"), one_of="sampler", needs=ON_PLANE),
    ),
    Under(
        IN_TWO,
        Do("layer_density", tr("Density"), "Y", tr("Draw q(x_t) as brightness"), checkable=True, needs=ON_PLANE),
        Do("layer_points", tr("Points"), "O", tr("Draw the points that q(x₀) is made of"), checkable=True, needs=ON_PLANE),
        Do("layer_arrows", tr("Arrows"), "F", tr("Draw the score, √(1 − ᾱ) ∇ log q(x_t), as arrows"), checkable=True, needs=ON_PLANE),
        Do("layer_paths", tr("Paths"), "H", tr("Draw where some of the particles have been since x_T"), checkable=True, needs=ON_PLANE),
        Do("layer_particles", tr("Particles"), "K", tr("Draw the particles at t"), checkable=True, needs=ON_PLANE),
    ),
    Under(
        IN_TWO,
        Do("pen", tr("Draw points"), "", tr("Draw points with the mouse, with Shift rub them out; else the mouse moves them  (P)"),
           "ph.pencil-simple", checkable=True, label=tr("Draw"), needs=ON_PLANE),
        Do("open_points", tr("Open points…"), "Shift+E", tr("Points of an .npy, .npz, .csv or .txt file; dropping it does the same"),
           "ph.folder-open", label=tr("Open"), needs=ON_PLANE),
        Do("clear", tr("Clear the points"), ("Backspace", "Del"), tr("No points: draw your own with the pen"), "mdi6.eraser",
           label=tr("Clear"), needs=ON_PLANE),
        Do("export_plane", tr("E&xport points and paths…"), "X", tr("The points and all paths as .npz or .csv, or both maps as .png"),
           "mdi6.export-variant", label=tr("Export"), needs=ON_PLANE),
    ),
)  # fmt: skip
TRANSPORT = ("start", "back", "play", "forward", "end", "loop")
"""In the order of their buttons, beside the timeline."""


class ForwardActions(PlayingActions):
    """Its actions; playing points left, where the forward process runs on every t axis of the app, or right with particles."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(theme, owner, GROUPS, tr("&Play"), tr("&Pause"), mirrored=True)

    def show_direction(self, down: bool) -> None:
        """Whether playing goes down to t = 0: particles do, images are noised upwards."""
        self.mirror(not down)
