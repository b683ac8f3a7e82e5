"""The Objective workspace's actions: its menu and its keys."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do

EXCESS = "That error minus the ideal denoiser's over the training images: what a better network could still gain"
EVERY = "A bar for each timestep instead of one for a stratum; measured anew"
GROUPS = (
    (
        Do("terms", "&Terms", "1", "Every Lₜ₋₁ against t, nats of one timestep; t = 1 is L₀", one_of="curve"),
        Do("running", "&Running sum", "2", "The bound summed from T down to t: at t = 1 it is all there", one_of="curve"),
        Do("error", "x̂₀ &error", "3", "Mean squared error of x̂₀ per pixel", one_of="curve"),
        Do("excess", "E&xcess", "4", EXCESS, one_of="curve"),
    ),
    (
        Do("together", "To&gether", "T", "All lanes in one plot", one_of="panels"),
        Do("stacked", "&Stacked", "Shift+T", "A plot for each lane, one below the other", one_of="panels"),
        Do("beside", "Side &by side", "Ctrl+T", "A plot for each lane, side by side", one_of="panels"),
    ),
    (
        Do("log", "&Logarithmic values", "G", "Small terms show beside large ones", checkable=True),
        Do("log_t", "Logarithmic t", "H", "Gives the last timesteps, where most of the bound is, most of the room", checkable=True),
        Do("every", "&Every timestep", "E", EVERY, checkable=True),
    ),
    (
        Do("one", "&One image", "O", "The terms of the selected image alone, drawn again and again", checkable=True),
        Do("data", "Measure on &data…", "D", "Which images it is measured on: MNIST, emoji, a file or a folder of your own"),
        Do(
            "training",
            "Training &images",
            "I",
            "Measure on training images instead of held-out ones",
            checkable=True,
            needs="only data sets that come with the app have training images here",
        ),
    ),
    (
        Do("more", "&More images", "M", "Twice as many images (draws, of one image): the standard errors shrink by √2"),
        Do("resume", "R&esume", "R", "Go on measuring from what is known", needs="measuring has nothing left to do"),
        Do("stop", "Sto&p", "Esc", "Stop measuring; what is known stays, and Resume goes on", needs="nothing is being measured"),
    ),
)
