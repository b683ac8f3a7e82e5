"""Networks that are Python: in the memory of a program that asks, or made by a file of the person's own.

`model.py` is what both give, `network.py` asks it as a lane asks. A file is run only where the person said so (`permission.py`), and
nothing here ever runs one because of its name or of what is in it.
"""

from explorer.sources.from_python.in_memory import InMemory
from explorer.sources.from_python.python_file import PythonFile

FROM_PYTHON = (PythonFile(), InMemory())
"""Asked after the sources that read files; dialogs and hints know nothing of them."""
