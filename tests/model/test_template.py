"""One actor in one period, compiled and stamped, is the same mathematics as Pyomo over the year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
import xarray as xr
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

import plain
from parkwerk.errors import FormulationError
from parkwerk.formulation.actor import Shape, add_cost, data, exclusive, new_actor, rules
from parkwerk.formulation.park import BUILDERS, Actor
from parkwerk.formulation.template import compile_template
from parkwerk.solve.assemble import Joint, Park, assemble
from parkwerk.solve.periods import Periods, cut
from parkwerk.solve.stamp import Binder
from toy import bare_park, toy_park
from whole_pyomo import whole_park

#: A row: sense, right-hand side, coefficients by name of column.
Row = tuple[str, float, dict[str, float]]


def common_park(days: int = 2) -> xr.Dataset:
    """Two companies behind one common connection, a third with a meter of its own; every option of
    a tariff, every kind of pool."""
    names = ["c0", "c1", "c2", "together"]
    rng = np.random.default_rng(3)
    steps = 24 * days
    return bare_park(
        companies=3,
        steps=steps,
        period="day",
        labels={
            "connection": names,
            "pool": ["green", "keyed"],
            "behind": ["together", "together", ""],
            "month": ["Jan", "Feb"],
            "tariff": ["monthly"],
        },
        electricity_demand=rng.uniform(10, 100, (3, steps)),
        electricity_price=rng.uniform(0.05, 0.15, (3, steps)),
        own_meter=np.array([0.0, 1.0, 1.0]),
        connection_cost=7.0,
        monthly_charge=0.1,
        in_month=np.repeat(np.eye(2), steps // 2, axis=1),
        window_charge=0.2,
        in_window=rng.integers(0, 2, (4, steps)),
        order_charge=0.3,
        above_order_charge=0.05,
        connection_limit=np.array([0.0, 200.0, 500.0, 500.0]),
        tariff_fixed=np.array([[0.0], [0.0], [5.0], [9.0]]),
        demand_charge=0.4,
        energy_charge=0.02,
        levy=0.01,
        pv_yield=rng.uniform(0, 0.8, (3, steps)),
        roof_limit=100.0,
        pv_class_cost=0.2,
        feed_in_price=0.03,
        battery_limit=50.0,
        battery_energy_cost=0.05,
        battery_power_cost=0.02,
        feed_in_cap=0.6,
        pool_gives=np.array([[1.0, 1, 0], [0, 1, 1]]),
        pool_takes=np.array([[1.0, 1, 0], [0, 1, 1]]),
        pool_on_grid=np.array([0.0, 1.0]),
        pool_charge=np.array([[0.001], [0.004]]),
        pool_fixed_cost=np.array([[0.0], [1.0]]),
        pool_rebate=0.002,
        pool_exclusive=1.0,
        pool_keyed=np.array([0.0, 1.0]),
        pool_key=np.array([[0.0, 0, 0], [0, 0.6, 0.4]]),
    )


def sites_and_pipes() -> xr.Dataset:
    """Three companies on two days, waste heat and a junction, two PV classes, each one tariff."""
    entry = np.array([[1.0, 0], [0, 1], [0, 1]])
    return toy_park(companies=3, days=2, seed=6, tariff_open=entry, roof_duty=5.0)


PARKS: list[Callable[[], xr.Dataset]] = [sites_and_pipes, common_park]


def at(label: str, first: int) -> str:
    """The label of a row or column in the whole horizon; time is its last index."""
    name, _, index = label.partition("[")
    if not index:
        return label
    *others, t = index.rstrip("]").split(",")
    return f"{name}[{','.join([*others, str(int(t) + first)])}]"


def stamped_columns(joint: Joint) -> list[str]:
    """A name for each column of a joint program: actor, variable and index."""
    names = [""] * joint.program.n_columns
    for (copy,) in joint.copies:
        template, (stamp,) = copy.stamps[0].template, copy.stamps
        places = list(range(copy.design.start, copy.design.stop))
        for place, label in zip(places, elements(template.design), strict=True):
            names[place] = f"{copy.actor.name}: {label}"
        place = copy.operation[0]
        for first in stamp.periods.starts:
            for label in elements(template.operation):
                names[place] = f"{copy.actor.name}: {at(label, first)}"
                place += 1
    return names


def elements(blocks: list[Any]) -> Iterator[str]:
    for block in blocks:
        for index in np.ndindex(*block.shape):
            yield f"{block.name}[{','.join(map(str, index))}]" if index else block.name


def normal(sense: str, rhs: float, row: dict[str, float]) -> Row:
    """One way to write a row: ≤ instead of ≥, the first column of an equation positive."""
    row = {name: value for name, value in row.items() if value != 0}
    turn = sense == ">" or (sense == "=" and bool(row) and row[min(row)] < 0)
    if turn:
        row, rhs = {name: -value for name, value in row.items()}, -rhs
    return "=" if sense == "=" else "<", rhs + 0.0, row


def stamped_rows(joint: Joint, times: np.ndarray) -> dict[str, Row]:
    """Rows of a joint program by owner and label in the whole horizon."""
    arrays, columns = joint.program.arrays(), stamped_columns(joint)
    rows: dict[str, Row] = {}
    for r in range(joint.program.n_rows):
        owner, label, begin = joint.program.name_of_row(r)
        first = int(np.searchsorted(times, np.datetime64(begin))) if begin else 0
        part = arrays.matrix[[r], :].tocoo()
        coefficients = {columns[c]: float(v) for c, v in zip(part.col, part.data, strict=True)}
        upper, lower = float(arrays.row_upper[r]), float(arrays.row_lower[r])
        assert np.isfinite(upper)
        rows[f"{owner}: {at(label, first)}"] = normal(
            "=" if lower == upper else "<", upper, coefficients
        )
    assert len(rows) == joint.program.n_rows
    return rows


def plain_rows(model: Any) -> tuple[dict[str, Row], dict[str, float], float]:
    """Rows, costs and constant of a Pyomo model by Pyomo's own compiler."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)

    def name(component: Any) -> str:
        block = component.parent_block()
        own = component.getname(fully_qualified=False)
        if block is model:
            place, t = component.index()
            return f"exchange: {place}[{t}]"
        return f"{block.local_name}: {own}"

    columns = [name(v) for v in form.columns]
    matrix = form.A.tocsr()
    rows: dict[str, Row] = {}
    for r, (entry, rhs) in enumerate(zip(form.rows, form.rhs, strict=True)):
        part = matrix[[r], :].tocoo()
        coefficients = {columns[c]: float(v) for c, v in zip(part.col, part.data, strict=True)}
        sense = {1: "<", 0: "=", -1: ">"}[entry.bound_type]
        rows[name(entry.constraint)] = normal(sense, float(rhs), coefficients)
    priced = form.c.tocoo()
    costs = {columns[c]: float(v) for c, v in zip(priced.col, priced.data, strict=True) if v != 0}
    return rows, costs, float(form.c_offset[0])


@pytest.mark.parametrize("scenario_of", PARKS)
def test_stamped_rows_are_those_of_pyomo(scenario_of: Callable[[], xr.Dataset]) -> None:
    """Proves: every row (coefficients, right-hand side, sense) and every cost of the stamped park
    is what Pyomo compiles from the same rules over the whole horizon, and there is no other row.

    If broken: a parameter bound to a neighbour's label, a period shifted by a step, or a design
    column repeated for each period shows as the first row that differs.
    """
    scenario = scenario_of()
    (periods,) = cut(scenario)
    assert len(periods) >= 2
    joint = assemble(Park(scenario, [periods]), [periods], [np.ones(len(periods))])
    expected, costs, constant = plain_rows(whole_park(scenario))
    rows = stamped_rows(joint, scenario["time"].values)

    assert set(rows) >= set(expected)
    # Pyomo drops rows without a variable; all that such rows say is 0 <= a number.
    trivial = [rows[name] for name in set(rows) - set(expected)]
    assert all(not coefficients and rhs >= 0 for _, rhs, coefficients in trivial)
    for name, (sense, rhs, coefficients) in expected.items():
        own_sense, own_rhs, own = rows[name]
        assert (own_sense, set(own)) == (sense, set(coefficients)), name
        assert own_rhs == pytest.approx(rhs, abs=1e-12), name
        assert own == pytest.approx(coefficients, abs=1e-12), name

    names, cost = stamped_columns(joint), joint.program.arrays().cost
    priced = {name: float(c) for name, c in zip(names, cost, strict=True) if c != 0}
    assert priced == pytest.approx(costs, abs=1e-12)
    assert joint.program.constant == pytest.approx(constant, abs=1e-12)


@pytest.mark.parametrize("scenario_of", PARKS)
def test_stamped_park_has_the_optimum_of_pyomo(scenario_of: Callable[[], xr.Dataset]) -> None:
    """Proves: the stamped program and plain Pyomo with explicit exchange constraints, compiled and
    solved by Pyomo itself, have one optimum.

    If broken: a wrong bound or integrality (rows say nothing of them) moves it by far more.
    """
    scenario = scenario_of()
    expected = plain.solve_plain(whole_park(scenario))
    assert plain.cost(scenario) == pytest.approx(expected, rel=1e-6)


def test_columns_have_the_bounds_and_kinds_of_pyomo() -> None:
    """Proves: binaries are 0 or 1 and whole, ``heat_stored`` alone is free, all else at least 0.

    If broken: a heat store that cannot be discharged (lower bound 0), or a binary that counts to 2.
    """
    scenario = sites_and_pipes()
    (periods,) = cut(scenario)
    joint = assemble(Park(scenario, [periods]), [periods], [np.ones(len(periods))])
    arrays = joint.program.arrays()
    kinds = {"pv_built", "battery_built", "joined", "pipe_built"}
    columns = zip(stamped_columns(joint), arrays.lower, arrays.upper, arrays.integer, strict=True)
    for name, lower, upper, integer in columns:
        variable = name.split(": ")[1].split("[")[0]
        assert integer == (variable in kinds), name
        assert upper == (1 if integer else np.inf), name
        assert lower == (-np.inf if variable == "heat_stored" else 0), name


def test_weights_multiply_operation_and_nothing_else() -> None:
    """Proves: a period with weight 3 costs three times its operation, and the design once.

    If broken: the sizes would be paid three times (or the energy once): 130 instead of 110 (or 50).
    Flat 10 kW for 24 h at 0.1 EUR/kWh is 24 EUR; with 3 EUR/kW the peak costs 30, the tariff 8:
    3·24 + 30 + 8 = 110.
    """
    scenario = bare_park(
        electricity_demand=10.0, electricity_price=0.1, demand_charge=3.0, tariff_fixed=8.0
    )
    assert plain.cost(scenario, [3.0]) == pytest.approx(110)


def test_a_rest_shorter_than_a_period_is_one_of_its_own() -> None:
    """Proves: a year of a week and a day is dispatched whole: two groups, the design paid once.

    If broken: the eighth day is lost (7·24·10·0.1 = 168 instead of 192 EUR of energy) or the
    tariff is paid for each group (8 EUR more).
    """
    scenario = bare_park(
        steps=8 * 24,
        period="week",
        electricity_demand=10.0,
        electricity_price=0.1,
        tariff_fixed=8.0,
    )
    assert [(g.steps, len(g)) for g in cut(scenario)] == [(168, 1), (24, 1)]
    assert plain.cost(scenario) == pytest.approx(192 + 8)


# --- refusals ----------------------------------------------------------------------------------
def actor(periods: int = 1) -> Any:
    """An actor of two steps that buys what it needs."""
    model = new_actor(Shape("site", 2, 1.0, periods=periods))
    data(model, "electricity_demand", "electricity_price", "electricity_tax", "levy")
    model.exchange = pyo.RangeSet(0, -1)
    model.delivery = pyo.Expression(model.exchange, model.time)
    model.size = pyo.Var(domain=pyo.NonNegativeReals)
    model.purchase = pyo.Var(model.time, domain=pyo.NonNegativeReals)

    def covers(site: Any, t: int) -> Any:
        return site.purchase[t] >= site.electricity_demand[t]

    rules(model, covers)
    price = model.electricity_price
    add_cost(model, "energy", sum(price[t] * model.purchase[t] for t in model.time))
    return model


def two_parameters(model: Any) -> None:
    add_cost(model, "levies", model.levy * model.electricity_tax * model.purchase[0])


def two_parameters_alone(model: Any) -> None:
    model.wrong = pyo.Constraint(expr=model.purchase[0] >= model.levy * model.electricity_tax)


def two_variables(model: Any) -> None:
    model.wrong = pyo.Constraint(expr=model.purchase[0] * model.size <= 5)


def a_square(model: Any) -> None:
    model.wrong = pyo.Constraint(expr=model.purchase[1] ** 2 <= 5)


def a_root(model: Any) -> None:
    model.wrong = pyo.Constraint(expr=pyo.sqrt(model.purchase[0]) <= 5)


def division_by_parameter(model: Any) -> None:
    model.wrong = pyo.Constraint(expr=model.purchase[0] / model.levy <= 5)


def a_range(model: Any) -> None:
    model.wrong = pyo.Constraint(expr=pyo.inequality(1, model.purchase[0], 5))


def a_bound(model: Any) -> None:
    model.wrong = pyo.Var(model.time, bounds=(0, 5))


def a_bounded_size(model: Any) -> None:
    model.wrong = pyo.Var(bounds=(0, 5))


def a_free_size(model: Any) -> None:
    model.wrong = pyo.Var()


def time_first(model: Any) -> None:
    model.other = pyo.RangeSet(0, 1)
    model.wrong = pyo.Var(model.time, model.other, domain=pyo.NonNegativeReals)


def parameter_time_first(model: Any) -> None:
    model.other = pyo.RangeSet(0, 1)
    model.wrong = pyo.Param(model.time, model.other, mutable=True)


def design_delivered(model: Any) -> None:
    model.exchange_of_its_own = pyo.RangeSet(0, 0)
    model.del_component(model.delivery)
    model.delivery = pyo.Expression(
        model.exchange_of_its_own, model.time, rule=lambda m, e, t: m.size - m.purchase[t]
    )


def data_delivered(model: Any) -> None:
    model.exchange_of_its_own = pyo.RangeSet(0, 0)
    model.del_component(model.delivery)
    model.delivery = pyo.Expression(
        model.exchange_of_its_own, model.time, rule=lambda m, e, t: m.electricity_demand[t]
    )


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (two_parameters, "`levies` .*parameter"),
        (two_parameters_alone, "`wrong` multiplies two parameters"),
        (two_variables, "`wrong` multiplies two variables"),
        (a_square, r"`wrong` multiplies two variables"),
        (a_root, "`wrong` is not affine"),
        (division_by_parameter, "`wrong` is not affine"),
        (a_range, "`wrong` is a range"),
        (a_bound, r"`wrong\[0\]` has bounds"),
        (a_bounded_size, "`wrong` must be binary or not negative"),
        (a_free_size, "`wrong` must be binary or not negative"),
        (time_first, "`wrong` must have `time` as its last index"),
        (parameter_time_first, "`wrong` must have `time` as its last index"),
        (design_delivered, "`delivery` may hold operation variables only"),
        (data_delivered, "`delivery` may hold operation variables only"),
    ],
)
def test_what_a_template_cannot_hold_is_refused_by_name(
    mistake: Callable[[Any], None], message: str
) -> None:
    """Proves: what is not affine in variables and parameters is refused, and the refusal names it.

    If broken: the number at compile time (0 for an empty parameter) would be stamped in silence.
    """
    model = actor()
    mistake(model)
    with pytest.raises(FormulationError, match=message):
        compile_template(model)


def test_a_parameter_without_data_is_refused_by_name() -> None:
    """Proves: a parameter that the scenario does not have is named; if broken: a KeyError."""
    model = actor()
    model.sunshine = pyo.Param(mutable=True)
    model.shone = pyo.Constraint(expr=model.purchase[0] <= model.sunshine)
    template = compile_template(model)
    assert "sunshine" in [block.name for block in template.parameters]
    shape = Shape("with sunshine", 2, 1.0)
    scenario = bare_park(steps=2)
    BUILDERS["with sunshine"] = lambda shape: model
    try:
        with pytest.raises(FormulationError, match="`sunshine`"):
            Binder(scenario).stamp(
                Actor("c0", shape, {"company": "c0", "connection": "c0"}, ()),
                "flat",
                Periods(2, np.array([0])),
            )
    finally:
        del BUILDERS["with sunshine"]


# --- a component of one's own ------------------------------------------------------------------
def test_a_component_of_ones_own_is_stamped_for_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a component in plain Pyomo, unknown to the solver, is stamped, sized and solved.

    A generator for at most 4 kW costs 1 EUR/kW and 0.05 EUR/kWh where power is at 0.2 EUR/kWh.
    Flat 10 kW for two days of 24 h: without it 480·0.2 = 96 EUR; with it 288·0.2 + 192·0.05 + 4
    = 71.2 EUR. If broken: 96 (not stamped), 67.2 (design free), or 75.2 (design paid each day).
    """

    def add_generator(site: Any) -> None:
        site.generator = pyo.Var(domain=pyo.NonNegativeReals)
        site.generated = pyo.Var(site.time, domain=pyo.NonNegativeReals)
        site.generator_fits = pyo.Constraint(expr=site.generator <= 4)
        site.generated_within = pyo.Constraint(
            site.time, rule=lambda s, t: s.generated[t] <= s.generator
        )
        # It feeds what the battery would feed; the battery itself has no room here.
        for t in site.time:
            balance = site.electricity_balance[t]
            balance.set_value(balance.body + site.generated[t] == balance.upper)
        add_cost(site, "generator", site.generator)
        add_cost(site, "generator", 0.05 * sum(site.generated[t] for t in site.time))
        exclusive(site, "generate_or_inject", site.generated, site.injection)

    build_site = BUILDERS["site"]

    def build(shape: Shape) -> Any:
        site = build_site(shape)
        add_generator(site)
        return site

    # A kind of its own, because each shape is compiled once in a process.
    monkeypatch.setitem(BUILDERS, "own site", build)
    scenario = bare_park(
        steps=48, period="day", electricity_demand=10.0, electricity_price=0.2, roof_limit=0.0
    )
    groups = cut(scenario)
    park = Park(scenario, groups)
    own = [replace(a, shape=replace(a.shape, kind="own site")) for a in park.actors]
    park.actors = own
    joint = assemble(park, groups, [np.ones(2)])
    solver = plain.Solver()
    solver.load(joint.program.arrays())
    answer = solver.solve()
    assert answer is not None
    assert answer.objective == pytest.approx(71.2)
    assert any(block.name == "generated" for block in park.template(own[0]).operation)
