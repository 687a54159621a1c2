"""A traceback in pieces."""

import traceback

from hypothesis import given
from hypothesis import strategies as st

from console.tracebacks import Kind, pieces

CHAINED = """Traceback (most recent call last):
  File "/srv/app/jobs/execution.py", line 10, in _call
    return self.function(**values)
           ^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/app/.venv/lib/python3.11/site-packages/django/db/models/query.py", line 2, in get
    raise DoesNotExist
  File "/usr/lib/python3.11/contextlib.py", line 3, in inner
    return func()
  File "/srv/app/jobs/services/products.py", line 7, in import_products
    one(<b>)
  [Previous line repeated 3 more times]
  File "/srv/app/.venv/lib/python3.11/site-packages/x.py", line 9, in y
KeyError: 'a'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/jobs/services/products.py", line 8, in import_products
    raise ValueError from error
ValueError: <script>
  and a second line
"""

LINES = st.sampled_from(
    [
        *CHAINED.splitlines(keepends=True),
        *('  File "', '  File "x", line 1', "    ", "\r\n", "\x0c", "\x1c", "  | ", "  + ", "\u2028", "a"),
    ]
)


def test_frames_of_ours_stand_alone_and_those_of_libraries_are_folded() -> None:
    found = [(piece.kind, piece.frames) for piece in pieces(CHAINED)]

    words, ours, library = Kind.WORDS, Kind.OURS, Kind.LIBRARY
    assert found == [
        *((words, 1), (ours, 1), (library, 2), (ours, 1), (library, 1)),
        *((words, 5), (ours, 1), (words, 2)),
    ]


def test_the_last_frame_of_ours_is_marked_once_for_each_error() -> None:
    marked = [piece.text.splitlines()[0].strip() for piece in pieces(CHAINED) if piece.is_last]

    assert marked == [
        'File "/srv/app/jobs/services/products.py", line 7, in import_products',
        'File "/srv/app/jobs/services/products.py", line 8, in import_products',
    ]


@given(st.one_of(st.text(), st.lists(LINES).map("".join)))
def test_nothing_is_lost_and_nothing_is_added(text: str) -> None:
    found = pieces(text)

    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)


@given(st.text(), st.integers(1, 20))
def test_a_real_traceback_is_all_there(words: str, depth: int) -> None:
    def fall(left: int) -> None:
        if left:
            fall(left - 1)
        raise ValueError(words)

    try:
        fall(depth)
    except ValueError as error:
        text = "".join(traceback.format_exception(error))

    found = pieces(text)
    assert "".join(piece.text for piece in found) == text
    assert sum(piece.is_last for piece in found) >= 1
