"""The tables: same numbers as the verdict, sums that hold, narrow enough for a terminal."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from rich.console import Console

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess
from parkwerk.report.summary import links_of, summary
from parkwerk.report.table import cost_table, tables
from parkwerk.report.wording import listed, number, percent

COSTS = {
    "energy": [[1_000_000.0, 200_000.0, 0.0], [900_000.0, 150_000.0, 0.0], [880_000.0, 1e5, 0.0]],
    "heat pipes": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 30_000.0]],
}


@pytest.fixture
def found() -> tuple[xr.Dataset, xr.Dataset]:
    """Solution and verdict with a pipe to the neighbour, and a solver's dust in a battery."""
    park = hand_park(pipe_fixed_cost=1.0)
    solution = hand_solution(
        park,
        COSTS,
        peak=[[100.0, 50.0], [90.0, 40.0], [80.0, 40.0]],
        yearly_withdrawal=[300_000.0, 100_000.0],
        yearly_purchase=[300_000.0, 100_000.0],
        battery_energy=[0.0, -1e-12],
        pipe_built=[[[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 1.0]]],
        pipe_capacity=[[[0.0, 0.0]], [[0.0, 0.0]], [[1e-9, 40.0]]],
        yearly_pipe_flow=[[[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 9000.0]]],
        yearly_recovered=[[0.0], [0.0], [9000.0]],
    )
    return solution, assess(park, solution)


def test_rows_sum_to_the_park(found: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Companies and shared links sum to the park: 880,000 + 100,000 + 30,000 = 1,010,000 EUR."""
    table = summary(*found)
    assert table.index.tolist() == ["c0", "c1", "shared links", "park"]
    assert table["kind"].tolist() == ["company", "company", "shared", "park"]
    money = [column for column in table if "eur" in str(column)]
    parts = table[table["kind"] != "park"]
    pd.testing.assert_series_equal(parts[money].sum(), table.loc["park", money], check_names=False)
    assert table.loc["park", "cost_together_eur_per_a"] == pytest.approx(1_010_000)
    assert table.loc["park", "peak_kw"] == pytest.approx(120)
    assert table.loc["park", "saving_by_sharing_eur_per_a"] == pytest.approx(40_000)


def test_what_does_not_apply_is_empty(found: tuple[xr.Dataset, xr.Dataset]) -> None:
    """A shared link has no tariff and no peak, the park no hours of use; dust is a plain zero."""
    table = summary(*found)
    assert pd.isna(table.loc["shared links", ["tariff", "peak_kw", "pv_kw"]]).all()
    assert pd.isna(table.loc["park", ["tariff", "full_load_hours"]]).all()
    assert not np.signbit(table.loc["c1", "battery_kwh"])
    assert pd.api.types.is_float_dtype(table["battery_kwh"])


def test_links_are_those_that_touch_the_company(found: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Only the built pipe to c1 is a link; 1e-9 kW in the owner's pipe is dust."""
    assert [links_of(found[0], company) for company in ("c0", "c1", "")] == ["c0->c1"] * 3


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_and_keep_their_units(found: tuple[xr.Dataset, xr.Dataset], width: int) -> None:
    """Millions of euros fit into 80 columns; `[kW]` is not swallowed as a style of rich."""
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    for table in tables(*found):
        console.print(table)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for expected in ("[kW]", "[EUR/a]", "1,010,000", "shared links", "c0->c1", "190,000"):
        assert expected in text, expected


def test_a_large_park_is_told_in_thousands() -> None:
    """35.8 million euros would push digits out of 80 columns: 35,802 thousand do not."""
    park = hand_park()
    costs = {
        "energy": [[23_456_000.0, 12_346_000.0, 0.0]] * 2 + [[20_456_000.0, 12_346_000.0, 0.0]]
    }
    solution = hand_solution(park, costs)
    out = io.StringIO()
    console = Console(file=out, width=80, color_system=None)
    console.print(cost_table(summary(solution, assess(park, solution))))
    text = out.getvalue()
    assert "[thousand EUR/a]" in text
    assert text.splitlines()[-2].split() == [
        *("park", "35,802", "35,802", "32,802", "3,000", "8.4", "3,000")
    ]


def test_numbers_are_written_for_readers() -> None:
    """Thousands have a comma, no zero has a sign, what is no number is a dash."""
    assert [number(v) for v in (1234.5, -0.2, float("nan"), -1234.6)] == [
        "1,234",
        "0",
        "-",
        "-1,235",
    ]
    assert (percent(0.254), percent(float("nan"))) == ("25 %", "-")


def test_long_lists_are_cut() -> None:
    """Eight names are listed, of nine the last two are counted."""
    names = [f"n{i}" for i in range(9)]
    assert listed(names[:2]) == "n0 and n1"
    assert listed(names[:8]).endswith("n6 and n7")
    assert listed(names) == "n0, n1, n2, n3, n4, n5, n6 and 2 others"
    assert (listed([]), listed(["n0"])) == ("", "n0")
