"""Whether a row of a file is one of its target: each value stripped, complete, and fit for its column."""

import re
from collections.abc import Sequence

from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.target import Target

# A value None is one that the row does not have.
Values = Sequence[str | None]


class RowCheck:
    """Makes the line of COPY's text format from the values of a row, given in the order of `columns`.

    Nearly every row is right as it stands. One regular expression over the whole row sees that many times
    faster than Python looks at the values one by one, which is left for the others.
    """

    def __init__(self, target: Target, columns: Sequence[str]) -> None:
        self._key = columns.index(target.key)
        self._columns = [target.by_name[name] for name in columns]
        self._is_right = re.compile("\t".join(column.pattern() for column in self._columns)).fullmatch
        self._converted = [index for index, column in enumerate(self._columns) if column.IS_CONVERTED]
        # What is wrong with a row is said in the order of the target, whatever that of the file.
        self._in_order = [columns.index(name) for name in target.by_name if name in columns]

    def line(self, row: Values | Rejected) -> str:
        """Raises Rejected, and so passes on what the reader of the file rejected already."""
        if isinstance(row, Rejected):
            raise row
        try:
            text = "\t".join(row)  # type: ignore[arg-type] # a None in it is the error below
        except TypeError:
            text = ""
        is_right = self._is_right(text)
        if not is_right or self._converted:
            text = self._fields(row, self._converted if is_right else self._in_order)
        return f"{text}\n"

    def _fields(self, row: Values, places: Sequence[int]) -> str:
        """The row with the values in these places made fields."""
        fields = list(row)
        try:
            for index in places:
                fields[index] = self._columns[index].field(row[index])
        except Rejected as rejected:
            rejected.key = (row[self._key] or "").strip()
            raise
        return "\t".join(fields)  # type: ignore[arg-type] # nothing is None any more


def right_lines(target: Target, columns: Sequence[str]) -> re.Pattern[str] | None:
    """What as many lines of a CSV file match, from one of them on, as are right as they stand.

    In such a line commas are between values only. None where values have to be converted, each by itself.
    """
    used = [target.by_name[name] for name in columns]
    if any(column.IS_CONVERTED for column in used):
        return None
    values = ",".join(column.pattern(without='",') for column in used)
    return re.compile(rf"(?:{values}\r?\n)*+")
