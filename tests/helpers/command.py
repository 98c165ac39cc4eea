"""The command `grader`, run in this process."""

import sys

import pytest

from grader import cli


class Grader:
    """Runs the command in this process, as the console script does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[object, str, str]:
        """The exit code, and what was written to standard output and to standard error."""
        self._monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        output, errors = self._capsys.readouterr()
        return ended.value.code or 0, output, errors

    def refusal(self, *arguments: object) -> str:
        """The one sentence with which a command refuses."""
        code, output, errors = self(*arguments)
        assert code == 2
        assert output == ""
        assert errors.startswith("grader: ")
        assert errors.endswith(".\n")
        assert errors.count("\n") == 1
        return errors.removeprefix("grader: ").strip()
