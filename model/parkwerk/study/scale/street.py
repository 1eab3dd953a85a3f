"""Plots along streets, and the candidate links that follow from them.

Streets branch off a main road to the east and to the west; along each lie plots on both sides, in
turn. A plot is as wide as its hall needs. Positions of a company hang on those before it only.
All lengths here are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count, groupby

from parkwerk.study.scale.site import Site, rounded
from parkwerk.study.schema import Link

#: Plots along one street, on both sides.
PLOTS = 20
#: Depth of a plot, width of a street, distance of a hall from the street [m].
DEPTH, WIDTH, SETBACK = 120, 20, 40
#: Roof area by plot area; a logistics plot is half hall, half yard.
COVERAGE = 0.5
#: Crossing of a public road, as in the pilot [EUR].
CROSSING = 35_000
#: Routes of heat: longest way [m], least demand of a user [kWh/a], most users of a source.
ROUTE_M, USER_KWH, USERS = 220, 200_000, 4
#: Direct lines: least roof of the plant [m2], longest way [m], least use of the customer [kWh/a].
PLANT_M2, LINE_M, CUSTOMER_KWH = 8_000, 250, 400_000
#: The street whose companies share a customer system and a closed network in the what-if regimes.
SYSTEM, SINCE = "street-1", date(2010, 1, 1)

OWN_USE = "assumption: drawn by parkwerk scale; from the condensers to the own boiler room"
TRUNK = "assumption: drawn by parkwerk scale; along the street, on the side of the source"
SAME_SIDE = "assumption: drawn by parkwerk scale; user of heat on the same side of the street"
ACROSS = "assumption: drawn by parkwerk scale; user of heat across the street"
LINE = "assumption: drawn by parkwerk scale; large roof, and the largest user of power nearby"


def place_sites(sites: Sequence[Site]) -> list[Site]:
    """Give each site its place; the sites of the first street get their what-if system.

    ``x = ±(frontages before it on its side + own frontage/2),  frontage = roof/(coverage·depth)``
    """
    placed = []
    for number, site in enumerate(sites):
        street, place = divmod(number, PLOTS)
        if place == 0:
            used = [0.0, 0.0]
        frontage = rounded(site.roof_m2 / COVERAGE / DEPTH, 1)
        row, east = divmod(street, 2)
        side = place % 2
        x = (used[side] + frontage / 2) * (-1 if east else 1)
        y = row * (2 * DEPTH + WIDTH) + (1 - 2 * side) * (DEPTH + WIDTH) / 2
        used[side] += frontage
        system = {"legacy_system": SYSTEM, "legacy_since": SINCE, "closed_network": SYSTEM}
        placed.append(site.at(x_m=rounded(x, 1), y_m=y, **(system if street == 0 else {})))
    return placed


def lay_links(sites: Sequence[Site]) -> list[Link]:
    """Candidate heat routes and direct lines, street by street."""
    junction = (f"J{number}" for number in count(1))
    links: list[Link] = []
    for _, group in groupby(enumerate(sites), key=lambda pair: pair[0] // PLOTS):
        street = [site for _, site in group]
        for site in street:
            if site.company.refrigeration_kwh:
                links += _heat_routes(site, street, junction)
            if site.roof_m2 >= PLANT_M2:
                links += _direct_line(site, street)
    return links


def _heat_routes(source: Site, street: Sequence[Site], junction: Iterator[str]) -> Iterator[Link]:
    """Pipes from a source to itself and to near users, a trunk to the east and one to the west.

    A user is one that needs heat and has no waste heat of its own. The trunk passes the nearer
    users at junctions and ends at the farthest.
    """
    if source.company.heat_kwh:
        yield _link(source.company.id, source.company.id, "heat", SETBACK, OWN_USE)
    near = sorted(
        (site for site in street if _wants_heat(site) and route(source, site) <= ROUTE_M),
        key=lambda site: (route(source, site), site.company.id),
    )[:USERS]
    for way in (1, -1):
        ahead = [s for s in near if ((s.company.x_m >= source.company.x_m) == (way > 0))]
        ahead.sort(key=lambda s: (abs(s.company.x_m - source.company.x_m), s.company.id))
        yield from _trunk(source, ahead, junction)


def _trunk(source: Site, users: Sequence[Site], junction: Iterator[str]) -> Iterator[Link]:
    """Pipes of one trunk: ``source → J → J → ... → farthest user``, and from each J to its user."""
    start, x, way = source.company.id, source.company.x_m, SETBACK
    for user in users:
        across = user.company.y_m != source.company.y_m
        end, crossing = user.company.id, CROSSING * across
        along, stub = abs(user.company.x_m - x), SETBACK + WIDTH * across
        reason = ACROSS if across else SAME_SIDE
        if user is users[-1]:
            yield _link(start, end, "heat", way + along + stub, reason, crossing)
            return
        node = next(junction)
        yield _link(start, node, "heat", way + along, TRUNK)
        yield _link(node, end, "heat", stub, reason, crossing)
        start, x, way = node, user.company.x_m, 0


def _direct_line(plant: Site, street: Sequence[Site]) -> Iterator[Link]:
    """A line from a plant on a large roof to the largest user of power nearby, if there is one."""
    near = [
        site
        for site in street
        if site is not plant
        and route(plant, site) <= LINE_M
        and (site.company.electricity_kwh or 0) >= CUSTOMER_KWH
    ]
    if near:
        user = max(near, key=lambda site: (site.company.electricity_kwh, site.company.id))
        crossing = CROSSING * (user.company.y_m != plant.company.y_m)
        ends = plant.company.id, user.company.id
        yield _link(*ends, "power", route(plant, user), LINE, crossing)


def route(a: Site, b: Site) -> float:
    """Way between two halls of a street [m]: to the street, along it, across if need be."""
    across = WIDTH * (a.company.y_m != b.company.y_m)
    return 2 * SETBACK + abs(a.company.x_m - b.company.x_m) + across


def _wants_heat(site: Site) -> bool:
    return site.company.heat_kwh >= USER_KWH and not site.company.refrigeration_kwh


def _link(
    start: str, end: str, carrier: str, length: float, source: str, crossing: float = 0
) -> Link:
    return Link.model_validate(
        {
            "from": start,
            "to": end,
            "carrier": carrier,
            "length_m": max(10, rounded(length, 5)),
            "road_crossing_eur": crossing,
            "source": source,
        }
    )
