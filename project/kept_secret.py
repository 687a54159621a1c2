"""A secret of a machine that was given none: made once, readable by its owner only."""

import secrets
from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path, new: str) -> str:
    """What is kept there; `new`, where nothing is yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(new)
        # Two processes may be here at once: a link is made once, and both then read the same secret.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
