"""Reading the knowledge files: TOML in, frozen records out; a missing or unknown source stops it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, TypeVar, cast

from nelm.errors import KnowledgeError
from nelm.knowledge.entries import Arm, Disagreement, Entry, Outcome, Source, Status, Trial, View

KNOWLEDGE_VERSION = "2026.11"

Record = TypeVar("Record")
Built = TypeVar("Built")
Table = Mapping[str, Any]

_NOT_ENTRIES = ("sources", "trials", "conflicts", "rows_not_encoded")


def _read(name: str) -> dict[str, Any]:
    text = files("nelm.knowledge").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"knowledge/data/{name}.toml is not valid TOML: {error}") from error


def file_names() -> tuple[str, ...]:
    """Names of the entry files, without ending."""
    folder = files("nelm.knowledge").joinpath("data")
    names = sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml"))
    return tuple(name for name in names if name not in _NOT_ENTRIES)


def _current(place: str, dated: Any, as_of: date | None) -> Table:
    """The newest table of a dated list that holds on the day asked for."""
    if not isinstance(dated, list) or not dated:
        raise KnowledgeError(f"{place}: expected one or more [[{place.rpartition('.')[2]}]] tables")
    tables = cast("list[Table]", dated)
    days = [table.get("valid_from") for table in tables]
    if any(not isinstance(day, date) for day in days) or days != sorted(cast("list[date]", days)):
        raise KnowledgeError(f"{place}: every dated table needs valid_from, oldest first")
    known = [table for table in tables if as_of is None or table["valid_from"] <= as_of]
    return known[-1] if known else tables[0]


def _checked(place: str, table: Table, sources: Mapping[str, Source]) -> dict[str, Any]:
    """The common columns of a table, converted; KnowledgeError names the place of a fault."""
    keys = cast("tuple[str, ...]", tuple(table.get("sources", ())))
    if not keys:
        raise KnowledgeError(f"{place}: has no source; name at least one key of sources.toml")
    for key in keys:
        if key not in sources:
            raise KnowledgeError(
                f"{place}: unknown source {key!r}; add it to sources.toml or correct the key"
            )
    try:
        return {
            "sources": keys,
            "place": str(table["place"]),
            "status": Status(table["status"]),
            "rows": tuple(table.get("rows", ())),
            "valid_from": table["valid_from"],
            "checked_on": table["checked_on"],
        }
    except (KeyError, ValueError) as error:
        raise KnowledgeError(f"{place}: missing or wrong column: {error}") from error


_OPTIONAL = ("low", "high", "unit", "body", "position")
_COLUMNS = {
    "statement",
    "value",
    "sources",
    "place",
    "status",
    "rows",
    "valid_from",
    "checked_on",
    *_OPTIONAL,
}


def _entry(place: str, table: Table, sources: Mapping[str, Source]) -> Entry:
    extra = set(table) - _COLUMNS
    if extra:
        raise KnowledgeError(f"{place}: unknown columns {sorted(extra)}")
    value = table.get("value")
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if (numeric or "low" in table or "high" in table) and not table.get("unit"):
        raise KnowledgeError(f"{place}: a number needs a UCUM unit ('1' when it has none)")
    if not table.get("statement"):
        raise KnowledgeError(f"{place}: needs a statement in own words")
    return Entry(
        id=place,
        statement=table["statement"],
        value=tuple(cast("list[Any]", value)) if isinstance(value, list) else value,
        **{name: table.get(name) for name in _OPTIONAL},
        **_checked(place, table, sources),
    )


def _outcome(place: str, table: Table, trial: Mapping[str, Any], sources: Mapping[str, Source]) -> Outcome:
    keys = tuple(table.get("sources") or trial["sources"])
    for key in keys:
        if key not in sources:
            raise KnowledgeError(f"{place}: unknown source {key!r} in an outcome")
    return Outcome(
        endpoint=table["endpoint"],
        measure=table["measure"],
        value=table.get("value"),
        unit=table["unit"],
        low=table.get("low"),
        high=table.get("high"),
        arm=table.get("arm"),
        comparator_value=table.get("comparator_value"),
        note=table.get("note"),
        status=Status(table.get("status", trial["status"])),
        sources=keys,
    )


def _trial(place: str, table: Table, sources: Mapping[str, Source]) -> Trial:
    common = _checked(place, table, sources)
    limits = {
        name: Entry(
            id=f"{place}.{name}",
            statement=limit.get("statement", f"{table['name']} entry limit: {name.replace('_', ' ')}"),
            value=limit["value"],
            unit=limit.get("unit"),
            **common,
        )
        for name, limit in table.get("limits", {}).items()
    }
    return Trial(
        id=place.rpartition(".")[2],
        name=table["name"],
        year=table["year"],
        design=table["design"],
        population=table["population"],
        arms=tuple(Arm(**arm) for arm in table.get("arms", ())),
        outcomes=tuple(_outcome(place, row, common, sources) for row in table.get("outcomes", ())),
        caveat=table.get("caveat"),
        limits=limits,
        **common,
    )


def _disagreement(place: str, table: Table, sources: Mapping[str, Source]) -> Disagreement:
    views: list[View] = []
    for view in table["views"]:
        if view["source"] not in sources:
            raise KnowledgeError(f"{place}: unknown source {view['source']!r} in a view")
        views.append(View(view["body"], view["says"], view["source"], Status(view["status"])))
    return Disagreement(place.rpartition(".")[2], table["topic"], tuple(views), tuple(table["rows"]))


@dataclass(frozen=True)
class Knowledge:
    """All the knowledge as of one day; records are filled on demand from the file that they name.

    Attributes
    ----------
    as_of : the day whose entries count; None for the newest.
    """

    as_of: date | None = None
    _filled: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    @property
    def version(self) -> str:
        """Version of the knowledge, as printed in every plan."""
        return KNOWLEDGE_VERSION

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every source by key."""
        try:
            return {key: Source(key=key, **table) for key, table in _read("sources").items()}
        except TypeError as error:
            raise KnowledgeError(f"knowledge/data/sources.toml: {error}") from error

    @cached_property
    def trials(self) -> Mapping[str, Trial]:
        """Every trial by id."""
        return self._tables("trials", _trial)

    @cached_property
    def disagreements(self) -> Mapping[str, Disagreement]:
        """Every disagreement by id."""
        tables = _read("conflicts")
        return {
            key: _disagreement(f"conflicts.{key}", dated[-1], self.sources) for key, dated in tables.items()
        }

    def _tables(
        self, name: str, build: Callable[[str, Table, Mapping[str, Source]], Built]
    ) -> dict[str, Built]:
        return {
            key: build(f"{name}.{key}", _current(f"{name}.{key}", dated, self.as_of), self.sources)
            for key, dated in _read(name).items()
        }

    def entries(self, name: str) -> Mapping[str, Entry]:
        """Every current entry of one file by name."""
        return self._tables(name, _entry)

    def record(self, kind: type[Record], name: str) -> Record:
        """A frozen record filled from the file `name`; field and entry names must match exactly."""
        if name not in self._filled:
            self._filled[name] = self._fill(kind, name)
        return cast("Record", self._filled[name])

    def _fill(self, kind: type[Any], name: str) -> object:
        entries = self.entries(name)
        wanted = {item.name for item in fields(kind)}
        missing, spare = sorted(wanted - set(entries)), sorted(set(entries) - wanted)
        if missing or spare:
            raise KnowledgeError(
                f"knowledge/data/{name}.toml does not fill {kind.__name__}: missing {missing}, not a field {spare}"
            )
        return kind(**entries)

    def cite(self, keys: Iterable[str]) -> dict[str, Source]:
        """The sources of the given keys, sorted by key."""
        return {key: self.sources[key] for key in sorted(set(keys))}


@lru_cache(maxsize=8)
def load_knowledge(as_of: date | None = None) -> Knowledge:
    """The knowledge as of a day (None: the newest), read once."""
    return Knowledge(as_of=as_of)
