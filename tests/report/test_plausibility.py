"""What `parkwerk check` shows of each company."""

from __future__ import annotations

import numpy as np
import pytest

from parkwerk.report.plausibility import plausibility, remarks, what_was_read
from toy import bare_park


def test_full_load_hours_are_energy_by_peak() -> None:
    """30 kW for 6 of 24 hours and 10 kW else: 360 kWh, 12 h of a 30 kW peak; heat flat: 24 h.

    A price of 0.10 at the peak and 0.20 else costs (180·0.10 + 180·0.20)/360 = 0.15 EUR/kWh; a mean
    over time would be 0.175.
    """
    demand = np.where(np.arange(24) < 6, 30.0, 10.0)
    price = np.where(np.arange(24) < 6, 0.10, 0.20)
    figures = plausibility(
        bare_park(electricity_demand=demand, electricity_price=price, heat_demand=5.0)
    ).loc["c0"]
    assert figures["electricity_mwh"] == pytest.approx(0.36)
    assert figures["full_load_hours"] == pytest.approx(12)
    assert figures["heat_full_load_hours"] == pytest.approx(24)
    assert figures["electricity_price_eur_per_kwh"] == pytest.approx(0.15)


def test_roofs_count_by_their_size() -> None:
    """30 kW with 8 h and 10 kW with 4 h of sun yield 7 h; half-hour steps count half."""
    labels = {"roof": ["a", "b"], "roof_company": ["c0", "c0"]}
    sun = np.stack([np.full(24, 8 / 12), np.full(24, 4 / 12)])
    park = bare_park(
        step_hours=0.5, labels=labels, roof_limit=[30.0, 10.0], roof_duty=[9.0, 0.0], pv_yield=sun
    )
    figures = plausibility(park).loc["c0"]
    assert figures["roof_kw"] == pytest.approx(40)
    assert figures["pv_full_load_hours"] == pytest.approx(7)
    assert figures["roof_duty_kw"] == pytest.approx(9)


def test_remarks_name_duty_and_waste_heat() -> None:
    """Only companies with a duty or waste heat are told to have one."""
    park = bare_park(
        companies=2,
        labels={"heat_source": ["c1"]},
        electricity_demand=1.0,
        electricity_price=0.1,
        roof_duty=[9.0, 0.0],
        waste_heat=1000.0,
    )
    first, second = remarks(plausibility(park))
    assert first == "c0: 10.0 ct/kWh on average, at least 9 kW of PV by law."
    assert second == "c1: 10.0 ct/kWh on average, 24 MWh/a of waste heat."


def test_one_line_says_what_was_read() -> None:
    """Counts with their plural, and the date of the law."""
    park = bare_park()
    park.attrs |= {"law_date": "2026-07-01"}
    assert what_was_read(park) == (
        "24 steps, 1 company, 1 roof, 0 heat sources, 0 candidate pipes; law of 2026-07-01"
    )
