"""Why each asset has the size it has, in sentences: what holds it, and what would change next."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import xarray as xr

from parkwerk.report.language import Language, language

#: Whose the rows of each dimension are.
OWNERS = {"size": "owner", "limit": "limit_owner", "absent": "absent_owner"}
#: What a quantity is called where a technology has more than one.
CALLED = {"battery_energy": "battery", "battery_power": "power of the battery"}
#: Limits from below: they make an asset larger than it pays.
FLOORS = ("class_at_least", "duty_on_roof")
#: A unit that brings this share of its cost more or less than it costs breaks even.
EVEN = 0.01


def why_text(found: xr.Dataset, company: str = "", words: Language | None = None) -> list[str]:
    """A paragraph for each size, connection and absent asset; of one company, if it is named.

    Parameters
    ----------
    found
        From :func:`parkwerk.solve.marginal.marginals`.
    words
        The reader's language; English if none is given.
    """
    if company:
        found = found.isel({dim: found[name].values == company for dim, name in OWNERS.items()})
    writer = _Writer(found, words or language("en"))
    return [
        *map(writer.size, range(found.sizes["size"])),
        *filter(None, map(writer.connection, range(found.sizes["limit"]))),
        *map(writer.absent, range(found.sizes["absent"])),
    ]


class _Writer:
    """Writes about sizes in a language."""

    def __init__(self, found: xr.Dataset, words: Language) -> None:
        self.found, self.words = found, words

    def size(self, at: int) -> str:
        """One size: what its units bring and cost, what holds it, and what would change it."""
        one = self.found.isel(size=at)
        following = _value(one, "brings_next")
        if _value(one, "built") == 0.0:
            return self._not_built(one, following)
        binding = [
            (limit, _value(limit, "shadow_price") * _value(limit, "use"))
            for limit in (one.isel(limit=i) for i in range(self.found.sizes["limit"]))
        ]
        above = [(limit, worth) for limit, worth in binding if worth > 0]
        floor = [
            (limit, -worth)
            for limit, worth in binding
            if worth < 0 and _text(limit, "limit_rule") in FLOORS
        ]
        lent = -sum(worth for _, worth in binding if worth < 0) - sum(worth for _, worth in floor)
        last = _value(one, "brings_last")
        told = [
            self._say(
                "built",
                one,
                built=self.words.number(_value(one, "built"), 1),
                last=self._unit("last", one, last),
                next=self._unit("next", one, following),
            )
        ]
        told += [self._say("held", one, by=self._limit(m), worth=self._money(w)) for m, w in above]
        told += [
            self._say("held_up", one, by=self._limit(m), worth=self._money(w)) for m, w in floor
        ]
        if lent:
            told.append(self._say("lent", one, worth=self._money(lent)))
        return " ".join([*told, *self._change(one, following + lent, last + lent, above, floor)])

    def _unit(self, which: str, one: xr.Dataset, worth: float) -> str:
        """What the last unit or the next brings, or that there is no such design."""
        if isnan(worth):
            return self._say(f"no_{which}", one)
        return self._say(f"{which}_unit", one, worth=self._money(worth))

    def _not_built(self, one: xr.Dataset, brings: float) -> str:
        """What is said of a size that is not built."""
        cost = _value(one, "unit_cost")
        if isnan(brings):
            return self._say("no_room", one)
        if brings <= 0.0:
            then = self._say("first_nothing", one)
        elif brings > cost:
            then = self._say("first_pays", one)
        else:
            then = self._say("first_if", one, less=self._share(1.0 - brings / cost))
        return self._say("not_built", one, brings=self._money(brings), then=then)

    def _change(
        self,
        one: xr.Dataset,
        following: float,
        last: float,
        above: Sequence[object],
        floor: Sequence[object],
    ) -> list[str]:
        """When a size would grow, if no limit holds it, and shrink, if none holds it up."""
        cost = _value(one, "unit_cost")
        if last < cost * (1.0 - EVEN) and not floor:
            return [self._say("too_large", one, by=self._money(cost - last))]
        if following > cost * (1.0 + EVEN) and not above:
            return [self._say("too_small", one, by=self._money(following - cost))]
        if following <= EVEN * cost < last and not above:
            return [self._say("grows_with_others", one)]
        if cost <= 0.0:
            return []
        told = []
        if not above and not isnan(following):
            told.append(self._growth(one, 1.0 - following / cost))
        if not floor and not isnan(last):
            told.append(self._say("shrinks", one, more=self._share(last / cost - 1.0)))
        return told

    def _growth(self, one: xr.Dataset, less: float) -> str:
        """At which cost a size would grow, and up to which limit, if that is near."""
        room, built = _value(one, "room"), _value(one, "built")
        if room < EVEN * built:
            return self._say("at_limit", one, limit=self._next_limit(one))
        if room > built:
            return self._say("grows", one, less=self._share(less))
        return self._say(
            "grows_to",
            one,
            less=self._share(less),
            room=self.words.number(room, 1),
            limit=self._next_limit(one),
        )

    def absent(self, at: int) -> str:
        """An asset with a fixed cost that is not built."""
        one = self.found.isel(absent=at)
        share = _value(one, "break_even")
        key = "absent_nothing" if share <= 0.0 else "absent_pays" if share > 1.0 else "absent_if"
        return self.words.say(
            f"why.{key}",
            owner=_text(one, "absent_owner"),
            technology=self.words.term(_text(one, "absent_technology")),
            size=self.words.number(_value(one, "break_even_size"), 1),
            unit=_text(one, "absent_units"),
            less=self._share(1.0 - share),
        )

    def connection(self, at: int) -> str:
        """A connection whose limit holds the peak; nothing for all other limits."""
        one = self.found.isel(limit=at)
        if _text(one, "limit_rule") != "peak_within_connection":
            return ""
        return self.words.say(
            "why.connection",
            owner=_text(one, "limit_owner"),
            limit=self.words.number(_value(one, "limit_value")),
            worth=self._money(_value(one, "shadow_price")),
        )

    def _say(self, key: str, one: xr.Dataset, **values: str) -> str:
        """A sentence on a size, with its name, its unit and what a unit costs."""
        return self.words.say(
            f"why.{key}",
            name=self._name(one),
            unit=_text(one, "units"),
            cost=self._money(_value(one, "unit_cost")),
            **values,
        )

    def _name(self, one: xr.Dataset) -> str:
        """Whose asset it is, which, and where."""
        quantity, place = _text(one, "quantity"), _text(one, "place")
        name = self.words.term(CALLED.get(quantity, _text(one, "technology")))
        return f"{_text(one, 'owner')}, {name}" + (f" ({place})" if place else "")

    def _limit(self, one: xr.Dataset) -> str:
        return self._rule(_text(one, "limit_rule"), _text(one, "limit_place"))

    def _next_limit(self, one: xr.Dataset) -> str:
        return self._rule(_text(one, "next_limit"), _text(one, "kind"))

    def _rule(self, rule: str, place: str) -> str:
        return self.words.say(f"limit.{rule}", place=self.words.term(place))

    def _money(self, value: float) -> str:
        return self.words.say("per_year", amount=self.words.money(value, 2))

    def _share(self, share: float) -> str:
        return self.words.percent(max(share, 0.0), 1)


def _text(one: xr.Dataset, name: str) -> str:
    return str(one[name].item())


def _value(one: xr.Dataset, name: str) -> float:
    return float(one[name])
