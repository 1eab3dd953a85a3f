"""Synthetic parks: what is drawn, that it is sound, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from parkwerk.cli import app
from parkwerk.errors import InputError
from parkwerk.regulation.sme import is_sme
from parkwerk.study import read_study
from parkwerk.study.inputs import Inputs
from parkwerk.study.scale import scale_study
from parkwerk.study.scale.branches import branches
from parkwerk.study.scale.site import Draw, Site, draw_site
from parkwerk.study.scale.street import lay_links, place_sites
from parkwerk.study.schema import Company, Link, Roof
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.heat import refrigeration
from parkwerk.study.series.load import electricity_load
from parkwerk.study.series.weather import read_weather
from study.folders import COMPANY, PILOT, ROOF, settings, write_study

PARK = PILOT.with_name("park")
DOCS = PILOT.parents[1] / "docs"
FILES = ("companies.csv", "links.csv", "roofs.csv", "study.yaml")


@pytest.fixture(scope="module")
def park() -> Inputs:
    """The committed park."""
    return read_study(PARK).inputs()


def texts(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(folder: Path, table: str) -> list[str]:
    """Lines of a table after its comments and column names."""
    lines = (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")][1:]


# --- the committed park


def test_the_committed_park_is_what_the_command_draws(tmp_path: Path) -> None:
    """Proves: `inputs/park` is byte by byte what its command writes; an edit by hand shows."""
    scale_study(PILOT, 120, 1, tmp_path / "park")
    assert tuple(texts(PARK)) == FILES
    assert texts(tmp_path / "park") == texts(PARK)


def test_the_park_is_diverse(park: Inputs) -> None:
    """Proves: both sides of 2,500 h, of 1 GWh/a, of the SME limit; all levels; sources as wanted.

    Were the density of a branch off by 10, its yearly use per site would leave 0.1 to 2 GWh.
    """
    companies = park.companies
    hours = [c.electricity_kwh / c.peak_kw for c in companies if c.electricity_kwh and c.peak_kw]
    assert len(companies) == len(hours) == 120
    assert 0.2 < sum(h < 2500 for h in hours) / 120 < 0.8
    assert 12 <= sum((c.electricity_kwh or 0) > 1e6 for c in companies) <= 40
    assert 0.6 < sum(bool(c.sme) for c in companies) / 120 < 0.8
    assert {c.voltage_level for c in companies} == {"LV", "MV/LV", "MV"}
    assert {c.supply for c in companies} == {"spot", "fixed"}
    assert 120 / 8 <= sum(c.refrigeration_kwh > 0 for c in companies) <= 120 / 6
    assert {c.id.split("-")[0] for c in companies} == set(branches())
    for branch in branches():
        own = [c.electricity_kwh or 0 for c in companies if c.id.startswith(branch)]
        assert 0.1e6 < sum(own) / len(own) < 2e6


def test_no_row_passes_for_a_real_company(park: Inputs) -> None:
    """Proves: every drawn row says that it was drawn; so does the note that results repeat."""
    records = [*park.everyone, *park.roofs, *park.links]
    assert all(r.source.startswith("assumption: drawn by parkwerk scale") for r in records)
    assert "synthetic" in park.settings.note
    assert "no row is a real company" in park.settings.note


def test_settings_are_those_of_the_base(park: Inputs) -> None:
    """Proves: prices, technologies, law and sharing are carried over unchanged; variants are not,
    each of which would be a search of the whole park.
    """
    pilot = read_study(PILOT).settings
    changed = {"name", "title", "note", "variants"}
    assert park.settings.model_dump(exclude=changed) == pilot.model_dump(exclude=changed)
    assert park.settings.name == "park"
    assert pilot.variants.axes
    assert not park.settings.variants.axes


def test_one_street_shares_a_system(park: Inputs) -> None:
    """Proves: the regimes of common connections find the first 20 plots, and nobody else."""
    members = [number for number, c in enumerate(park.companies) if c.legacy_system == "street-1"]
    assert members == list(range(20))
    assert [n for n, c in enumerate(park.companies) if c.closed_network] == members


@pytest.mark.parametrize("regime", ["legacy-system", "closed-network"])
def test_a_drawn_park_becomes_a_scenario_with_a_common_connection(
    regime: str, tmp_path: Path
) -> None:
    """Proves: series can be made of what was drawn, and the what-if regimes join the street.

    Its capacity is the sum of the members' connections, 125 + 200 + 200 kW for seed 1.
    """
    drawn = scale_study(PILOT, 3, 1, tmp_path / "park").study
    scenario = drawn.scenario(regime=regime)
    assert [str(name) for name in scenario["connection"].values][3:] == ["street-1"]
    assert float(scenario["connection_limit"].sel(connection="street-1")) == 125 + 200 + 200


# --- drawing


def test_the_same_seed_draws_the_same_and_another_does_not(tmp_path: Path) -> None:
    """Proves: a seed is a park; a generator shared with anything else would drift."""
    first, again, other = (tmp_path / name / "park" for name in ("first", "again", "other"))
    for folder, seed in ((first, 7), (again, 7), (other, 8)):
        scale_study(PILOT, 5, seed, folder)
    assert texts(first) == texts(again)
    assert not set(rows(first, "companies")) & set(rows(other, "companies"))


def test_a_larger_park_begins_with_a_smaller(tmp_path: Path) -> None:
    """Proves: companies and roofs stay with any number, links with whole streets.

    Drawn from one stream for all, the third company would already differ.
    """
    for number in (3, 20, 45):
        scale_study(PILOT, number, 1, tmp_path / f"park{number}")
    for small, large in ((3, 20), (20, 45), (45, None)):
        folder = tmp_path / f"park{large}" if large else PARK
        for table in ("companies", "roofs") if small != 20 else ("companies", "roofs", "links"):
            some = rows(tmp_path / f"park{small}", table)
            assert some
            assert rows(folder, table)[: len(some)] == some


@pytest.mark.parametrize("seed", range(3))
def test_every_drawn_row_passes_all_checks(seed: int, tmp_path: Path) -> None:
    """Proves: 100 sites of each of some seeds are read back without a fault; one would raise."""
    assert len(scale_study(PILOT, 100, seed, tmp_path / "park").study.rows["companies"]) == 100


def test_numbers_follow_from_the_ranges() -> None:
    """Proves: density × area is the use, use / hours the peak, within the branch's ranges.

    Rounding moves use by at most 500 kWh and peak by 0.5 kW.
    """
    for number in range(1, 60):
        site = draw_site(3, number)
        company = site.company
        branch = branches()[company.id.split("-")[0]]
        assert company.electricity_kwh is not None
        assert company.peak_kw is not None
        low, high = branch.electricity_kwh_per_m2
        assert low * site.roof_m2 - 500 <= company.electricity_kwh <= high * site.roof_m2 + 500
        assert company.electricity_kwh >= 104_000
        low, high = branch.load_profiles[company.load_profile or ""]
        assert company.electricity_kwh / (company.peak_kw + 0.5) <= high
        assert company.electricity_kwh / (company.peak_kw - 0.5) >= low
        assert company.connection_kw >= 1.25 * company.peak_kw
        assert company.sme is None


CORNERS = [
    (name, profile, hours, share)
    for name, branch in branches().items()
    for profile, ends in branch.load_profiles.items()
    for hours in ends
    for share in ((0.0, branch.cold.share[1]) if branch.cold else (0.0,))
]


@pytest.mark.parametrize("step", [1.0, 0.25])
@pytest.mark.parametrize(("name", "profile", "hours", "share"), CORNERS)
def test_profiles_reach_the_hours_of_their_range(
    name: str, profile: str, hours: float, share: float, step: float
) -> None:
    """Proves: each profile can have the hours at both ends of its range, refrigeration added.

    A base load that is too flat or a cold store that peaks too high would be refused.
    """
    calendar = Calendar(2025, step)
    cold = branches()[name].cold
    added = None
    if share and cold:
        added, _ = refrigeration(
            calendar,
            read_weather(calendar),
            share * 1e6,
            room_c=cold.room_c,
            evaporation_c=cold.evaporation_c,
            condensing_min_c=cold.waste_heat_c[0],
        )
    load = electricity_load(calendar, profile, 1e6, 1e6 / hours, 1, added)
    assert load.max() == pytest.approx(1e6 / hours)


def test_shares_are_met_in_the_long_run() -> None:
    """Proves: branches come by their weights, and about two thirds of the sites are SMEs.

    2,000 sites; three standard deviations of a share of 0.24 are 0.03. A company that is a branch
    of a group is no SME: its turnover is above 50 M EUR, its balance sheet nearly always above 43.
    """
    sites = [draw_site(11, number).company for number in range(1, 2001)]
    for name, branch in branches().items():
        found = sum(site.id.startswith(name) for site in sites) / len(sites)
        assert found == pytest.approx(branch.weight, abs=0.03)
    law = read_study(PARK).inputs().law
    small = [is_sme(s.staff, s.turnover_eur, s.balance_sheet_eur, law) for s in sites]
    assert sum(map(bool, small)) / len(sites) == pytest.approx(0.7, abs=0.05)
    cold = sum(site.refrigeration_kwh > 0 for site in sites) / len(sites)
    assert 1 / 8 < cold < 1 / 6


def test_draws_keep_to_their_ends() -> None:
    """Proves: an even draw has the mean of its ends, a draw of sizes their geometric mean.

    Between 100 and 10,000 half of the sizes are below 1,000; drawn evenly, a tenth would be.
    """
    draw = Draw(1, 1)
    even = [draw.even((10, 20), 1) for _ in range(2000)]
    sizes = [draw.size((100, 10_000), 1) for _ in range(2000)]
    assert (min(even), max(even)) == (10, 20)
    assert sum(even) / 2000 == pytest.approx(15, abs=0.3)
    assert sum(size < 1000 for size in sizes) / 2000 == pytest.approx(0.5, abs=0.04)
    assert set(map(draw.weighted, 50 * [{"a": 1.0, "b": 0.0, "c": 3.0}])) == {"a", "c"}


# --- geometry


def site(name: str, roof: float = 2400, **cells: Any) -> Site:
    """A site with one flat roof; 2,400 m² take a frontage of 40 m."""
    blank = {key: cell for key, cell in COMPANY.items() if cell}
    company = Company.model_validate(blank | {"id": name} | cells)
    row = ROOF | {"id": f"{name}-roof", "company": name, "area_m2": roof}
    return Site(company, (Roof.model_validate(row),))


WARM = {"heat_kwh": 300_000, "heat_profile": "GHD"}
COLD = {"refrigeration_kwh": 200_000, **WARM}


def lengths(links: list[Link]) -> dict[str, tuple[float, float]]:
    """Length and crossing by label."""
    return {link.label: (link.length_m, link.road_crossing_eur) for link in links}


def test_plots_lie_in_turn_on_both_sides_of_a_street() -> None:
    """Proves: x is what the plots before on the same side take, plus half the own frontage.

    2,400 m² / 0.5 / 120 m = 40 m; 70 m from the axis, half a street and half a plot. The 21st site
    begins the street to the west, the 41st the next row, 260 m to the north.
    """
    placed = place_sites([site(f"s{n}") for n in range(41)])
    at = [(s.company.x_m, s.company.y_m) for s in placed]
    assert at[:4] == [(20, 70), (20, -70), (60, 70), (60, -70)]
    assert at[20] == (-20, 70)
    assert at[40] == (20, 330)
    assert [s.company.legacy_system for s in placed[18:22]] == ["street-1", "street-1", "", ""]


def test_heat_goes_along_the_street_to_near_users() -> None:
    """Proves: pipes of a source, with junctions on the way and crossings where there are any.

    Frontages of 40 m: users at 60 (north), 100 (south), 140 (north) from the source at 20 (north).
    To the junction before the first user 40 + 40 m, on to the second 40, to the last 40 + 40 stub;
    across the street 60 with the lump sum. The cold site and the one with little heat get none.
    """
    street = [site("cold", **COLD), site("s1"), site("near", **WARM), site("other", **COLD)]
    street += [site("little", heat_kwh=100_000, heat_profile="GHD"), site("across", **WARM)]
    street += [site("far", **WARM)]
    placed = [s for s in place_sites(street) if s.company.id != "other"]
    found = lengths([link for link in lay_links(placed) if link.carrier == "heat"])
    assert found == {
        "cold->cold": (40, 0),
        "cold->J1": (80, 0),
        "J1->near": (40, 0),
        "J1->J2": (40, 0),
        "J2->across": (60, 35_000),
        "J2->far": (80, 0),
    }


def test_a_source_reaches_both_ways_and_no_further_than_its_bound() -> None:
    """Proves: one trunk each way; a user beyond 220 m of way has no pipe.

    Frontage 40 m, one user in the west at 40 m: 40 + 40 + 40 = 120 m. In the east 200 m away the
    way is 280 m.
    """
    street = [site("west", **WARM), site("a"), site("cold", **COLD), site("b")]
    street += [site("wide", 9600, electricity_kwh=300_000), site("c")]
    street += [site("c2", 4800), site("d"), site("east", **WARM)]
    found = lengths([x for x in lay_links(place_sites(street)) if x.carrier == "heat"])
    assert found == {"cold->cold": (40, 0), "cold->west": (120, 0)}


def test_a_direct_line_leads_from_a_large_roof_to_the_largest_user_nearby() -> None:
    """Proves: one line a plant, to the neighbour that uses most, across the street at a price.

    9,600 m² take 160 m: the plant is at 80, users at 20 and 60 across: 80 + 60 + 20 m and
    80 + 20 + 20 m. Of 0.9 and 0.5 GWh the larger is chosen, though it is further.
    """
    street = [site("plant", 9600), site("large", electricity_kwh=900_000)]
    street += [site("small", electricity_kwh=300_000), site("middle", electricity_kwh=500_000)]
    lines = lengths(lay_links(place_sites(street)))
    assert lines == {"plant=>large": (160, 35_000)}


def test_the_way_that_bounds_a_route_is_that_between_the_halls() -> None:
    """Proves: a user at exactly 220 m of way has a pipe, at 221 m it has none.

    Roofs of 60 m² per metre of frontage: 80 m of setbacks and (40 + 240)/2 = 140 m along.
    """
    for roof, pipes in ((14_400, 2), (14_520, 1)):
        street = [site("cold", **COLD), site("a"), site("user", roof, **WARM)]
        links = [link for link in lay_links(place_sites(street)) if link.carrier == "heat"]
        assert len(links) == pipes


def test_every_source_has_few_users(park: Inputs) -> None:
    """Proves: a source reaches at most four, most of them two or more, each by one way only."""
    ends: dict[str, list[str]] = {}
    for pipe in park.pipes:
        ends.setdefault(pipe.start, []).append(pipe.end)
    reached = []
    for source in (c.id for c in park.companies if c.refrigeration_kwh):
        nodes, users = [source], []
        while nodes:
            following = [end for end in ends.get(nodes.pop(), []) if end != source]
            nodes += [end for end in following if end.startswith("J")]
            users += [end for end in following if not end.startswith("J")]
        assert len(users) == len(set(users)) <= 4
        reached.append(len(users))
    assert sum(users >= 2 for users in reached) > len(reached) / 2
    assert 5 <= len(park.lines) <= 30


# --- the folder


def test_scenarios_that_name_pilot_companies_are_left_out_and_named(tmp_path: Path) -> None:
    """Proves: an override of a company is not carried over, and the command says so."""
    scenarios = {"base": {}, "less": {"companies.works.peak_kw": 200}, "cheap": {"period": "week"}}
    base = write_study(tmp_path / "base", [COMPANY], document=settings(scenarios=scenarios))
    call = ["scale", str(base), "--companies", "2", "--out", str(tmp_path / "park")]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    assert "2 companies" in result.output
    assert result.output.rstrip().endswith("scenarios less")
    assert read_study(tmp_path / "park").scenarios == ("base", "cheap")


def test_files_of_the_base_come_along(tmp_path: Path) -> None:
    """Proves: a price sheet of the base's own is copied, so the park can be moved alone."""
    base = write_study(tmp_path / "base", [COMPANY], document=settings())
    sheet = "sheets/own.yaml"
    package = Path(read_study.__code__.co_filename).parents[1]
    published = package / "regulation/data/price_sheets/stadtwerke-malchow-2025.yaml"
    (base / "sheets").mkdir()
    (base / sheet).write_bytes(published.read_bytes())
    document = settings()
    document["prices"]["price_sheet"] = {"value": sheet, "source": "S23"}
    (base / "study.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    scale_study(base, 2, 1, tmp_path / "park")
    assert (tmp_path / "park" / sheet).read_bytes() == published.read_bytes()


def test_a_drawn_folder_is_drawn_again_and_no_other_is_touched(tmp_path: Path) -> None:
    """Proves: a second draw replaces the first; a folder that somebody wrote is refused as is."""
    out = tmp_path / "park"
    scale_study(PILOT, 2, 1, out)
    assert len(scale_study(PILOT, 3, 1, out).study.rows["companies"]) == 3
    own = write_study(tmp_path / "own", [COMPANY])
    before = texts(own)
    with pytest.raises(InputError, match=r"--out: expected a new folder.* found something else"):
        scale_study(PILOT, 2, 1, own)
    assert texts(own) == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--companies", 0], "--companies: expected 1 to 1000, found 0"),
        (["--companies", 1001], "--companies: expected 1 to 1000, found 1001"),
        (["--seed", -1], "--seed: expected 0 to 2147483647, found -1"),
        (["--out", "2-parks"], "--out: expected a folder whose name begins with a letter"),
    ],
)
def test_bad_options_give_one_sentence(
    options: list[object], sentence: str, tmp_path: Path
) -> None:
    """Proves: exit code 2, one line, and nothing written."""
    call = ["scale", PILOT, "--companies", 2, "--out", tmp_path / "park", *options]
    result = CliRunner().invoke(app, [str(part) for part in call])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"parkwerk: {sentence}")
    assert result.stderr.count("\n") == 1
    assert not any(tmp_path.iterdir())


def test_a_base_that_cannot_be_used_gives_one_sentence(tmp_path: Path) -> None:
    """Proves: no study, and a default scenario that names a company, are refused by name."""
    with pytest.raises(InputError, match="expected a study folder"):
        scale_study(tmp_path / "nowhere", 2, 1, tmp_path / "park")
    document = settings(scenarios={"base": {"companies.works.peak_kw": 200}})
    base = write_study(tmp_path / "base", [COMPANY], document=document)
    with pytest.raises(InputError, match=r"default_scenario: .*'base' with companies.works.peak"):
        scale_study(base, 2, 1, tmp_path / "park")


def test_the_page_lists_the_ranges_that_are_drawn_from() -> None:
    """Proves: the table of docs/park.md is that of the data; a changed range must change both."""
    page = (DOCS / "park.md").read_text(encoding="utf-8").replace(",", "")
    for name, branch in branches().items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        for low, high in (
            branch.roof_m2,
            branch.electricity_kwh_per_m2,
            branch.heat_kwh_per_m2,
            branch.heat_supply_c,
            *branch.load_profiles.values(),
        ):
            assert f"{low:.0f}–{high:.0f}" in row
        assert f"| {branch.weight:.0%}".replace("%", " %") in row
        assert all(profile in row for profile in branch.load_profiles)


def test_the_page_tells_what_came_out(park: Inputs) -> None:
    """Proves: the page's table of `inputs/park` is that of its files, and its pipes are counted."""
    page = (DOCS / "park.md").read_text(encoding="utf-8")
    sites, roof = park.companies, {roof.id: roof for roof in park.roofs}
    for name in [*branches(), ""]:
        own = [c for c in sites if c.id.startswith(name)]
        area = sum(r.area_m2 for r in roof.values() if r.company.startswith(name))
        figures = [
            str(len(own)),
            f"{sum(c.electricity_kwh or 0 for c in own) / 1e6:.1f}",
            f"{sum(c.heat_kwh for c in own) / 1e6:.1f}",
            f"{area:,.0f}",
            str(sum(c.refrigeration_kwh > 0 for c in own)),
            f"{sum(bool(c.sme) for c in own) / len(own):.0%}".replace("%", " %"),
        ]
        plain = page.replace("**", "")
        assert " | ".join([f"`{name}`" if name else "park", *figures]) in plain
    assert f"{len(park.pipes)} candidate pipes and {len(park.lines)} candidate direct" in page
