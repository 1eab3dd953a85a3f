"""Why each asset has the size it has, in sentences: what holds it, and what would change next."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from parkwerk.report.wording import number, percent

#: Whose the rows of each dimension are.
OWNERS = {"size": "owner", "limit": "limit_owner", "absent": "absent_owner"}
#: What a quantity is called where a technology has more than one.
CALLED = {"battery_energy": "battery", "battery_power": "power of the battery"}
#: Limits in words, with the place for ``{}``.
LIMIT_WORDS = {
    "room_on_roof": "the roof",
    "battery_has_room": "the room for batteries",
    "heat_pump_has_room": "the room for heat pumps",
    "heat_storage_has_room": "the room for heat stores",
    "capacity_if_built": "what source and customers can pass through the pipe",
    "class_at_most": "the upper end of the size class '{}'",
    "battery_power_fits": "the largest power for its kWh (c-rate)",
    "class_at_least": "the lower end of the size class '{}'",
    "duty_on_roof": "the PV duty of the roof",
    "peak_within_connection": "the grid connection",
}
#: Limits from below: they make an asset larger than it pays.
FLOORS = ("class_at_least", "duty_on_roof")
#: A unit that brings this share of its cost more or less than it costs breaks even.
EVEN = 0.01
#: What is said where the design is not quite the best.
LEFT = "the search left that over"


def why_text(found: xr.Dataset, company: str = "") -> list[str]:
    """A paragraph for each size, connection and absent asset; of one company, if it is named.

    Parameters
    ----------
    found
        From :func:`parkwerk.solve.marginal.marginals`.
    """
    if company:
        found = found.isel({dim: found[name].values == company for dim, name in OWNERS.items()})
    sizes = [_size(found, j) for j in range(found.sizes["size"])]
    limits = [_connection(found.isel(limit=i)) for i in range(found.sizes["limit"])]
    absent = [_absent(found.isel(absent=i)) for i in range(found.sizes["absent"])]
    return [*sizes, *filter(None, limits), *absent]


def _size(found: xr.Dataset, at: int) -> str:
    """One size: what its units bring and cost, what holds it, and what would change it."""
    one = found.isel(size=at)
    unit, cost, following = (
        _text(one, "units"),
        _value(one, "unit_cost"),
        _value(one, "brings_next"),
    )
    if _value(one, "built") == 0.0:
        text = f"{_name(one)}: not built. A {unit} costs {_money(cost)}"
        return f"{text}, the first brings {_money(following)}{_first(cost, following)}"
    text = (
        f"{_name(one)}: {number(_value(one, 'built'), 1)} {unit}. A {unit} costs {_money(cost)}; "
        f"the last brings {_money(_value(one, 'brings_last'))}, one more {_money(following)}."
    )
    binding = [
        (limit, _value(limit, "shadow_price") * _value(limit, "use"))
        for limit in (one.isel(limit=i) for i in range(found.sizes["limit"]))
    ]
    above = [(limit, worth) for limit, worth in binding if worth > 0]
    floor = [
        (limit, -worth)
        for limit, worth in binding
        if worth < 0 and _text(limit, "limit_rule") in FLOORS
    ]
    lent = -sum(worth for _, worth in binding if worth < 0) - sum(worth for _, worth in floor)
    told = [
        f"It is held by {_limit(limit)}: a further {unit} of that would be worth {_money(worth)}."
        for limit, worth in above
    ]
    told += [
        f"It is held up by {_limit(limit)}: a {unit} less of that would save {_money(worth)}."
        for limit, worth in floor
    ]
    if lent:
        told.append(f"By what it lets other sizes grow a {unit} is worth {_money(lent)} more.")
    last = _value(one, "brings_last")
    return " ".join([text, *told, *_change(one, following + lent, last + lent, above, floor)])


def _change(
    one: xr.Dataset, following: float, last: float, above: Sequence[object], floor: Sequence[object]
) -> list[str]:
    """When a size would grow, if no limit holds it, and shrink, if none holds it up."""
    unit, cost = _text(one, "units"), _value(one, "unit_cost")
    if last < cost * (1.0 - EVEN) and not floor:
        return [f"The last {unit} brings {_money(cost - last)} less than it costs: {LEFT}."]
    if following > cost * (1.0 + EVEN) and not above:
        return [f"One more {unit} would pay by {_money(following - cost)}: {LEFT}."]
    if following <= EVEN * cost < last and not above:
        return ["Alone it would not grow: other parts would have to grow with it."]
    if cost <= 0.0:
        return []
    told = []
    if not above:
        told.append(_growth(one, 1.0 - following / cost))
    if not floor:
        told.append(f"It would shrink if a {unit} cost {_share(last / cost - 1.0)} more.")
    return told


def _growth(one: xr.Dataset, less: float) -> str:
    """At which cost a size would grow, and up to which limit, if that is near."""
    room, built, unit = _value(one, "room"), _value(one, "built"), _text(one, "units")
    if room < EVEN * built:
        return f"It stands at {_next_limit(one)}, where one more would not pay."
    text = f"It would grow if a {unit} cost {_share(less)} less"
    return (
        f"{text}."
        if room > built
        else (f"{text}, by {number(room, 1)} {unit} up to {_next_limit(one)}.")
    )


def _first(cost: float, brings: float) -> str:
    """What is said of a size that is not built."""
    if brings <= 0.0:
        return ": no price above zero would build it."
    if brings > cost:
        return f": it would pay, but {LEFT}."
    return f": it would be built if it cost {_share(1.0 - brings / cost)} less."


def _absent(one: xr.Dataset) -> str:
    """An asset with a fixed cost that is not built."""
    name = f"{_text(one, 'absent_owner')}, {_text(one, 'absent_technology')}: not built"
    share = _value(one, "break_even")
    if share <= 0.0:
        return f"{name}; it would bring nothing, so that no price above zero would build it."
    size = f"{number(_value(one, 'break_even_size'), 1)} {_text(one, 'absent_units')}"
    if share > 1.0:
        return f"{name}; {size} would pay, but {LEFT}."
    return f"{name}; it would be, with {size}, if it cost {_share(1.0 - share)} less."


def _connection(one: xr.Dataset) -> str:
    """A connection whose limit holds the peak; nothing for all other limits."""
    if _text(one, "limit_rule") != "peak_within_connection":
        return ""
    return (
        f"{_text(one, 'limit_owner')}, grid connection: the yearly peak stands at its limit of "
        f"{number(_value(one, 'limit_value'))} kW; a kW more would be worth "
        f"{_money(_value(one, 'shadow_price'))}."
    )


def _name(one: xr.Dataset) -> str:
    """Whose asset it is, which, and where."""
    quantity, place = _text(one, "quantity"), _text(one, "place")
    name = CALLED.get(quantity, _text(one, "technology"))
    return f"{_text(one, 'owner')}, {name}" + (f" ({place})" if place else "")


def _limit(one: xr.Dataset) -> str:
    return LIMIT_WORDS[_text(one, "limit_rule")].format(_text(one, "limit_place"))


def _next_limit(one: xr.Dataset) -> str:
    return LIMIT_WORDS[_text(one, "next_limit")].format(_text(one, "kind"))


def _money(value: float) -> str:
    return f"{number(value, 2)} EUR/a"


def _share(share: float) -> str:
    return percent(max(share, 0.0), 1)


def _text(one: xr.Dataset, name: str) -> str:
    return str(one[name].item())


def _value(one: xr.Dataset, name: str) -> float:
    return float(one[name])
