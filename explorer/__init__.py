"""Generative Explorer: see how a diffusion model and a VAE make images.

From Python: `sample` gives chains as arrays, `plane_page` writes a latent plane for any browser, `show` opens the window,
`register_source` and `Source` have it open further formats.
Neither torch nor Qt is imported before one of them is used (docs/python.md).
"""

import os
from importlib import import_module
from typing import Any

# Another Qt binding may be installed, or asked for by a shell's settings: QtPy shall take ours.
os.environ["QT_API"] = "pyside6"

__version__ = "0.1.0"
__all__ = ["BadInput", "Chain", "Model", "Source", "__version__", "plane_page", "register_source", "sample", "show"]

_WHERE = {
    "BadInput": "explorer.errors:BadInput",
    "Chain": "explorer.python.chain:Chain",
    "Model": "explorer.sources.from_python.model:Model",
    "Source": "explorer.sources.from_python.model_source:ModelSource",
    "plane_page": "explorer.python.planes:plane_page",
    "register_source": "explorer.sources.plugins:register",
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
