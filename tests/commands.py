"""A small study for tests of the command line, and how they call it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from parkwerk.cli import app
from study.folders import COLD, LINK, ROOF, WARM, settings, write_study

#: A gap that takes seconds: what is tested here is not how near the best a design is.
ROUGH = 0.2
#: Companies too small for the tiers of the law, so that few tariffs are in reach.
SMALL = {"electricity_kwh": "500000", "peak_kw": "150"}
NEIGHBOURS = [COLD | SMALL | {"refrigeration_kwh": "200000"}, WARM | SMALL]


def call(*arguments: object) -> Any:
    """Call the command in this process."""
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "80"})


def never(*_: Any, **__: Any) -> None:
    """Stands in for `optimise` where it must not be called."""
    raise AssertionError("the study was solved")


def two_companies(place: Path, **document: Any) -> Path:
    """A study of them with a roof and a link, under the law as it is."""
    options = settings(regime="law-2026", tariff_options=[], **document)
    return write_study(place, NEIGHBOURS, [ROOF | {"company": "cold"}], [LINK], options)
