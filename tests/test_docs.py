"""The pages of the site that are made say what code and data say, and nothing is left out."""

from __future__ import annotations

import inspect
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest
import yaml

import generate
import parkwerk as pw
from generators import documents, solving
from parkwerk.formulation.actor import Shape
from parkwerk.formulation.limits import DERIVED
from parkwerk.formulation.park import BUILDERS
from parkwerk.quantities import LABELS, SCENARIO, SOLUTION
from parkwerk.regulation.law import law
from parkwerk.regulation.price_sheet import price_sheet_names
from parkwerk.regulation.regimes import pool_rules, regimes
from parkwerk.study.reader import TABLES
from parkwerk.study.schema import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WRITTEN = sorted(path.name for path in DOCS.glob("*.md"))

#: An actor of each kind with every rule that an actor of its kind can have.
FULL = (
    Shape(
        kind="site",
        period_steps=2,
        step_hours=1.0,
        sizes=(
            *(("roof", 1), ("pv_class", 1), ("feed_in_rule", 1), ("pool", 2), ("giver", 2)),
            *(("taker", 2), ("keyed_pool", 1), ("heat_source", 1), ("month", 1)),
        ),
        features=frozenset(
            {"heat", "windows", "order", "cap", "gate", "behind", "rebate", "lines"}
        ),
        class_rules=(0,),
        keyed=(0,),
    ),
    Shape(
        kind="heat source",
        period_steps=2,
        step_hours=1.0,
        sizes=(("pipe", 2), ("route", 2)),
        arcs=((0, 1), (1, 2)),
        sinks=(2,),
    ),
    Shape("common connection", 2, 1.0, (("month", 1),), frozenset({"windows", "order"})),
    Shape("allocation key", 2, 1.0, (("company", 2),)),
)


@cache
def made(place: str) -> str:
    """A generated page, each once."""
    return generate.read_page(place)


def page(place: str) -> str:
    """Text of a page as MkDocs gets it, generated or written."""
    if place in generate.PAGES:
        return made(place)
    text = (DOCS / place).read_text(encoding="utf-8")
    return documents.relink(text, f"docs/{place}", place)


def row(place: str, name: str) -> list[str]:
    """Cells of the row of a table that begins with a name."""
    found = [line for line in page(place).splitlines() if line.startswith(f"| `{name}` |")]
    assert len(found) >= 1, f"{name} is not in {place}"
    return [cell.strip() for cell in found[0].strip("|").split(" | ")]


@cache
def constraints() -> dict[str, str]:
    """Docstring of every constraint that any actor can have, by name, out of Pyomo itself."""
    found = {}
    for shape in FULL:
        for part in BUILDERS[shape.kind](shape).component_objects(pyo.Constraint):
            found[part.name] = inspect.cleandoc(part.doc or "")
    return found


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("formulation/scenario-quantities.md", SCENARIO),
        ("formulation/solution-quantities.md", SOLUTION),
        ("formulation/limits.md", DERIVED),
    ],
)
def test_every_quantity_is_in_its_table(place: str, known: dict[str, Any]) -> None:
    """Proves: name, dimensions, unit and meaning of each quantity stand in one row.
    If broken: a quantity is missing, or a cell has slipped by one column.
    """
    for name, quantity in known.items():
        by = ", ".join(quantity.dims) or "–"
        assert row(place, name)[:4] == [f"`{name}`", by, quantity.units or "–", quantity.long_name]


def test_every_label_is_told() -> None:
    """Proves: the labels that tie a scenario's parts together are listed too."""
    for name, (dim, what) in LABELS.items():
        assert row("formulation/scenario-quantities.md", name) == [f"`{name}`", dim, what]


def test_every_constraint_of_pyomo_is_on_a_page_with_its_formulas() -> None:
    """Proves: constraints of all actors, taken from the models themselves, are explained.
    If broken: a part that `build_site` calls is read wrongly or not at all.
    """
    text = made("formulation/site.md") + made("formulation/other-actors.md")
    flat = " ".join(text.split())
    assert len(constraints()) > 50
    for name, doc in constraints().items():
        assert f"#### `{name}`" in text, name
        for formula in re.findall(r"``([^`]+)``", doc):
            assert " ".join(formula.split()) in flat, f"{name}: {formula}"


def test_every_constraint_has_a_formula_and_a_unit() -> None:
    """Proves: each docstring has a relation in code marks and a unit in brackets beside it."""
    for name, doc in constraints().items():
        assert re.search(r"``[^`]*[=≤≥][^`]*``", doc), f"{name} has no formula"
        assert re.search(r"\[[^\]]+\]", re.sub(r"``[^`]+``", "", doc)), f"{name} has no unit"


def test_no_constraint_of_the_sources_escapes_the_models() -> None:
    """Proves: the actors above have every rule that is written anywhere in `formulation/`.
    If broken: a new feature is not among those of the shapes, and goes untested above.
    """
    written = set[str]()
    for path in (ROOT / "model" / "parkwerk" / "formulation").glob("*.py"):
        for call in re.findall(
            r"^ +rules\(\w+, ([^)=]+?)(?:, over|\))", path.read_text("utf-8"), re.M
        ):
            written |= {name.strip() for name in call.split(",") if name.strip()}
    assert written == set(constraints())


def test_parts_stand_in_the_order_in_which_a_site_is_built() -> None:
    """Proves: the page follows `build_site`, parts within parts at their place."""
    anchors = re.findall(r"^## .* \{#(.*)\}$", made("formulation/site.md"), re.M)
    order = ["build-site", "add-tariff", "add-pv", "add-pools", "add-supply", "add-gate"]
    order += ["add-battery", "add-heat", "add-boiler", "add-heat-pump"]
    assert [anchor for anchor in anchors if anchor in order] == order


def schema_paths(node: dict[str, Any], whole: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and title of every input, out of pydantic's JSON schema."""
    for name, field in node.get("properties", {}).items():
        target = field.get("$ref", "").rpartition("/")[2]
        section = whole["$defs"].get(target, {})
        if target and target not in ("Value", "Choice") and "properties" in section:
            yield from ((f"{name}.{path}", title) for path, title in schema_paths(section, whole))
        else:
            yield name, field.get("title", "")


def test_every_path_of_a_study_is_in_the_reference() -> None:
    """Proves: each path of study.yaml has a row with its title.
    If broken: a field or a section of the schema is not reached.
    """
    schema = Settings.model_json_schema()
    paths = dict(schema_paths(schema, schema))
    assert len(paths) > 80
    for path, title in paths.items():
        assert row("reference/study.md", path)[1] == title


def test_every_column_of_the_tables_is_in_the_reference() -> None:
    """Proves: companies, roofs and links have a row for each column, under their own heading."""
    for table in TABLES:
        own = (
            made("reference/tables.md").partition(f"## {table.name}.csv\n")[2].partition("\n## ")[0]
        )
        for name, needed in table.columns.items():
            line = next(x for x in own.splitlines() if x.startswith(f"| `{name}` |"))
            assert line.endswith("| **must be given** |") == needed, name


#: Lines copied from the pages after a look at the files of the code.
BY_HAND = {
    "reference/study.md": """
| `technologies.battery.energy_investment` | investment per kWh | value in `EUR/kWh`, 0 to 3000 | 305 EUR/kWh (S59: 250 EUR of 2020 x 1.22) |
| `sharing.member_cost` | yearly cost of each member of a pool over the public grid | value in `EUR/a`, 0 to 1,000,000 | 240 EUR/a (assumption: 20 EUR a month) |
| `technologies.pv.tender_value` | value won in a tender by plants above 1 MW; empty: no support | value in `EUR/kWh`, -0.1 to 1 | – |
| `year` | calendar year of all time series | whole number, from 2000 to 2100 | **must be given** |
""",  # noqa: E501
    "reference/tables.md": """
| `voltage_level` | voltage level of the connection | one of `LV`, `MV/LV` or `MV` | **must be given** |
| `tilt_deg` | tilt of the modules, degrees | number, from 0 to 90 | **must be given** |
| `sme` | micro, small or medium enterprise (2003/361/EC); empty: told from the figures | yes or no | – |
""",  # noqa: E501
    "formulation/site.md": """
| `heat_stored` | time | any | kW | net charging of the heat store |
| `pv_built` | pv_class | 0 or 1 | 1 | 1 where the company has a plant of the class |
""",
}


@pytest.mark.parametrize("place", BY_HAND)
def test_lines_read_as_checked_by_hand(place: str) -> None:
    """Proves: kind, unit, range, default and source are those that the files of the code show."""
    for line in BY_HAND[place].strip().splitlines():
        assert line in page(place).splitlines()


def test_regimes_rules_law_and_sheets_are_all_there() -> None:
    """Proves: every regime, rule, value of the law and price sheet has its place."""
    text = made("reference/regimes.md")
    for kind, names in (("regime", regimes()), ("rule", pool_rules())):
        for name in names:
            assert f"### `{name}` {{#{kind}-{name}}}" in text
    for name in law(pw.read_study(ROOT / "inputs" / "pilot").settings.law_date).provenance:
        assert f"(`{name}`)" in made("reference/law.md")
    for name in price_sheet_names():
        assert f"## `{name}`" in made("reference/price-sheets.md")


def test_a_rule_says_what_it_asks_and_until_when() -> None:
    """Proves: conditions, charges and dates of a rule are read out (customer systems)."""
    rule = made("reference/regimes.md").partition("{#rule-customer-system}")[2].partition("###")[0]
    assert "| conditions | `same_customer_system` |" in rule
    assert "| open | until 2028-12-31 |" in rule
    assert "| kWh pass the members' grid meters | no |" in rule


def test_sheets_show_what_is_not_known() -> None:
    """Proves: a charge that a sheet lacks is told, and one that it has keeps its cents."""
    bayernwerk = made("reference/price-sheets.md").partition("## `bayernwerk-2025`")[2]
    assert "| LV | 21.93 | 7.45 | not known | not known |" in bayernwerk


def test_commands_and_public_names_are_all_there() -> None:
    """Proves: the help of each command and the directive of each public function are on a page."""
    commands = made("reference/commands.md")
    for name in ("run", "compare", "gain", "sheet", "check", "scenarios", "scale"):
        assert f"## parkwerk {name}\n" in commands
    assert "--time-limit SECONDS" in commands
    for name in set(pw.__all__) - {"__version__"}:
        assert re.search(rf"^::: parkwerk\..*\.{name}$", made("reference/api.md"), re.M), name


def test_every_solve_module_is_told() -> None:
    """Proves: a file of `solve/` is in the reading order or among the helpers, and none is gone."""
    text = made("formulation/solve.md")
    folder = ROOT / "model" / "parkwerk" / "solve"
    for path in folder.rglob("*.py"):
        name = path.relative_to(folder.parent).as_posix()
        assert path.name == "__init__.py" or f"`{name}`" in text, name
    for groups in (solving.WAY, solving.MONEY):
        for module in (module for group in groups.values() for module in group):
            assert (folder.parent / f"{module}.py").is_file()


def places(nav: list[Any]) -> Iterator[str]:
    """Pages of a navigation, at any depth."""
    for entry in nav:
        for target in entry.values() if isinstance(entry, dict) else [entry]:
            yield from places(target) if isinstance(target, list) else [target]


def test_the_navigation_names_every_page_once() -> None:
    """Proves: what is in `nav` exists, and no page is beyond reach."""
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(places(settings["nav"])) == sorted([*WRITTEN, *generate.PAGES])


@pytest.mark.parametrize("place", [*WRITTEN, *sorted(generate.PAGES)])
def test_links_lead_somewhere(place: str) -> None:
    """Proves: a link of a written page leads to a file of the repository, and every link on the
    site to a page or picture of the site.
    """
    if place in WRITTEN:
        for _, _, target in documents.LINK.findall((DOCS / place).read_text(encoding="utf-8")):
            if "://" not in target:
                assert (DOCS / target.partition("#")[0]).exists(), target
    reachable = {*generate.PAGES, *documents.IMAGES, *(path.name for path in DOCS.iterdir())}
    for _, _, target in documents.LINK.findall(page(place)):
        if "://" not in target and not target.startswith("#"):
            way = posixpath.join(posixpath.dirname(place), target.partition("#")[0])
            assert posixpath.normpath(way) in reachable, target


def test_links_change_with_the_place_of_a_page() -> None:
    """Proves: a link counts from where the page is on the site; a file that is no page becomes its
    name; a link to nothing stays, so that the build complains.
    """

    def relink(text: str) -> str:
        return documents.relink(text, "benchmarks/README.md", "benchmarks/index.md")

    assert relink("[a](../docs/proof.md#x)") == "[a](../proof.md#x)"
    assert relink("![a](proof.png)") == "![a](proof.png)"
    assert relink("[`a`](../Makefile)") == "`a`"
    assert relink("[a](../nothing.md)") == "[a](../nothing.md)"
    assert relink("[a](https://xarray.dev)") == "[a](https://xarray.dev)"


def test_a_section_that_the_readme_lost_is_missed() -> None:
    """Proves: a heading that was renamed ends the build instead of leaving an empty page."""
    with pytest.raises(LookupError, match="no section 'Nothing of the kind'"):
        documents.section("Nothing of the kind")
    assert documents.section("What the model leaves out").count("\n## ") == 0


def test_options_that_the_guide_names_exist() -> None:
    """Proves: no page advises an option that the program does not have."""
    named = {o for p in WRITTEN for o in re.findall(r"`(--[a-z-]+)", page(p))}
    assert {"--gap", "--resume", "--regimes"} <= named
    assert {o for o in named if not re.search(rf"{o}\b", made("reference/commands.md"))} == set()


def test_examples_of_the_guide_are_inputs_that_are_accepted(tmp_path: Path) -> None:
    """Proves: scenarios, finance and price sheet can be copied from the pages into a study.
    If broken: the first of them is refused with a sentence.
    """
    study = tmp_path / "study"
    shutil.copytree(ROOT / "inputs" / "pilot", study)
    settings = yaml.safe_load((study / "study.yaml").read_text(encoding="utf-8"))
    del settings["variants"]  # they begin from a scenario that the guide's replace
    for name in ("scenarios.md", "finance.md"):
        for block in re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.S):
            settings |= yaml.safe_load(block)
    sheet = yaml.safe_load(
        re.findall(r"```yaml\n(.*?)```", (DOCS / "inputs.md").read_text("utf-8"), re.S)[0]
    )
    sheet["levels"] |= dict.fromkeys(("MV/LV", "LV"), sheet["levels"]["MV"])
    settings["prices"]["price_sheet"]["value"] = "my-operator.yaml"
    (study / "study.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (study / "my-operator.yaml").write_text(yaml.safe_dump(sheet), encoding="utf-8")
    read = pw.read_study(study)
    assert (
        read.inputs("cheap-batteries").settings.technologies.battery.energy_investment.value == 200
    )
    assert len(read.inputs("without-the-pipe").links) == len(read.inputs("base").links) - 1
    assert read.inputs("base").price_sheet.name == "my-operator"


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_loads_nothing(tmp_path: Path) -> None:
    """Proves: the strict build passes, and no page asks another machine for a script, a style, a
    letter or a picture.
    """
    pytest.importorskip("mkdocs")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(generate.PAGES)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?([^\"\s>]+)", text)
        loaded += re.findall(r"<link[^>]*\shref=\"?([^\"\s>]+)", text)
        assert [address for address in loaded if "//" in address] == [], path.name
