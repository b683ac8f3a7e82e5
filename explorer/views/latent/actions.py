"""The Latent workspace's actions: its menu, its keys, and what its buttons do."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do, Under
from explorer.widgets.look.language import tr

BRUSH = tr("Paint a path; its decodings play in the strip. Shift: a straight line")
GEODESIC = tr("Drag the curve between two places along which decodings change least")
PRIOR = tr("Circles that hold 50, 90, 99 % of the prior N(0, I) on the plane; an AE has none")
SAMPLE = tr("New random codes z ~ N(0, I), decoded, and how many are read as digits")
TRUTH = tr("The exact p(z|x) of what is encoded, by quadrature over the plane, beside the encoder's ellipse")
CENTRE = tr("Bring the digit to MNIST's size and place: 20 of 28 pixels, centred by mass")
PICTURES = tr("A plane through the codes of two picture files and the middle of all codes, or of three")
WALK = tr(
    "Points at the first two pictures that the plane was laid through, and the ways between them: straight, about the origin, geodesic"
)
ANOTHER = tr("Another plane through the origin, in directions drawn at random")
CHAINS = tr(
    "A DDPM of these codes walks from N(0, I) to codes, beside the exact process of the training images' codes; again, with other noise"
)
ARROWS = tr("Arrows of the score, grad log p of the noised codes, at the timestep of the strip: the network's and the exact ones")
NO_DDPM, NO_CHAINS = tr("no DDPM of this model's codes is known here: train ddpm --in makes one"), tr("there are no chains")
SELECTED, ENCODED = tr("nothing is selected"), tr("nothing is encoded")
GROUPS = (
    Under(
        tr("&Tool"),  # its actions are named as in the session
        Do("move", tr("&Move"), ("V", "M"), tr("Select, drag and add points; drag strokes"), "ph.cursor", one_of="tool"),
        Do("stroke", tr("Paint &stroke"), "B", BRUSH, "ph.scribble-loop", one_of="tool", label=tr("Stroke")),
        Do(
            "line",
            tr("Straight li&ne"),
            "I",
            tr("Drag a straight stroke from one place to another"),
            "ph.line-segment",
            one_of="tool",
            label=tr("Line"),
        ),
        Do(
            "circle",
            tr("Ci&rcle"),
            "O",
            tr("Drag from the centre of a circle to where the stroke begins and ends"),
            "ph.circle",
            one_of="tool",
            label=tr("Circle"),
        ),
        Do("geodesic", tr("Geodesic stro&ke"), "D", GEODESIC, "ph.path", one_of="tool", label=tr("Geodesic")),
    ),
    (
        Do(
            "add_point",
            tr("&Add point"),
            "A",
            tr("Put a point under the pointer, or in the middle; a double-click puts one, too"),
            needs=tr("there is no model"),
        ),
        Do(
            "lock",
            tr("Loc&k point"),
            "K",
            tr("Keep the selected point where it is: dragging does not move it"),
            "ph.lock",
            checkable=True,
            label=tr("Lock"),
            needs=tr("no point is selected"),
        ),
        Do(
            "copy",
            tr("Cop&y as text"),
            "Ctrl+C",
            tr("Copy the selected point, or all points, or the stroke, as text"),
            "ph.copy",
            label=tr("Copy"),
            needs=tr("there are no points"),
        ),
        Do(
            "paths",
            tr("Pat&hs between two points"),
            "J",
            tr("Line, spherical interpolation and geodesic, side by side"),
            checkable=True,
            needs=tr("it takes two points"),
        ),
        Do("delete", tr("&Delete"), ("Del", "Backspace"), tr("Take the selected point or stroke away"), needs=SELECTED),
    ),
    (
        Do("play", tr("&Play stroke"), "Space", tr("Play or pause the selected stroke"), needs=tr("no stroke is selected")),
        Do("loop", tr("&Loop"), "L", tr("Start again at the end of the stroke"), "ph.repeat", checkable=True),
        Do("back", tr("Frame &back"), ",", tr("One frame back along the stroke"), needs=tr("no stroke is selected")),
        Do("on", tr("Frame &on"), ".", tr("One frame on along the stroke"), needs=tr("no stroke is selected")),
        Do(
            "export",
            tr("E&xport strip or plane…"),
            "",
            tr("Save the strip as a sheet (.png) or a film (.gif, .mp4), or the plane as a page for any browser (.html)"),
            "ph.export",
            label=tr("Export"),
            needs=tr("there is no model"),
        ),
    ),
    Under(
        tr("Layer&s and samples"),
        Do("codes", tr("&Codes"), "C", tr("The codes of the test images, coloured by class"), checkable=True),
        Do("manifold", tr("Mani&fold"), "G", tr("Decodings of a grid of codes, finer as you zoom in"), checkable=True),
        Do("prior", tr("P&rior"), "P", PRIOR, checkable=True, needs=tr("an AE has no prior")),
        Do("truth", tr("True p&osterior"), "Shift+P", TRUTH, checkable=True, needs=tr("it takes a VAE of two-dimensional codes")),
        Do("all_classes", tr("Show all c&lasses"), "", tr("Draw the codes of every class"), needs=tr("every class is shown")),
        Do("sample", tr("Sa&mple the prior"), "N", SAMPLE, "ph.dice-five", label=tr("Sample"), needs=tr("there is no model")),
        Do("no_samples", tr("Remove sampl&es"), "", tr("Take the random codes off the plane"), needs=tr("there are none")),
    ),
    Under(
        tr("Chains of &codes"),
        Do("walk_codes", tr("Reverse chains of co&des"), "Shift+N", CHAINS, needs=NO_DDPM),
        Do("arrows", tr("Sc&ores"), "Shift+S", ARROWS, checkable=True, needs=NO_CHAINS),
        Do("last_chain", tr("Chain before"), "Shift+,", tr("The chain before this one in the strip"), needs=NO_CHAINS),
        Do("next_chain", tr("Next chain"), "Shift+.", tr("The next chain in the strip"), needs=NO_CHAINS),
        Do("no_chains", tr("Remove c&hains"), "", tr("Take the chains off the plane"), needs=NO_CHAINS),
    ),
    Under(
        tr("&Zoom"),
        Do("fit", tr("&Fit"), "F", tr("Show all codes and the prior"), "ph.corners-out"),
        Do("zoom_in", tr("Zoom &in"), ("+", "="), tr("Enlarge about the middle; the wheel enlarges about the pointer")),
        Do("zoom_out", tr("Zoom &out"), "-", tr("Make smaller about the middle; the wheel does so about the pointer")),
    ),
    Under(
        tr("Pict&ure"),
        Do(
            "encode",
            tr("&Encode image…"),
            "E",
            tr("Encode a picture file: code, posterior, reconstruction; or drop it"),
            "ph.folder-open",
            label=tr("Open"),
        ),
        Do("paste", tr("Paste ima&ge"), "Ctrl+V", tr("Encode the picture in the clipboard"), "ph.clipboard", label=tr("Paste")),
        Do("centre", tr("Centre as MNIST"), "", CENTRE, checkable=True),
        Do("resample", tr("&Resample"), "R", tr("New draws from within 2 σ of q(z|x), and their decodings"), needs=ENCODED),
        Do(
            "no_picture",
            tr("Remove p&icture"),
            "",
            tr("Clear the pad and take what is encoded off the plane"),
            "ph.eraser",
            label=tr("Clear"),
            needs=ENCODED,
        ),
        Do("resize", tr("Resize picture"), "", tr("Fit the picture into the model's images, and encode it"), in_menu=False),
    ),
    (
        Do("less_trained", tr("Earlier in training"), "[", tr("The same z through the run's snapshot before this one")),
        Do("more_trained", tr("Later in training"), "]", tr("The same z through the run's next snapshot")),
        Do(
            "through_code",
            tr("Throu&gh the code"),
            "T",
            tr("Move the plane so that it goes through the code of what is encoded"),
            needs=tr("no code lies off this plane"),
        ),
        Do("pictures", tr("Plane thr&ough pictures…"), "Shift+E", PICTURES, needs=tr("this plane is its whole latent space")),
        Do("walk", tr("Wal&k between its pictures"), "W", WALK, needs=tr("the plane was not laid through pictures or test images")),
        Do("other_model", tr("&VAE or AE"), "X", tr("Show the other kind of model at the same coordinates")),
        Do(
            "beside",
            tr("Another plane &beside"),
            "Y",
            tr("Link another model: the same strokes, digit and samples through each"),
            "ph.columns",
            label=tr("Beside"),
            needs=tr("as many as fit are beside already"),
        ),
        Do("another_plane", tr("Another random plane"), "", ANOTHER, "ph.dice-five", in_menu=False, label=tr("Another")),
        Do("reset_offsets", tr("Back to the middle"), "", tr("Every remaining direction at 0"), in_menu=False),
    ),
)
