"""What is compared: which script states which part of the scenario, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One row.

    Attributes
    ----------
    title
        How the table calls it.
    states
        Words on how it is stated, and on what is left out.
    script
        A file beside this one; none for parkwerk's own command.
    part
        Function of ``reduce`` that gives the part of the scenario it states.
    environment
        Name of its environment and of its requirements; none for that of parkwerk.
    unstated
        Variables of parkwerk's statement whose cost is left out.
    """

    title: str
    states: str
    script: str | None = None
    part: str = "whole"
    environment: str | None = None
    unstated: tuple[str, ...] = ()


_BONUS = ("slice_bonus", "monthly_peak")
_FIXED = ("pv_built", "battery_built", "pipe_built", "joined")
_INVESTMENTS = (
    "Left out: monthly entries of the tariff menu, waiving the relief of electricity tax, the "
    "bonus for the small slices of a plant (EEG §23c)"
)
_LINEAR = (
    "A linear program. Left out: the tariff menu (each company has one given entry), classes of PV "
    "(one cost per kW, one rule), fixed costs of PV, batteries, pipes and membership, smallest "
    "sizes, one direct line at most for a company, the bonus for the small slices of a plant"
)

CASES = {
    "parkwerk": Case("parkwerk", "all of it, by `parkwerk run inputs/pilot`"),
    "pyomo": Case(
        "whole MILP, plain Pyomo",
        "all of it; rules over the whole horizon, menu in the textbook form, `appsi_highs`",
        "whole_pyomo.py",
    ),
    "arrays": Case(
        "whole MILP, stamped arrays",
        "all of it; menu as convex hull, arrays handed to HiGHS",
        "whole_arrays.py",
    ),
    "pypsa": Case(
        "PyPSA",
        f"{_LINEAR}. Written in linopy beside the components: the "
        "battery's one power and C-rate, the common content of stores at the ends of days, giving "
        "only what exceeds the demand",
        "pypsa_park.py",
        "linear",
        unstated=(*_BONUS, *_FIXED),
    ),
    "pypsa-same": Case(
        "stamped arrays, the same as PyPSA",
        _LINEAR,
        "whole_arrays.py",
        "linear",
        unstated=(*_BONUS, *_FIXED),
    ),
    "flixopt": Case(
        "flixopt",
        f"{_INVESTMENTS}. Written in linopy beside the components: one meter of each "
        "company, classes of PV over several roofs, membership of those who give and take, one "
        "direct line of a company, C-rate, ends of days, giving only what exceeds the demand",
        "flixopt_park.py",
        "with_investments",
        "flixopt",
        unstated=_BONUS,
    ),
    "flixopt-same": Case(
        "stamped arrays, the same as flixopt",
        _INVESTMENTS,
        "whole_arrays.py",
        "with_investments",
        unstated=_BONUS,
    ),
}
