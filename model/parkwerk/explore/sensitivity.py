"""What the result hangs on: one input at a time (tornado), or all of them at once (Morris)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import xarray as xr

from parkwerk.errors import InputError, SolveError
from parkwerk.explore.explorer import GAP, Explorer, Progress
from parkwerk.explore.measures import TECHNOLOGIES, sizes
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Dispatch
from parkwerk.variation import ASSETS, Variation

#: Inputs that are varied, and the variables of the scenario that each is.
INPUTS: Mapping[str, tuple[str, ...]] = {
    "electricity price": ("electricity_price",),
    "grid fees": (
        *("tariff_fixed", "demand_charge", "energy_charge"),
        *("monthly_charge", "window_charge", "order_charge", "above_order_charge"),
    ),
    "gas price": ("boiler_fuel_cost",),
    "CO2 price": ("boiler_carbon_cost",),
    "feed-in revenue": ("feed_in_price", "slice_value"),
    "PV cost": ("pv_class_fixed_cost", "pv_class_cost"),
    "battery cost": ("battery_fixed_cost", "battery_energy_cost", "battery_power_cost"),
    "heat pump cost": ("heat_pump_cost",),
    "waste heat cost": (
        *("recovery_cost", "transfer_cost", "pipe_fixed_cost", "pipe_capacity_cost"),
    ),
    "electricity demand": ("electricity_demand",),
    "heat demand": ("heat_demand",),
}
SIDES = ("low", "high")


@dataclass(frozen=True)
class Outcome:
    """What a changed scenario costs at best as far as is known, the bound, and what is built."""

    cost: float
    least: float
    size: np.ndarray


def tornado(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    inputs: Mapping[str, tuple[str, ...]] = INPUTS,
    low: float = 0.8,
    high: float = 1.2,
    *,
    resize: bool = True,
    gap: float = GAP,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = lambda stage: None,
) -> xr.Dataset:
    """The cost of the park if one input after another is lower or higher than thought.

    Parameters
    ----------
    inputs
        Variables of the scenario by the name of what they are together.
    low, high
        The factors.
    resize
        Whether the park is sized anew under each change, or operated as it was built.
    gap, time_limit, jobs, cluster
        Of each search, as of :func:`parkwerk.optimise`; what is out of time has no number.

    Returns
    -------
    Dataset by ``input`` and ``side`` (low, high): ``total_cost`` and ``lower_bound`` [EUR/a],
    ``value``, the factor, and ``size(input, side, technology)``; the attribute ``total_cost`` is
    that of the solution. Where the demand cannot be served with what is built, there is no number.

    Raises
    ------
    InputError
        For a factor that is negative, no inputs, or a solution that is not of this scenario.
    """
    _check(inputs, low, high)
    with Explorer(scenario, solution, gap, time_limit, jobs, cluster) as explorer:
        found = []
        for name, variables in inputs.items():
            for side, factor in zip(SIDES, (low, high), strict=True):
                progress(f"{name}: {side}")
                found.append(_outcome(explorer, {variables: factor}, resize))
        labels = sizes(explorer.park, explorer.design)
        base = explorer.known.total_cost
    shape = (len(inputs), len(SIDES))
    coords = {"input": list(inputs), "side": list(SIDES)}
    result = xr.Dataset(coords=coords | {n: labels[n] for n in ("technology", "unit")})
    for column, long_name in (("cost", "cost of the park"), ("least", "no design costs less")):
        values = np.array([getattr(each, column) for each in found]).reshape(shape)
        values = np.where(np.isinf(values), np.nan, values)
        attrs = {"units": "EUR/a", "long_name": long_name}
        name = "total_cost" if column == "cost" else "lower_bound"
        result[name] = (("input", "side"), values, attrs)
    result["value"] = (("input", "side"), np.tile([low, high], (len(inputs), 1)))
    result["value"].attrs = {"units": "1", "long_name": "factor of the input"}
    size = np.array([each.size for each in found]).reshape(*shape, -1)
    result["size"] = (("input", "side", "technology"), size, {"long_name": "size of the park"})
    return result.assign_attrs(
        study=scenario.attrs.get("study", ""),
        scenario=scenario.attrs.get("scenario", ""),
        total_cost=base,
        resized=int(resize),
    )


def effects(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    inputs: Mapping[str, tuple[str, ...]] = INPUTS,
    low: float = 0.8,
    high: float = 1.2,
    trajectories: int = 10,
    seed: int = 1,
    *,
    resize: bool = False,
    gap: float = GAP,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = lambda stage: None,
) -> xr.Dataset:
    """How much each input matters if all of them may be wrong at once (Morris 1991, by SALib).

    The cost is evaluated ``trajectories·(inputs + 1)`` times, each input moving between its lowest
    and its highest factor in four levels.

    Parameters
    ----------
    inputs, low, high, gap, time_limit, jobs, cluster
        As of :func:`tornado`.
    resize
        Whether the park is sized anew each time, which takes far longer.

    Returns
    -------
    Dataset by ``input``, in EUR/a: ``mu_star``, the mean of the absolute effect of an input's whole
    range on the cost; ``mu_star_conf``, half its 95 % confidence interval; ``sigma``, how much the
    effect depends on the other inputs, or on its own value.

    Raises
    ------
    InputError
        As of :func:`tornado`, for fewer than two trajectories, and if SALib is not installed.
    SolveError
        If the demand cannot be served under one of the changes.
    """
    _check(inputs, low, high)
    if trajectories < 2:
        raise InputError(f"trajectories: {trajectories}, expected at least 2")
    sample, analyze = _salib()
    names = list(inputs)
    problem = {"num_vars": len(names), "names": names, "bounds": [[low, high]] * len(names)}
    rows = sample(problem, trajectories, num_levels=4, seed=seed)
    costs = []
    with Explorer(scenario, solution, gap, time_limit, jobs, cluster) as explorer:
        for k, row in enumerate(rows):
            progress(f"trial {k + 1} of {len(rows)}")
            factors = dict(zip(inputs.values(), row, strict=True))
            cost = _outcome(explorer, factors, resize).cost
            if not np.isfinite(cost):
                raise SolveError(f"trial {k + 1} of {len(rows)}: the demand cannot be served")
            costs.append(cost)
    found = analyze(problem, rows, np.array(costs), num_levels=4, seed=seed)
    result = xr.Dataset(coords={"input": names})
    for name, long_name in (
        ("mu_star", "mean absolute effect of the whole range of an input"),
        ("mu_star_conf", "half the 95 % confidence interval of mu_star"),
        ("sigma", "how the effect of an input differs with the others"),
    ):
        attrs = {"units": "EUR/a", "long_name": long_name}
        result[name] = ("input", np.asarray(found[name], dtype=float), attrs)
    return result.assign_attrs(low=low, high=high, trials=len(rows), resized=int(resize))


def _outcome(explorer: Explorer, factors: Mapping[tuple[str, ...], float], resize: bool) -> Outcome:
    """The park if some variables of its scenario are multiplied by factors."""
    scenario = explorer.scenario
    for variables, factor in factors.items():
        scenario = Variation("", variables, factor).of(scenario)
    built = all(name in ASSETS for variables in factors for name in variables)
    try:
        park, best, least = _searched(explorer, scenario, built, resize)
    except SolveError:
        return Outcome(np.nan, np.nan, np.full(len(TECHNOLOGIES), np.nan))
    return Outcome(best.total_cost, least, sizes(park, best.design).values)


def _searched(
    explorer: Explorer, scenario: xr.Dataset, built: bool, resize: bool
) -> tuple[Park, Dispatch, float]:
    if not resize:
        return explorer.as_built(scenario)
    return explorer.elsewhere(scenario, built)


def _check(inputs: Mapping[str, tuple[str, ...]], low: float, high: float) -> None:
    if not inputs:
        raise InputError("inputs: expected at least one")
    if not 0 <= low < high:
        raise InputError(f"low, high: {low:g}, {high:g}, expected factors with 0 <= low < high")


def _salib() -> tuple[Callable[..., np.ndarray], Callable[..., Mapping[str, np.ndarray]]]:
    """Sampling and analysis by Morris's method."""
    try:
        from SALib.analyze import morris as analysis
        from SALib.sample import morris as sampling
    except ImportError as error:
        raise InputError(
            "global sensitivity needs SALib: pip install 'parkwerk[explore]'"
        ) from error
    return sampling.sample, analysis.analyze
