from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0007_awaits"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="queue",
            options={"permissions": (("pause_queues", "Can pause and resume queues"),)},
        ),
        migrations.AlterModelOptions(
            name="run",
            options={
                "permissions": (
                    ("cancel_run", "Can cancel and kill runs"),
                    ("pause_run", "Can pause and resume runs"),
                    ("retry_run", "Can run again what ran"),
                    ("approve_run", "Can approve runs of others"),
                )
            },
        ),
        migrations.AlterModelOptions(
            name="slot",
            options={
                "ordering": ("schedule", "planned_for"),
                "permissions": (("edit_schedules", "Can edit schedules"),),
            },
        ),
    ]
