import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.services import json_array
from tests.jobs.services.imported_rows import file_of

plain = (
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text()
)


anything = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(items=st.lists(anything), indent=st.sampled_from([None, 0, 3]), window=st.integers(1, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_an_array_reads_the_same_wherever_the_window_cuts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, items: list[object], indent: int | None, window: int
) -> None:
    text = json.dumps(items, indent=indent, default=lambda number: f"{number:f}")
    path = file_of(tmp_path, text.encode(), "any.json")
    monkeypatch.setattr(json_array, "CHUNK", window)

    with path.open() as stream:
        found = list(json_array.JsonArray(stream, "any").items())

    assert found == json.loads(text, parse_int=str, parse_float=str)


@pytest.mark.parametrize("window", range(1, 30))
def test_a_number_that_the_window_cuts_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    path = file_of(tmp_path, b"[123456789, 1.5e+10, -0.25, true]", "any.json")
    monkeypatch.setattr(json_array, "CHUNK", window)

    with path.open() as stream:
        found = list(json_array.JsonArray(stream, "any").items())

    assert found == ["123456789", "1.5e+10", "-0.25", True]
