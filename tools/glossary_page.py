"""Write docs/glossary.md from the app's glossary."""

from __future__ import annotations

from pathlib import Path

from explorer.recipe import glossary

if __name__ == "__main__":
    page = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
    page.write_text(glossary.markdown(), encoding="utf-8")
    print(f"{page}: {len(glossary.terms())} terms")
