"""The errors that a user can meet. Each is one sentence that says what to change."""

from __future__ import annotations


class ParkwerkError(Exception):
    """Anything that parkwerk refuses, in one sentence for the person who can change it."""


class InputError(ParkwerkError):
    """An input is missing, malformed or implausible: names file, row, company and expectation."""


class CheckpointError(InputError):
    """A checkpoint is the state of another search: names the file."""


class FormulationError(ParkwerkError):
    """A component states something that the linear templates cannot hold."""


class BillError(ParkwerkError):
    """A bill by the letter of the law differs from the objective: names party and line."""


class FinanceError(ParkwerkError):
    """An annuity worked out again differs from the objective: names case, party and technology."""


class SolveError(ParkwerkError):
    """The solver found no answer: names the constraint families and hours that conflict."""
