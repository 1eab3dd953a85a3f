"""What each company gains, and by which contract: from coalitions to payments and risks."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import xarray as xr

from parkwerk.errors import InputError
from parkwerk.gain.contract import contract
from parkwerk.gain.large_division import divide_large
from parkwerk.gain.sensitivity import sensitivity
from parkwerk.gain.shares import check_rule, divide, rules_of
from parkwerk.quantities import check
from parkwerk.regulation.economics import annuity_factor
from parkwerk.solve.clock import Clock
from parkwerk.solve.coalitions import LIMIT, Valuer, table, value_all
from parkwerk.solve.workers import workers

#: What a solution says of the least costs of companies, from which claims follow.
NEEDED = ("least_alone", "least_at_prices")
ECONOMY = ("interest_rate", "horizon")


def gains(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    *,
    gap: float = 0.002,
    rule: str | None = None,
    samples: int = 10,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    clock: Clock | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Divide the joint gain, and say what contract does it and what risk each company bears.

    Parameters
    ----------
    scenario, solution
        What ``parkwerk.optimise`` took and gave. Neither is changed.
    gap
        To which every coalition of a small park is valued; a larger park's are worth what the
        design of all has for them.
    rule
        The rule of division that the contract follows; by default the proposed one.
    samples
        Of the Shapley value of a larger park.
    time_limit, jobs, cluster, clock, progress
        As of :func:`parkwerk.optimise`.

    Returns
    -------
    tuple[xr.Dataset, xr.Dataset]
        The gains, and the solution that they are of: the one given, or a better one if a coalition
        has found a better design for its members than that of all has.

        The gains are those of :func:`~parkwerk.gain.shares.divide` or
        :func:`~parkwerk.gain.large_division.divide_large` with those of
        :func:`~parkwerk.gain.contract.contract` and
        :func:`~parkwerk.gain.sensitivity.sensitivity`; the attribute ``rule`` is the contract's.

    Raises
    ------
    InputError
        If the rule is not known, there is one company only, or the solution is not one of this
        scenario.
    """
    check(scenario)
    if any(name not in solution for name in NEEDED):
        raise InputError("the solution lacks `least_at_prices`, expected one of parkwerk.optimise")
    n = scenario.sizes["company"]
    check_rule(rule, n)
    small = n <= LIMIT
    clock = clock or Clock()
    clock.limit = min(clock.limit, clock.seconds + time_limit)
    with workers(jobs, cluster, clock.interrupt) as crew:
        valuer = Valuer(scenario, solution, gap if small else inf, crew, clock)
        if small:
            value_all(valuer, progress)
            solution = valuer.improved()
            division = divide(scenario, solution, table(valuer))
        else:
            division = divide_large(scenario, solution, valuer, samples, progress=progress)
    rule = rule or rules_of(n)[0]
    agreed = contract(scenario, solution, division["share"].sel(rule=rule, drop=True))
    risks = sensitivity(scenario, solution, agreed, progress=progress)
    result = xr.merge([division, agreed.drop_vars("share"), risks], join="outer")
    result.attrs = {
        **{name: solution.attrs[name] for name in ("study", "scenario", "total_cost", "gap")},
        **{name: float(value) for name, value in division.attrs.items()},
        "rule": rule,
        "coalition_gap": valuer.gap,
        # So many times a yearly payment is its present value over the horizon.
        "present_value_of_yearly": 1 / annuity_factor(*(float(scenario[n]) for n in ECONOMY)),
    }
    return result, solution
