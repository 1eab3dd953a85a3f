"""Why each size is what it is: what one unit more brings, what it costs, and which limits hold it.

Tariffs, binaries and all other sizes are held as they were found, and the prices of the exchanges
as they are under that design; companies that a heat pipe links are taken together, so that the heat
between them needs no price.
Columns that are no size - meters, levels of stores - are at their best each time. With W(y) the
year's cost of operation, convex in the sizes y, and a small step h_j:

    brings_next[j] = (W(y) − W(y + h_j))/h_j  ≤  brings_last[j] = (W(y − h_j) − W(y))/h_j

Limits ``use·y ≤ s`` have shadow prices λ ≥ 0 from the linear program of all sizes within one step
of the design. There a size is worth something between the two, and at an exact optimum

    net_worth[j] = worth[j] − unit_cost[j] − Σ_i use[i,j]·shadow_price[i] = 0

A search ends within a gap, so it is not always 0: where it is positive the size should grow.
Limits of the operation, such as that on injection, are in what a unit brings.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from parkwerk.formulation.limits import settled_revenue
from parkwerk.quantities import check
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Design, years
from parkwerk.solve.entries import Trade
from parkwerk.solve.marginal_table import Record, Told, told_dataset
from parkwerk.solve.master import rules_of
from parkwerk.solve.merging import merged
from parkwerk.solve.nearby import Nearby, NoDesign
from parkwerk.solve.program import Floats, Ints, offsets
from parkwerk.solve.redispatch import park_of, read_design
from parkwerk.solve.sizes import (
    BUILT,
    LIMITS,
    LINKS,
    Size,
    held,
    implied,
    limits_of,
    sizes_of,
)

#: The step by which a size is varied, as a share of it, or of its room where nothing is built.
STEP = 0.01
#: To which share of its unit cost a difference is sought.
ACCURACY = 0.01
#: The smallest shadow price that is told [EUR/a per unit].
TOLD = 5e-3


def marginals(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """What one unit of every size of the design together brings and costs, and what limits it.

    Returns
    -------
    Dataset over ``size`` (what is built, or could be without a fixed cost), ``limit`` (those that
    bind) and ``absent`` (assets with a fixed cost that are not built), with the values of
    :data:`parkwerk.solve.marginal_table.RESULTS` and ``use`` (limit, size); who, what
    and where are coordinates. A ``break_even`` of 0.73 says that with all else held an asset would
    be built if it cost 27 % less; where other sizes change with it, it may be built a little
    earlier.

    Raises
    ------
    InputError
        If the solution is not one of this scenario.
    """
    check(scenario)
    park, together = park_of(scenario, solution), solution.sel(case="together")
    design = read_design(park, together)
    trades = _trades(park, design)
    blend = _blend(park.scenario, together)
    return told_dataset(
        [
            _Part(park, design, members, trades, blend).told()
            for members in _clusters(park, design)
            if park.actors[members[0]].shape.kind in ("site", "heat source")
        ]
    )


class _Part:
    """Actors that are looked at together: a company, or some with the source of their heat."""

    def __init__(
        self,
        park: Park,
        design: Design,
        members: list[int],
        trades: list[Trade],
        blend: dict[tuple[str, str], float],
    ) -> None:
        actors, choices = [park.actors[i] for i in members], [design[i] for i in members]
        pairs = list(zip(actors, choices, strict=True))
        if any(columns(park, actor, "pv_built", c.values).any() for actor, c in pairs):
            park = park.settled([choice.values for choice in design])
        stamps = [park.stamps(actor, choice.tariff) for actor, choice in pairs]
        rules = rules_of([own[0] for own in stamps])
        column = offsets([park.template(actor).n_design for actor in actors])
        row = offsets([len(park.template(actor).static) for actor in actors])
        sizes = [s for a, at in zip(actors, column, strict=False) for s in sizes_of(park, a, at)]
        self.limits = [
            m for a, at in zip(actors, row, strict=False) for m in limits_of(park, a, at)
        ]
        self.design = np.concatenate([choice.values for choice in choices])
        self.unit_cost, self.upper = rules.cost, np.maximum(rules.upper, self.design)
        self.built = {size.asset for size in sizes if self.design[size.column] > BUILT}
        self.open = [size for size in sizes if self._is_open(size)]
        self.absent = self._absent(sizes)
        self.step = np.zeros_like(self.design)
        for size in self.open:
            at = size.column
            built = self.design[at]
            self.step[at] = STEP * (built if built > BUILT else self.upper[at])
        more = np.zeros_like(self.design)
        for size in self.open:
            more[size.column] = blend.get((size.owner, size.kind), 0.0)
        # A rule that the design oversteps holds it where it is.
        stands = np.where(rules.equal, rules.rhs, rules.matrix @ self.design)
        rhs = np.maximum(rules.rhs, stands)
        self.rules = replace(rules, cost=rules.cost - more, rhs=rhs)
        self.nearby = Nearby(park, stamps, trades, self.rules, self.upper + self.step)
        # Sizes, binaries and rights are held; all other columns are at their best.
        free = ~rules.binary
        free[[size.column for size in sizes]] = False
        for (actor, _), at in zip(pairs, column, strict=False):
            columns(park, actor, "pool_giver", free[at:])[:] = False
        self.lower = np.where(free, 0.0, self.design)
        self.most = np.where(free, self.upper, self.design)
        self.base = self.nearby.least(self.design, self.lower, self.most)

    def _is_open(self, size: Size) -> bool:
        """Whether a size is built, or could be without a fixed cost."""
        if size.technology in LINKS:
            return bool(self.design[size.column] > BUILT)
        allowed = size.binary is None or size.asset in self.built
        return allowed and bool(self.upper[size.column] > BUILT)

    def _absent(self, sizes: list[Size]) -> dict[tuple[str, str], list[list[Size]]]:
        """By owner and technology the assets with a fixed cost of which none is built."""
        built = {(s.owner, s.technology) for s in self.open}
        found: dict[tuple[str, str], dict[str, list[Size]]] = {}
        for size in sizes:
            key = size.owner, size.technology
            priced = size.binary is not None and size.technology not in LINKS
            if priced and key not in built and self.upper[size.column] > BUILT:
                found.setdefault(key, {}).setdefault(size.kind, []).append(size)
        return {key: list(kinds.values()) for key, kinds in found.items()}

    def told(self) -> Told:
        """All that is told of these actors."""
        rules = held(self.rules, self._held())
        skip = implied(rules, self._order())
        near = self.nearby.least(self.base.design, *self._around(), without=skip)
        limits = [limit for limit in self.limits if near.prices[limit.row] > TOLD]
        at = [size.column for size in self.open]
        use = self.rules.matrix[[limit.row for limit in limits]][:, at].toarray()
        spent = near.prices[[limit.row for limit in limits]] @ use
        sizes = [
            self._record(size)
            | self._limit(size, rules.rhs, skip)
            | {
                "net_worth": -near.reduced[size.column],
                "worth": self.unit_cost[size.column] - near.reduced[size.column] + own,
            }
            for size, own in zip(self.open, spent, strict=True)
        ]
        return Told(
            sizes,
            [
                {
                    "limit_owner": limit.owner,
                    "limit_rule": limit.rule,
                    "limit_place": limit.place,
                    "shadow_price": near.prices[limit.row],
                    "limit_value": rules.rhs[limit.row],
                }
                for limit in limits
            ],
            [self._option(kinds) for kinds in self.absent.values()],
            use,
        )

    def _held(self) -> Floats:
        """Columns that stay as they are: binaries and what is not open; nan elsewhere."""
        free = self.lower < self.most
        free[[size.column for size in self.open]] = True
        return np.where(free, np.nan, self.design)

    def _around(self) -> tuple[Floats, Floats]:
        """Bounds of the design within one step of each size."""
        lower = np.where(self.step > 0, np.maximum(self.design - self.step, 0.0), self.lower)
        return lower, np.where(self.step > 0, self.design + self.step, self.most)

    def _order(self) -> Ints:
        """Rows in the order in which they are told."""
        place = np.full(len(self.rules.rhs), len(LIMITS))
        for limit in self.limits:
            place[limit.row] = list(LIMITS).index(limit.rule)
        return np.argsort(place, kind="stable")

    def _record(self, size: Size) -> Record:
        """A size, what its unit costs, and what the next and the last unit bring."""
        at, cost = size.column, float(self.unit_cost[size.column])
        built = float(self.design[at])
        exists = built > BUILT
        return {
            "owner": size.owner,
            "technology": size.technology,
            "quantity": size.quantity,
            "place": size.place,
            "kind": size.kind,
            "units": size.units,
            "built": built if exists else 0.0,
            "unit_cost": cost,
            "brings_next": cost - self._slope(at, 1.0),
            "brings_last": cost - self._slope(at, -1.0) if exists else np.nan,
        }

    def _slope(self, at: int, sign: float) -> float:
        """What a unit of a size costs more than it brings, above it (1) or below it (−1).

        Not a number, if with all else held no design that meets the rules has it.
        """
        lower, most = self.lower.copy(), self.most.copy()
        lower[at] = most[at] = self.design[at] + sign * self.step[at]
        near = ACCURACY * self.step[at] * abs(self.unit_cost[at])
        try:
            moved = self.nearby.least(self.base.design, lower, most, near)
        except NoDesign:
            return np.nan
        return float(sign * (moved.cost - self.base.cost) / self.step[at])

    def _limit(self, size: Size, rhs: Floats, skip: np.ndarray) -> Record:
        """How much a size can grow up to its next limit, and which one it is."""
        room, name = np.inf, ""
        for limit in self.limits:
            own = self.rules.matrix[[limit.row]].toarray()[0]
            if own[size.column] > 0 and not skip[limit.row]:
                slack = self.rules.rhs[limit.row] - float(own @ self.design)
                if max(slack, 0.0) / own[size.column] < room:
                    room, name = max(slack, 0.0) / own[size.column], limit.rule
        return {"room": room, "next_limit": name}

    def _option(self, kinds: list[list[Size]]) -> Record:
        """Of an asset that is not built the kind that would be built first."""
        best: Record = {"break_even": -1.0}
        for sizes in kinds:
            own = [size.column for size in sizes]
            binary = [size.binary for size in sizes if size.binary is not None]
            lower, most = self.lower.copy(), self.most.copy()
            most[own] = self.upper[own]
            lower[binary] = most[binary] = 1.0
            paid = np.zeros_like(self.design)
            paid[own], paid[binary] = self.unit_cost[own], self.unit_cost[binary]
            share, design = self.nearby.break_even(self.base, lower, most, paid)
            if share > best["break_even"]:
                same = [s.column for s in sizes if s.quantity == sizes[0].quantity]
                best = {
                    "absent_owner": sizes[0].owner,
                    "absent_technology": sizes[0].technology,
                    "absent_units": sizes[0].units,
                    "break_even": share,
                    "break_even_size": float(design[same].sum()),
                }
        return best


def _clusters(park: Park, design: Design) -> list[list[int]]:
    """Positions of actors that are looked at together: those that a built heat link joins."""
    names = [actor.name for actor in park.actors]
    groups = []
    for i, (actor, choice) in enumerate(zip(park.actors, design, strict=True)):
        taken = columns(park, actor, "transfer_capacity", choice.values) > BUILT
        for source in np.array(actor.labels.get("heat_source", ()))[taken] if taken.any() else ():
            groups.append([i, names.index(f"heat of {source}")])
    return merged(len(names), groups)


def _trades(park: Park, design: Design) -> list[Trade]:
    """What a kW more in each exchange is worth under the design, for each group of periods.

    Exclusive flows may overlap here, as they may in all that is compared: at the prices of a
    dispatch that forbids it a company would seem to gain by doing both.
    """
    found = []
    for year in years(park.settled([choice.values for choice in design]), design):
        year.exclusive = year.exclusive[:0]
        year.solve()
        found.append(Trade(year.prices(), year.prices()))
    return found


def _blend(scenario: xr.Dataset, solution: xr.Dataset) -> dict[tuple[str, str], float]:
    """What a kW more changes of what all that a plant feeds in earns, by company and class.

    The larger a plant, the less each kWh (EEG §23c): with p(s) the value of a kWh of a plant of
    size s and F what it feeds in, ``Σ_t (p(s) − p(s − h))·F[t]·Δt/h`` [EUR/(kW*a)].
    """
    if "slice_value" not in scenario:
        return {}
    companies, rules = (list(scenario[dim].values) for dim in ("company", "feed_in_rule"))
    owner = [companies.index(name) for name in scenario["roof_company"].values]
    rule = [rules.index(name) for name in scenario["pv_class_rule"].values]
    size = np.zeros((len(companies), len(rules)))
    built = solution["pv_capacity"].transpose("roof", "pv_class").values
    np.add.at(size, (np.array(owner)[:, None], np.array(rule)[None, :]), built)
    value, less = (
        settled_revenue(scenario, s)["feed_in_value"].transpose("company", "feed_in_rule", "time")
        for s in (size, (1.0 - STEP) * size)
    )
    flow = solution["feed_in"].transpose("company", "feed_in_rule", "time")
    lost = ((value - less) * flow).sum("time").values * float(scenario.attrs["step_hours"])
    each = np.divide(lost, STEP * size, out=np.zeros_like(size), where=size > BUILT)
    classes = [str(name) for name in scenario["pv_class"].values]
    return {
        (str(company), name): float(each[c, rule[k]])
        for c, company in enumerate(companies)
        for k, name in enumerate(classes)
    }
