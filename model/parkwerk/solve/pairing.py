"""Who joins a pool: givers and takers find each other pair by pair.

A pair of a giver g with the surplus s and a taker k who wants q gains, at the worth w,

    gain[g,k] = Σ_t min(s_g[t], q_k[t])·max(w_k[t], 0) − fees of those of the two not yet joined

The pair that gains most joins and trades, which leaves less of both for others, until none gains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkwerk.solve.program import Floats


@dataclass(frozen=True)
class Paired:
    """Who has joined, and who of them gives, (member,); what they trade, (member, time) [kW]."""

    joined: np.ndarray
    gave: np.ndarray
    given: Floats
    taken: Floats


def paired(
    surplus: Floats,
    wanted: Floats,
    worth: Floats,
    fee: Floats,
    free: np.ndarray,
) -> Paired:
    """Pair the members of a pool as long as it gains.

    Parameters
    ----------
    surplus, wanted
        By member, (member, time) [kW]: 0 for who cannot give, or take.
    worth
        What a kW in a step spares each taker beyond what it earns otherwise, (member, time)
        [EUR/kW].
    fee
        Of each member by the year [EUR/a].
    free
        Who may join.
    """
    left, open_ = surplus.copy(), wanted.copy()
    worth = np.maximum(worth, 0.0)
    joined, gave = np.zeros_like(free), np.zeros_like(free)
    pairs = np.outer(free, free) & ~np.eye(len(free), dtype=bool)
    value = np.array([(np.minimum(own, open_) * worth).sum(axis=1) for own in left])
    while True:
        fees = np.where(joined, 0.0, fee)
        gain = np.where(pairs, value - fees[:, None] - fees, -np.inf)
        giver, taker = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[giver, taker] <= 0.0:
            break
        flow = np.where(worth[taker] > 0, np.minimum(left[giver], open_[taker]), 0.0)
        left[giver] -= flow
        open_[taker] -= flow
        value[giver] = (np.minimum(left[giver], open_) * worth).sum(axis=1)
        value[:, taker] = np.minimum(left, open_[taker]) @ worth[taker]
        joined[[giver, taker]] = gave[giver] = True
    return Paired(joined, gave, surplus - left, wanted - open_)
