"""Settings of the whole suite."""

from __future__ import annotations

import os

from hypothesis import settings

# No window opens, whatever the machine offers.
os.environ["MPLBACKEND"] = "Agg"

# Two test processes share the cores, so the wall time of one example says nothing. Under CI this
# builds on hypothesis's own profile, which draws the same examples every time.
settings.register_profile("parkwerk", deadline=None)
settings.load_profile("parkwerk")
