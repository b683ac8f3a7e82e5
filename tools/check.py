"""The one check command: everything that must pass before a change goes in.

    python tools/check.py             lint, format, types, import rules, tests
    python tools/check.py --no-tests  without the tests
    python tools/check.py --fix       let ruff mend what it can first

Needs `python -m pip install -e ".[dev]"`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.argv[0] = 'lint-imports'; lint_imports_command()"


def main() -> int:
    """Run every check, say which failed, and return the exit status."""
    parser = argparse.ArgumentParser(description="Run everything that must pass before a change goes in.")
    parser.add_argument("--no-tests", action="store_true", help="leave the tests out")
    parser.add_argument("--fix", action="store_true", help="let ruff mend what it can first")
    options = parser.parse_args()
    if options.fix:
        _run("ruff", "check", "--fix", "--quiet", ".")
        _run("ruff", "format", "--quiet", ".")
    checks = {
        "lint": ("ruff", "check", "."),
        "format": ("ruff", "format", "--check", "."),
        "types": ("mypy",),
        "import rules": ("-c", LINT_IMPORTS),
    }
    if not options.no_tests:
        checks["tests"] = ("pytest",)
    failed = []
    for name, command in checks.items():
        begin = time.perf_counter()
        good = _run(*command)
        if not good:
            failed.append(name)
        print(f"--- {name}: {'passed' if good else 'FAILED'} in {time.perf_counter() - begin:.0f} s", flush=True)
    print("failed: " + ", ".join(failed) if failed else "all passed")
    return 1 if failed else 0


def _run(*command: str) -> bool:
    arguments = command if command[0] == "-c" else ("-m", *command)
    return subprocess.run([sys.executable, *arguments], cwd=ROOT).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
