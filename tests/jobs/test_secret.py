"""Secrets on their way."""

from typing import Any

import pytest
from pydantic import SecretStr

from jobs.secret import MASK, SecretUnreadable, masked, seal, unseal


def test_a_sealed_secret_does_not_hold_its_text_and_opens_again() -> None:
    sealed = seal(SecretStr("hunter2"))

    assert "hunter2" not in str(sealed)
    assert unseal(sealed) == "hunter2"


def test_a_secret_is_read_with_the_key_before(settings: Any) -> None:
    settings.SECRET_KEY = "the old key"
    sealed = seal(SecretStr("hunter2"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]

    assert unseal(sealed) == "hunter2"


def test_a_secret_without_its_key_is_a_sentence(settings: Any) -> None:
    sealed = seal(SecretStr("hunter2"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", []

    with pytest.raises(SecretUnreadable, match="SECRET_KEY_FALLBACKS"):
        unseal(sealed)


def test_only_secrets_are_masked() -> None:
    assert masked(seal(SecretStr("hunter2"))) == MASK
    assert masked({"a": 1}) == {"a": 1}
