"""Whatever tables a person writes: they are read as written, or refused in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from parkwerk.errors import InputError
from parkwerk.study import read_study
from parkwerk.study.reader import Study
from study.folders import COLD, COMPANY, LINK, ROOF, WARM, Rows, write_study

PLACE = re.compile(r"(companies|roofs|links)\.csv, row \d+")

identifiers = st.from_regex(r"[a-zA-HK-Z][A-Za-z0-9_-]{0,11}", fullmatch=True)
texts = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="#"), max_size=20
).map(lambda text: f"assumption:{text}")


@st.composite
def companies(draw: st.DrawFn) -> Rows:
    """Rows of one to five companies, one of them with waste heat."""
    rows = []
    for name in draw(st.lists(identifiers, min_size=1, max_size=5, unique=True)):
        peak = draw(st.floats(20, 5_000))
        energy = max(1_000, peak * draw(st.floats(301, 8_700)))
        fixed = draw(st.booleans())
        rows.append(
            COMPANY
            | {
                "id": name,
                "x_m": repr(draw(st.floats(-3_000, 3_000))),
                "y_m": repr(draw(st.floats(-3_000, 3_000))),
                "voltage_level": draw(st.sampled_from(["LV", "MV/LV", "MV"])),
                "connection_kw": repr(peak * draw(st.floats(1, 3))),
                "electricity_kwh": repr(energy),
                "peak_kw": repr(peak),
                "supply": "fixed" if fixed else "spot",
                "margin_eur_per_kwh": "" if fixed else "0.01",
                "fixed_price_eur_per_kwh": "0.1" if fixed else "",
                "sme": draw(st.sampled_from(["yes", "no", "true", "false", "1", "0"])),
                "balance_sheet_eur": repr(draw(st.floats(0, 1e9))),
                "balancing_area": draw(st.sampled_from(["", "a", "b"])),
                "closed_network": draw(st.sampled_from(["", "ring"])),
                "source": draw(texts),
            }
        )
    rows[0]["refrigeration_kwh"] = "100"
    return rows


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, Rows, Rows]:
    """Companies with roofs and links that belong to them."""
    owners = draw(companies())
    names = [row["id"] for row in owners]
    roofs = [
        ROOF
        | {
            "id": name,
            "company": draw(st.sampled_from(names)),
            "area_m2": repr(draw(st.floats(10, 50_000))),
            "usable_share": repr(draw(st.floats(0.3, 1))),
            "new": draw(st.sampled_from(["yes", "no"])),
            "source": draw(texts),
        }
        for name in draw(st.lists(identifiers, max_size=6, unique=True))
    ]
    ends = draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
    links = [LINK | {"from": names[0], "to": end, "length_m": "9000"} for end in ends]
    return owners, roofs, links


@contextmanager
def study_of(rows: tuple[Rows, Rows, Rows]) -> Iterator[Path]:
    """A study folder with these tables."""
    with TemporaryDirectory() as folder:
        yield write_study(Path(folder), *rows)


def refusal(folder: Path) -> str | None:
    """What the reader says against a folder; nothing if it is sound.

    Any exception but InputError fails the test that calls this.
    """
    try:
        read_study(folder)
    except InputError as error:
        return str(error)
    return None


@given(tables())
def test_sound_tables_are_read_as_written(rows: tuple[Rows, Rows, Rows]) -> None:
    """Proves: every number, name and flag arrives as it was written, to the last digit."""
    with study_of(rows) as folder:
        study: Study = read_study(folder)
    inputs = study.inputs()
    for records, written in zip((inputs.companies, inputs.roofs, inputs.links), rows, strict=True):
        assert len(records) == len(written)
        for record, row in zip(records, written, strict=True):
            read = record.model_dump(by_alias=True)
            for column, cell in row.items():
                if cell:
                    assert read[column] == meant(cell, read[column]), column


def meant(cell: str, read: object) -> object:
    """A cell as a value of the type that was read."""
    if isinstance(read, bool):
        return cell in ("yes", "true", "1")
    return float(cell) if isinstance(read, float | int) else cell


#: For each table, a sound row and cells that no reader may accept, by column.
NUMBER = st.sampled_from(
    ["lots", "1,5", "-1e9", "nan", "inf", "1e400", "--3", "0x10", "1 000", "²"]
)
WORD = st.sampled_from(["maybe", "0.5", "none", "§", "Yes please", "'"])
BAD_CELLS = {
    "companies": {
        "id": st.sampled_from(["", "J9", "1st", "two words", "ä", "a.b", "=x"]),
        "x_m": NUMBER,
        "connection_kw": NUMBER,
        "electricity_kwh": NUMBER,
        "peak_kw": NUMBER,
        "voltage_level": WORD,
        "load_profile": WORD,
        "supply": WORD,
        "sme": WORD,
        "balance_sheet_eur": NUMBER,
        "legacy_since": WORD | st.sampled_from(["2015-06", "1.6.2015", "20150", "2015-02-30"]),
        "tenant": WORD,
        "source": st.sampled_from(["", "x", "S12345: nowhere"]),
    },
    "roofs": {
        "company": WORD,
        "area_m2": NUMBER,
        "tilt_deg": NUMBER,
        "azimuth_deg": NUMBER,
        "usable_share": NUMBER,
        "mounting": WORD,
        "flat": WORD,
    },
    "links": {"from": WORD, "to": WORD, "length_m": NUMBER, "carrier": WORD},
}
SOUND: dict[str, Rows] = {"companies": [WARM, COLD, COMPANY], "roofs": [ROOF], "links": [LINK]}


@given(st.data())
def test_a_corrupt_cell_is_refused_by_file_and_row(data: st.DataObject) -> None:
    """Proves: whichever cell is spoilt, the message names its file, its row and its field."""
    table = data.draw(st.sampled_from(sorted(BAD_CELLS)))
    column = data.draw(st.sampled_from(sorted(BAD_CELLS[table])))
    bad = data.draw(BAD_CELLS[table][column])
    last = SOUND[table][-1] | {column: bad}
    tables = {**SOUND, table: [*SOUND[table][:-1], last]}
    with study_of((tables["companies"], tables["roofs"], tables["links"])) as folder:
        message = refusal(folder)
    assert message is not None
    assert message.startswith(f"{table}.csv, row {len(SOUND[table]) + 1}")
    assert f"field {column}" in message
    assert "expected" in message
    assert "\n" not in message


@given(st.data())
def test_a_spoilt_file_is_read_or_refused(data: st.DataObject) -> None:
    """Proves: after any edit of bytes a table is read, or refused by file and row; no traceback."""
    name = data.draw(st.sampled_from(["companies.csv", "roofs.csv", "links.csv"]))
    with study_of((SOUND["companies"], SOUND["roofs"], SOUND["links"])) as folder:
        spoil(data, folder / name)
        message = refusal(folder)
    assert message is None or PLACE.match(message)


@given(st.data())
def test_spoilt_settings_are_read_or_refused(data: st.DataObject) -> None:
    """Proves: after any edit of bytes study.yaml is read, or refused by name; no traceback.

    An edit may leave study.yaml sound but at odds with a table, such as a sheet without a level.
    """
    with study_of((SOUND["companies"], SOUND["roofs"], SOUND["links"])) as folder:
        spoil(data, folder / "study.yaml")
        message = refusal(folder)
    assert message is None or "study.yaml, " in message or PLACE.match(message)


def spoil(data: st.DataObject, path: Path) -> None:
    """Replace, insert or remove a few bytes of a file."""
    content = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 12))
        junk = data.draw(st.binary(max_size=6) | st.sampled_from([b",", b'"', b"\n", b": ", b"- "]))
        content = content[:start] + junk + content[end:]
    path.write_bytes(content)
