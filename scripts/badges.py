#!/usr/bin/env python3
"""Make the README's links to Binder open the repository that it stands in: a fork's open the fork.

    .venv/bin/python scripts/badges.py [OWNER/NAME]

Without a name it asks git for that of `origin`, which has to be on GitHub.
"""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"

LINK = re.compile(r"(https://mybinder\.org/v2/gh/)[\w.-]+/[\w.-]+(/HEAD)")


def main(arguments: list[str]) -> int:
    """Write the README anew; 0 where its links lead to the repository now."""
    name = arguments[0] if arguments else repository(origin())
    if name is None or re.fullmatch(r"[\w.-]+/[\w.-]+", name) is None:
        print("This is no repository on GitHub: name it, as OWNER/NAME.", file=sys.stderr)
        return 2
    README.write_text(linked(README.read_text(encoding="utf-8"), name), encoding="utf-8")
    print(f"The README's links open {name}.")
    return 0


def linked(text: str, name: str) -> str:
    """A text with its links to Binder leading to a repository."""
    return LINK.sub(rf"\g<1>{name}\g<2>", text)


def origin() -> str:
    """The address of `origin`; empty where there is none."""
    command = ["git", "remote", "get-url", "origin"]
    return subprocess.run(command, cwd=README.parent, capture_output=True, text=True).stdout.strip()


def repository(address: str) -> str | None:
    """`OWNER/NAME` of an address on GitHub, in any of git's forms."""
    found = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$", address)
    return None if found is None else found[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
