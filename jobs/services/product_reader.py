"""What the readers of all kinds of product files have in common."""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from jobs.services.product_checks import Rejected, Values


class ProductReader(ABC):
    """`columns` is the order of the values in each row.

    Which of them the file fills, and which others it has, is known at its end only: each object of a JSON
    file may bring new ones.
    """

    columns: Sequence[str]
    filled_columns: set[str]
    ignored_columns: list[str]

    def __init__(self, text: io.TextIOWrapper, label: str) -> None:
        self.label = label
        self.size = os.fstat(text.fileno()).st_size
        self._text = text

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return os.lseek(self._text.fileno(), 0, os.SEEK_CUR)

    @abstractmethod
    def rows(self) -> Iterator[tuple[int, Values | Rejected]]:
        """Each with the number of its line, or of its item in a JSON array, from 1."""
