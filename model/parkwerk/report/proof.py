"""How far a solution may be from the best one, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING

from parkwerk.report.wording import number, percent
from parkwerk.solve.proof import SMALLEST_COST

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

#: Why a search ended, in words; at the gap that was asked for nothing need be said.
ENDED = {
    "time": "The search ended at its time limit.",
    "interrupt": "The search was interrupted.",
    "exhausted": "The search ended because no further round brought the bounds closer.",
}

#: Attributes of a solution by the fields of a proof.
NAMES = {
    "cost": "total_cost",
    "lower": "lower_bound",
    "gap": "gap",
    "of_saving_today": "gap_of_saving_today",
    "of_saving_alone": "gap_of_saving_alone",
}


@dataclass(frozen=True)
class Proof:
    """What is proven of a solution.

    Attributes
    ----------
    cost, lower
        Yearly cost of the design, and what no design can cost less than [EUR/a].
    gap
        ``(cost − lower)/cost``.
    of_saving_today, of_saving_alone
        ``(cost − lower)`` as a share of what the park saves against today, and against each company
        for itself; not a number where it saves nothing.
    saving_alone
        What the park saves against each company for itself [EUR/a].
    least_alone
        What all cost at least if each does its best for itself [EUR/a]; not a number if unknown.
    """

    cost: float
    lower: float
    gap: float
    of_saving_today: float
    of_saving_alone: float
    saving_alone: float
    least_alone: float = nan

    @property
    def above(self) -> float:
        """By how much the design is above the best one at most [EUR/a]."""
        return max(self.cost - self.lower, 0.0)

    @property
    def known(self) -> bool:
        """Whether anything is proven."""
        return isfinite(self.lower)

    @property
    def exceeds_gain(self) -> bool:
        """Whether the gap is as large as what sharing was found to bring."""
        return self.known and self.saving_alone > 0 and self.of_saving_alone >= 1

    @property
    def proves_gain(self) -> bool:
        """Whether sharing brings something for certain."""
        return self.worth[0] > SMALLEST_COST

    @property
    def worth(self) -> tuple[float, float]:
        """What sharing brings: with this design at least, with the best at most [EUR/a].

        No companies apart cost less than ``least_alone``, and no design of all less than ``lower``.
        """
        return self.least_alone - self.cost, self.cost + self.saving_alone - self.lower


def proof_of(solution: xr.Dataset) -> Proof:
    """What the attributes of a solution say is proven."""
    told = {name: float(solution.attrs.get(name, nan)) for name in NAMES.values()}
    saving = float(solution.attrs["cost_alone"]) - told["total_cost"]
    known = {field: told[name] for field, name in NAMES.items()}
    least = float(solution["least_alone"].sum()) if "least_alone" in solution else nan
    return Proof(**known, saving_alone=saving, least_alone=least)


def relative_gap(upper: float, lower: float) -> float:
    """``(upper − lower)/|upper|``, not a number while nothing is proven."""
    if not (isfinite(upper) and isfinite(lower)):
        return nan
    return max(upper - lower, 0.0) / max(abs(upper), SMALLEST_COST)


def bounds_text(upper: float, lower: float) -> str:
    """Both bounds of a search that goes on, for one line."""
    if not isfinite(lower):
        return f"at most {number(upper)} EUR/a; nothing proven yet"
    gap = percent(relative_gap(upper, lower), 2)
    return f"at most {number(upper)}, at least {number(lower)} EUR/a: gap {gap}"


def proof_text(solution: xr.Dataset) -> str:
    """The proof as a paragraph, with a warning where it does not reach the gain of sharing."""
    proof, attrs = proof_of(solution), solution.attrs
    if not proof.known:
        return str(attrs.get("proof") or "The gap of the full year is not proven.")
    above = number(proof.above)
    parts = [
        f"No design can cost less than {number(proof.lower)} EUR a year; this one is at most "
        f"{percent(proof.gap, 2)} ({above} EUR a year) above the best.",
        _of_savings(proof),
        _worth(proof),
        ENDED.get(str(attrs.get("ended", "")), ""),
        *warning(proof),
    ]
    return " ".join(part for part in parts if part)


def _of_savings(proof: Proof) -> str:
    """The gap as a share of what the park saves; most of a bill cannot be avoided."""
    shares = [
        f"{percent(share, 1)} of the saving against {case}"
        for share, case in (
            (proof.of_saving_today, "today"),
            (proof.of_saving_alone, "each company for itself"),
        )
        if isfinite(share)
    ]
    return f"That is {' and '.join(shares)}." if shares else ""


def _worth(proof: Proof) -> str:
    """Between which sums the gain of sharing is proven to lie, where one is proven."""
    least, most = proof.worth
    if not proof.proves_gain:
        return ""
    return (
        f"Sharing is proven to bring {number(least)} EUR a year or more with this design, and "
        f"{number(most)} at most with the best."
    )


def warning(proof: Proof) -> list[str]:
    """Said where it is open whether sharing brings anything, or where no gain was found."""
    if proof.exceeds_gain and not proof.proves_gain:
        return [
            "Warning: the gap is as large as what sharing was found to bring, so it is not proven "
            "that sharing brings anything; a smaller --gap would tell."
        ]
    if proof.known and proof.saving_alone <= 0 and proof.above >= SMALLEST_COST:
        return [
            f"Sharing was found to bring nothing; it may bring up to {number(proof.above)} EUR a "
            "year."
        ]
    return []


def bounds_log(solution: xr.Dataset) -> pd.DataFrame:
    """The bounds over time [s, EUR/a], a row for each change; none where nothing was sought."""
    import numpy as np
    import pandas as pd

    from parkwerk.solve.solution import LOG

    if not all(name in solution for name in LOG):
        return pd.DataFrame(columns=list(LOG), dtype=float)
    values = np.stack([np.asarray(solution[name].values, dtype=float) for name in LOG], axis=1)
    return pd.DataFrame(values, columns=list(LOG))
