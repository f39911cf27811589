import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models.holiday import Holiday


class Company(models.Model):
    """The company's settings: one row, first filled from the environment.

    Changing the zone or the base currency later is an explicit rebuild, because every stored business date and base
    amount was made with them.
    """

    days_off: frozenset[datetime.date] | None = None
    """Its holidays where they were read along with it (``current_with_days_off``)."""

    name = models.CharField(_("name"), max_length=200, default="My company")
    time_zone = models.CharField(_("reporting zone"), max_length=64)
    base_currency = models.CharField(_("base currency"), max_length=3)
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        _("fiscal year starts in month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    rate_max_age_days = models.PositiveSmallIntegerField(_("a rate is good for days"), default=31)
    working_weekdays = models.CharField(_("working days"), max_length=7, default="12345")
    """ISO weekdays, Monday is 1."""
    opens_at = models.TimeField(_("work begins at"), default=datetime.time(9))
    closes_at = models.TimeField(_("work ends at"), default=datetime.time(17))
    response_goal_minutes = models.PositiveIntegerField(
        _("goal for the first answer, business minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60_000)],
    )
    """Within how much working time a new lead is to be answered; None: within a working day."""
    leaderboard = models.BooleanField(_("reps may see company-wide figures"), default=False)
    pay_alert_percent = models.PositiveSmallIntegerField(
        _("alert when a calculation changes a statement by more than, percent"), null=True, blank=True, default=20
    )
    """None: no alerts."""
    sample_day = models.DateField(null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When books were last frozen. Nothing is recorded with an earlier time any more, however long it took to write."""

    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="company_one_row", condition=models.Q(pk=1)),
            models.CheckConstraint(
                name="company_fiscal_month",
                condition=models.Q(fiscal_year_start_month__gte=1, fiscal_year_start_month__lte=12),
            ),
            models.CheckConstraint(name="company_works", condition=~models.Q(working_weekdays="")),
            models.CheckConstraint(name="company_opens_first", condition=models.Q(closes_at__gt=models.F("opens_at"))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which a day begins and ends."""
        return ZoneInfo(self.time_zone)

    @property
    def weekdays(self) -> set[int]:
        """Weekdays on which people work; 0 is Monday."""
        return {int(number) - 1 for number in self.working_weekdays}

    @classmethod
    def learnt_at(cls, now: datetime.datetime) -> datetime.datetime:
        """``now``, or the moment after the last freeze of books where that was later."""
        settled = cls.objects.filter(pk=1).values_list("settled_at", flat=True).first()
        return now if settled is None or now > settled else settled + datetime.timedelta(microseconds=1)

    @classmethod
    def current_with_days_off(cls) -> "Company":
        """The one row, with its holidays as of now in ``days_off``, from one statement."""
        row = cls.objects.filter(pk=1).annotate(days_text=Holiday.objects.joined()).first() or cls.current()
        text = getattr(row, "days_text", None) or ""
        row.days_off = frozenset(datetime.date.fromisoformat(day) for day in text.split(",") if day)
        return row

    @classmethod
    def current(cls) -> "Company":
        """The one row; made from the environment when it does not exist yet."""
        row = cls.objects.filter(pk=1).first()
        if row is None:
            row, _created = cls.objects.get_or_create(
                pk=1,
                defaults={
                    "time_zone": settings.COMPANY_TIME_ZONE,
                    "base_currency": settings.BASE_CURRENCY,
                    "fiscal_year_start_month": settings.FISCAL_YEAR_START_MONTH,
                    "rate_max_age_days": settings.RATE_MAX_AGE_DAYS,
                },
            )
        return row
