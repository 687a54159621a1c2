"""Parameters that nobody may read: encrypted from the door to the function."""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from pydantic import SecretStr

from jobs.exceptions import NightshiftError

MARK = "$secret"
MASK = "••••••"


class SecretUnreadable(NightshiftError):
    """The key it was encrypted with is gone."""

    def __init__(self) -> None:
        super().__init__(
            "A secret parameter cannot be read with today's SECRET_KEY; add the old key to "
            "SECRET_KEY_FALLBACKS, or start the run again with the secret"
        )


def seal(secret: SecretStr) -> dict[str, str]:
    """What is stored."""
    return {MARK: _fernet().encrypt(secret.get_secret_value().encode()).decode()}


def unseal(value: Any) -> Any:
    """The secret behind what `seal` made; any other value as it is."""
    if not (isinstance(value, dict) and set(value) == {MARK} and isinstance(value[MARK], str)):
        return value
    try:
        return _fernet().decrypt(value[MARK].encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def masked(value: Any) -> Any:
    """What is shown."""
    return MASK if isinstance(value, dict) and set(value) == {MARK} else value


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"jobs.secret" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
