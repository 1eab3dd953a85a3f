"""The mathematical formulation, read from the docstrings of `formulation/*.py`.

A part (`add_battery`) is read as it is written: what it declares, in its order. So a component
that is added to `build_site` is on the page with its data, variables, constraints and costs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from generators.text import (
    PACKAGE,
    Source,
    code,
    docstring,
    fenced,
    markdown,
    page,
    read_source,
    table,
    words,
)
from parkwerk.formulation.limits import DERIVED
from parkwerk.quantities import SCENARIO, SOLUTION, Quantity

FOLDER = PACKAGE / "formulation"
#: Sets over which constraints run, where their name in the code is not the word for one of them.
SETS = {
    "time": "step",
    "pv_class": "PV class",
    "feed_in_rule": "feed-in rule",
    "heat_source": "heat source",
    "keyed_pool": "pool with a key",
}
#: Actors beside the site, with the function that writes each.
OTHER_ACTORS = (
    ("waste_heat", "build_heat_source"),
    ("common_connection", "build_common_connection"),
    ("allocation_key", "build_allocation_key"),
)


@dataclass
class Part:
    """What one function declares, in the order of its lines."""

    module: str
    name: str
    doc: str
    data: list[str] = field(default_factory=list)
    variables: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    constraints: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    exclusive: list[tuple[str, str, str]] = field(default_factory=list)
    costs: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def __iter__(self) -> Iterator[Part]:
        """The part and all that it calls."""
        yield self
        for part in self.parts:
            yield from part


def sources() -> dict[str, Source]:
    """The files of the formulation by module name."""
    names = sorted(path.stem for path in FOLDER.glob("*.py"))
    return {name: read_source(f"formulation/{name}.py") for name in names}


def read_part(files: dict[str, Source], module: str, name: str) -> Part:
    """Read a function of a module, and the parts that it calls."""
    function = files[module].functions[name]
    part = Part(module, name, docstring(function))
    for node in _in_order(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            _read_call(files, part, node, node.func.id)
        elif isinstance(node, ast.Assign):
            _read_variable(part, node)
    return part


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below one, as they stand in the text."""
    for child in ast.iter_child_nodes(node):
        yield child
        yield from _in_order(child)


def _read_call(files: dict[str, Source], part: Part, call: ast.Call, name: str) -> None:
    if name == "data":
        part.data += [_text(argument) for argument in call.args[1:]]
    elif name == "rules":
        over = next((_texts(k.value) for k in call.keywords if k.arg == "over"), ("time",))
        for argument in call.args[1:]:
            rule = _name(argument)
            module = _home(files, part.module, rule)
            part.constraints.append((rule, over, docstring(files[module].functions[rule])))
    elif name == "exclusive":
        one, other = (_flow(argument) for argument in call.args[2:4])
        part.exclusive.append((_text(call.args[1]), one, other))
    elif name == "add_cost":
        if (kind := _text(call.args[1])) not in part.costs:
            part.costs.append(kind)
    elif name.startswith("add_"):
        part.parts.append(read_part(files, _home(files, part.module, name), name))


def _read_variable(part: Part, node: ast.Assign) -> None:
    """``site.charge = pyo.Var(site.time, domain=pyo.NonNegativeReals)``."""
    target, value = node.targets[0], node.value
    if not (isinstance(target, ast.Attribute) and isinstance(value, ast.Call)):
        return
    if ast.unparse(value.func) != "pyo.Var":
        return
    domain = next(_name(k.value) for k in value.keywords if k.arg == "domain")
    part.variables.append((target.attr, tuple(_name(a) for a in value.args), domain))


def _home(files: dict[str, Source], module: str, name: str) -> str:
    """The module that defines a function: the one at hand before any other."""
    candidates = [module, *files]
    return next(m for m in candidates if name in files[m].functions)


def _name(node: ast.expr) -> str:
    """Last word of ``heat_balance``, ``site.charge``, ``pyo.Binary``."""
    return ast.unparse(node).rpartition(".")[2]


def _flow(node: ast.expr) -> str:
    """A flow by its name: ``site.charge`` or ``leaving(site)``."""
    return _name(node.func) if isinstance(node, ast.Call) else _name(node)


def _text(node: ast.expr) -> str:
    return str(ast.literal_eval(node))


def _texts(node: ast.expr) -> tuple[str, ...]:
    return tuple(ast.literal_eval(node))


# --- pages -------------------------------------------------------------------------------------


def overview() -> str:
    """Actors and exchanges: the table of contents of the whole model."""
    files = sources()
    site = read_part(files, "site", "build_site")
    contents = [_entry(part, "site.md") for part in site]
    others = [_entry(read_part(files, *actor), "other-actors.md") for actor in OTHER_ACTORS]
    return page(
        "# The park: actors and exchanges",
        "These pages are made from the docstrings of `model/parkwerk/formulation/`. Every formula "
        "stands beside the lines of Pyomo that it describes. Names are the same in the formulas, "
        "in the data of a [scenario](scenario-quantities.md), in the "
        "[results](solution-quantities.md) and in the tables.",
        "All costs are in EUR a year; of all actors together the sum is least. An index in "
        "brackets, as in `charge[t]`, runs over the steps `t` of the year and over roofs `r`, "
        "size classes `k`, feed-in rules `g`, pools `p`, heat sources `s`, nodes and pipes as the "
        "text says. `Δt` is the length of a step in hours.",
        markdown(files["park"].doc),
        "## What an actor is",
        markdown(files["actor"].doc),
        "## A site, part by part",
        "\n".join(contents),
        "## Other actors",
        "\n".join(others),
        "## What follows from the data",
        "Limits that a binary variable needs are [derived from the data](limits.md), hour by hour "
        "where that is possible. How the year is solved, and what is proven, is told under "
        "[From formulas to numbers](solve.md).",
    )


def _entry(part: Part, place: str) -> str:
    """A line of the table of contents: the part, and the first words of its docstring."""
    first = " ".join(part.doc.partition("\n\n")[0].split())
    return f"- [{_title(part)}]({place}#{_anchor(part)}): {first}"


def site() -> str:
    """All parts of a site in the order of `build_site`."""
    files = sources()
    whole = read_part(files, "site", "build_site")
    return page("# A site, part by part", *_actor(files, whole))


def other_actors() -> str:
    """Heat sources with their pipes, common connections, allocation keys."""
    files = sources()
    blocks = [_actor(files, read_part(files, *actor)) for actor in OTHER_ACTORS]
    return page("# Other actors", *(block for actor in blocks for block in actor))


def _actor(files: dict[str, Source], whole: Part) -> list[str]:
    """Sections of an actor; what a module computes beside stands below its first part."""
    parts = list(whole)
    listed = {name for part in parts for name, _, _ in part.constraints}
    blocks, seen = [], set[str]()
    for part in parts:
        blocks += [f"## {_title(part)} {{#{_anchor(part)}}}"]
        if part.module not in seen:
            blocks += [markdown(files[part.module].doc)]
        blocks += [f"`{part.name}` in `formulation/{part.module}.py`", markdown(part.doc)]
        blocks += _declared(part)
        if part.module not in seen:
            blocks += _expressions(files[part.module], listed)
        seen.add(part.module)
    return blocks


def _title(part: Part) -> str:
    """``add_heat_pump`` is the heat pump."""
    name = part.name.partition("_")[2].replace("_", " ")
    return "PV" if name == "pv" else name.capitalize()


def _anchor(part: Part) -> str:
    return part.name.replace("_", "-")


def _declared(part: Part) -> list[str]:
    """What a part declares."""
    blocks = []
    if part.data:
        known = SCENARIO | DERIVED
        rows = [[code(name), *_described(known[name]), _origin(name)] for name in part.data]
        blocks += ["**Data**", table(["name", "by", "unit", "meaning", ""], rows)]
    if part.variables:
        blocks += ["**Variables**"]
        header = ["name", "for each", "values", "unit", "meaning"]
        blocks += [table(header, [_variable_row(*variable) for variable in part.variables])]
    if part.constraints:
        blocks += ["**Constraints**"]
        blocks += [block for rule in part.constraints for block in _constraint(*rule)]
    for name, one, other in part.exclusive:
        blocks += [
            f"**`{name}`**, in every step: never both at the same time.",
            fenced(f"{one}[t]·{other}[t] = 0"),
        ]
    if part.costs:
        kinds = words([f"*{kind}*" for kind in part.costs], "and")
        blocks += [f"Costs are booked as {kinds}."]
    return blocks


def _described(quantity: Quantity) -> list[str]:
    return [", ".join(quantity.dims) or "–", quantity.units or "–", quantity.long_name]


def _origin(name: str) -> str:
    return "[derived](limits.md)" if name in DERIVED else ""


def _variable_row(name: str, over: tuple[str, ...], domain: str) -> list[str]:
    domains = {"NonNegativeReals": "≥ 0", "Reals": "any", "Binary": "0 or 1"}
    known = SOLUTION.get(name)
    told = [known.units, known.long_name] if known else ["", "auxiliary, not in the results"]
    return [code(name), ", ".join(over) or "–", domains[domain], *told]


def _constraint(name: str, over: tuple[str, ...], doc: str) -> list[str]:
    where = f"for each {words([SETS.get(o, o) for o in over], 'and')}" if over else "once"
    return [f"#### `{name}` {{#{name}}}", f"*{where}*", markdown(doc)]


def _expressions(source: Source, listed: set[str]) -> list[str]:
    """What constraints call by name, such as the generation of a plant."""
    blocks = []
    for name, function in source.functions.items():
        if name.startswith(("add_", "build_")) or name in listed:
            continue
        blocks += [f"#### `{name}`", markdown(docstring(function))]
    return ["**Named expressions**", *blocks] if blocks else []


def limits() -> str:
    """Derived limits: a table, and the reasoning of each function that has a formula."""
    source = sources()["limits"]
    rows = [[code(name), *_described(quantity)] for name, quantity in DERIVED.items()]
    reasons = [
        block
        for name, function in source.functions.items()
        if "``" in docstring(function) or "\n    " in docstring(function)
        for block in (f"### {name.strip('_').replace('_', ' ')}", markdown(docstring(function)))
    ]
    return page(
        "# Limits from data",
        markdown(source.doc),
        table(["name", "by", "unit", "meaning"], rows),
        "## How they follow",
        *reasons,
    )
