"""A secret that nobody gave."""

import stat
from pathlib import Path

from project.kept_secret import kept_secret


def test_it_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "var" / "key"

    assert [kept_secret(path, new) for new in ("first", "second")] == ["first", "first"]

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["key"]
