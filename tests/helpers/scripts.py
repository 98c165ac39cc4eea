"""The scripts of the project, which are no modules of a package."""

import importlib.util
import sys
from types import ModuleType

from helpers.course import ROOT


def script(name: str) -> ModuleType:
    """A script, as a module of its own."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
