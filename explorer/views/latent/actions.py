"""The Latent workspace's actions: its menu, its keys, and what its buttons do."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do

BRUSH = "Paint a path; its decodings play in the strip. Shift: a straight line"
GEODESIC = "Drag the curve between two places along which decodings change least"
PRIOR = "Circles that hold 50, 90, 99 % of the prior N(0, I) on the plane; an AE has none"
SAMPLE = "New random codes z ~ N(0, I), decoded, and how many are read as digits"
CENTRE = "Bring the digit to MNIST's size and place: 20 of 28 pixels, centred by mass"
PICTURES = "A plane through the codes of two picture files and the middle of all codes, or of three"
WALK = "Points at the first two pictures that the plane was laid through, and the ways between them: straight, about the origin, geodesic"
ANOTHER = "Another plane through the origin, in directions drawn at random"
SELECTED, ENCODED = "nothing is selected", "nothing is encoded"
GROUPS = (
    (  # named as in the session
        Do("move", "&Move", ("V", "M"), "Select, drag and add points; drag strokes", "ph.cursor", one_of="tool"),
        Do("stroke", "Paint &stroke", "B", BRUSH, "ph.scribble-loop", one_of="tool", label="Stroke"),
        Do(
            "line",
            "Straight li&ne",
            "I",
            "Drag a straight stroke from one place to another",
            "ph.line-segment",
            one_of="tool",
            label="Line",
        ),
        Do(
            "circle",
            "Ci&rcle",
            "O",
            "Drag from the centre of a circle to where the stroke begins and ends",
            "ph.circle",
            one_of="tool",
            label="Circle",
        ),
        Do("geodesic", "Geodesic stro&ke", "D", GEODESIC, "ph.path", one_of="tool", label="Geodesic"),
    ),
    (
        Do(
            "add_point",
            "&Add point",
            "A",
            "Put a point under the pointer, or in the middle; a double-click puts one, too",
            needs="there is no model",
        ),
        Do(
            "lock",
            "Loc&k point",
            "K",
            "Keep the selected point where it is: dragging does not move it",
            "ph.lock",
            checkable=True,
            label="Lock",
            needs="no point is selected",
        ),
        Do(
            "copy",
            "Cop&y as text",
            "Ctrl+C",
            "Copy the selected point, or all points, or the stroke, as text",
            "ph.copy",
            label="Copy",
            needs="there are no points",
        ),
        Do(
            "paths",
            "Pat&hs between two points",
            "J",
            "Line, spherical interpolation and geodesic, side by side",
            checkable=True,
            needs="it takes two points",
        ),
        Do("delete", "&Delete", ("Del", "Backspace"), "Take the selected point or stroke away", needs=SELECTED),
    ),
    (
        Do("play", "&Play stroke", "Space", "Play or pause the selected stroke", needs="no stroke is selected"),
        Do("loop", "&Loop", "L", "Start again at the end of the stroke", "ph.repeat", checkable=True),
        Do("back", "Frame &back", ",", "One frame back along the stroke", needs="no stroke is selected"),
        Do("on", "Frame &on", ".", "One frame on along the stroke", needs="no stroke is selected"),
        Do(
            "export",
            "E&xport strip…",
            "",
            "Save the strip's pictures: a sheet (.png) or a film (.gif, .mp4)",
            "ph.export",
            label="Export",
            needs="there is no strip",
        ),
    ),
    (
        Do("codes", "&Codes", "C", "The codes of the test images, coloured by class", checkable=True),
        Do("manifold", "Mani&fold", "G", "Decodings of a grid of codes, finer as you zoom in", checkable=True),
        Do("prior", "P&rior", "P", PRIOR, checkable=True, needs="an AE has no prior"),
        Do("all_classes", "Show all c&lasses", "", "Draw the codes of every class", needs="every class is shown"),
        Do("sample", "Sa&mple the prior", "N", SAMPLE, "ph.dice-five", label="Sample", needs="there is no model"),
        Do("no_samples", "Remove sampl&es", "", "Take the random codes off the plane", needs="there are none"),
    ),
    (
        Do("fit", "&Fit", "F", "Show all codes and the prior", "ph.corners-out"),
        Do("zoom_in", "Zoom &in", ("+", "="), "Enlarge about the middle; the wheel enlarges about the pointer"),
        Do("zoom_out", "Zoom &out", "-", "Make smaller about the middle; the wheel does so about the pointer"),
    ),
    (
        Do(
            "encode",
            "&Encode image…",
            "E",
            "Encode a picture file: code, posterior, reconstruction; or drop it",
            "ph.folder-open",
            label="Open",
        ),
        Do("paste", "Paste ima&ge", "Ctrl+V", "Encode the picture in the clipboard", "ph.clipboard", label="Paste"),
        Do("centre", "Centre as MNIST", "", CENTRE, checkable=True),
        Do("resample", "&Resample", "R", "New draws from within 2 σ of q(z|x), and their decodings", needs=ENCODED),
        Do(
            "no_picture",
            "Remove p&icture",
            "",
            "Clear the pad and take what is encoded off the plane",
            "ph.eraser",
            label="Clear",
            needs=ENCODED,
        ),
        Do("resize", "Resize picture", "", "Fit the picture into the model's images, and encode it", in_menu=False),
    ),
    (
        Do("less_trained", "Earlier in training", "[", "The same z through the run's snapshot before this one"),
        Do("more_trained", "Later in training", "]", "The same z through the run's next snapshot"),
        Do(
            "through_code",
            "Throu&gh the code",
            "T",
            "Move the plane so that it goes through the code of what is encoded",
            needs="no code lies off this plane",
        ),
        Do("pictures", "Plane thr&ough pictures…", "Shift+E", PICTURES, needs="this plane is its whole latent space"),
        Do("walk", "Wal&k between its pictures", "W", WALK, needs="the plane was not laid through pictures or test images"),
        Do("other_model", "&VAE or AE", "X", "Show the other kind of model at the same coordinates"),
        Do(
            "beside",
            "Another plane &beside",
            "Y",
            "Link another model: the same strokes, digit and samples through each",
            "ph.columns",
            label="Beside",
            needs="as many as fit are beside already",
        ),
        Do("another_plane", "Another random plane", "", ANOTHER, "ph.dice-five", in_menu=False, label="Another"),
        Do("reset_offsets", "Back to the middle", "", "Every remaining direction at 0", in_menu=False),
    ),
)
