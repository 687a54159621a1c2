"""The tokens by which programs sign in for a person."""

from datetime import timedelta

from django import forms
from django.contrib.auth.models import User

from jobs.models.auth_token import LONGEST_NAME, AuthToken, digest_of
from jobs.services.tokens import create_token

DAYS = ((7, "in a week"), (30, "in a month"), (90, "in three months"), (365, "in a year"), ("", "never"))


class TokenForm(forms.Form):
    name = forms.CharField(max_length=LONGEST_NAME, help_text="What uses it, such as “report of the shop”.")
    days = forms.TypedChoiceField(
        label="Expires",
        choices=DAYS,
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
    )

    def create(self, user: User) -> tuple[AuthToken, str]:
        """The token and its secret, which is known here and never again."""
        days = self.cleaned_data["days"]
        expires = timedelta(days=days) if days else None
        secret = create_token(user, self.cleaned_data["name"], expires=expires)
        return AuthToken.objects.get(digest=digest_of(secret)), secret
