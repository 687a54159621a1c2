from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion

# TRUNCATE is left to full_reset: who may do that may drop the trigger as well.
# A delete is judged once a statement, not once a row: half a million old rows are no rarity.
APPEND_ONLY = """
CREATE FUNCTION jobs_auditlog_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.user_id IS NULL AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only: its rows are not changed'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION jobs_auditlog_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('nightshift.audit', true), '') <> 'retention' THEN
        RAISE EXCEPTION 'The audit log is append-only: only cleanup_old_data deletes what is old'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (SELECT max(created_at) FROM gone) > clock_timestamp() - interval '30 days' THEN
        RAISE EXCEPTION 'The audit log keeps its rows for 30 days at least'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_auditlog_unchanged BEFORE UPDATE ON jobs_auditlog
    FOR EACH ROW EXECUTE FUNCTION jobs_auditlog_unchanged();
CREATE TRIGGER jobs_auditlog_kept AFTER DELETE ON jobs_auditlog
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION jobs_auditlog_kept();
"""
NOT_ANY_MORE = """
DROP TRIGGER jobs_auditlog_unchanged ON jobs_auditlog;
DROP TRIGGER jobs_auditlog_kept ON jobs_auditlog;
DROP FUNCTION jobs_auditlog_unchanged(), jobs_auditlog_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0009_day_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="run",
            name="awaits",
            field=models.CharField(
                blank=True,
                choices=[("", "Nothing"), ("ends", "Ends"), ("shares", "Shares"), ("person", "Person")],
                db_default="",
                default="",
                max_length=6,
            ),
        ),
        migrations.AlterModelOptions(name="auditlog", options={"ordering": ("-created_at", "-id")}),
        migrations.AddField(
            model_name="auditlog",
            name="job",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="auditlog",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="auditlog",
            index=models.Index(fields=["user", "created_at", "id"], name="audit_user"),
        ),
        migrations.AddIndex(
            model_name="auditlog",
            index=models.Index(fields=["action", "created_at", "id"], name="audit_action"),
        ),
        migrations.AddIndex(
            model_name="auditlog",
            index=models.Index(fields=["job", "created_at", "id"], name="audit_job"),
        ),
        migrations.AddIndex(
            model_name="auditlog",
            index=models.Index(fields=["target"], name="audit_target", opclasses=["text_pattern_ops"]),
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_ANY_MORE),
    ]
