"""The pages of the documentation that the app shows, and their headings. No widgets."""

from __future__ import annotations

from functools import lru_cache

from explorer.resources import document
from explorer.widgets.look.language import tr

FIRST = "user-guide.md"
PAGES = {
    "user-guide.md": tr("User guide"), "mathematics.md": tr("The mathematics"), "glossary.md": tr("Glossary"),
    "training.md": tr("Training"),
    "latent-models.md": tr("The latent models"), "which-option-is-best.md": tr("Which option is best?"),
    "which-option.md": tr("How the options were trained"), "checkpoints.md": tr("Other people's checkpoints"),
    "python.md": tr("From Python"), "checkpoint-format.md": tr("Checkpoint format"),
    "session-format.md": tr("Session format"), "elsewhere.md": tr("The engine elsewhere"), "scale.md": tr("Sweeps"),
}  # fmt: skip


@lru_cache(maxsize=16)
def headings(name: str = FIRST) -> tuple[tuple[int, str], ...]:
    """(level, text) of each heading of a page, in order; level 1 is its title."""
    found, in_code = [], False
    for line in document(name).read_text(encoding="utf-8").splitlines():
        in_code ^= line.startswith("```")
        if line.startswith("#") and not in_code:
            marks, _, text = line.partition(" ")
            found.append((len(marks), text.replace("`", "").strip()))
    return tuple(found)
