"""Writes the licences of all that a bundle holds: `python packaging/licences/collect.py --bundle DIR --out DIR`.

For each package its name, version, terms and home page in LIBRARIES.md, and what its makers ship as licence in a folder of its name;
beside them the texts of this folder: Qt's, with how to replace it, and those of fonts and icons. Run by the Python that built the bundle.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import sysconfig
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bundled import bundled  # noqa: E402

NAMES = ("licen", "copying", "notice", "authors", "third")
"""How files with terms begin, in lower case."""


def terms_of(found: Distribution) -> str:
    """A package's licence in a few words, as its makers say."""
    said = found.metadata
    classified = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or () if each.startswith("License ::")]
    short = said.get("License-Expression") or ", ".join(classified) or (said.get("License") or "").strip().splitlines()[:1]
    return short if isinstance(short, str) else "".join(short) or "see its files"


def home_of(found: Distribution) -> str:
    """Where it comes from."""
    urls = dict(each.split(", ", 1) for each in found.metadata.get_all("Project-URL") or () if ", " in each)
    known = {name.lower(): url for name, url in urls.items()}
    said = [known[name] for name in ("homepage", "source", "repository", "source code") if name in known]
    return found.metadata.get("Home-page") or next(iter(said), "")


def texts_of(found: Distribution) -> list[Path]:
    """The files with its terms that were installed with it."""
    named = [each for each in found.files or () if each.name.lower().startswith(NAMES) and each.suffix in ("", ".txt", ".md", ".rst")]
    files = [Path(str(each.locate())) for each in named]
    return [each for each in files if each.is_file()]


def collect(bundle: Path, out: Path) -> list[str]:
    """Write it all; the names of packages that ship no text of their terms."""
    out.mkdir(parents=True, exist_ok=True)
    packages = bundled()
    try:
        packages["pyinstaller"] = distribution("pyinstaller")  # its bootloader is the program that starts
    except PackageNotFoundError:
        print("pyinstaller is not installed here: was the bundle built by another Python?", file=sys.stderr)
    rows, without = [], []
    for name, found in packages.items():
        texts = texts_of(found)
        for number, text in enumerate(texts):
            folder = out / name
            folder.mkdir(exist_ok=True)
            shutil.copyfile(text, folder / (text.name if not (folder / text.name).exists() else f"{text.stem}-{number}{text.suffix}"))
        if not texts:
            without.append(name)
        rows.append(f"| {name} | {found.version} | {terms_of(found)} | {home_of(found)} |")
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.is_file():
        shutil.copyfile(python, out / "PYTHON.txt")
    rows.append(f"| Python | {sys.version.split()[0]} | PSF-2.0 | https://www.python.org |")
    for text in HERE.iterdir():
        if text.suffix in (".txt", ".md"):
            shutil.copyfile(text, out / text.name)
    ffmpeg = [each.name for each in bundle.rglob("imageio_ffmpeg/binaries/*") if each.name.startswith("ffmpeg-")]
    said = f"ffmpeg is {ffmpeg[0]}, under the GPL: see README.md." if ffmpeg else "It holds no ffmpeg: films are written by the system's."
    head = ["# Libraries in this bundle", "", said, "", "| package | version | terms | home |", "| --- | --- | --- | --- |"]
    (out / "LIBRARIES.md").write_text("\n".join([*head, *rows, ""]), encoding="utf-8")
    return without


def main() -> None:
    """Read the command line, and collect."""
    parser = argparse.ArgumentParser(description="Write the licences of all that a bundle holds.")
    parser.add_argument("--bundle", type=Path, required=True, help="Folder with the frozen app.")
    parser.add_argument("--out", type=Path, required=True, help="Folder to write to.")
    asked = parser.parse_args()
    if not asked.bundle.is_dir():
        parser.error(f"{asked.bundle}: is no folder")
    without = collect(asked.bundle, asked.out)
    if without:
        print(f"without a text of their own (their terms are in LIBRARIES.md): {', '.join(without)}")


if __name__ == "__main__":
    main()
