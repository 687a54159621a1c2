from collections import Counter

from jobs.services.keyed_import.report import count, forget_reading, meet, report_of
from jobs.services.keyed_import.rows import Rejection


def test_every_row_is_in_one_of_the_counts() -> None:
    counts = Counter(rows=4, created=2, updated=1)

    count(["a\nb\nc\n", "d\n", "e\n", Rejection(6, "", "no SKU"), Rejection(7, "7", "no name")], counts)
    count([Rejection(8, "8", "no name")], counts)

    report = report_of(counts, dry_run=False)
    assert (report.read, report.rejected, report.repeated, report.unchanged) == (8, 3, 1, 1)
    assert list(report.reasons.items()) == [("no name", 2), ("no SKU", 1)]


def test_ignored_columns_stand_in_the_order_they_were_met_also_after_the_database_has_sorted_them() -> None:
    counts: Counter[str] = Counter()
    for columns in (["weight", "colour"], ["a\0", "weight"]):
        meet(columns, counts)

    report = report_of(Counter(dict(sorted(counts.items()))), dry_run=False)

    assert report.ignored_columns == ["weight", "colour", "a\\x00"]


def test_a_file_that_is_read_anew_is_counted_anew_and_what_was_written_is_not() -> None:
    counts = Counter({"read": 9, "rows": 8, "rejected: no SKU": 1, "created": 3, "updated": 1, "written": 4})

    forget_reading(counts)

    assert counts == {"created": 3, "updated": 1, "written": 4}
