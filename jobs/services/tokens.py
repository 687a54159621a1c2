"""Tokens by which programs sign in: made for a person, and deleted when nobody uses them any more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Le
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from typing_extensions import Doc

from jobs.exceptions import WrongInput
from jobs.key_ranges import KeyRanges
from jobs.models.auth_token import LONGEST_NAME, AuthToken, digest_of, new_secret
from jobs.progress import Progress, silent

LONGEST = timedelta(days=36_500)


@dataclass(frozen=True, kw_only=True)
class TokensReport:
    """`tokens` counts those deleted, or those that a real run would delete."""

    tokens: int
    dry_run: bool


def cleanup_tokens(
    *,
    days: Annotated[int, Ge(0), Le(36_500), Doc("keep what was used or valid in the last days")] = 90,
    batch_size: Annotated[int, Ge(1), Doc("tokens deleted in one transaction")] = 5_000,
    dry_run: Annotated[bool, Doc("count, and delete nothing")] = False,
    progress: Progress = silent,
) -> TokensReport:
    """Delete tokens that expired long ago, and those that nobody has used for as long.

    One that was never used counts from the day it was made.
    """
    before = timezone.now() - timedelta(days=days)
    never_used = Q(last_used_at=None, created_at__lt=before)
    dead = AuthToken.objects.filter(Q(expires_at__lt=before) | Q(last_used_at__lt=before) | never_used)
    if dry_run:
        return TokensReport(tokens=dead.count(), dry_run=True)
    counts = progress.counts()
    progress.update(message="Deleting tokens")
    for batch in progress.batches(KeyRanges(dead), batch_size, step="tokens"):
        # It asks each row again: a token that was used this very moment stays.
        counts["tokens"] += batch.rows.delete()[0]
    return TokensReport(tokens=counts["tokens"], dry_run=False)


def create_token(
    user: Annotated[User, Doc("the name of the person whose rights it has")],  # type: ignore[valid-type]
    name: Annotated[str, Doc("what it is for, such as the program that will have it")],
    *,
    expires: Annotated[timedelta | None, Doc("after how long it counts no more")] = None,
) -> str:
    """Make a token by which a program calls the API for that person; its secret is known only now.

    Raises WrongInput where the name or the time is too long.
    """
    if len(name) > LONGEST_NAME:
        raise WrongInput(f"The name of a token is of {LONGEST_NAME} letters at most, not of {len(name)}")
    if expires and expires > LONGEST:
        raise WrongInput(
            f"A token expires within {LONGEST.days:,} days, or never: leave the time out for that"
        )
    secret = new_secret()
    until = None if expires is None else timezone.now() + expires
    AuthToken.objects.create(user=user, name=name, digest=digest_of(secret), expires_at=until)
    return secret
