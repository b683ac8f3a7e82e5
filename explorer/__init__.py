"""Generative Explorer: see how a diffusion model and a VAE make images.

From Python: chains, codes, bounds and recipes as arrays and values (`sample`, `encode`, `decode`, `bound`, `elbo`, `log_px`, `replay`),
a latent plane for any browser (`plane_page`), the window (`show`), and further formats (`register_source`, `Source`).
Neither torch nor Qt is imported before one of them is used (docs/python.md).
"""

import os
from importlib import import_module
from typing import Any

# Another Qt binding may be installed, or asked for by a shell's settings: QtPy shall take ours.
os.environ["QT_API"] = "pyside6"

__version__ = "0.1.0"
__all__ = [
    "BadInput", "Bound", "Chain", "Decoding", "Elbo", "Encoding", "Figure", "LogPx", "Model", "Recipe", "Source", "__version__",
    "bound", "decode", "elbo", "encode", "load", "log_px", "plane_page", "read_recipe", "register_source", "replay", "sample", "show",
]  # fmt: skip

_WHERE = {
    "BadInput": "explorer.errors:BadInput",
    "Bound": "explorer.python.bounds:Bound",
    "Chain": "explorer.python.chain:Chain",
    "Decoding": "explorer.python.codes:Decoding",
    "Elbo": "explorer.python.bounds:Elbo",
    "Encoding": "explorer.python.codes:Encoding",
    "Figure": "explorer.diffusion.figure:Figure",
    "LogPx": "explorer.python.likelihoods:LogPx",
    "Model": "explorer.sources.from_python.model:Model",
    "Recipe": "explorer.recipe:Recipe",
    "Source": "explorer.sources.from_python.model_source:ModelSource",
    "bound": "explorer.python.bounds:bound",
    "decode": "explorer.python.codes:decode",
    "elbo": "explorer.python.bounds:elbo",
    "encode": "explorer.python.codes:encode",
    "load": "explorer.python.recipes:load",
    "log_px": "explorer.python.likelihoods:log_px",
    "plane_page": "explorer.python.planes:plane_page",
    "read_recipe": "explorer.python.recipes:read_recipe",
    "register_source": "explorer.sources.plugins:register",
    "replay": "explorer.python.recipes:replay",
    "sample": "explorer.python.sampling:sample",
    "show": "explorer.python.showing:show",
}
"""Imported when it is asked for: every command and the engine import this package first. What they are is in __init__.pyi."""


def __getattr__(name: str) -> Any:
    """One of the public names."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    found = globals()[name] = getattr(import_module(module), attribute)
    return found


def __dir__() -> list[str]:
    """The public names, imported or not."""
    return sorted({*globals(), *__all__})
