"""All addresses."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from console.views.sign_in import at_the_admin

urlpatterns = [
    path("", include("console.urls")),
    path("admin/login/", at_the_admin),
    # One page for both: what is changed there is in the audit.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account-password")),
    path("admin/", admin.site.urls),
]
