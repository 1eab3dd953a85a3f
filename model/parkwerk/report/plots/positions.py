"""Where things stand on the map [m]: companies as the study says, junctions between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

Floats = npt.NDArray[np.float64]

Places = dict[str, tuple[float, float]]

#: Width of a row of roofs as a share of the way to the nearest neighbour (the median of all), and
#: of the widest row as a share of the whole park, where that is less.
ROW_OF_WAY, ROW_OF_PARK = 0.8, 0.2
#: Extent of a park of one company [m].
LEAST_EXTENT = 100.0


def place_nodes(scenario: xr.Dataset) -> Places:
    """Places of companies and junctions, east and north [m].

    A junction is where its pipes pull it: ``Σ_p (x_p − x)/length_p = 0`` over the pipes that meet
    there, as no input says where it is. One that no pipe ties to a company is left out.
    """
    x, y = scenario["company_x"].values, scenario["company_y"].values
    companies = scenario["company"].values.astype(str)
    places = {str(c): (float(a), float(b)) for c, a, b in zip(companies, x, y, strict=True)}
    starts, stops = (map(str, scenario[f"pipe_{end}"].values) for end in ("from", "to"))
    ends = list(zip(starts, stops, strict=True))
    pulls = 1 / np.maximum(np.asarray(scenario["pipe_length"].values, dtype=float), 1.0)
    tied = _tied(ends, set(places))
    junctions = [node for node in dict.fromkeys(n for pair in ends for n in pair) if node in tied]
    matrix = np.zeros((len(junctions), len(junctions)))
    right = np.zeros((len(junctions), 2))
    for (start, end), pull in zip(ends, pulls, strict=True):
        for here, there in ((start, end), (end, start)):
            if here not in tied or here == there:
                continue
            row = junctions.index(here)
            matrix[row, row] += pull
            if there in places:
                right[row] += pull * np.array(places[there])
            else:
                matrix[row, junctions.index(there)] -= pull
    found = np.linalg.solve(matrix, right)
    return places | {
        node: (float(a), float(b)) for node, (a, b) in zip(junctions, found, strict=True)
    }


def _tied(ends: list[tuple[str, str]], companies: set[str]) -> set[str]:
    """Junctions from which pipes lead to a company, in whatever direction."""
    reached = set(companies)
    while more := {n for pair in ends if reached & set(pair) for n in pair} - reached:
        reached |= more
    return reached - companies


def roof_scale(scenario: xr.Dataset) -> float:
    """Length of the side of a square of 1 kW on the map [m]; squares are as large as the PV."""
    widths = [
        np.sqrt(scenario["roof_limit"].values[scenario["roof_company"].values == c]).sum()
        for c in scenario["company"].values
    ]
    width = np.array(widths)
    if not width.max(initial=0.0) > 0:
        return 0.0
    at = np.stack([scenario["company_x"].values, scenario["company_y"].values], axis=1)
    extent = max(float(np.ptp(at, axis=0).max()), LEAST_EXTENT)
    ways = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(ways, np.inf)
    most = ROW_OF_PARK * extent / float(width.max())
    apart = (width > 0) & (ways.min(axis=1) > 0)
    fits = ROW_OF_WAY * ways.min(axis=1)[apart] / width[apart]
    return min(most, float(np.median(fits))) if len(fits) else most


def roof_squares(scenario: xr.Dataset) -> dict[str, tuple[float, float, float]]:
    """Lower left corner and side of each roof's square [m]; those of a company stand in a row.

    ``side = scale·√roof_limit``, so that the area is as the PV power that fits on the roof.
    """
    scale, squares = roof_scale(scenario), {}
    limits = np.sqrt(np.asarray(scenario["roof_limit"].values, dtype=float)) * scale
    owner = scenario["roof_company"].values.astype(str)
    for company, x, y in zip(
        scenario["company"].values.astype(str),
        scenario["company_x"].values,
        scenario["company_y"].values,
        strict=True,
    ):
        own = np.flatnonzero(owner == company)
        left = float(x) - limits[own].sum() / 2
        for roof in own:
            squares[str(scenario["roof"].values[roof])] = (left, float(y), float(limits[roof]))
            left += float(limits[roof])
    return squares
