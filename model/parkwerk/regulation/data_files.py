"""YAML files checked against a schema; every fault is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from parkwerk.errors import InputError

#: Folder of the law and price data that come with parkwerk.
DATA = Path(__file__).parent / "data"

#: H statute or two sources that agree, M one credible source, L weak, old or derived. A value that
#: nobody checked says so in its `source`; the letter beside it then rates plausibility only.
Confidence = Literal["H", "M", "L"]


#: What was expected, by pydantic's name of the fault.
EXPECTED = {
    "too_short": "at least one entry",
    "float_parsing": "a number with a decimal point",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "tuple_type": "a list such as [a, b]",
    "model_type": "a mapping of names to values",
    "dict_type": "a mapping of names to values",
}


class RepeatedKey(yaml.constructor.ConstructorError):
    """A key stands twice: of two values one would be lost unseen."""

    def __init__(self, key: yaml.ScalarNode) -> None:
        super().__init__(None, None, f"{key.value!r} stands twice", key.start_mark)
        self.key = str(key.value)


class UniqueKeyLoader(yaml.SafeLoader):
    """YAML in which a repeated key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise RepeatedKey(key)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class Record(BaseModel):
    """Part of a data file: frozen, finite numbers only, no field that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Schema = TypeVar("Schema", bound=Record)


def read_record(path: Path, schema: type[Schema], **known: Any) -> Schema:
    """Read one YAML file into ``schema``; ``known`` are fields that are not in the file.

    Raises
    ------
    InputError
        For a file that is missing, is no YAML mapping, or breaks the schema: names file and field.
    """
    content = read_mapping(path)
    if repeated := content.keys() & known.keys():
        raise InputError(f"{path.name}: `{sorted(repeated)[0]}` is not a field of this file")
    try:
        return schema.model_validate({**content, **known})
    except ValidationError as error:
        raise InputError(f"{path.name}: {first_fault(error)}") from None


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeyLoader)
    except OSError:
        raise InputError(f"{path}: there is no such readable file") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        row = f", row {mark.line + 1}" if mark is not None else ""
        expected = "YAML text in UTF-8"
        if isinstance(error, RepeatedKey):
            expected = f"`{error.key}` once, found it twice"
        raise InputError(f"{path.name}{row}: expected {expected}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path.name}: expected `field: value` lines at the top level")
    return content


def first_fault(error: ValidationError) -> str:
    """The first fault that pydantic found, as 'field: what was expected, found ...'."""
    fault = error.errors()[0]
    kind, message = fault["type"], fault["msg"].removeprefix("Value error, ")
    field = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    place = f"{field}: " if field else ""
    if kind == "value_error":
        return place + message
    if kind == "missing":
        return f"{place}this field is missing"
    if kind == "extra_forbidden":
        return f"{place}expected no field of this name"
    expected = EXPECTED.get(kind, message.removeprefix("Input should be "))
    return f"{place}expected {expected[0].lower()}{expected[1:]}, found {fault['input']!r}"
