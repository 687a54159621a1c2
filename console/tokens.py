"""The tokens by which programs sign in for a person."""

from datetime import timedelta

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from jobs.models.auth_token import AuthToken, digest_of, new_secret

DAYS = ((7, "in a week"), (30, "in a month"), (90, "in three months"), (365, "in a year"), ("", "never"))


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="What uses it, such as “report of the shop”.")
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
        secret, days = new_secret(), self.cleaned_data["days"]
        token = AuthToken.objects.create(
            user=user,
            name=self.cleaned_data["name"],
            digest=digest_of(secret),
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        return token, secret
