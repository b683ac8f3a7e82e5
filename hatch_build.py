"""Build hook: compiles the native kernel into the package where there is a compiler, and does without where there is none.

By hand, into the checkout: `python hatch_build.py` (CC and CFLAGS are heeded).
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, without the build's requirements
    BuildHookInterface = object  # type: ignore[assignment,misc]

FOLDER = Path(__file__).parent / "explorer" / "backends" / "native"
LIBRARY = "kernel.so"
FLAGS = ("-std=gnu11", "-O3", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-pthread")
"""gnu11, not c11: there a multiplication and an addition may become one instruction."""

V4 = ("-march=x86-64-v4", "-mprefer-vector-width=512")
LEVELS = {"avx2": ("-march=x86-64-v3",), "avx512": V4, "avx512_bf16": (*V4, "-mavx512bf16")}
"""Instructions that level.c is compiled for on x86-64, under the names of levels.h."""


class Compiler:
    """A C compiler that was found here, with the person's own flags."""

    def __init__(self) -> None:
        names = (os.environ["CC"].split(),) if os.environ.get("CC") else (["cc"], ["gcc"], ["clang"])
        self.command = next((name for name in names if shutil.which(name[0])), None)
        self.flags = os.environ.get("CFLAGS", "").split()

    def run(self, *arguments: str) -> bool:
        """Whether it succeeded; what it has to say is said."""
        assert self.command is not None
        return subprocess.run([*self.command, *arguments, *self.flags], check=False).returncode == 0

    def knows(self, flags: tuple[str, ...]) -> bool:
        """Whether it compiles with these flags."""
        assert self.command is not None
        trial = [*self.command, *flags, "-x", "c", "-c", "-o", os.devnull, "-"]
        return subprocess.run(trial, input=b"int x;", capture_output=True, check=False).returncode == 0


def build() -> Path | None:
    """The library in the package; None where it cannot be built.

    It is made where there is a C compiler that knows GCC's vector extensions: GCC and Clang, on Linux and macOS.
    """
    compiler, library = Compiler(), FOLDER / LIBRARY
    library.unlink(missing_ok=True)
    if sys.platform == "win32" or compiler.command is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        objects = _compile(compiler, Path(folder))
        if objects is None or not compiler.run("-shared", "-pthread", *objects, "-lm", "-o", str(library)):
            library.unlink(missing_ok=True)
            return None
    return library


def _compile(compiler: Compiler, folder: Path) -> list[str] | None:
    levels: dict[str, tuple[str, ...]] = {"portable": ()}
    defines = []
    if platform.machine().lower() in ("x86_64", "amd64"):
        levels = dict(LEVELS)
        if not compiler.knows(LEVELS["avx512_bf16"]):
            del levels["avx512_bf16"]
            defines = ["-DGE_NO_AVX512_BF16"]
    jobs = [[str(FOLDER / "kernel" / f"{name}.c"), "-o", str(folder / f"{name}.o"), *defines] for name in ("run", "check", "pool")]
    for name, flags in levels.items():
        defined = (f"-DLEVEL={name}", f'-DLEVEL_NAME="{name}"')
        jobs.append([str(FOLDER / "kernel" / "level.c"), "-o", str(folder / f"{name}.o"), *flags, *defined])
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda job: compiler.run("-c", *FLAGS, *job), jobs))
    return [job[2] for job in jobs] if all(done) else None


class NativeKernel(BuildHookInterface):
    """Puts the library into a wheel, whose tag then names this platform; an editable install finds it in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it, whatever comes of it: without, the app computes with PyTorch alone."""
        library = build()
        if library is None:
            self.app.display_info("No C compiler here: without the native kernel")
            return
        build_data["artifacts"].append(f"/{library.relative_to(self.root)}")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform_tag()}"


def _platform_tag() -> str:
    """Where the library runs. Python for macOS may be for two processors; the library is for this one."""
    return sysconfig.get_platform().replace("universal2", platform.machine()).replace("-", "_").replace(".", "_")


if __name__ == "__main__":
    made = build()
    print(made or "no C compiler found")
    sys.exit(made is None)
