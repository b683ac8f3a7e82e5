"""Help: the welcome, the guide, the glossary, examples, and reports of problems."""
