"""Finance of each company and of the park: annuity, cash flow, net present value, the EnEfG's test.

Worked out from sizes, costs and the scenario alone; the annuities must equal the objective's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from parkwerk.assess.cash_flow import Books, annuity, cash_flow, keep_books, value_within
from parkwerk.assess.profitability import discounted_payback, internal_rate_of_return
from parkwerk.assess.quantity import Quantities, quantity, ratio

#: What a scenario must say, or it has no finance: one made by hand, or stored before there was any.
NEEDED = (
    "asset_life",
    "asset_maintenance",
    "asset_funding",
    "pv_maintenance",
    "price_change",
    "investment_factor",
    "lease_margin",
)
#: EnEfG §9: within half the life, and an assessment of 15 years at most.
SHARE_OF_LIFE, MOST_YEARS = 0.5, 15


def assess_finance(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """Finance by party and of the park; nothing where the scenario does not say what it takes.

    Each case is set against today. Investment, replacements and residual value are the owner's;
    savings in operation and maintenance are the host's, who pays a lease to the owner of what is
    not its own. Payments between companies for energy are not in it.

    - ``annuity`` by VDI 2067 over the horizon, which counts the case itself, not against today;
    - ``cash_flow``, and ``npv = Σ_n cash_flow[n]/q^n`` in each price scenario by DIN EN 17463;
    - ``internal_rate_of_return`` and ``payback`` as side figures of it;
    - ``enefg_npv``, the net present value within half of the life (EnEfG §9).

    ``npv`` and ``net_present_value`` (:mod:`parkwerk.assess.cost`) are the same where prices are
    constant, every life is that of the horizon, and nobody leases. Else they differ: the latter
    takes an asset's annuity for its cost in each year, so what outlives the horizon keeps the
    present value of its annuities to come, where VDI 2067 lets it lose value in a line.

    Raises
    ------
    FinanceError
        If annuities differ from the objective.
    """
    if not all(name in scenario for name in NEEDED):
        return {}
    books = keep_books(scenario, cases)
    flows, yearly, early = cash_flow(books), annuity(books), early_values(books)
    return {
        **_assets(books),
        "annuity": quantity(yearly, "EUR/a", "annuity over the horizon by VDI 2067"),
        "park_annuity": quantity(yearly.sum("party"), "EUR/a", "annuity of the park by VDI 2067"),
        "cash_flow": quantity(flows, "EUR", "payments received less those made, against today"),
        "park_cash_flow": quantity(flows.sum("party"), "EUR", "cash flow of the park"),
        **_worth(books, flows.sum("flow"), early, books.owned),
        **_park(
            _worth(
                books,
                flows.sum(("flow", "party")),
                early.sum("party"),
                books.owned.sum("party"),
            )
        ),
    }


def _assets(books: Books) -> Quantities:
    """What assets cost and whose they are."""
    assets = books.assets
    return {
        "grant": quantity(assets["grant"], "EUR", "grant by technology"),
        "asset_annuity": quantity(
            assets["annuity"], "EUR/a", "annuity of the investment at the life of its technology"
        ),
        "maintenance": quantity(assets["maintenance"], "EUR/a", "maintenance by technology"),
        "owned_investment": quantity(books.owned, "EUR", "investment by who owns the asset"),
        "lease": quantity(books.lease, "EUR/a", "leases received less those paid"),
    }


def _worth(
    books: Books, paid: xr.DataArray, early: xr.DataArray, owned: xr.DataArray
) -> Quantities:
    """What payments are worth, of parties or of the park."""
    discount = (1.0 + books.rate) ** -paid["year"].astype(float)
    years, value = enefg_test(early, owned, books.life)
    found = {
        "npv": (xr.dot(paid, discount, dim="year"), "EUR", "net present value by DIN EN 17463"),
        "internal_rate_of_return": (
            _of_series(internal_rate_of_return, paid),
            "1/a",
            "internal rate of return",
        ),
        "payback": (
            _of_series(lambda series: discounted_payback(series, books.rate), paid),
            "a",
            "discounted payback",
        ),
        "enefg_years": (years, "a", "half of the mean life, at most 15 years (EnEfG §9)"),
        "enefg_npv": (value, "EUR", "net present value within half of the mean life (EnEfG §9)"),
        "enefg_economic": (
            (value > 0).astype(float).where(value.notnull()),
            "1",
            "1 where the net present value within half of the mean life is positive (EnEfG §9)",
        ),
    }
    return {name: quantity(*each) for name, each in found.items()}


def _park(found: Quantities) -> Quantities:
    """The same quantities under the names of the park."""
    return {
        f"park_{name}": array.assign_attrs(long_name=f"{array.attrs['long_name']}, park")
        for name, array in found.items()
    }


def enefg_test(
    early: xr.DataArray, owned: xr.DataArray, life: xr.DataArray
) -> tuple[xr.DataArray, xr.DataArray]:
    """Years of the test of EnEfG §9, and the net present value within them.

    ``years = min(½·Σ_k life[k]·owned[k]/Σ_k owned[k], 15)``, in whole years. It tests a company's
    whole package of measures, not each of them: what PV and battery save cannot be told apart.
    Nothing is left at the end of these years. Not a number for who invests in nothing.
    """
    mean = ratio(xr.dot(owned, life, dim="technology"), owned.sum("technology"))
    # Half of a whole life must not fall short of it by the rounding of the mean.
    years = ((SHARE_OF_LIFE * mean).clip(max=MOST_YEARS) + 1e-9) // 1
    value = early.sel(years=years.fillna(0.0).astype(int)).where(years.notnull())
    return years, value


def early_values(books: Books) -> xr.DataArray:
    """Net present value after 0, 1, … 15 years, (years, case, party, price_scenario) [EUR]."""
    years = range(MOST_YEARS + 1)
    values = [value_within(books, n) for n in years]
    return xr.concat(values, xr.Variable("years", list(years)), coords="minimal")


def _of_series(figure: Callable[[np.ndarray], float], payments: xr.DataArray) -> xr.DataArray:
    """A figure of each series of payments."""
    found: xr.DataArray = xr.apply_ufunc(
        figure, payments, input_core_dims=[["year"]], vectorize=True, output_dtypes=[float]
    )
    return found
