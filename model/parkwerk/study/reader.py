"""Reading a study folder: `study.yaml`, `companies.csv`, `roofs.csv`, `links.csv`, meter files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import xarray as xr
from pydantic import ValidationError

from parkwerk.errors import InputError
from parkwerk.regulation.regimes import regimes
from parkwerk.study.inputs import SETTINGS_FILE, Inputs, check_inputs
from parkwerk.study.overrides import Layer, override_document, override_rows
from parkwerk.study.schema import Company, Link, Roof, Settings, link_label
from parkwerk.study.tables import Row, explain, read_table, read_yaml
from parkwerk.study.values import Strict
from parkwerk.study.variants import Variant, variants_of


@dataclass(frozen=True)
class _Table:
    """How a table is called, what its rows are and what names a row."""

    name: str
    schema: type[Strict]
    label: str
    key: Callable[[Mapping[str, str]], str]

    @property
    def columns(self) -> dict[str, bool]:
        """Column names, and whether a cell must be filled."""
        fields = self.schema.model_fields
        return {field.alias or name: field.is_required() for name, field in fields.items()}

    def say(self, cells: Mapping[str, str]) -> str:
        """What a message calls the row."""
        return self.label.format_map(_Blank(cells))

    def name_of(self, row: Row) -> str:
        """Name of the row in the path of an override."""
        return self.key(_Blank(row.cells))


class _Blank(dict[str, str]):
    """Cells by column, a question mark where a cell is empty."""

    def __missing__(self, key: str) -> str:
        return "?"


def _link_key(cells: Mapping[str, str]) -> str:
    return link_label(cells["from"], cells["to"], cells["carrier"])


TABLES = (
    _Table("companies", Company, "company '{id}'", itemgetter("id")),
    _Table("roofs", Roof, "roof '{id}' of company '{company}'", itemgetter("id")),
    _Table("links", Link, "link from company '{from}' to '{to}'", _link_key),
)


@dataclass(frozen=True)
class Study:
    """A study folder that was read and found sound in each of its scenarios.

    Variants are read when they are asked for: there may be many.

    Examples
    --------
    >>> study = read_study("inputs/pilot")  # doctest: +SKIP
    >>> study.scenario("alone")  # doctest: +SKIP
    >>> study.scenario(regime="closed-network")  # doctest: +SKIP
    >>> [study.scenario(variant.name) for variant in study.variants]  # doctest: +SKIP
    """

    folder: Path
    settings: Settings
    rows: Mapping[str, list[Row]]

    @property
    def name(self) -> str:
        """Short name of the study."""
        return self.settings.name

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in the order of the file."""
        return tuple(self.settings.scenarios)

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Variants with their labels on each axis, in the order of the file."""
        return variants_of(self.settings)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all scenarios and variants."""
        return (*self.scenarios, *(variant.name for variant in self.variants))

    @property
    def input_files(self) -> tuple[Path, ...]:
        """Every file of the folder that the study reads, for hashes."""
        prices = self.settings.prices
        meters = [row.cells.get("load_file") for row in self.rows["companies"]]
        tables = [f"{table.name}.csv" for table in TABLES]
        names = [SETTINGS_FILE, *tables, *meters, prices.spot.file, prices.price_sheet.value]
        paths = dict.fromkeys(self.folder / name for name in names if name)
        return tuple(path for path in paths if path.is_file())

    @cached_property
    def _document(self) -> dict[str, Any]:
        return self.settings.model_dump()

    def inputs(self, name: str | None = None, regime: str | None = None) -> Inputs:
        """Checked inputs of a scenario or variant; without a name, of the default scenario.

        A `regime` takes the place of the scenario's own.
        """
        name = name or self.settings.default_scenario
        layers = self._layers(name)
        if regime is not None and regime not in regimes():
            raise InputError(f"regime: expected one of {', '.join(regimes())}, found {regime!r}")
        try:
            return self._changed(name, layers, regime)
        except InputError as error:
            if not layers or any(f"field {layer.field}," in str(error) for layer in layers):
                raise
            raise InputError(f"in scenario {name!r}: {error}") from error

    def _layers(self, name: str) -> list[Layer]:
        """What a scenario or a variant changes, in this order.

        Raises
        ------
        InputError
            If there is none of this name.
        """
        if name in self.settings.scenarios:
            layers = [Layer(f"scenarios.{name}", self.settings.scenarios[name])]
        elif (variant := self._variant(name)) is not None:
            layers = list(variant.layers)
        else:
            more = f" or a variant ({len(self.variants)} of them)" if self.variants else ""
            raise InputError(
                f"{SETTINGS_FILE}, field scenarios: expected one of {', '.join(self.scenarios)}"
                f"{more}, found {name!r}"
            )
        return [layer for layer in layers if layer.changes]

    def _variant(self, name: str) -> Variant | None:
        return next((variant for variant in self.variants if variant.name == name), None)

    def _changed(self, name: str, layers: Sequence[Layer], regime: str | None) -> Inputs:
        """Inputs with the overrides of a scenario, under a regime."""
        tables = {table.name for table in TABLES}
        document = self._document
        for layer in layers:
            own = layer.of(tables, inside=False)
            document = override_document(document, own, name) if own.changes else document
        settings = self.settings if document is self._document else _settings(document, {})
        if regime is not None:
            settings = settings.model_copy(update={"regime": regime})
        changed = {}
        for table in TABLES:
            rows = self.rows[table.name]
            for layer in layers:
                theirs = layer.of({table.name}, inside=True)
                keys = [table.name_of(row) for row in rows]
                rows = override_rows(rows, keys, theirs, name, list(table.columns))
            changed[table.name] = rows
        return check_inputs(self.folder, name, settings, changed)

    def scenario(self, name: str | None = None, regime: str | None = None) -> xr.Dataset:
        """Everything the optimisation needs, as :mod:`parkwerk.quantities` lists it.

        Parameters
        ----------
        name
            A scenario or a variant of `study.yaml`; without a name, its `default_scenario`. A
            variant has its labels in the attribute ``axes``, as JSON.
        regime
            A regime of :mod:`parkwerk.regulation` in place of the scenario's own.

        Raises
        ------
        InputError
            For an unknown name, or when an input does not fit the others.
        """
        from parkwerk.study.scenario import build

        scenario = build(self.inputs(name, regime))
        variant = self._variant(name) if name else None
        if variant is not None and variant.labels:
            scenario.attrs["axes"] = json.dumps(variant.labels, ensure_ascii=False)
        return scenario


def read_study(path: str | Path) -> Study:
    """Read a study folder and check it, with each of its scenarios.

    Parameters
    ----------
    path
        Folder with `study.yaml`, `companies.csv`, `roofs.csv` and `links.csv`; the last two may
        hold nothing but their column names.

    Raises
    ------
    InputError
        One sentence that names file, row, field, company and what was expected.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(f"{folder}: expected a study folder with {SETTINGS_FILE}, found none")
    settings = _settings(*read_yaml(folder / SETTINGS_FILE))
    rows = {table.name: _rows(folder, table) for table in TABLES}
    study = Study(folder, settings, rows)
    check_inputs(folder, "", settings, rows)
    for name in study.scenarios:
        study.inputs(name)
    _ = study.variants  # their names; what they change may be many times what scenarios do
    return study


def _settings(document: dict[str, Any], rows: Mapping[tuple[str, ...], int]) -> Settings:
    """Check `study.yaml`; `rows` says in which row a field stands, where that is known."""
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        path = tuple(str(part) for part in error.errors()[0]["loc"])
        known = [rows[path[:end]] for end in range(len(path), 0, -1) if path[:end] in rows]
        place = f", row {known[0]}" if known else ""
        raise InputError(f"{SETTINGS_FILE}{place}, {explain(error, Settings)}") from error


def _rows(folder: Path, table: _Table) -> list[Row]:
    """Rows of a table; without companies there is no study, without roofs or links there is."""
    path = folder / f"{table.name}.csv"
    needs_rows = table.schema is Company
    if not needs_rows and not path.exists():
        raise InputError(
            f"{path.name}: expected this file in {folder}; if there are no {table.name}, "
            "leave only the row of column names in it"
        )
    rows = read_table(path, table.say, table.columns)
    if needs_rows and not rows:
        raise InputError(f"{path.name}, row 2: expected at least one company, found none")
    return rows
