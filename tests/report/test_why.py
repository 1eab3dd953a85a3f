"""Why a size is what it is, in words: the sentences say what the numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from parkwerk.report.language import language
from parkwerk.report.why import why_text
from parkwerk.solve.marginal_table import Told, told_dataset
from parkwerk.solve.sizes import LIMITS

#: A plant of 50 kW for 60 EUR a kW, of which the last brings 66 and the next 54.
PLANT: dict[str, Any] = {
    "owner": "c0",
    "technology": "PV",
    "quantity": "pv_capacity",
    "place": "hall",
    "kind": "to 100 kW",
    "units": "kW",
    "built": 50.0,
    "unit_cost": 60.0,
    "brings_next": 54.0,
    "brings_last": 66.0,
    "worth": 60.0,
    "net_worth": 0.0,
    "room": 200.0,
    "next_limit": "class_at_most",
}


#: Its roof is worth 7 EUR a kW.
LIMIT: dict[str, Any] = {
    "limit_owner": "c0",
    "limit_rule": "room_on_roof",
    "limit_place": "to 100 kW",
    "shadow_price": 7.0,
    "limit_value": 80.0,
}


def text_of(
    size: dict[str, Any] | None = None,
    rule: str = "",
    use: float = 1.0,
    absent: dict[str, Any] | None = None,
) -> list[str]:
    """What is said of the plant with some changes, at a limit of 7 EUR/a if a rule is given."""
    sizes = [] if size is None else [PLANT | size]
    limits = [LIMIT | {"limit_rule": rule}] if rule else []
    told = Told(sizes, limits, [absent] if absent else [], np.full((len(limits), len(sizes)), use))
    return why_text(told_dataset([told]))


def test_a_size_between_its_prices_says_when_it_would_move() -> None:
    """54 of 60 EUR: it grows if a kW costs 10 % less; 66: it shrinks if a kW costs 10 % more."""
    (text,) = text_of({})
    assert text.startswith("c0, PV (hall): 50.0 kW. A kW costs 60.00 EUR/a; the last brings 66.00")
    assert "one more brings 54.00 EUR/a." in text
    assert "would grow if a kW cost 10.0 % less." in text
    assert "would shrink if a kW cost 10.0 % more." in text
    assert "held" not in text


def test_a_size_that_cannot_grow_or_shrink_says_so() -> None:
    """Without a design that has a unit more, or less, nothing is said of what it would bring."""
    (text,) = text_of({"brings_next": np.nan})
    assert "the last brings 66.00 EUR/a, one more cannot be while all else stays" in text
    assert "would shrink if a kW cost 10.0 % more." in text
    assert "grow" not in text
    (text,) = text_of({"brings_last": np.nan})
    assert "one less cannot be while all else stays as it is, one more brings 54.00" in text
    assert "shrink" not in text
    assert text_of({"built": 0.0, "brings_next": np.nan}) == [
        "c0, PV (hall): not built, nor can it be while all else stays as it is."
    ]


def test_the_next_limit_is_told_if_it_is_near() -> None:
    """20 kW of room for a plant of 50 are told, 200 kW are not."""
    assert (
        "by 20.0 kW up to the upper end of the size class 'to 100 kW'" in text_of({"room": 20.0})[0]
    )
    assert "up to" not in text_of({})[0]
    (text,) = text_of({"room": 0.0})
    assert "It stands at the upper end of the size class 'to 100 kW', where one more" in text
    assert "would grow" not in text


def test_a_full_roof_says_what_more_would_be_worth() -> None:
    """At a limit of 7 EUR/a a size does not say that it would grow by itself."""
    (text,) = text_of({"brings_next": 67.0, "brings_last": 67.0}, "room_on_roof")
    assert "held by the roof: a further kW of that would be worth 7.00 EUR/a." in text
    assert "grow" not in text
    assert "would shrink if a kW cost 11.7 % more." in text


def test_a_duty_holds_a_size_up() -> None:
    """A roof with a duty of 7 EUR/a does not say that the search left too early."""
    (text,) = text_of({"brings_next": 53.0, "brings_last": 53.0}, "duty_on_roof", use=-1.0)
    assert "held up by the PV duty of the roof: a kW less of that would save 7.00 EUR/a." in text
    assert "search" not in text
    assert "11.7 % less" in text


def test_what_a_kwh_lends_to_its_power_counts() -> None:
    """A c-rate of 0.5 at 7 EUR/a a kW lends 3.5 EUR to a kWh: 54 + 3.5 of 60 are 4.2 % short."""
    (text,) = text_of({}, "battery_power_fits", use=-0.5)
    assert "is worth 3.50 EUR/a more." in text
    assert "would grow if a kW cost 4.2 % less" in text


def test_a_design_that_is_not_the_best_says_so() -> None:
    """A next kW that brings 3 EUR more than its cost, or a last one 3 EUR less, is not hidden."""
    more = text_of({"brings_next": 63.0})[0]
    assert "One more kW would pay by 3.00 EUR/a: the search left that over." in more
    less = text_of({"brings_last": 57.0})[0]
    assert "The last kW brings 3.00 EUR/a less than it costs: the search left" in less


def test_a_design_that_is_not_the_best_names_no_price() -> None:
    """Where a size should move at today's prices, nobody reads at which price it would."""
    for changes in ({"brings_next": 63.0}, {"brings_last": 57.0}):
        (text,) = text_of(changes)
        assert "would shrink" not in text
        assert "would grow" not in text


def test_a_part_that_brings_nothing_alone_says_so() -> None:
    """A pipe that other parts hold back brings nothing alone; what the last kW brings is theirs
    too, so that no price is told at which the pipe would shrink.
    """
    (text,) = text_of({"brings_next": 0.0})
    assert text.endswith("Alone it would not grow: other parts would have to grow with it.")


def test_what_is_not_built_says_at_what_price_it_would_be() -> None:
    """A first kW of 45 EUR at a cost of 60, and a battery at 73 % of its cost."""
    (first,) = text_of({"built": 0.0, "brings_next": 45.0, "brings_last": float("nan")})
    assert first.endswith("the first brings 45.00 EUR/a: it would be built if it cost 25.0 % less.")
    (never,) = text_of({"built": 0.0, "brings_next": 0.0})
    assert never.endswith("no price above zero would build it.")
    battery: dict[str, Any] = {
        "absent_owner": "c1",
        "absent_technology": "battery",
        "absent_units": "kWh",
        "break_even": 0.73,
        "break_even_size": 40.0,
    }
    expected = "c1, battery: not built; it would be, with 40.0 kWh, if it cost 27.0 % less."
    assert text_of(absent=battery) == [expected]
    assert "would bring nothing" in text_of(absent=battery | {"break_even": 0.0})[0]
    assert "40.0 kWh would pay, but" in text_of(absent=battery | {"break_even": 1.1})[0]


def test_a_connection_at_its_limit_is_told() -> None:
    """A peak at the limit of 80 kW is told once, with what a kW more is worth."""
    text = text_of({}, "peak_within_connection", use=0.0)
    assert text[1].startswith("c0, grid connection: the yearly peak stands at its limit of 80 kW")
    assert text[1].endswith("a kW more would be worth 7.00 EUR/a.")
    assert len(text_of({}, "room_on_roof")) == 1


def test_a_company_reads_of_its_own_assets() -> None:
    """Of two companies' plants, limits and absent batteries one reads its own; a limit that the
    other's plant has is not told of it.
    """
    both = [
        Told([PLANT | {"owner": name}], [LIMIT | {"limit_owner": name}], [], np.ones((1, 1)))
        for name in ("c0", "c1")
    ]
    found = told_dataset(both)
    assert len(why_text(found)) == 2
    (own,) = why_text(found, "c1")
    assert own.startswith("c1, PV (hall)")
    assert own.count("held by the roof") == 1


def test_every_limit_has_words() -> None:
    """A limit that the search tells of and the report does not know would be no sentence."""
    known = {key for key in language("en").sentences if key.startswith("limit.")}
    assert known == {f"limit.{rule}" for rule in LIMITS}


def test_a_park_without_assets_says_nothing() -> None:
    """No sizes, no sentences."""
    empty: xr.Dataset = told_dataset([])
    assert why_text(empty) == []
