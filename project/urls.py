"""All addresses."""

from django.contrib import admin
from django.urls import include, path

from console.views.sign_in import at_the_admin

urlpatterns = [
    path("", include("console.urls")),
    path("admin/login/", at_the_admin),
    path("admin/", admin.site.urls),
]
