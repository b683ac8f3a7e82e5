"""The Objective workspace's actions: its menu and its keys."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do
from explorer.widgets.look.language import tr

EXCESS = tr("That error minus the ideal denoiser's over the training images: what a better network could still gain")
LIKELIHOOD = tr("−log p(x₀) of each network by its probability-flow ODE, beside the bound; stopped by Esc, undone like any choice")
EVERY = tr("A bar for each timestep instead of one for a stratum; measured anew")
GROUPS = (
    (
        Do("terms", tr("&Terms"), "1", tr("Every Lₜ₋₁ against t, nats of one timestep; t = 1 is L₀"), one_of="curve"),
        Do("running", tr("&Running sum"), "2", tr("The bound summed from T down to t: at t = 1 it is all there"), one_of="curve"),
        Do("error", tr("x̂₀ &error"), "3", tr("Mean squared error of x̂₀ per pixel"), one_of="curve"),
        Do("excess", tr("E&xcess"), "4", EXCESS, one_of="curve"),
    ),
    (
        Do("together", tr("To&gether"), "T", tr("All lanes in one plot"), one_of="panels"),
        Do("stacked", tr("&Stacked"), "Shift+T", tr("A plot for each lane, one below the other"), one_of="panels"),
        Do("beside", tr("Side &by side"), "Ctrl+T", tr("A plot for each lane, side by side"), one_of="panels"),
    ),
    (
        Do("log", tr("&Logarithmic values"), "G", tr("Small terms show beside large ones"), checkable=True),
        Do("log_t", tr("Logarithmic t"), "H", tr("Gives the last timesteps, where most of the bound is, most of the room"), checkable=True),
        Do("every", tr("&Every timestep"), "E", EVERY, checkable=True),
    ),
    (
        Do("one", tr("&One image"), "O", tr("The terms of the selected image alone, drawn again and again"), checkable=True),
        Do("data", tr("Measure on &data…"), "D", tr("Which images it is measured on: MNIST, emoji, a file or a folder of your own")),
        Do(
            "training",
            tr("Training &images"),
            "I",
            tr("Measure on training images instead of held-out ones"),
            checkable=True,
            needs=tr("only data sets that come with the app have training images here"),
        ),
    ),
    (
        Do("likelihood", tr("Log &p(x) by the ODE"), "P", LIKELIHOOD, checkable=True),
        Do("more", tr("&More images"), "M", tr("Twice as many images (draws, of one image): the standard errors shrink by √2")),
        Do("resume", tr("R&esume"), "R", tr("Go on measuring from what is known"), needs=tr("measuring has nothing left to do")),
        Do(
            "stop", tr("Sto&p"), "Esc", tr("Stop measuring; what is known stays, and Resume goes on"), needs=tr("nothing is being measured")
        ),
    ),
)
