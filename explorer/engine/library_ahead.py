"""Torch's library is loaded by the system before Python imports it, so that other threads go on meanwhile.

An import holds the interpreter while the system loads the library behind it: 0.2 s in which nothing that is asked can be answered, by
far the longest of torch's import. A function of the system that is called gives it up.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path


def load_library() -> bool:
    """Load it, in the order and as visible as torch itself does; False where that is not known, and importing torch does all of it."""
    if sys.platform != "linux":
        return False
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return False
    system = ctypes.CDLL(None).dlopen
    system.argtypes, system.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    folder = Path(found.origin).parent / "lib"
    parts = ((folder / "libtorch_global_deps.so", os.RTLD_GLOBAL), (folder / "libtorch_python.so", os.RTLD_LOCAL))
    return all(part.is_file() and system(os.fsencode(part), os.RTLD_NOW | visible) for part, visible in parts)
