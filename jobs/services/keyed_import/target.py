"""What the rows of a file become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from jobs.services.keyed_import.columns import Column


@dataclass(frozen=True, kw_only=True)
class Target:
    """The first column is the key of the table; `noun` is the plural that people know its rows by.

    `aliases` are other names that a file may give to columns.
    """

    table: str
    noun: str
    columns: tuple[Column, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.columns[0].name

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.is_required]

    @property
    def optional(self) -> list[str]:
        return [column.name for column in self.columns if not column.is_required]

    def column_of(self, heading: str) -> str:
        """The name of the column that is meant; the heading itself where there is none."""
        name = heading.strip().lower()
        return self.aliases.get(name, name)
