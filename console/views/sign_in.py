"""Signing in."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django_htmx.http import HttpResponseClientRefresh

from console.audit import address_of
from console.sign_ins import wait_until


class SignInForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        """Before the password is looked at: who guesses learns nothing while they have to wait."""
        account = self.cleaned_data.get("username")
        if account and self.request and (until := wait_until(account, address_of(self.request))):
            moment = f"{timezone.localtime(until):%H:%M} ({timezone.get_current_timezone_name()})"
            raise ValidationError(
                f"Too many failed tries for this account from your address; try again after {moment}"
            )
        return super().clean()


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    template_name = "console/login.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A page that asks for a part of itself is led here once its session has ended; the form is no part.
        if request.headers.get("HX-Request"):
            return HttpResponseClientRefresh()
        return super().dispatch(request, *args, **kwargs)


@login_not_required
def at_the_admin(request: HttpRequest) -> HttpResponse:
    """One door for both: its tries are counted, and who is inside already is not asked again."""
    if request.user.is_authenticated:
        raise PermissionDenied("staff")
    return redirect(f"{reverse('login')}?{request.GET.urlencode()}")
