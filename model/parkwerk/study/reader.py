"""Reading a study folder: `study.yaml`, `companies.csv`, `roofs.csv`, `links.csv`, meter files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from parkwerk.study.overrides import override_document, override_rows
from parkwerk.study.schema import Company, Link, Roof, Settings, link_label
from parkwerk.study.tables import Row, explain, read_table, read_yaml
from parkwerk.study.values import Strict


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

    Examples
    --------
    >>> study = read_study("inputs/pilot")  # doctest: +SKIP
    >>> study.scenario("alone")  # doctest: +SKIP
    >>> study.scenario(regime="closed-network")  # doctest: +SKIP
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

    @property
    def input_files(self) -> tuple[Path, ...]:
        """Every file of the folder that the study or a scenario reads, for hashes."""
        meters = [row.cells.get("load_file") for row in self.rows["companies"]]
        tables = [f"{table.name}.csv" for table in TABLES]
        names = [SETTINGS_FILE, *tables, *meters, *self.settings_files]
        paths = dict.fromkeys(self.folder / name for name in names if name)
        return tuple(path for path in paths if path.is_file())

    @property
    def settings_files(self) -> tuple[str, ...]:
        """What settings, also those of a scenario, name where a file of the folder may stand."""
        names: list[str | None] = []
        for settings in (self.settings, *map(self._settings_of, self.scenarios)):
            prices, weather = settings.prices, settings.weather
            names += [prices.spot.file, prices.price_sheet.value]
            names += [weather.file.value, weather.reference.value]
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def _document(self) -> dict[str, Any]:
        return self.settings.model_dump()

    def inputs(self, name: str | None = None, regime: str | None = None) -> Inputs:
        """Checked inputs of a scenario; without a name, of the default one.

        A `regime` takes the place of the scenario's own.
        """
        name = name or self.settings.default_scenario
        if name not in self.settings.scenarios:
            raise InputError(
                f"{SETTINGS_FILE}, field scenarios: expected one of {', '.join(self.scenarios)}, "
                f"found {name!r}"
            )
        if regime is not None and regime not in regimes():
            raise InputError(f"regime: expected one of {', '.join(regimes())}, found {regime!r}")
        changes = self.settings.scenarios[name]
        try:
            return self._changed(name, changes, regime)
        except InputError as error:
            if not changes or f"scenarios.{name}" in str(error):
                raise
            raise InputError(f"in scenario {name!r}: {error}") from error

    def _settings_of(self, name: str) -> Settings:
        """Settings with the overrides of a scenario."""
        tables = {table.name for table in TABLES}
        changes = self.settings.scenarios[name]
        own = {p: v for p, v in changes.items() if p.split(".")[0] not in tables}
        if not own:
            return self.settings
        return _settings(override_document(self._document, own, name), {})

    def _changed(self, name: str, changes: Mapping[str, Any], regime: str | None) -> Inputs:
        """Inputs with the overrides of a scenario, under a regime."""
        settings = self._settings_of(name)
        if regime is not None:
            settings = settings.model_copy(update={"regime": regime})
        changed = {}
        for table in TABLES:
            rows = self.rows[table.name]
            theirs = {p: v for p, v in changes.items() if p.split(".")[0] == table.name}
            keys = [table.name_of(row) for row in rows]
            columns = list(table.columns)
            changed[table.name] = override_rows(rows, keys, theirs, name, columns)
        return check_inputs(self.folder, name, settings, changed)

    def scenario(self, name: str | None = None, regime: str | None = None) -> xr.Dataset:
        """Everything the optimisation needs, as :mod:`parkwerk.quantities` lists it.

        Parameters
        ----------
        name
            A scenario of `study.yaml`; without a name, its `default_scenario`.
        regime
            A regime of :mod:`parkwerk.regulation` in place of the scenario's own.

        Raises
        ------
        InputError
            For an unknown name, or when an input does not fit the others.
        """
        from parkwerk.study.scenario import build

        return build(self.inputs(name, regime))


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
