"""Run the notebooks and write their outputs, or copies of them with other parameters.

    .venv/bin/python notebooks/execute.py                          # all, in place
    .venv/bin/python notebooks/execute.py 01-pilot                 # one of them
    .venv/bin/python notebooks/execute.py --set DAYS=365 --out results/notebooks

A parameter is a line `NAME = value` of the cell tagged `parameters`.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
#: A notebook with its outputs is at most this large [bytes]: figures are light, tables short.
LIMIT = 200_000
#: Figures go into the notebook, wherever others are told to go.
BACKEND = "module://matplotlib_inline.backend_inline"
#: What a machine writes into a notebook and no reader needs.
KEPT_METADATA = ("kernelspec", "language_info")


def notebooks(names: Sequence[str] = ()) -> list[Path]:
    """Files of the notebooks, all or those of some names."""
    known = {path.stem: path for path in sorted(HERE.glob("*.ipynb"))}
    for name in names:
        if name not in known:
            raise SystemExit(f"{name}: expected one of {', '.join(known)}")
    return [known[name] for name in names or known]


def read(path: Path) -> Any:
    """A notebook as it is on disk."""
    return nbformat.read(path, as_version=4)


def execute(path: Path, parameters: Mapping[str, object] | None = None) -> Any:
    """A notebook with the outputs of a fresh run, in its own folder.

    Parameters
    ----------
    parameters
        Values in place of those in the cell tagged `parameters`.

    Raises
    ------
    KeyError
        For a parameter that the notebook does not have.
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = read(path)
    replace_parameters(notebook, parameters or {}, path.name)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env=os.environ | {"MPLBACKEND": BACKEND})
    notebook.metadata = {n: notebook.metadata[n] for n in KEPT_METADATA}
    return notebook


def replace_parameters(notebook: Any, parameters: Mapping[str, object], name: str = "") -> None:
    """Put other values into the lines of the cell tagged `parameters`; comments stay."""
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    for parameter, value in parameters.items():
        line = re.compile(rf"^{re.escape(parameter)} = .*?(?=  #|$)", re.MULTILINE)
        if not line.search(cell.source):
            raise KeyError(f"{name}: no parameter {parameter}")
        cell.source = line.sub(lambda _, p=parameter, v=value: f"{p} = {v!r}", cell.source)


def complaints(notebook: Any) -> list[str]:
    """What must not be in the outputs: errors, warnings, paths of a machine, too many bytes."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append(f"{cell.id}: {output.ename}: {output.evalue}")
            if output.output_type == "stream" and output.name == "stderr":
                found.append(f"{cell.id}: {output.text[:300]}")
    text = nbformat.writes(notebook)
    found += [f"a path: {path}" for path in re.findall(r"/(?:home|root|tmp|work|Users)/\w*", text)]
    size = len(text.encode())
    if size > LIMIT:
        found.append(f"{size:,} bytes, expected {LIMIT:,} at most")
    return found


def main() -> None:
    """Run what the command line asks for; the exit code is 1 if there is something to complain."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="of notebooks, like 01-pilot; default: all")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    parser.add_argument("--out", type=Path, help="folder of copies; default: in place")
    asked = parser.parse_args()
    pairs = [setting.partition("=") for setting in asked.settings]
    parameters = {name: _value(text) for name, _, text in pairs}
    bad = False
    for path in notebooks(asked.names):
        print(path.name, flush=True)
        known = _parameters(read(path))
        done = execute(path, {n: v for n, v in parameters.items() if n in known})
        for complaint in complaints(done):
            bad = True
            print(f"  {complaint}")
        target = (asked.out or path.parent) / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(done, target)
    raise SystemExit(int(bad))


def _parameters(notebook: Any) -> set[str]:
    """Names of a notebook's parameters."""
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    return set(re.findall(r"^(\w+) = ", cell.source, re.MULTILINE))


def _value(text: str) -> object:
    """A number or list if it reads as one, else a text."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


if __name__ == "__main__":
    main()
