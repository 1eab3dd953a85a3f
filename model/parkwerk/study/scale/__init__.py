"""A synthetic park: a study folder with as many companies as wanted, drawn by branch.

:mod:`~parkwerk.study.scale.branches` says from what is drawn, :mod:`~parkwerk.study.scale.site`
draws a company, :mod:`~parkwerk.study.scale.street` places companies along streets and lays
candidate links, :mod:`~parkwerk.study.scale.folder` writes the study. No drawn row is a real
company. `docs/park.md` tells all of it on one page.
"""

from parkwerk.study.scale.folder import Scaled, scale_study

__all__ = ["Scaled", "scale_study"]
