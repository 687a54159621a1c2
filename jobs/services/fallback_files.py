"""Files of products: what they hold, row by row, in constant memory.

A row is what was read, unchecked; a file that cannot be read to its end raises WrongInput.
"""

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from jobs.exceptions import WrongInput

REQUIRED = ("sku", "name", "price")
COLUMNS = (*REQUIRED, "category", "department", "brand", "package_size")
FIELD_LIMIT = (
    64 * 1024 * 1024
)  # characters in one field, before a quote that was never closed fills the memory

Row = tuple[int, Sequence[str] | str]


class ProductFile(ABC):
    columns: list[str]
    ignored: list[str]

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Every row; raises WrongInput where the file breaks off."""

    def _take(self, names: Sequence[str], where: str) -> None:
        self.columns = [name for name in names if name in COLUMNS]
        self.ignored = [name for name in names if name not in COLUMNS]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            found = ", ".join(names)[:200] or "none"
            raise WrongInput(f"{where}: no column {' and no '.join(missing)}; found: {found}")


class CsvFile(ProductFile):
    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = self._guarded(csv.reader(file, strict=True))
            names = [name.strip().lower() for name in next(header, (0, []))[1]]
        if not names:
            raise WrongInput(
                f"{path.name} is empty; its first line should name the columns {', '.join(REQUIRED)}"
            )
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise WrongInput(
                f"{path.name}, line 1: the column {doubled[0]} is there twice; remove or rename one"
            )
        self._take(names, f"{path.name}, line 1")
        self._width = len(names)
        self._wanted = [names.index(name) for name in self.columns]

    def rows(self) -> Iterator[Row]:
        width, wanted = self._width, self._wanted
        whole = wanted == list(range(width))
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            lines = self._guarded(csv.reader(file, strict=True))
            next(lines)
            for line, values in lines:
                if len(values) != width:
                    yield line, f"{'fewer' if len(values) < width else 'more'} fields than the header"
                else:
                    yield line, values if whole else [values[index] for index in wanted]

    def _guarded(self, reader: Any) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(FIELD_LIMIT)
        line = 1
        try:
            for values in reader:
                if values:
                    yield line, values
                line = reader.line_num + 1
        except UnicodeDecodeError:
            raise WrongInput(self._undecodable()) from None
        except csv.Error as error:
            raise WrongInput(f"{self._path.name}, line {line}: {error}; is a quote left open?") from None

    def _undecodable(self) -> str:
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                try:
                    raw.decode()
                except UnicodeDecodeError as error:
                    where = f"{self._path.name}, line {number}, byte {error.start + 1}"
                    return f"{where}: 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return f"{self._path.name} is not UTF-8; save it as UTF-8"


class JsonFile(ProductFile):
    def __init__(self, path: Path) -> None:
        self._path = path
        names: dict[str, None] = {}
        for item in self._items():
            if isinstance(item, dict):
                names.update(dict.fromkeys(key.strip().lower() for key in item))
        self._take(list(names), path.name)

    def rows(self) -> Iterator[Row]:
        for number, item in enumerate(self._items(), start=1):
            if isinstance(item, dict):
                lowered = {key.strip().lower(): value for key, value in item.items()}
                yield number, self._values(lowered)
            else:
                yield number, "not an object"

    def _values(self, item: dict[str, Any]) -> list[str] | str:
        values = [item.get(name) for name in self.columns]
        if any(isinstance(value, dict | list | bool) for value in values):
            return "a value that is neither text nor number"
        return ["" if value is None else _text(value) for value in values]

    def _items(self) -> Iterator[Any]:
        with self._path.open("rb") as file:
            beginning = file.read(1024)
            mark = 3 if beginning.startswith(b"\xef\xbb\xbf") else 0
            if not beginning[mark:].lstrip().startswith(b"["):
                raise WrongInput(f"{self._path.name} is no JSON array of objects")
            file.seek(mark)
            try:
                yield from ijson.items(file, "item")
            except (ijson.JSONError, UnicodeDecodeError) as error:
                raise WrongInput(f"{self._path.name} breaks off or is no JSON: {error}") from None


def open_products(path: Path) -> ProductFile:
    kinds: dict[str, Any] = {".csv": CsvFile, ".json": JsonFile}
    if path.is_dir():
        raise WrongInput(f"{path} is a directory; name a file in it")
    if path.suffix.lower() not in kinds:
        raise WrongInput(f"{path.name} is neither .csv nor .json; give it the ending of what it holds")
    try:
        return kinds[path.suffix.lower()](path)
    except FileNotFoundError:
        raise WrongInput(f"There is no file {path}") from None
    except PermissionError:
        raise WrongInput(f"{path} may not be read by this user; change its permissions") from None


def _text(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) and abs(value.adjusted()) < 100 else str(value)
