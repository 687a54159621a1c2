"""Who calls: the person whose token the header `Authorization: Bearer …` holds. No cookie counts here."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone

from console.api.refusal import Refused
from jobs.models.auth_token import AuthToken, digest_of

NOTED_EVERY = timedelta(minutes=1)  # a write for each call would cost more than the call
MISSING = (
    "Sign in by the header Authorization: Bearer TOKEN; a token is made on the page of your account, or by: "
    "python manage.py create_token"
)
# One sentence for all of them: whoever tries tokens learns nothing by the difference.
WRONG = "This token is unknown or has expired, or its owner may not sign in any more; make a new one"


def sign_in(request: HttpRequest) -> User:
    """Raises Refused."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _unknown(MISSING, 'Bearer realm="nightshift"')
    # It is looked for by its digest, so the time that takes says nothing of tokens that are like it.
    known = AuthToken.objects.select_related("user").filter(digest=digest_of(secret.strip())).first()
    if known is None or known.is_over or not known.user.is_active:
        raise _unknown(WRONG, 'Bearer realm="nightshift", error="invalid_token"')
    _note(known)
    return known.user


def _note(token: AuthToken) -> None:
    if token.last_used_at is None or token.last_used_at < timezone.now() - NOTED_EVERY:
        lately = Q(last_used_at__gte=Now() - NOTED_EVERY)
        AuthToken.objects.filter(pk=token.pk).exclude(lately).update(last_used_at=Now())


def _unknown(sentence: str, challenge: str) -> Refused:
    return Refused(401, sentence, headers={"WWW-Authenticate": challenge})
