"""A job's entry among the samples."""

import pytest

from project.generator.sample import with_sample


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('return {"a": 1}', 'x = 1\n    return {\n        "a": 1,\n        "n": Sample(x),\n    }'),
        (
            'return {**a(), "b": 1}',
            'x = 1\n    return {\n        **a(),\n        "b": 1,\n        "n": Sample(x),\n    }',
        ),
        (
            'return {\n        "a": 1,\n    }',
            'x = 1\n    return {\n        "a": 1,\n        "n": Sample(x),\n    }',
        ),
        (
            'with b():\n        yield {\n            "a": 1,\n        }',
            'with b():\n        x = 1\n        yield {\n            "a": 1,\n'
            '            "n": Sample(x),\n        }',
        ),
    ],
)
def test_a_sample_is_the_last_entry_of_its_fixture(given: str, expected: str) -> None:
    source = f'import os\n\n\ndef samples() -> Any:\n    """Doc."""\n    {given}\n\n\nz = 2\n'

    found = with_sample(source, "n", "x = 1\nSample(x)\n")

    assert found == source.replace(given, expected)
