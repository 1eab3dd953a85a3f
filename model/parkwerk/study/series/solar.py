"""Yield of a PV plant on a roof."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Floats

LOSSES = 0.10
TEMPERATURE_COEFFICIENT = -0.0035
DC_TO_AC = 1.1
INVERTER_EFFICIENCY = 0.96
#: Below this cosine of the zenith the beam irradiance is too uncertain to be divided by it.
LOW_SUN = 0.05


def pv_yield(weather: xr.Dataset, tilt_deg: float, azimuth_deg: float) -> Floats:
    """AC power per installed DC power (time,) [kW/kWp].

    G   = Hay-Davies(DNI, DHI, GHI; tilt, azimuth)     irradiance on the roof [W/m2]
    T_c = Faiman(G, T, v)                              cell temperature [degC]
    DC  = G/1000·(1 - 0.0035·(T_c - 25))·(1 - 0.10)    PVWatts
    AC  = PVWatts inverter, DC/AC 1.1, nominal efficiency 0.96

    DNI = beam/cos z where cos z > 0.05, else 0, and never above the extraterrestrial irradiance;
    this guards the steps at sunrise and sunset. Method: domain reference data-sources, 7.2.

    Parameters
    ----------
    weather
        As from :func:`parkwerk.study.series.weather.read_weather`.
    tilt_deg
        0 is flat, 90 is a wall.
    azimuth_deg
        90 is east, 180 is south, 270 is west.

    Raises
    ------
    InputError
        For angles outside 0..90 and 0..360.
    """
    if not 0 <= tilt_deg <= 90:
        raise InputError(f"a roof tilt of {tilt_deg} degrees is out of range, expected 0 to 90")
    if not 0 <= azimuth_deg <= 360:
        raise InputError(
            f"a roof azimuth of {azimuth_deg} degrees is out of range, "
            "expected 0 to 360 (180 is south)"
        )
    from pvlib.inverter import pvwatts as inverter
    from pvlib.pvsystem import pvwatts_dc
    from pvlib.temperature import faiman

    roof = roof_irradiance(weather, tilt_deg, azimuth_deg)
    cell = faiman(roof, weather["temperature"].to_numpy(), weather["wind_speed"].to_numpy())
    direct = pvwatts_dc(roof, cell, 1.0, TEMPERATURE_COEFFICIENT) * (1 - LOSSES)
    # PVWatts counts the inverter by its DC limit: AC rating = 1/DC_TO_AC.
    alternating = inverter(direct, 1 / DC_TO_AC / INVERTER_EFFICIENCY, INVERTER_EFFICIENCY)
    return np.asarray(np.maximum(alternating, 0.0), dtype=np.float64)


def roof_irradiance(weather: xr.Dataset, tilt_deg: float, azimuth_deg: float) -> Floats:
    """Irradiance on a tilted plane (time,) [W/m2] by Hay and Davies (1980), albedo 0.25."""
    from pvlib.irradiance import get_extra_radiation, get_total_irradiance

    zenith = weather["solar_zenith"].to_numpy()
    beam = weather["beam_horizontal"].to_numpy()
    diffuse = weather["diffuse_horizontal"].to_numpy()
    extraterrestrial = np.asarray(get_extra_radiation(weather.indexes["time"]), dtype=np.float64)
    cosine = np.cos(np.radians(zenith))
    high = cosine > LOW_SUN
    normal = np.where(high, beam, 0.0) / np.where(high, cosine, 1.0)
    total = get_total_irradiance(
        tilt_deg,
        azimuth_deg,
        zenith,
        weather["solar_azimuth"].to_numpy(),
        np.minimum(normal, extraterrestrial),
        beam + diffuse,
        diffuse,
        dni_extra=extraterrestrial,
        model="haydavies",
    )
    return np.asarray(total["poa_global"], dtype=np.float64)
