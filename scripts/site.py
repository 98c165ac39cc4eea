"""Build the course as a static site that runs in a browser's tab: `make site`.

    python scripts/site.py site [--work FOLDER]

JupyterLite with the notebooks, Python itself (Pyodide), the application, the grader, and the wheel
of every package that they need: the tab fetches nothing from anywhere else. Packages come from npm
and PyPI when the site is built, as pure wheels: what has none is not there in a browser.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PYODIDE = "314.0.7"
"""The version of Pyodide, of which npm has the core."""

TARGET = {"sys_platform": "emscripten", "platform_machine": "wasm32", "python_version": "3.14"}
"""The tab's Python, where requirements ask for it."""

OURS = "async-testing-patterns"
KERNEL = ("micropip", "ipython", "jedi", "packaging", "pygments", "traitlets", "comm")
"""What the kernel of JupyterLite asks for."""

NOT_THERE = frozenset(("greenlet", "nh3", "prompt-toolkit", "psutil", "pexpect"))
"""What has no pure wheel, or is of no use in a tab; the course works without."""

OLDER = {"jsonschema": "4.17.3", "typer": "0.20.0"}
"""Versions that are the last with a pure wheel, and with pure requirements."""

SETTINGS = "@jupyterlite/pyodide-kernel-extension:kernel"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", type=Path, help="the folder of the site, made anew")
    parser.add_argument("--work", type=Path, help="where to keep what was downloaded")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (asked.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        build(asked.site.resolve(), work)
    sizes = {path: path.stat().st_size for path in asked.site.rglob("*") if path.is_file()}
    wheels = sum(size for path, size in sizes.items() if path.suffix == ".whl")
    print(f"{asked.site} weighs {_mib(sum(sizes.values()))}, its wheels {_mib(wheels)}.")


def build(site: Path, work: Path) -> None:
    """Build the site, with what is downloaded in `work`."""
    core, tools = _pyodide(work), _tools(work)
    wheels = work / "wheels"
    wheels.mkdir(exist_ok=True)
    for old in wheels.glob(f"{OURS.replace('-', '_')}-*.whl"):
        old.unlink()
    _run("uv", "build", "--quiet", "--wheel", "--out-dir", str(wheels), str(ROOT))
    found = _download(wheels)
    with zipfile.ZipFile(found[OURS], "a", zipfile.ZIP_DEFLATED) as ours:
        for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
            ours.write(path, f"grader/released/{path.relative_to(ROOT / 'notebooks')}")
    lite = work / "lite"
    shutil.rmtree(lite, ignore_errors=True)
    shutil.rmtree(site, ignore_errors=True)
    place = lite / "static" / "pyodide"
    shutil.copytree(core, place)
    for wheel in found.values():
        shutil.copy(wheel, place)
    _lock(place / "pyodide-lock.json", found)
    _configure(lite, sorted(found), tools)
    _run(
        *(str(tools / "bin" / "jupyter-lite"), "build"),
        *("--lite-dir", str(lite), "--output-dir", str(site)),
        *("--contents", str(ROOT / "notebooks"), "--no-sourcemaps"),
        within=lite,
    )


def _tools(work: Path) -> Path:
    """The environment with what builds the site, made once. JupyterLab would load what it holds."""
    tools = work / "tools"
    if not (tools / "bin" / "jupyter-lite").exists():
        _run("uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(tools))
        asked = map(Requirement, metadata.requires(OURS) or ())
        names = [one.name for one in asked if one.marker and one.marker.evaluate({"extra": "site"})]
        install = ("uv", "pip", "install", "--quiet", "--python", str(tools / "bin" / "python"))
        _run(*install, "--constraint", str(ROOT / "constraints.txt"), *names)
    return tools


def _pyodide(work: Path) -> Path:
    """The folder with Pyodide's core, downloaded once."""
    core = work / f"pyodide-{PYODIDE}"
    if not core.exists():
        _run("npm", "pack", "--silent", f"pyodide@{PYODIDE}", "--pack-destination", str(work))
        with tarfile.open(work / f"pyodide-{PYODIDE}.tgz") as archive:
            archive.extractall(work / "unpacked", filter="data")
        (work / "unpacked" / "package").rename(core)
    return core


def _download(wheels: Path) -> dict[str, Path]:
    """A pure wheel of every package that the tab needs, by name."""
    found: dict[str, Path] = {}
    todo = [OURS, *KERNEL]
    while todo:
        name = _plain(todo.pop())
        if name in found or name in NOT_THERE:
            continue
        known = {_plain(path.name.partition("-")[0]): path for path in wheels.glob("*.whl")}
        if name not in known:
            version = OLDER.get(name) or (metadata.version(name) if _is_installed(name) else None)
            _fetch(name, version, wheels)
            known = {_plain(path.name.partition("-")[0]): path for path in wheels.glob("*.whl")}
        found[name] = known[name]
        todo += _requirements(found[name])
    return found


def _fetch(name: str, version: str | None, wheels: Path) -> None:
    """Put a pure wheel into the folder, built from its source where PyPI has none."""
    wanted = name if version is None else f"{name}=={version}"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    pure = ["--python-version", "3.14", "--implementation", "py", "--abi", "none"]
    pure += ["--platform", "any", "--only-binary", ":all:", "--no-deps", "-d", str(wheels)]
    for one in (wanted, name):
        if subprocess.run([*pip, "download", *pure, one], capture_output=True).returncode == 0:
            return
    source = ["--no-deps", "--no-binary", ":all:", "-w", str(wheels)]
    no_compiler = {**os.environ, "CC": "false"}
    subprocess.run([*pip, "wheel", *source, wanted], env=no_compiler, capture_output=True)
    if not list(wheels.glob(f"{name.replace('-', '_')}-*-none-any.whl")):
        raise SystemExit(f"{name} has no pure wheel: can the course do without it in a browser?")


def _requirements(wheel: Path) -> list[str]:
    """The names of what a package needs in the tab."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
        lines = archive.read(name).decode().splitlines()
    asked = [Requirement(line.partition(": ")[2]) for line in lines if _asks(line)]
    here: dict[str, str] = {**TARGET, "extra": ""}
    return [one.name for one in asked if one.marker is None or one.marker.evaluate(here)]


def _asks(line: str) -> bool:
    return line.startswith("Requires-Dist: ")


def _lock(path: Path, wheels: dict[str, Path]) -> None:
    """Name in Pyodide's lock the packages that are there, and no other: nobody shall fetch one."""
    lock: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lock["packages"] = {
        name: {
            "name": name,
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": [],
            "depends": [],
            "unvendored_tests": False,
        }
        for name, wheel in sorted(wheels.items())
    }
    path.write_text(json.dumps(lock), encoding="utf-8")


def _configure(lite: Path, packages: list[str], tools: Path) -> None:
    """The settings of the site: its kernel has all packages before its first cell runs."""
    kernel = {
        "loadPyodideOptions": {"packages": packages, "env": {"PYTHONHASHSEED": "0"}},
        "disablePyPIFallback": True,
    }
    settings = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Async Testing Patterns",
            "litePluginSettings": {SETTINGS: kernel},
        },
    }
    extensions = tools / "share" / "jupyter" / "labextensions" / "@jupyterlite"
    config = {
        "LiteBuildConfig": {
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(extensions / "pyodide-kernel-extension")],
        }
    }
    (lite / "jupyter_lite_config.json").write_text(json.dumps(config), encoding="utf-8")
    (lite / "jupyter-lite.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.0f} MiB"


def _run(*command: str, within: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=within, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


if __name__ == "__main__":
    main()
