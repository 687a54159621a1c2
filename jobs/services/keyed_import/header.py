"""The row of a file that names its columns."""

from collections.abc import Iterable, Sequence

from jobs.exceptions import WrongInput
from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.row_check import Values
from jobs.services.keyed_import.target import Target

LONGEST_SHOWN = 80
TOO_FEW = "too few fields"
TOO_MANY = "too many fields"


class Header:
    """Raises WrongInput where it does not name what the target needs; `how` says how it has to."""

    def __init__(self, cells: Sequence[str], target: Target, label: str, how: str) -> None:
        self._shown = ", ".join(cell.strip() for cell in cells)
        self._label = label
        names = [target.column_of(cell) for cell in cells]
        self._width = len(names)
        self._used = [index for index, name in enumerate(names) if name in target.by_name]
        self.columns = [names[index] for index in self._used]
        self.ignored = [name for name in names if name not in target.by_name]
        self._refuse_unusable(target, how)

    def values(self, row: Sequence[str]) -> Values | Rejected | None:
        """Of a row with as many cells as the header; None for a blank one."""
        if len(row) == self._width:
            return [row[index] for index in self._used]
        if len(row) > 1 or "".join(row).strip():
            return Rejected(TOO_FEW if len(row) < self._width else TOO_MANY)
        return None

    def _refuse_unusable(self, target: Target, how: str) -> None:
        for name in self.columns:
            if self.columns.count(name) > 1:
                raise WrongInput(f"{self._label} has the column {name} twice; remove or rename one of them")
        if missing := [name for name in target.required if name not in self.columns]:
            shown = self._shown
            shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[: LONGEST_SHOWN - 1]}…"
            sentence = f"{self._label} has no column {' and no column '.join(missing)}"
            raise WrongInput(f"{sentence}; {how}, and is: {shown!r}")


def no_header(label: str, target: Target) -> WrongInput:
    *others, last = target.required
    columns = f"{', '.join(others)} and {last}"
    return WrongInput(f"{label} is empty; its first line has to name the columns {columns}")


def is_blank(row: Iterable[str]) -> bool:
    return not any(map(str.strip, row))
