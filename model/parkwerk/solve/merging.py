"""Groups that overlap, merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components


def merged(n: int, groups: Iterable[Sequence[int]]) -> list[list[int]]:
    """Split 0…n−1 into the fewest parts that tear no group apart, in order of their first."""
    pairs = [(group[0], other) for group in groups for other in group[1:]]
    row, col = np.array(pairs, dtype=int).reshape(-1, 2).T
    graph = sparse.coo_array((np.ones(len(pairs)), (row, col)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    parts: dict[int, list[int]] = {}
    for i, own in enumerate(label):
        parts.setdefault(int(own), []).append(i)
    return list(parts.values())
