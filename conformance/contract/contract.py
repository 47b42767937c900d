"""The contract: enums, ranges, schemas and requirements, read from the OpenAPI file.

Python repeats none of it: every check reads it from this value.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT_FILE = "image-variations.yaml"
DOCUMENTATION_FILE = "endpoint.txt"
ROUTE = "/v1/images/variations"

Level = Literal["MUST", "SHOULD"]


@dataclass(frozen=True)
class Requirement:
    """One thing that a gateway must or should do, and where the documentation says so.

    `subject` is the part of a request or an answer that it is about, the widest part first: `model`,
    or `model: unknown`.
    """

    id: str
    level: Level
    source: Literal["stated", "shown", "inferred"]
    basis: str
    text: str
    subject: str
    lines: tuple[int, ...] = ()
    hint: str = ""

    @property
    def clause(self) -> str:
        """The clause that the requirement belongs to: the part of its id before the dash."""
        return self.id.partition("-")[0]


@dataclass(frozen=True)
class OpenMatter:
    """Something that the documentation leaves open: a run records it and never judges it."""

    id: str
    text: str

    @property
    def clause(self) -> str:
        """The clause that it belongs to: the part of its id before the dash."""
        return self.id.partition("-")[0]


@dataclass(frozen=True)
class Contract:
    """The parsed OpenAPI document, with the parts that the checks ask for by name."""

    text: str
    documentation: tuple[str, ...]

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole OpenAPI document."""
        found: dict[str, Any] = parsed(self.text)
        return found

    @property
    def version(self) -> str:
        """The contract's own version."""
        return str(self.document["info"]["version"])

    @property
    def sha256(self) -> str:
        """The digest of the contract's file, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def clauses(self) -> dict[str, str]:
        """Each clause's title, in the order of the reports."""
        titles: dict[str, str] = self.document["x-clauses"]
        return titles

    @property
    def subjects(self) -> dict[str, str]:
        """What the requirements of each clause are about, where a row does not say it more exactly."""
        known: dict[str, str] = self.document["x-subjects"]
        return known

    @cached_property
    def requirements(self) -> dict[str, Requirement]:
        """Every requirement by its id, in the order of the clauses."""
        found = [self._requirement(row) for row in _collect(self.document, "x-requirements")]
        return {r.id: r for r in sorted(found, key=self._rank)}

    @cached_property
    def observations(self) -> dict[str, OpenMatter]:
        """Everything that is recorded and not judged, by its id."""
        found = [OpenMatter(**row) for row in _collect(self.document, "x-observations")]
        return {o.id: o for o in sorted(found, key=self._rank)}

    @property
    def excluded_lines(self) -> dict[int, str]:
        """The documentation's lines that no requirement covers, each with the reason."""
        return {
            number: row["reason"]
            for row in self.document["x-excluded-lines"]
            for number in row["lines"]
        }

    def _requirement(self, row: dict[str, Any]) -> Requirement:
        clause = row["id"].partition("-")[0]
        usual = {"subject": self.subjects.get(clause, "")}
        return Requirement(**{**usual, **row, "lines": tuple(row.get("lines", ()))})

    def _rank(self, row: Requirement | OpenMatter) -> tuple[int, int]:
        number = row.id.partition("-")[2].lstrip("O")
        return list(self.clauses).index(row.clause), int(number)

    def schema(self, name: str) -> dict[str, Any]:
        """Return one of the component schemas, as written (references unresolved)."""
        found: dict[str, Any] = self.document["components"]["schemas"][name]
        return found

    def field(self, name: str) -> dict[str, Any]:
        """Return the schema of one request field."""
        found: dict[str, Any] = self.schema("VariationRequest")["properties"][name]
        return found

    @property
    def n_min(self) -> int:
        """The smallest n that the documentation allows."""
        return int(self.field("n")["minimum"])

    @property
    def n_max(self) -> int:
        """The largest n that the documentation allows."""
        return int(self.field("n")["maximum"])

    @property
    def sizes(self) -> tuple[str, ...]:
        """Every documented size, `auto` included."""
        return tuple(self.field("size")["enum"])

    @property
    def formats(self) -> tuple[str, ...]:
        """Every documented response_format."""
        return tuple(self.field("response_format")["enum"])

    @property
    def default_format(self) -> str:
        """The response_format of a request that names none."""
        return str(self.field("response_format")["default"])


def parsed(text: str) -> Any:
    """Return the value of a text of YAML, by the fast parser where there is one."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe


def _collect(node: Any, key: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield from value
            else:
                yield from _collect(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _collect(value, key)


def contract_folder() -> Path:
    """Return the folder of the contract: inside an installed package, or beside it in a checkout."""
    packaged = Path(str(resources.files("conformance"))) / "openapi"
    return packaged if packaged.is_dir() else packaged.parent.parent / "openapi"


@cache
def load() -> Contract:
    """Return the contract that this version of the suite judges by."""
    folder = contract_folder()
    return Contract(
        text=(folder / CONTRACT_FILE).read_text(encoding="utf-8"),
        documentation=tuple((folder / DOCUMENTATION_FILE).read_text(encoding="utf-8").splitlines()),
    )
