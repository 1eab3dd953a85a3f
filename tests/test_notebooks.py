"""The notebooks run from a fresh kernel on small inputs, and what is committed is fit to be read.

They run one after another: the slowest part of a notebook is its kernel's start and its searches.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from execute import LIMIT, complaints, execute, notebooks, read, replace_parameters
from small_pilot import write_small_pilot

#: What makes a notebook small, beside the study and the folder of results: there are none.
SMALL: dict[str, dict[str, Any]] = {
    "01-pilot": {"DAYS": 3, "GAP": 0.02},
    "02-regimes": {"DAYS": 2, "GAP": 0.02, "REGIMES": ["alone", "law-2026"]},
    "03-trade-offs": {
        "COMPANIES": ["metal"],
        "DAYS": 1,
        "GAP": 0.05,
        "POINTS": 2,
        "SLACKS": [0.05],
        "INPUTS": ["electricity price", "gas price"],
        "TECHNOLOGIES": ["PV"],
        "TRAJECTORIES": 2,
        "FUTURES": {"dear energy": 1.5},
    },
    "04-park": {"DAYS": 1, "GAP": 0.02, "SIZES": [1, 2]},
    "05-gains": {"DAYS": 2, "GAP": 0.02},
    "06-own-component": {"DAYS": 2, "GAP": 0.02, "CHARGES": [0.0], "COMPANIES": ["metal"]},
}
FIGURES = {"image/png", "application/vnd.plotly.v1+json"}
NAMES = [path.stem for path in notebooks()]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small study."""
    return write_small_pilot(tmp_path_factory.mktemp("inputs") / "small")


def test_every_notebook_has_small_inputs() -> None:
    """Proves that a new notebook is executed too. If broken: it rots unseen."""
    assert list(SMALL) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_without_errors_and_warnings(name: str, study: Path, tmp_path: Path) -> None:
    """Proves: each cell runs in order in a fresh kernel, says nothing on stderr, and every figure
    is made. If broken: a name of the package has changed and the notebook has not.
    """
    (path,) = notebooks([name])
    known = read(path)
    small = SMALL[name] | {"STUDY": str(study)}
    if re.search("^RESULTS = ", known.cells[1].source, re.MULTILINE):
        small["RESULTS"] = str(tmp_path)
    done = execute(path, small)
    found = [each for each in complaints(done) if not each.startswith("a path")]
    assert found == []
    assert figures(done) == figures(known)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_committed_is_fit_to_be_read(name: str) -> None:
    """Proves: the file has outputs of one run from top to bottom, nothing on stderr, no path of a
    machine, is light, and names the kernel that every installation has.
    """
    (path,) = notebooks([name])
    notebook = read(path)
    assert complaints(notebook) == []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert 10 <= len(notebook.cells) <= 30
    assert path.stat().st_size <= LIMIT


def test_complaints_are_heard() -> None:
    """Proves that the two tests above can fail: a warning, an error, a path and too large an output
    are each named; if broken, nothing would ever be refused.
    """
    notebook = read(notebooks()[0])
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    stream = {"output_type": "stream", "name": "stderr", "text": "FutureWarning"}
    failed = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    place = {"output_type": "stream", "name": "stdout", "text": "/home/somebody " + "x" * LIMIT}
    cell.outputs = [type(cell)(each) for each in (stream, failed, place)]
    told = complaints(notebook)
    assert [each.split(": ")[1] for each in told[:2]] == ["FutureWarning", "KeyError"]
    assert told[2] == "a path: /home/somebody"
    assert told[3].endswith(f"bytes, expected {LIMIT:,} at most")


def test_parameters_are_replaced_where_they_stand() -> None:
    """The value changes, the comment stays, and an unknown name is refused."""
    notebook = read(notebooks(["01-pilot"])[0])
    replace_parameters(notebook, {"DAYS": 3})
    source = notebook.cells[1].source
    assert re.search(r"^DAYS = 3  # of the year", source, re.MULTILINE)
    with pytest.raises(KeyError, match="no parameter HOURS"):
        replace_parameters(notebook, {"HOURS": 3})


def figures(notebook: Any) -> list[set[str]]:
    """Which kinds of figure each cell has."""
    return [
        {kind for output in cell.get("outputs", []) for kind in output.get("data", {})} & FIGURES
        for cell in notebook.cells
    ]
