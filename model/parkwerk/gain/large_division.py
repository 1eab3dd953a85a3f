"""A division for parks with too many companies to value every coalition.

Two things make it possible. At the prices of the park's own search every company has a *claim*, the
most that it can gain; no coalition is worth more than its members' claims (Owen 1975). So whatever
division is proposed, what anybody could gain by leaving is bounded without valuing coalitions. And
only a few coalitions matter: those are sought where the division gives least of what is claimed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.division.game import mask_of, members_of
from parkwerk.division.generation import Generated, generate
from parkwerk.division.shapley import Estimate, sampled_shapley
from parkwerk.gain.shares import FAIR, SHAPLEY, divided, simple_rules
from parkwerk.solve.coalitions import Valuer, table

Floats = npt.NDArray[np.float64]

#: Rounds of constraint generation, and objections that are not worth another [share of the gain].
ROUNDS, NEGLIGIBLE = 20, 0.001
#: About so many coalitions are valued for the Shapley value, each by a year of dispatch, but at
#: least two places of each circle.
VALUED = 400
#: Objections below this are rounding [EUR/a], and so are these shares of a cost.
SMALL, ROUNDING = 0.01, 1e-6


def divide_large(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    valuer: Valuer,
    samples: int = 10,
    seed: int = 1,
    progress: Callable[[str], None] = lambda stage: None,
) -> xr.Dataset:
    """The gain of all by a fair point of the least core and by simple rules.

    Parameters
    ----------
    valuer
        With an endless gap: coalitions are worth what the design of all has for them.
    samples, seed
        Of the Shapley value, see ``division/shapley.py``.

    Returns
    -------
    As of :func:`parkwerk.gain.shares.divide`, for the coalitions that were valued, with
    ``claim(company)``, the interval ``share_low`` and ``share_high(rule, company)`` of the Shapley
    value, and the attributes ``least_core`` (no division does better than that) and ``proven``:
    under the proposed division no coalition at all can gain more by leaving [EUR/a].
    """
    companies, n = list(valuer.companies), len(valuer.companies)
    total = valuer.alone_together(companies) - float(solution.attrs["total_cost"])
    progress("the Shapley value from a sample")
    rotations = max(2, VALUED // (samples * (n - 1)))
    value = sampled_shapley(
        n,
        lambda mask: valuer.saved(members_of(companies, mask)),
        samples,
        seed,
        rotations=rotations,
    )
    progress("who would leave")
    found = _least_core(valuer, total, value.value)
    rules = {FAIR: found.division, SHAPLEY: value.value, **simple_rules(scenario, solution)}
    for mask in found.coalitions:
        valuer.note(members_of(companies, mask))
    result = divided(table(valuer), rules)
    proven = found.epsilon_high if np.isfinite(valuer.claims()).all() else np.inf
    result.attrs |= {"least_core": found.epsilon_low, "proven": proven}
    return result.assign(_estimates(result, value, valuer))


def _least_core(valuer: Valuer, total: float, target: Floats) -> Generated:
    """The division by constraint generation."""
    companies = list(valuer.companies)
    # What the sample has valued objects as well as what is sought.
    worths = {
        mask_of(valuer.companies, members): valuer.saved(members)
        for members in list(valuer.known)
        if len(members) < len(companies)
    }
    # A coalition found worth more than its claims would be rounding of the searches.
    slack = ROUNDING * np.array([valuer.alone[company] for company in companies])
    claims = np.minimum(valuer.claims() + slack, max(total, 1.0) * len(companies))

    def leavers(division: Floats) -> list[tuple[int, float]]:
        missing = claims - division
        return [
            (mask, valuer.saved(members_of(companies, mask))) for mask in _suspects(valuer, missing)
        ]

    tolerance = max(NEGLIGIBLE * total, SMALL)
    # Nobody is to pay more than alone, unless the design of all costs more than that.
    floor = np.zeros(len(companies)) if total >= 0 else None
    args = (tuple(companies), total, worths, claims, target, leavers, tolerance, ROUNDS)
    return generate(*args, floor=floor)


def _suspects(valuer: Valuer, missing: Floats) -> list[int]:
    """Coalitions of those who miss most of their claims, also within each group that trades."""
    companies, masks = list(valuer.companies), set[int]()
    everybody = tuple(companies)
    for group in [everybody, *valuer.groups_of_all]:
        members = sorted((companies.index(c) for c in group), key=lambda i: -missing[i])
        mask = 0
        for i in members:
            mask |= 1 << i
            masks.add(mask)
        for i in members:
            masks.add(mask & ~(1 << i))
    whole = (1 << len(companies)) - 1
    return [mask for mask in masks if mask.bit_count() > 1 and mask != whole]


def _estimates(result: xr.Dataset, value: Estimate, valuer: Valuer) -> dict[str, xr.DataArray]:
    """Claims, and how sure the sampled value is."""
    low, high = result["share"].copy(), result["share"].copy()
    low.loc[{"rule": SHAPLEY}] = value.low
    high.loc[{"rule": SHAPLEY}] = value.high
    attrs = {"units": "EUR/a", "long_name": "what the company can gain at most"}
    claim = xr.DataArray(valuer.claims(), {"company": list(valuer.companies)}, ("company",))
    return {"share_low": low, "share_high": high, "claim": claim.assign_attrs(attrs)}
