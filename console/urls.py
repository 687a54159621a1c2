"""The console's addresses; an action is a thing that one creates below its run."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from console.views import (
    changes,
    files,
    health,
    jobs,
    queues,
    repetitions,
    runs,
    schedule_changes,
    schedules,
    theme,
)
from console.views.sign_in import SignIn

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="jobs"), name="overview"),
    path("jobs/", jobs.list_jobs, name="jobs"),
    path("jobs/<str:name>/", jobs.show_job, name="job"),
    path("jobs/<str:name>/runs/", jobs.create_run, name="job-runs"),
    path("runs/", runs.list_runs, name="runs"),
    path("runs/<uuid:pk>/", runs.show_run, name="run"),
    path("runs/<uuid:pk>/pause/", changes.pause_run, name="run-pause"),
    path("runs/<uuid:pk>/resumption/", changes.resume_run, name="run-resumption"),
    path("runs/<uuid:pk>/kill/", changes.kill_run, name="run-kill"),
    path("runs/<uuid:pk>/cancellation/", changes.cancel_run, name="run-cancellation"),
    path("runs/<uuid:pk>/retries/", repetitions.retry_run, name="run-retries"),
    path("runs/<uuid:pk>/real-run/", repetitions.run_for_real, name="run-for-real"),
    path("runs/<uuid:pk>/rejects/", repetitions.run_rejects, name="run-rejects"),
    path("runs/<uuid:pk>/deletion/", changes.delete_run, name="run-deletion"),
    path("runs/<uuid:pk>/attempts/<int:number>/log", files.show_log, name="attempt-log"),
    path("runs/<uuid:pk>/artifacts/<str:name>", files.download_artifact, name="run-artifact"),
    path("queues/", queues.list_queues, name="queues"),
    path("queues/<path:name>/pause/", queues.pause_queue, name="queue-pause"),
    path("queues/<path:name>/resumption/", queues.resume_queue, name="queue-resumption"),
    path("schedules/", schedules.list_schedules, name="schedules"),
    path("schedules/new/", schedules.show_new, name="schedule-new"),
    path("schedules/times/", schedules.show_times, name="schedule-times"),
    path("schedules/creation/", schedule_changes.create_schedule, name="schedule-creation"),
    path("schedules/addition/<str:name>/", schedule_changes.add_schedule, name="schedule-addition"),
    path("schedules/<int:pk>/", schedules.show_schedule, name="schedule"),
    path("schedules/<int:pk>/revision/", schedule_changes.revise_schedule, name="schedule-revision"),
    path("schedules/<int:pk>/switch/", schedule_changes.switch_schedule, name="schedule-switch"),
    path("schedules/<int:pk>/reset/", schedule_changes.reset_schedule, name="schedule-reset"),
    path("schedules/<int:pk>/deletion/", schedule_changes.delete_schedule, name="schedule-deletion"),
    path("schedules/<int:pk>/runs/", schedule_changes.run_schedule, name="schedule-runs"),
    path("schedules/<int:pk>/slots/<int:slot>/run/", schedule_changes.run_slot, name="schedule-slot-run"),
    path("theme/", theme.choose, name="theme"),
    path("api/", include("console.api.urls")),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
]
