"""What a solution means for each company: cost, investment, energy, CO2. No optimisation here."""

from __future__ import annotations

import sys
from types import ModuleType

import xarray as xr

from parkwerk.assess.verdict import assess

__all__ = ["assess"]


class _Room(ModuleType):
    """A module that can be called.

    Room and function have the same name, and importing anything from the room makes
    ``parkwerk.assess`` the module. So that ``parkwerk.assess(scenario, solution)`` means the same
    before and after, the module passes the call on.
    """

    def __call__(self, scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
        return assess(scenario, solution)


sys.modules[__name__].__class__ = _Room
