"""Trade-offs around a solution, each from what is known of its neighbours.

    import parkwerk as pw
    from parkwerk import explore
    front = explore.front(scenario, solution, against="emissions")    # cost against CO2
    space = explore.near_optimal(scenario, solution)                  # sizes at nearly that cost
    which = explore.tornado(scenario, solution)                       # one input at a time
    which = explore.effects(scenario, solution)                       # all at once (Morris)
    safe = explore.robust({"cold": scenario, "hot": another})         # one design for several years

``parkwerk.report.plots`` draws what they give.
"""

from parkwerk.explore.fronts import front
from parkwerk.explore.near_optimal import near_optimal
from parkwerk.explore.robust import Risk, robust
from parkwerk.explore.sensitivity import INPUTS, effects, tornado

__all__ = ["INPUTS", "Risk", "effects", "front", "near_optimal", "robust", "tornado"]
