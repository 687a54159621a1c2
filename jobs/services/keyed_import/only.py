"""The lines that an earlier import rejected, for one that takes only these of its file."""

import csv
from array import array
from bisect import bisect_left, bisect_right
from pathlib import Path

from jobs.exceptions import WrongInput

LARGEST = 2**63 - 1


class Lines:
    """Numbers of lines, items or rows of a sheet; eight bytes each, for a file may be wrong as a whole."""

    def __init__(self, numbers: "array[int]") -> None:
        self._numbers = numbers

    def __contains__(self, number: int) -> bool:
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number

    def behind(self, number: int) -> int:
        """How many there are above that one."""
        return len(self._numbers) - bisect_right(self._numbers, number)


def lines_of(path: Path) -> Lines:
    """Those of a rejected.csv. Raises WrongInput where it is none."""
    label = repr(path.name)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            numbers = sorted({int(row["line"]) for row in rows})
    except FileNotFoundError as error:
        raise WrongInput(
            f"There is no file {str(path)!r}; name the rejected.csv of an earlier run"
        ) from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise WrongInput(
            f"{label} is no rejected.csv: each of its lines has to begin with a number"
        ) from error
    if numbers and not 0 < numbers[0] <= numbers[-1] <= LARGEST:
        raise WrongInput(f"{label} has numbers that no line can have; take the file as the run has left it")
    return Lines(array("q", numbers))
