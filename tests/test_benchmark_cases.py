"""The studies that benchmarks run can be read: a case that cannot is found here, not in an hour."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import parkwerk

FILE = Path(__file__).parents[1] / "benchmarks" / "proof_cases.py"


def loaded() -> ModuleType:
    """The cases, from a folder that is no package."""
    spec = importlib.util.spec_from_file_location("proof_cases", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["proof_cases"] = module  # its dataclass looks there for its annotations
    spec.loader.exec_module(module)
    return module


CASES = loaded().CASES


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_study_of_a_case_is_read(name: str, tmp_path: Path) -> None:
    """Proves: what a case writes keeps to the rules of a study. If broken: pipes shorter than the
    way, or a setting put in the place of a list of variants.
    """
    study = parkwerk.read_study(CASES[name].study(tmp_path / "study"))
    assert study.settings.default_scenario in study.names
