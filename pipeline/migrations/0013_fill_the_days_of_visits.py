from zoneinfo import ZoneInfo

from django.db import migrations

BATCH = 2000


def fill(apps, _editor):
    """Days of visits that were stored before days were kept, in the company's zone."""
    company = apps.get_model("accounts", "Company").objects.first()
    if company is None:
        return
    zone = ZoneInfo(company.time_zone)
    visits = apps.get_model("pipeline", "StageVisit").objects
    changed = []
    for visit in visits.only("pk", "entered_at", "left_at").iterator(chunk_size=BATCH):
        visit.entered_on = visit.entered_at and visit.entered_at.astimezone(zone).date()
        visit.left_on = visit.left_at and visit.left_at.astimezone(zone).date()
        visit.days = (visit.left_on - visit.entered_on).days if visit.entered_on and visit.left_on else None
        changed.append(visit)
        if len(changed) == BATCH:
            visits.bulk_update(changed, ["entered_on", "left_on", "days"])
            changed = []
    visits.bulk_update(changed, ["entered_on", "left_on", "days"])


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0012_keep_the_days_of_visits'),
        ('accounts', '0001_first_tables'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
