"""The session as a document: which file it is, whether it is saved, and what it needs that is not here."""
