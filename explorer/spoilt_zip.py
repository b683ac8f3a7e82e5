"""What Python's zipfile raises for an archive that is spoilt, or of a kind that it does not know."""

from __future__ import annotations

from zipfile import BadZipFile

SPOILT_ZIP = (BadZipFile, NotImplementedError, ValueError, RuntimeError)
"""NotImplementedError for versions and ways of packing, ValueError for names and places, RuntimeError for passwords."""
