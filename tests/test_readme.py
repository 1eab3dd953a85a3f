"""The README says what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import parkwerk as pw

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_table_of_the_readme_is_that_of_the_pilot() -> None:
    """Proves: costs in the README's table are those of the pilot as it is now, to the euro.
    If broken: the model or the inputs changed and the README did not.
    """
    scenario = pw.read_study(ROOT / "inputs" / "pilot").scenario()
    verdict = pw.assess(scenario, pw.optimise(scenario))
    cost = verdict["yearly_cost"]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for party in map(str, cost["party"].values):
        row = re.search(rf"^\| {party} \|(.*)\|$", text, flags=re.MULTILINE)
        assert row is not None, party
        printed = [float(cell.replace(",", "")) for cell in row.group(1).split("|")]
        today, alone, together = (float(cost.sel(party=party, case=c)) for c in cost["case"].values)
        assert printed == pytest.approx([today, alone, together, today - together], abs=0.51)
