"""Translations of the window: what there is to translate, and the files that Qt reads.

    python tools/translations.py update de     makes resources/translations/explorer_de.ts, or brings it up to date
    python tools/translations.py compile       makes a .qm of every .ts

A `.ts` is translated with Qt Linguist (`pyside6-linguist FILE`) or in a text editor. A `{name}` in a text stands for a value: a translation
has the same ones, in any order.
"""

from __future__ import annotations

import ast
import shutil
import string
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from explorer.backends import BACKENDS
from explorer.recipe import glossary
from explorer.recipe.quantities import QUANTITIES
from explorer.recipe.sampler import METHOD_TITLES, METHOD_WORDS, SPACING_WORDS, VARIANCE_WORDS
from explorer.recipe.training.rows import rows
from explorer.recipe.training.settings import TrainSettings
from explorer.views.window.help.examples import examples
from explorer.widgets.look.language import CONTEXT

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
SPEAKING = ("views", "widgets")
"""The layers that speak to a person in the window."""
KEYED = "fact"
"""A call whose argument the kit itself translates, since code knows the row by it."""


def messages() -> dict[str, list[str]]:
    """Every text that the window can say, with the places ("explorer/app.py:72") that say it."""
    found: dict[str, list[str]] = {}
    for path in (ROOT / "explorer" / "app.py", *(p for part in SPEAKING for p in sorted((ROOT / "explorer" / part).rglob("*.py")))):
        for text, line in _said_in(path):
            found.setdefault(text, []).append(f"{path.relative_to(ROOT).as_posix()}:{line}")
    for where, text in _from_tables():
        if text:
            found.setdefault(text, []).append(where)
    return found


def _said_in(path: Path) -> Iterator[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables = {
        name.id: node.value for node in tree.body if isinstance(node, ast.Assign) for name in node.targets if isinstance(name, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node) in ("tr", KEYED):
            yield from _texts((node.args[0],))
        elif isinstance(node, ast.For) and any(isinstance(one, ast.Call) and _called(one) == KEYED for one in ast.walk(node)):
            over = node.iter.func.value if isinstance(node.iter, ast.Call) and _called(node.iter) == "items" else node.iter  # type: ignore[attr-defined]
            table = tables.get(over.id) if isinstance(over, ast.Name) else over
            yield from _texts(table.keys if isinstance(table, ast.Dict) else getattr(table, "elts", ()))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _texts(nodes: Iterable[ast.AST | None]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        first = node.elts[0] if isinstance(node, ast.Tuple) else node
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value, first.lineno


def _from_tables() -> Iterator[tuple[str, str]]:
    """Words of tables below the window, which it translates where it shows them."""
    for quantity in QUANTITIES.values():
        yield from (("explorer/recipe/quantities.py", text) for text in (quantity.label, quantity.title, quantity.tip))
    for table in (METHOD_TITLES, METHOD_WORDS, SPACING_WORDS, VARIANCE_WORDS):
        yield from (("explorer/recipe/sampler.py", text) for pair in table.items() for text in pair)
    for field in (row.about.field for row in rows(TrainSettings) if row.about.field is not None):
        words = (field.label, field.tip, *(getattr(field, name, "") for name in ("none", "words", "usual")), *getattr(field, "choices", ()))
        yield from (("explorer/recipe/training/settings.py", text) for text in words)
    for backend in BACKENDS:
        yield from (("explorer/backends", text) for text in (backend.title, *backend.devices.values()))
    for group in glossary.groups():
        yield "resources/glossary.json", group.title
        for term in group.terms:
            yield from (("resources/glossary.json", text) for text in (term.name, term.words, term.seen))
    for example in examples():
        yield from (("resources/examples/index.json", text) for text in (example.title, example.look))


def read(path: Path) -> dict[str, str]:
    """Translations of a `.ts`, by the English text; those that are not finished are left out."""
    if not path.is_file():
        return {}
    known = {}
    for message in ElementTree.parse(path).getroot().iter("message"):
        said = message.find("translation")
        if said is not None and said.text and said.get("type") != "unfinished":
            known[message.findtext("source", "")] = said.text
    return known


def write(path: Path, language: str, found: dict[str, list[str]], known: dict[str, str]) -> None:
    """A `.ts` of all that was found, with the translations that are known."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text, places in found.items():
        message = ElementTree.SubElement(context, "message")
        for place in places:
            file, _, line = place.partition(":")
            ElementTree.SubElement(message, "location", {"filename": f"../../{file}"} | ({"line": line} if line else {}))
        ElementTree.SubElement(message, "source").text = text
        said = ElementTree.SubElement(message, "translation")
        if text in known:
            said.text = known[text]
        else:
            said.set("type", "unfinished")
    ElementTree.indent(root, "    ")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as written:
        written.write(b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n')
        ElementTree.ElementTree(root).write(written, encoding="utf-8")
        written.write(b"\n")


def odd(known: dict[str, str]) -> list[str]:
    """Texts whose translation names other values than they do."""
    return [text for text, said in known.items() if _values(text) != _values(said)]


def _values(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # a brace that is one
        return None


def compiled(path: Path) -> Path:
    """The `.qm` of a `.ts`, beside it."""
    tool = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent)) or shutil.which("pyside6-lrelease") or "lrelease"
    made = path.with_suffix(".qm")
    subprocess.run([tool, "-silent", str(path), "-qm", str(made)], check=True)
    return made


def main(words: list[str]) -> int:
    """Do what the command line says; the exit status."""
    match words:
        case ["update", language]:
            path = FOLDER / f"explorer_{language}.ts"
            found, known = messages(), read(path)
            write(path, language, found, known)
            print(f"{path}: {len(found)} texts, {len(found.keys() & known.keys())} of them translated")
            return 0
        case ["compile"]:
            for path in sorted(FOLDER.glob("explorer_*.ts")):
                wrong = odd(read(path))
                for text in wrong:
                    print(f"{path.name}: other values than in the English: {text}", file=sys.stderr)
                if wrong:
                    return 2
                print(compiled(path))
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
