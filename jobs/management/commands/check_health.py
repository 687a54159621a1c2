from jobs import catalog
from jobs.diagnosis_command import DiagnosisCommand


class Command(DiagnosisCommand):
    job = catalog.CHECK_HEALTH
