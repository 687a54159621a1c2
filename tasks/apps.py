from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        # Tasks need the models, so they are imported here and not in tasks/__init__.py.
        from tasks import (  # noqa: F401, PLC0415
            checks,
            daily_stats,
            data_migrations,
            emails,
            exports,
            files,
            greetings,
            hooks,
            nightly,
            notifications,
            old_data,
            operations,
            order_import,
            orders,
            prices,
            product_sync,
            products,
            retention,
            sales,
            tokens,
            user_stats,
        )

        hooks.connect()
