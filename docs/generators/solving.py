"""How formulas become numbers, and money is reckoned: docstrings of `solve/` and other rooms."""

from __future__ import annotations

from collections.abc import Iterable

from generators.text import FORMULA, PACKAGE, docstring, markdown, page, read_source

#: What a formula has and a name has not.
SIGNS = set("=≤≥<Σ·×^")

#: The way from a template to a proven result: title, and the modules in reading order.
WAY = {
    "From formulas to numbers": ("formulation/template", "solve/stamp", "solve/assemble"),
    "A year under a given design": (
        "solve/periods",
        "solve/year",
        "solve/dispatch",
        "solve/conditions",
        "solve/settle",
    ),
    "The best design of one company": (
        "solve/alone",
        "solve/representative",
        "solve/value",
        "solve/master",
        "solve/benders",
        "solve/seeker",
    ),
    "The best design of all": (
        "solve/optimise",
        "solve/together",
        "solve/state",
        "solve/bids",
        "solve/prices",
        "solve/wire_prices",
        "solve/heat_market",
        "solve/heat_prices",
        "solve/lines",
        "solve/bound",
        "solve/agree",
        "solve/mix",
        "solve/components",
        "solve/proof",
    ),
    "Parts of the park, and what one unit more would bring": (
        "solve/coalitions",
        "solve/redispatch",
        "solve/nearby",
        "solve/marginal",
    ),
}

#: What stands behind the money in the results.
MONEY = {
    "Annuities and net present values": (
        "regulation/economics",
        "assess/vdi2067",
        "assess/cash_flow",
        "assess/finance",
        "assess/profitability",
        "assess/links",
        "assess/bills",
    ),
    "Games: who is to gain what": (
        "division/game",
        "division/shapley",
        "division/core",
        "division/polyhedron",
        "division/generation",
    ),
    "The division of the gain, and the contract": (
        "gain/shares",
        "gain/large_division",
        "gain/trades",
        "gain/market_rules",
        "gain/contract",
        "gain/sensitivity",
    ),
}


def solve() -> str:
    """The solve modules in reading order; those not named above follow as helpers."""
    named = {module for group in WAY.values() for module in group}
    others = [m for m in _modules("solve") if m not in named]
    return page(
        "# From formulas to numbers",
        "Pyomo is where the mathematics is written and read. It is compiled to arrays once, and "
        "everything after that works on arrays. These are the opening words of each file, in the "
        "order in which a run meets them. What a result proves is told in plainer words under "
        "[How near the best](../proof.md).",
        *_groups(WAY, formulas=False),
        "## Helpers",
        "\n".join(f"- `{m}.py`: {_first_line(m)}" for m in others),
    )


def money() -> str:
    """Finance and division: opening words of the files, and each function that has a formula."""
    return page(
        "# Finance and the division of gains",
        "What is computed from a solution, without any optimisation of the design. The "
        "guide explains [finance](../finance.md) and [who gains what](../gains.md) in words.",
        *_groups(MONEY, formulas=True),
    )


def _groups(groups: dict[str, tuple[str, ...]], formulas: bool) -> Iterable[str]:
    for title, modules in groups.items():
        yield f"## {title}"
        for module in modules:
            source = read_source(f"{module}.py")
            yield f"### `{module}.py`"
            yield markdown(source.doc)
            if formulas:
                yield from _formulas(module)


def _formulas(module: str) -> Iterable[str]:
    """Public functions whose docstring has a formula."""
    for name, function in read_source(f"{module}.py").functions.items():
        doc = docstring(function)
        if not name.startswith("_") and any(set(f.group(1)) & SIGNS for f in FORMULA.finditer(doc)):
            yield f"#### `{name}`"
            yield markdown(doc)


def _modules(room: str) -> list[str]:
    """All files of a room but its `__init__`, and those of the rooms within."""
    paths = sorted((PACKAGE / room).rglob("*.py"))
    return [
        path.relative_to(PACKAGE).with_suffix("").as_posix()
        for path in paths
        if path.name != "__init__.py"
    ]


def _first_line(module: str) -> str:
    return markdown(read_source(f"{module}.py").doc).partition("\n\n")[0]
