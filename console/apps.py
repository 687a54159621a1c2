from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console import sign_ins  # noqa: PLC0415

        # Whichever door somebody signs in by, Django tells it here, and nowhere else.
        user_logged_in.connect(sign_ins.signed_in)
        user_login_failed.connect(sign_ins.failed)
        user_logged_out.connect(sign_ins.signed_out)
