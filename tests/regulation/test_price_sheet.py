"""Price sheets: what is read, what is refused, and which steps lie in the peak windows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import Window, in_windows, price_sheet_names, read_price_sheet

# Hours of use at which the two lines of each sheet meet, as the notes list them.
CROSSINGS = {
    ("stadtwerke-malchow-2025", "MV"): 2496,
    ("stadtwerke-malchow-2025", "MV/LV"): 2497,
    ("stadtwerke-malchow-2025", "LV"): 2501,
    ("netze-odr-2025", "MV"): 2500,
    ("netzgesellschaft-duesseldorf-2024", "MV"): 2502,
    ("netzgesellschaft-duesseldorf-2024", "MV/LV"): 2500,
    ("netzgesellschaft-duesseldorf-2024", "LV"): 2500,
    ("dortmunder-netz-2024", "MV"): 2503,
    ("dortmunder-netz-2024", "MV/LV"): 2502,
    ("dortmunder-netz-2024", "LV"): 2500,
    ("stadtwerke-malchow-2024", "MV"): 2498,
}

SHEET = """
operator: Example Grid
year: 2026
status: final
levels:
  MV:
    under: {{demand_charge: {lp1}, energy_charge: {ap1}}}
    over: {{demand_charge: {lp2}, energy_charge: {ap2}}}
    source: test
    confidence: L
"""


def write_sheet(folder, lp1="20", ap1="5.2", lp2="120", ap2="1.2", more=""):
    path = folder / "example.yaml"
    text = SHEET.format(lp1=lp1, ap1=ap1, lp2=lp2, ap2=ap2) + more
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("sheet", "level"), CROSSINGS)
def test_real_lines_meet_near_2500_hours(sheet, level):
    """The break points of the notes: 2,496 to 2,503 h/a."""
    crossing = read_price_sheet(sheet).levels[level].crossing()
    assert round(crossing) == CROSSINGS[sheet, level]


def test_every_complete_line_is_covered_by_the_test_above():
    """A sheet added without its break points would go unchecked."""
    complete = {
        (name, level)
        for name in price_sheet_names()
        for level, rates in read_price_sheet(name).levels.items()
        if not rates.missing() and read_price_sheet(name).status != "placeholder"
    }
    assert complete == CROSSINGS.keys()


def test_placeholder_says_what_it_is_and_meets_at_2500_hours_exactly():
    """The sheet must not pass for Hamburg's."""
    sheet = read_price_sheet("hamburg-placeholder")
    assert sheet.status == "placeholder"
    assert "NOT Hamburg data" in sheet.note
    for rates in sheet.levels.values():
        assert rates.crossing() == pytest.approx(2500)


@pytest.mark.parametrize("level", ["MV", "MV/LV", "LV"])
def test_monthly_price_of_malchow_is_a_sixth_of_the_yearly_one(level):
    """119.08/6 = 19.85, 136.61/6 = 22.77, 148.82/6 = 24.80 EUR/(kW·month), same energy charge.

    A month's price is not a twelfth: twelve equal peaks cost twice the yearly price.
    """
    rates = read_price_sheet("stadtwerke-malchow-2025").levels[level]
    assert rates.monthly.demand_charge == pytest.approx(rates.over.demand_charge / 6, abs=0.005)
    assert rates.monthly.energy_charge == rates.over.energy_charge


@pytest.mark.parametrize(
    ("sheet", "level", "lacking"),
    [
        ("netze-odr-2025", "MV/LV", "under.energy_charge"),
        ("netze-odr-2025", "LV", "under.energy_charge"),
        ("bayernwerk-2025", "LV", "over.demand_charge, over.energy_charge"),
    ],
)
def test_a_line_with_unknown_charges_is_kept_but_not_used(sheet, level, lacking):
    """The charge could be computed from the 2,500 h rule, but nobody published it: refused."""
    with pytest.raises(InputError, match=f"`{sheet}`, level {level}: {lacking} is not known"):
        read_price_sheet(sheet).rates(level)


def test_an_unknown_level_or_sheet_names_what_there_is():
    """A typo gets the list to choose from."""
    with pytest.raises(InputError, match=r"`bayernwerk-2025` has no level 'MV', expected .* LV"):
        read_price_sheet("bayernwerk-2025").rates("MV")
    with pytest.raises(InputError, match=r"`hamburg` is unknown.*hamburg-placeholder"):
        read_price_sheet("hamburg")


def test_a_sheet_of_ones_own_is_read_from_a_file(tmp_path):
    """The name is the file's; rates, monthly pair and windows come out as written."""
    more = (
        "    monthly: {demand_charge: 20, energy_charge: 1.2}\n"
        "    windows: [{months: [12, 1, 2], from_hour: 17, until_hour: 19.5}]\n"
    )
    sheet = read_price_sheet(write_sheet(tmp_path, lp1="25", lp2="125", more=more))
    rates = sheet.rates("MV")
    assert sheet.name == "example"
    assert (rates.over.demand_charge, rates.over.energy_charge) == (125, 1.2)
    assert rates.monthly.demand_charge == 20
    assert rates.windows == (Window(months=(12, 1, 2), from_hour=17, until_hour=19.5),)


@pytest.mark.parametrize(("lp2", "accepted"), [(118.9, False), (119.1, True), (121.1, False)])
def test_lines_must_meet_within_one_percent_of_2500_hours(tmp_path, lp2, accepted):
    """With 20 / 5.2 / LP / 1.2 the lines meet at (LP − 20)·25 h: 2,472.5, 2,477.5 and 2,527.5 h.

    One per cent of 2,500 h is 25 h: only the second is inside.
    """
    path = write_sheet(tmp_path, lp2=str(lp2))
    if accepted:
        assert read_price_sheet(path).levels["MV"].crossing() == pytest.approx(2477.5)
        return
    with pytest.raises(InputError, match=r"`example`, level MV: the lines .* expected 2,500 h/a"):
        read_price_sheet(path)


WINDOW = "    windows: [{{months: [{}], from_hour: {}, until_hour: {}}}]\n"


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ({"ap1": "'5,2'"}, r"under.energy_charge: expected a number with a .* found '5,2'"),
        (
            {"ap1": "0.052", "ap2": "0.012"},
            r"^example.yaml: price sheet .* meet at 250,000 h/a",
        ),
        ({"ap2": "-1.2"}, r"levels.MV.over.energy_charge: .*greater than or equal to 0"),
        ({"lp1": ".inf"}, r"levels.MV.under.demand_charge: .*finite"),
        ({"ap1": "1.2"}, r"meet at inf h/a"),
        ({"lp1": "120", "ap1": "1.2", "lp2": "20", "ap2": "5.2"}, r"pairs swapped\?"),
        ({"lp1": "20, deposit: 3"}, r"levels.MV.under.deposit: expected no field of this name$"),
        ({"lp1": "[20"}, r"example.yaml, row \d+: expected YAML"),
        ({"more": "    monthly: {demand_charge: 20}\n"}, r"monthly.energy_charge: .*is missing"),
        ({"more": WINDOW.format(13, 8, 9)}, r"windows.0: months \[13\], expected .* 1 to 12"),
        ({"more": WINDOW.format(1, 19, 17)}, r"from 19 to 17 h, expected an end after its start"),
        # YAML reads 17:30 as 17·60 + 30 = 1,050, and 08:15 as text.
        ({"more": WINDOW.format(1, 16, "17:30")}, r"until_hour: .* time 17:30: write 17.5$"),
        ({"more": WINDOW.format(1, "08:15", 9)}, r"from_hour: .* time 8:15: write 8.25$"),
        ({"more": WINDOW.format(1, 16, 25)}, r"until_hour: expected less than or equal to 24"),
        ({"more": WINDOW.format("", 16, 17)}, r"months: expected at least one entry, found \[\]$"),
    ],
)
def test_a_malformed_sheet_is_refused_in_one_sentence(tmp_path, rates, sentence):
    """Decimal comma, EUR instead of ct, negative, infinite, equal or swapped lines, odd fields."""
    with pytest.raises(InputError, match=sentence) as error:
        read_price_sheet(write_sheet(tmp_path, **rates))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("monthly", "accepted"), [(9.9, False), (10.4, True), (62, True), (64, False), (125, False)]
)
def test_a_monthly_charge_is_a_twelfth_to_a_half_of_the_yearly_one(tmp_path, monthly, accepted):
    """Of 125 EUR/(kW·a) a twelfth is 10.42 and a half 62.5; printed cents may fall just below.

    Proves: a yearly charge in the place of a monthly one (125) is refused; read, it would make
    twelve months cost 1,500 EUR/kW.
    """
    more = f"    monthly: {{demand_charge: {monthly}, energy_charge: 1.2}}\n"
    path = write_sheet(tmp_path, lp1="25", lp2="125", more=more)
    if accepted:
        assert read_price_sheet(path).levels["MV"].monthly.demand_charge == monthly
        return
    with pytest.raises(InputError, match=r"`example`, level MV: the monthly .* a twelfth to a"):
        read_price_sheet(path)


def test_a_missing_file_is_named(tmp_path):
    """No stack trace from the operating system."""
    with pytest.raises(InputError, match=r"nowhere.yaml: there is no such readable file"):
        read_price_sheet(tmp_path / "nowhere.yaml")


def hours_in(windows, start, hours=24, step="h", workday=True):
    """Start hours in CET of the steps that lie in the windows."""
    times = pd.date_range(start, periods=hours, freq=step)
    inside = in_windows(windows, times, np.full(hours, workday))
    return (times.hour + times.minute / 60)[inside].tolist()


EVENING = (Window(months=(1, 7, 12), from_hour=17, until_hour=19),)


def test_windows_run_by_the_clock_on_the_wall():
    """17 to 19 h: in January the CET hours 17 and 18, in July 16 and 17, in March none.

    Windows taken in CET all year would give 17 and 18 in July too.
    """
    assert hours_in(EVENING, "2026-01-14") == [17, 18]
    assert hours_in(EVENING, "2026-07-15") == [16, 17]
    assert hours_in(EVENING, "2026-03-11") == []


def test_a_step_that_touches_a_window_is_in_it():
    """17:15 to 17:30 within an hour: the whole hour counts, but not the quarter before or after.

    A test of the start alone would find no hour at all.
    """
    narrow = (Window(months=(1,), from_hour=17.25, until_hour=17.5),)
    assert hours_in(narrow, "2026-01-14") == [17]
    assert hours_in(narrow, "2026-01-14", 96, "15min") == [17.25]


def test_windows_of_a_season_add_up():
    """Morning and evening windows: the steps of both."""
    both = (*EVENING, Window(months=(1,), from_hour=8, until_hour=10))
    assert hours_in(both, "2026-01-14") == [8, 9, 17, 18]


@pytest.mark.parametrize(
    ("day", "workday", "inside"),
    [
        ("2026-12-23", True, True),
        ("2026-12-23", False, False),
        ("2026-12-24", True, False),
        ("2026-12-30", True, False),
        ("2026-01-01", True, False),
        ("2026-01-02", True, True),
    ],
)
def test_windows_are_shut_off_working_days_and_from_christmas_to_new_year(day, workday, inside):
    """The caller knows weekends and holidays; the days between the years are shut for all."""
    assert bool(hours_in(EVENING, day, workday=workday)) == inside


def test_marks_of_working_days_must_fit_the_steps():
    """Otherwise numpy would stretch one mark over the year."""
    times = pd.date_range("2026-01-14", periods=24, freq="h")
    with pytest.raises(InputError, match="24 steps and 1 marks of working days"):
        in_windows(EVENING, times, np.array([True]))
