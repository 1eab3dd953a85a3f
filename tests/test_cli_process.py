"""The command line in a process of its own: Ctrl-C, exit codes, and what is loaded."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import parkwerk
from commands import two_companies

MODEL = str(Path(parkwerk.__file__).parents[1])


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start Python with parkwerk at hand; Ctrl-C reaches it as from a keyboard."""
    # A shell's background job ignores the signal, and children inherit that.
    wake = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    return subprocess.Popen(
        [sys.executable, "-c", wake + code, *map(str, arguments)],
        env={"PYTHONPATH": MODEL, "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two companies."""
    return two_companies(tmp_path_factory.mktemp("study"))


#: Puts a function in the place of `optimise` that says when it is at work.
AT_WORK = """
import sys, time, parkwerk, parkwerk.cli
solve = parkwerk.optimise
def optimise(scenario, *, clock, **rest):
    print('at work', flush=True)
    {then}
parkwerk.optimise = optimise
parkwerk.cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_twice_ends_a_run_at_once(folder: Path, tmp_path: Path) -> None:
    """While the solver counts, the first Ctrl-C is told, the second ends it with exit code 130.

    Waited for in the main thread, the solver would go on for its 60 s.
    """
    process = start(AT_WORK.format(then="time.sleep(60)"), "run", folder, "--out", tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "at work\n"
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    while "Ctrl-C again" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert time.monotonic() - pressed < 10
    assert process.returncode == 130
    assert "parkwerk: interrupted" in stderr
    assert "Traceback" not in stderr
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_once_writes_the_best_design_so_far(folder: Path, tmp_path: Path) -> None:
    """Proves: a search that is interrupted ends, and its design is written with its true gap.

    `optimise` waits for the interrupt before it begins, so no bound can be proven: the gap is null.
    If broken: it would wait for 60 s, or leave no file.
    """
    then = "assert clock.interrupt.wait(60); return solve(scenario, clock=clock, **rest)"
    process = start(AT_WORK.format(then=then), "run", folder, "--out", tmp_path, "--gap", "1e-9")
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert "interrupted: finishing with the best design so far" in stderr
    record = json.loads((tmp_path / "small" / "base" / "run.json").read_text(encoding="utf-8"))
    assert (record["ended"], record["gap"]) == ("interrupt", None)
    assert record["total_cost"] <= record["cost_alone"]


def test_help_is_quick_and_worth_reading() -> None:
    """Help tells commands, files and exit codes, and loads no library of numbers for it."""
    heavy = "{'numpy', 'pandas', 'xarray', 'pyomo', 'highspy', 'matplotlib', 'pydantic'}"
    code = (
        "import sys, parkwerk.cli\n"
        "try:\n    parkwerk.cli.main()\n"
        f"finally:\n    print(sorted({heavy} & sys.modules.keys()), file=sys.stderr)\n"
    )
    stdout, stderr = start(code, "--help").communicate(timeout=60)
    assert stderr.strip() == "[]"
    for expected in (
        "parkwerk run inputs/pilot",
        "parkwerk check",
        "summary.csv",
        "bills.csv",
        "Exit code",
    ):
        assert expected in stdout
