"""How the gain of a park is divided among its companies: cooperative games, no energy.

A game says what every coalition of players is worth (:mod:`~parkwerk.division.game`). From it
follow the Shapley value (:mod:`~parkwerk.division.shapley`), the least core, the fair point in it
and the nucleolus (:mod:`~parkwerk.division.core`). Where not every coalition can be valued,
:mod:`~parkwerk.division.generation` values those that matter and proves how much any other could
object to. :mod:`~parkwerk.division.polyhedron` holds the two programs that all of them solve.
"""
