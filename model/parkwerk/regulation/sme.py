"""Whether a company is a micro, small or medium enterprise: the entry to energy sharing."""

from __future__ import annotations

from parkwerk.errors import InputError
from parkwerk.regulation.law import Law


def is_sme(
    staff: float | None, turnover_eur: float | None, balance_sheet_eur: float | None, law: Law
) -> bool | None:
    """``staff < 250 and (turnover ≤ 50 M EUR or balance sheet ≤ 43 M EUR)``; None: cannot be told.

    Rec. 2003/361/EC, Annex Art. 2, to which EnWG §42c(2) refers. Staff in full-time equivalents;
    all three numbers are those of the group: partner and linked enterprises are added before
    (Annex Art. 3, 6). Unknown numbers are None; the answer is given where it does not need them.

    Raises
    ------
    InputError
        For a negative number.
    """
    given = {"staff": staff, "turnover": turnover_eur, "balance sheet": balance_sheet_eur}
    for name, number in given.items():
        if number is not None and not number >= 0:
            raise InputError(f"SME test: {name} {number}, expected a number from 0 on")
    small = None if staff is None else staff < law.sme_staff
    poor = _either(
        None if turnover_eur is None else turnover_eur <= law.sme_turnover,
        None if balance_sheet_eur is None else balance_sheet_eur <= law.sme_balance_sheet,
    )
    if small is False or poor is False:
        return False
    return None if small is None or poor is None else True


def _either(a: bool | None, b: bool | None) -> bool | None:
    """``a or b`` where one of them may be unknown."""
    if a or b:
        return True
    return None if a is None or b is None else False
