"""Heat demand, refrigeration with its waste heat, and heat pumps."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import SUNDAY, Calendar, Floats

#: Gas profiles of BDEW for business, by the name that demandlib gives them.
PROFILES = {
    "GHD": "business and services, sum profile",
    "GHA": "retail and wholesale",
    "GMK": "metal and vehicle workshops",
    "GKO": "offices, banks, public bodies",
    "GBD": "other business services",
    "GMF": "business like households",
    "GBA": "bakeries",
    "GBH": "hotels",
    "GGA": "restaurants",
    "GWA": "laundries",
    "GGB": "horticulture",
    "GPD": "paper and printing",
}
ZERO_CELSIUS = 273.15
#: Upper ends [degC] of the ten temperature classes of the hour factors but for the last.
TEMPERATURE_CLASSES = (-15, -10, -5, 0, 5, 10, 15, 20, 25)


def heat_demand(
    calendar: Calendar,
    weather: xr.Dataset,
    profile: str,
    annual_kwh: float,
    reference: xr.Dataset | None = None,
) -> Floats:
    """Heat demand (time,) [kW] by the gas standard load profile.

    Q[d,h] = KW·x[d,h],   x[d,h] = h(T_d)·F[weekday]·H[hour, weekday, class of T_d]
    h(T)   = A/(1 + (B/(T - 40))^C) + D
    T_d    = (T[d] + T[d-1]/2 + T[d-2]/4 + T[d-3]/8)/1.875      daily means of local days

    Coefficients A to D (without wind impact), weekday and hour factors: BDEW guide on gas standard
    load profiles, from the tables of demandlib. Holidays count as Sundays; hours are local. On
    quarter hours the hourly mean is kept, with a ramp inside the hour.

    The customer value KW says how large the customer is, whatever the weather. It is such that
    Σ Q·Δt is `annual_kwh` in the weather `reference`, or in `weather` itself if there is none:

    KW = annual_kwh / Σ x(reference),   so   Σ Q·Δt = annual_kwh·Σ x(weather)/Σ x(reference)

    The part D of the demand (hot water, processes) stays in a warm year, the rest follows it.

    Raises
    ------
    InputError
        For an unknown profile or a negative energy.
    """
    if profile not in PROFILES:
        raise InputError(
            f"the heat profile `{profile}` is unknown, expected one of {', '.join(PROFILES)}"
        )
    if annual_kwh < 0:
        raise InputError(f"a heat demand of {annual_kwh:g} kWh/a is negative, expected 0 or more")
    power = _heat_shape(calendar, weather, profile)
    usual = power
    if reference is not None and reference is not weather:
        usual = _heat_shape(calendar, reference, profile)
    return calendar.from_hours(power * (annual_kwh / usual.sum()))


def _heat_shape(calendar: Calendar, weather: xr.Dataset, profile: str) -> Floats:
    """Heat demand (8760,) by customer value: x of :func:`heat_demand`."""
    hours = calendar.hourly
    local = hours.local_times
    temperature = _weighted_temperature(hours, calendar.to_hours(weather["temperature"].to_numpy()))
    weekday = np.where(
        (hours.day_type == SUNDAY) & (np.asarray(local.dayofweek) != 6), 6, local.dayofweek
    )
    a, b, c, d = _table("sigmoid", profile, "wind_impact == 0 and building_class == 0")[0, :4]
    daily = a / (1 + (b / (temperature - 40)) ** c) + d
    # ceil: a class holds its upper end, as in the method
    interval = np.searchsorted(TEMPERATURE_CLASSES, np.ceil(temperature), side="left")
    by_hour = _table("hour", profile, "building_class == 0")
    by_hour = by_hour[np.lexsort((by_hour[:, 0], by_hour[:, 1]))][:, -10:].reshape(7, 24, 10)
    by_weekday = _table("weekday", profile)[:, -1]
    shape: Floats = daily * by_weekday[weekday] * by_hour[weekday, local.hour, interval]
    return shape


def _weighted_temperature(calendar: Calendar, temperature: Floats) -> Floats:
    """Geometric series of the means of the present and three earlier days (8760,), on a ring."""
    day = pd.factorize(calendar.local_times.normalize())[0]
    mean = np.bincount(day, temperature) / np.bincount(day)
    weights = 0.5 ** np.arange(4)
    lagged = np.array([np.roll(mean, lag) for lag in range(4)])
    weighted: Floats = weights @ lagged / weights.sum()
    return weighted[day]


@cache
def _table(name: str, profile: str, condition: str = "") -> Floats:
    """Numbers of a BDEW table of demandlib for one profile, in the order of its columns.

    Many companies share a profile: each table is read once, and cannot be written to.
    """
    path = files("demandlib") / "bdew" / "bdew_data" / f"shlp_{name}_factors.csv"
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, index_col=0)
    chosen = table[table["shlp_type"] == profile]
    if condition:
        chosen = chosen.query(condition)
    numbers = chosen.drop(columns="shlp_type").to_numpy(dtype=np.float64, copy=True)
    numbers.flags.writeable = False
    return numbers


def refrigeration(
    calendar: Calendar,
    weather: xr.Dataset,
    annual_electricity_kwh: float,
    *,
    room_c: float = 2.0,
    evaporation_c: float = -8.0,
    condensing_min_c: float = 30.0,
    condenser_approach_k: float = 12.0,
    grade: float = 0.5,
    base_share: float = 0.6,
    auxiliary_share: float = 0.12,
    reference: xr.Dataset | None = None,
) -> tuple[Floats, Floats]:
    """Electricity and rejected heat of a cold store (time,), (time,) [kW].

    q[t]   = b + (1 - b)·max(0, T[t] - T_room) / mean(max(0, T_ref - T_room))  cooling load, shape
    T_k[t] = max(T_k,min, T[t] + ΔT)                                          condensing
    COP[t] = η·T_e/(T_k[t] - T_e)                                     cooling, T_e in kelvin
    P[t]   = s·q[t]/COP[t]·1/(1 - u)                    Σ P·Δt = annual energy at T = T_ref
    Q_c[t] = s·q[t]·(1 + 1/COP[t])                                    heat at the condenser

    The plant, and so s, is that of the annual energy in the weather `reference` (T_ref), or in
    `weather` itself if there is none. In a warmer one more heat enters the room, and the plant
    condenses at a higher temperature: both raise its electricity.

    The heat leaves at the condensing temperature; `condensing_min_c` is therefore the lowest
    source temperature of a heat recovery. All defaults are assumptions for a chilled store.

    Parameters
    ----------
    annual_electricity_kwh
        Of the whole plant, fans and pumps included.
    room_c, evaporation_c
        Temperature of the room and of the evaporating refrigerant [degC].
    condensing_min_c, condenser_approach_k
        Lowest condensing temperature [degC]; condensing above outdoor temperature [K].
    grade
        Share η of the Carnot efficiency.
    base_share
        Share b of the yearly cooling load that does not follow the outdoor temperature (goods,
        doors, lights, fans).
    auxiliary_share
        Share u of the electricity that drives fans and pumps and reaches no condenser.

    Raises
    ------
    InputError
        For shares outside 0 to 1, a negative energy, an evaporation not below the room, or a
        condensing temperature not above the evaporation.
    """
    shares = {"grade": grade, "base_share": base_share, "auxiliary_share": auxiliary_share}
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InputError(f"refrigeration: {name} is {share:g}, expected 0 to 1")
    if grade == 0 or auxiliary_share == 1:
        raise InputError("refrigeration: grade must be above 0 and auxiliary_share below 1")
    if annual_electricity_kwh < 0:
        raise InputError(
            f"refrigeration: {annual_electricity_kwh:g} kWh/a is negative, expected 0 or more"
        )
    if not evaporation_c < room_c or not evaporation_c < condensing_min_c:
        raise InputError(
            f"refrigeration: evaporation at {evaporation_c:g} degC, expected below the room "
            f"({room_c:g} degC) and below condensing ({condensing_min_c:g} degC)"
        )
    usual = (weather if reference is None else reference)["temperature"].to_numpy()
    usual_excess = np.maximum(usual - room_c, 0.0)

    def plant(outdoor: Floats) -> tuple[Floats, Floats]:
        """Electricity and rejected heat at s = 1."""
        excess = np.maximum(outdoor - room_c, 0.0)
        follows = excess / usual_excess.mean() if usual_excess.any() else np.ones_like(excess)
        cooling = base_share + (1 - base_share) * follows
        condensing = np.maximum(condensing_min_c, outdoor + condenser_approach_k)
        cop = grade * (evaporation_c + ZERO_CELSIUS) / (condensing - evaporation_c)
        return cooling / cop / (1 - auxiliary_share), cooling * (1 + 1 / cop)

    scale = annual_electricity_kwh / (plant(usual)[0].sum() * calendar.step_hours)
    electricity, rejected = plant(weather["temperature"].to_numpy())
    return electricity * scale, rejected * scale


def coefficient_of_performance(
    source_c: ArrayLike, sink_c: ArrayLike, grade: float = 0.5, maximum: float = 8.0
) -> Floats:
    """Heat per electricity of a heat pump, by a share of Carnot.

    COP = min( η·T_sink/(T_sink - T_source), maximum )        temperatures in kelvin

    η 0.4 to 0.6, take 0.5 (domain reference regulation, section 4, S60; the range is
    unverified); `maximum` is an assumption, also used where the source is as warm as the sink.

    Raises
    ------
    InputError
        For a grade outside ]0, 1] or a maximum below 1.
    """
    if not 0 < grade <= 1:
        raise InputError(f"a Carnot grade of {grade:g} is out of range, expected above 0, up to 1")
    if maximum < 1:
        raise InputError(f"a largest COP of {maximum:g} is out of range, expected 1 or more")
    sink = np.asarray(sink_c, dtype=np.float64) + ZERO_CELSIUS
    lift = sink - (np.asarray(source_c, dtype=np.float64) + ZERO_CELSIUS)
    # Below this lift the maximum holds; it also keeps the quotient finite.
    least_lift = grade * sink / maximum
    return np.asarray(grade * sink / np.maximum(lift, least_lift), dtype=np.float64)
