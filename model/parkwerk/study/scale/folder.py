"""Writing a synthetic park as a study folder: settings of a base study, companies drawn anew."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from parkwerk.errors import InputError
from parkwerk.study.inputs import SETTINGS_FILE
from parkwerk.study.reader import TABLES, Study, read_study
from parkwerk.study.scale.branches import branches
from parkwerk.study.scale.site import Site, draw_site
from parkwerk.study.scale.street import PLOTS, lay_links, place_sites
from parkwerk.study.tables import read_yaml
from parkwerk.study.values import Strict

#: More would be no park: its ends would lie further apart than sharing reaches (StromStV §12b).
MOST_COMPANIES = 1000
MOST_SEED = 2**31 - 1
#: First line of a drawn study; such a folder may be drawn again.
MARK = "# Drawn by `parkwerk scale`"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
#: Columns that say nothing about a drawn company.
NOT_DRAWN = (
    "building",
    "tenant",
    "load_file",
    "sme",
    "battery_limit_kwh",
    "heat_pump_limit_kw",
    "heat_storage_limit_kwh",
)
NOTE = (
    "A synthetic park: no row is a real company, and no number is the data of one. Sites were "
    "drawn by `parkwerk scale` from the ranges of branches that docs/park.md lists, all of them "
    "assumptions. Prices, technologies and the law are those of the study {base}; its note: {note}"
)


@dataclass(frozen=True)
class Scaled:
    """The study that was written, and the base's scenarios that could not be carried over."""

    study: Study
    left_out: tuple[str, ...]


def scale_study(base: Path | str, companies: int, seed: int, out: Path | str) -> Scaled:
    """Draw a park, write it as a study folder and read it back with all checks.

    The same base, number and seed give the same bytes. Companies and roofs of a larger park begin
    with those of a smaller one; so do links, where the smaller park ends with a whole street.

    Parameters
    ----------
    base
        Study folder whose settings are kept. Scenarios that change companies, roofs or links by
        name are left out.
    companies
        1 to 1,000.
    seed
        0 to 2³¹ − 1.
    out
        Folder to write: empty, not there yet, or drawn before.

    Raises
    ------
    InputError
        For a number or a seed out of range, a base that cannot be read or used, and an `out` that
        holds anything else or cannot be written.
    """
    _check_number("--companies", companies, 1, MOST_COMPANIES)
    _check_number("--seed", seed, 0, MOST_SEED)
    out = Path(out)
    _check_out(out)
    study = read_study(base)
    document, left_out = _document(study, companies, seed, out)
    sites = place_sites([draw_site(seed, number + 1) for number in range(companies)])
    head = f"{MARK} from the study {study.name}: {companies} companies, seed {seed}."
    texts = _tables(sites, head) | {SETTINGS_FILE: _settings_text(document, head)}
    try:
        with TemporaryDirectory() as draft:
            _write(Path(draft), texts, study)
            _check_drawn(Path(draft))
        _write(out, texts, study)
    except OSError as error:
        raise InputError(
            f"{out}: expected a place that can be written to, found: {error.strerror or error}"
        ) from error
    return Scaled(read_study(out), left_out)


def _check_number(option: str, number: int, low: int, high: int) -> None:
    if not low <= number <= high:
        raise InputError(f"{option}: expected {low} to {high}, found {number}")


def _check_out(out: Path) -> None:
    """Refuse a folder whose name names no study, and one that holds what others wrote."""
    name = out.resolve().name
    if not NAME.match(name):
        raise InputError(
            "--out: expected a folder whose name begins with a letter, of letters, digits, - and "
            f"_, because it names the study, found {name!r}"
        )
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    settings = out / SETTINGS_FILE
    if settings.is_file() and settings.read_bytes().startswith(MARK.encode()):
        return
    raise InputError(
        f"--out: expected a new folder, an empty one or one that parkwerk scale has written, found "
        f"something else at {out}"
    )


def _document(
    study: Study, companies: int, seed: int, out: Path
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Settings of the drawn study, and the scenarios left out."""
    document, _ = read_yaml(study.folder / SETTINGS_FILE)
    document.pop("variants", None)  # they are of that study, and each is a search of its own
    tables = tuple(f"{table.name}." for table in TABLES)
    named = {
        name: [path for path in changes if path.startswith(tables)]
        for name, changes in study.settings.scenarios.items()
    }
    left_out = tuple(name for name, paths in named.items() if paths)
    default = study.settings.default_scenario
    if default in left_out:
        raise InputError(
            f"{study.folder / SETTINGS_FILE}, field default_scenario: expected a scenario that "
            f"names no company, roof or link of its own study, found {default!r} with "
            f"{named[default][0]}"
        )
    kept = {
        name: changes for name, changes in document["scenarios"].items() if name not in left_out
    }
    note = " ".join(study.settings.note.split()) or "none."
    changed = {
        "name": out.resolve().name,
        "title": f"A synthetic business park of {companies} companies (seed {seed})",
        "note": NOTE.format(base=study.name, note=note),
        "scenarios": kept,
    }
    return document | changed, left_out


def _settings_text(document: dict[str, Any], head: str) -> str:
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    comment = "# Edits are lost when it is drawn again; docs/park.md tells how it is drawn."
    return f"{head}\n{comment}\n{text}"


def _tables(sites: Sequence[Site], head: str) -> dict[str, str]:
    """Text of the three tables by file name."""
    synthetic = "No row is a real company; every number is an assumption drawn from a range:"
    ranges = [f"{name}: {branch.ranges}" for name, branch in branches().items()]
    places = f"Positions in metres; {PLOTS} plots along each street. The customer system and the"
    what_if = [places, "closed network of the first street are a what-if of the regimes so named."]
    roofs = [roof for site in sites for roof in site.roofs]
    pitch = "Halls are flat or pitched, large flat ones with an office roof beside."
    routes = "Candidate links along a street, each in the direction in which heat or power goes."
    content: dict[str, tuple[Sequence[Strict], list[str]]] = {
        "companies": ([site.company for site in sites], [synthetic, *ranges, *what_if]),
        "roofs": (roofs, ["No roof is a real one; every number is an assumption.", pitch]),
        "links": (lay_links(sites), ["No link is a planned one.", routes]),
    }
    texts = {}
    for table in TABLES:
        records, comments = content[table.name]
        columns = [name for name in table.columns if name not in NOT_DRAWN]
        comment = "".join(f"# {line}\n" for line in comments)
        texts[f"{table.name}.csv"] = f"{head}\n{comment}{_csv(records, columns)}"
    return texts


def _csv(records: Sequence[Strict], columns: list[str]) -> str:
    """Rows of a table; cells that were not drawn stay empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for record in records:
        cells = record.model_dump(by_alias=True, exclude_unset=True)
        writer.writerow({name: _cell(value) for name, value in cells.items()})
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _write(folder: Path, texts: dict[str, str], base: Study) -> None:
    """The drawn files, and the price sheet and prices that the base keeps in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    prices = base.settings.prices
    for name in filter(None, (prices.price_sheet.value, prices.spot.file)):
        file = base.folder / name
        if not file.is_file() or Path(name).is_absolute():
            continue
        if ".." in Path(name).parts:
            raise InputError(
                f"{base.folder / SETTINGS_FILE}, field prices: expected files inside the study "
                f"folder, because they are copied with it, found {name!r}"
            )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)


def _check_drawn(folder: Path) -> None:
    try:
        read_study(folder)
    except InputError as error:
        raise InputError(f"the drawn park does not go with its base: {error}") from error
