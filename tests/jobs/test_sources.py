"""What can be walked, and gone on with from any place."""

import csv
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.models import Run
from jobs.models.temp_file import TempFile
from jobs.sources import BOM, ByCount, ByKey, CsvRows, JsonLines, Source, source_of

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
fields = text | st.sampled_from(
    ["", "é€😀", 'say "hi"', "two\nlines", "two\r\nlines", "\ufeff", "a;b", "\u2028", "\x85"]
)
in_a_file = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)


def walked(source: Source[Any], size: int, position: Any = None) -> list[tuple[list[Any], Any]]:
    """Each batch with the position behind it, as it comes back from the row's JSON."""
    batches = source.batches(position, size)
    return [(list(batch), json.loads(json.dumps(behind))) for batch, behind in batches]


def resumed_anywhere(source: Source[Any], size: int) -> None:
    """Behind each batch comes what came behind it the first time, whatever the size of the batches is."""
    batches = walked(source, size)
    items = [item for batch, _ in batches for item in batch]
    done = 0
    for batch, position in batches:
        done += len(batch)
        for other in (size, 1, 7):
            rest = [item for batch, _ in walked(source, other, position) for item in batch]
            assert rest == items[done:], f"behind {position}"


# Any iterable


def test_a_list_is_walked_in_batches_with_their_places() -> None:
    assert walked(ByCount("abcde"), 2) == [(["a", "b"], 2), (["c", "d"], 4), (["e"], 5)]


def test_what_was_done_is_passed_over() -> None:
    assert walked(ByCount(range(5)), 2, 3) == [([3, 4], 5)]


@given(st.integers(0, 20), st.integers(1, 6))
def test_a_list_can_be_resumed_anywhere(length: int, size: int) -> None:
    resumed_anywhere(ByCount(range(length)), size)


def test_how_much_is_left_is_known_where_the_length_is() -> None:
    def stream() -> Iterator[int]:
        yield from range(5)

    assert (ByCount(range(5)).remaining(None), ByCount(range(5)).remaining(3)) == (5, 2)
    assert ByCount(stream()).remaining(None) is None


def test_of_a_stream_nothing_is_read_before_it_is_needed() -> None:
    read: list[int] = []

    def stream() -> Iterator[int]:
        for item in range(100):
            read.append(item)
            yield item

    next(ByCount(stream()).batches(None, 10))

    assert len(read) == 10


# Rows by key


def groups(count: int) -> list[TempFile]:
    return TempFile.objects.bulk_create([TempFile(name=f"group {number}") for number in range(count)])


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_rows_come_in_the_order_of_their_keys(size: int) -> None:
    made = groups(5)
    TempFile.objects.filter(pk=made[0].pk).update(name="moved to the end of the table")

    batches = walked(ByKey(TempFile.objects.order_by("-name")), size)

    assert [row.pk for batch, _ in batches for row in batch] == [row.pk for row in made]


@pytest.mark.django_db
def test_rows_can_be_resumed_anywhere() -> None:
    groups(7)

    resumed_anywhere(ByKey(TempFile.objects.all()), 3)


@pytest.mark.django_db
def test_rows_with_uuid_keys_can_be_resumed_anywhere() -> None:
    Run.objects.bulk_create([Run(pk=uuid.uuid4(), job="greet") for _ in range(7)])

    resumed_anywhere(ByKey(Run.objects.all()), 3)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [TempFile, Run])
def test_rows_that_vanish_while_they_are_walked_skip_no_other(model: Any) -> None:
    if model is TempFile:
        groups(9)
    else:
        Run.objects.bulk_create([Run(pk=uuid.uuid4(), job="greet") for _ in range(9)])
    keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
    seen = []

    for batch, _ in ByKey(model.objects.all()).batches(None, 3):
        seen += [row.pk for row in batch]
        # What was walked goes, with the row at which the place is; and one that is still to come.
        model.objects.filter(pk__in=seen).delete()
        model.objects.filter(pk=keys[7]).delete()

    assert seen == [key for key in keys if key != keys[7]]


@pytest.mark.django_db
def test_a_walk_goes_on_behind_a_row_that_is_gone() -> None:
    made = groups(5)
    (_, position), *_ = walked(ByKey(TempFile.objects.all()), 2)
    TempFile.objects.filter(pk__lte=made[1].pk).delete()

    rest = walked(ByKey(TempFile.objects.all()), 10, position)

    assert [row.pk for batch, _ in rest for row in batch] == [row.pk for row in made[2:]]


@pytest.mark.django_db
def test_only_the_rows_of_the_queryset_are_walked_and_counted() -> None:
    made = groups(6)
    source = ByKey(TempFile.objects.filter(pk__gt=made[1].pk))

    assert [row.pk for batch, _ in walked(source, 3) for row in batch] == [row.pk for row in made[2:]]
    assert (source.remaining(None), source.remaining(str(made[3].pk))) == (4, 2)


# Files


@in_a_file
@given(
    rows=st.lists(st.lists(fields, min_size=2, max_size=2), max_size=12),
    size=st.integers(1, 5),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    bom=st.booleans(),
    last_line_ends=st.booleans(),
)
@example(rows=[["a\r\nb", "ü"], ["", "x"]], size=1, end="\r\n", bom=True, last_line_ends=False)
def test_a_csv_file_can_be_resumed_anywhere(
    tmp_path: Path, rows: list[list[str]], size: int, end: str, bom: bool, last_line_ends: bool
) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([["sku", "näme"], *rows])
    content = path.read_bytes()
    path.write_bytes(
        (BOM if bom else b"") + (content if last_line_ends else content.removesuffix(end.encode()))
    )

    batches = walked(CsvRows(path), size)

    assert [item for batch, _ in batches for item in batch] == [{"sku": a, "näme": b} for a, b in rows]
    resumed_anywhere(CsvRows(path), size)


@in_a_file
@given(
    values=st.lists(
        st.dictionaries(fields, fields | st.integers() | st.none(), max_size=3) | st.just([]), max_size=12
    ),
    size=st.integers(1, 5),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    bom=st.booleans(),
)
def test_a_file_of_json_lines_can_be_resumed_anywhere(
    tmp_path: Path, values: list[Any], size: int, end: str, bom: bool
) -> None:
    path = tmp_path / "rows.jsonl"
    lines = "".join(json.dumps(value, ensure_ascii=False) + end for value in values)
    path.write_bytes((BOM if bom else b"") + lines.encode())

    batches = walked(JsonLines(path), size)

    assert [item for batch, _ in batches for item in batch] == values
    resumed_anywhere(JsonLines(path), size)


def test_the_place_in_a_file_is_a_byte(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(BOM + "a,b\r\né,1\r\n€,2\r\n".encode())

    (_, first), (_, second) = walked(CsvRows(path), 1)

    assert (first, second) == (len(BOM + "a,b\r\né,1\r\n".encode()), path.stat().st_size)


def test_of_a_file_no_line_is_read_before_it_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\nno json\n')

    batches = JsonLines(path).batches(None, 2)

    assert next(batches)[0] == [{"a": 1}, {"a": 2}]
    with pytest.raises(json.JSONDecodeError):
        next(batches)


@pytest.mark.parametrize("content", [b"", BOM, b"sku,name\n", b"sku,name"])
def test_a_file_without_rows_has_no_batch(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)

    assert walked(CsvRows(path), 10) == []


def test_what_is_left_of_a_file_is_counted_in_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("1\n2\n3\n")
    (_, position), *_ = walked(JsonLines(path), 1)

    assert (JsonLines(path).remaining(None), JsonLines(path).remaining(position)) == (3, 2)


# Which source it is


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.csv", CsvRows), ("a.CSV", CsvRows), ("a.jsonl", JsonLines), ("a.ndjson", JsonLines)],
)
def test_a_file_is_read_by_its_suffix(name: str, kind: type) -> None:
    assert type(source_of(Path(name))) is kind


def test_a_file_that_nobody_can_read_is_refused_with_its_name() -> None:
    with pytest.raises(ValueError, match=r"'a\.xlsx' ends in none of \.csv, \.jsonl, \.ndjson; give"):
        source_of(Path("a.xlsx"))


@pytest.mark.django_db
def test_a_queryset_goes_by_key_and_anything_else_by_count() -> None:
    own = ByCount("ab")

    assert type(source_of(TempFile.objects.all())) is ByKey
    assert type(source_of(["a"])) is ByCount
    assert source_of(own) is own
