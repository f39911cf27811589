from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Account, Rep, Team
from pipeline.models.channel import Campaign, Channel
from pipeline.models.deal import Deal
from pipeline.models.product import Product
from pipeline.models.stage import LostReason, Pipeline, Stage


class DealEvent(models.Model):
    """What changed about a deal, append only, with two times: when it was true and when we learnt it.

    ``patch`` maps tracked fields to their new values (``pipeline.fold.VERSIONED``). ``effective_on`` is a company day
    (0001-01-01: from the beginning of time), ``effective_at`` the instant where it is known.
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="events")
    patch = models.JSONField()
    effective_on = models.DateField()
    effective_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_text = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    import_run = models.ForeignKey("pipeline.ImportRun", models.SET_NULL, null=True, related_name="events")

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["deal", "effective_on", "id"], name="event_deal"),
            models.Index(fields=["recorded_at"], name="event_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.effective_on}: {', '.join(self.patch)}"


class DealVersionQuerySet(models.QuerySet["DealVersion"]):
    def known_on(self, instant: object | None) -> Self:
        """Versions as the book stood at an instant; None: as it stands now."""
        if instant is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(recorded_at__lte=instant).filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=instant)
        )

    def valid_on(self, day: object | None) -> Self:
        """Versions that held at the end of a day; None: those that hold for good."""
        if day is None:
            return self.filter(valid_to__isnull=True)
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class DealVersion(models.Model):
    """The state of a deal from ``valid_from`` up to, not including, ``valid_to``: the fact table of deals.

    ``closed_on`` is the first day of the final unbroken closed run as of this version. ``owner``, ``team`` and the
    dimensions are those of that day; a closed deal keeps those of its closing day. ``discounted_on`` is the day on
    which the deal was lost as a duplicate, spam or test; from then on it is in no count and no rate. ``cycle_days`` are
    the whole days from opening to close, None while it is open or when its start is not known. ``units_e4`` to
    ``profit_minor`` are what the lines of a won deal come to (``pipeline.line_figures``).
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="versions")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    outcome = models.CharField(max_length=4)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    cycle_days = models.IntegerField(null=True)
    discounted_on = models.DateField(null=True)
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Rep, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    base_minor = models.BigIntegerField(null=True)
    probability_bp = models.PositiveIntegerField(default=0)
    category = models.CharField(max_length=10)
    expected_close_on = models.DateField(null=True)
    kind = models.CharField(max_length=10)
    lost_reason = models.ForeignKey(LostReason, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    segment = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=200, blank=True)
    is_key = models.BooleanField(default=False)
    units_e4 = models.BigIntegerField(null=True)
    listed_minor = models.BigIntegerField(null=True)
    list_minor = models.BigIntegerField(null=True)
    costed_minor = models.BigIntegerField(null=True)
    profit_minor = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=32)

    objects = DealVersionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["closed_on", "outcome"], name="version_closed", condition=Q(superseded_at=None)),
            models.Index(fields=["opened_on"], name="version_opened", condition=Q(superseded_at=None)),
            models.Index(fields=["owner", "closed_on"], name="version_owner", condition=Q(superseded_at=None)),
            models.Index(fields=["team", "closed_on"], name="version_team", condition=Q(superseded_at=None)),
            models.Index(fields=["account", "closed_on"], name="version_account", condition=Q(outcome="won")),
            models.Index(fields=["recorded_at"], name="version_recorded"),
            models.Index(
                fields=["team", "owner"],
                name="version_open_now",
                condition=Q(outcome="open", superseded_at=None, valid_to=None),
                include=["id", "base_minor", "probability_bp", "category", "discounted_on", "amount_minor", "rate"],
            ),
            models.Index(
                fields=["valid_from", "valid_to"],
                name="version_open_level",
                condition=Q(outcome="open", superseded_at=None),
            ),
        ]
        constraints: ClassVar[list] = [
            models.UniqueConstraint(
                fields=["deal", "valid_from"], condition=Q(superseded_at=None), name="version_once_a_day"
            ),
            models.CheckConstraint(
                name="version_span", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} from {self.valid_from}"


class VersionCredit(models.Model):
    """What a won version credits to a rep: of its money and of its profit; None where the deal's is not known."""

    version = models.ForeignKey(DealVersion, models.CASCADE, related_name="credits")
    rep = models.ForeignKey(Rep, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    share = models.DecimalField(max_digits=7, decimal_places=6)
    base_minor = models.BigIntegerField(null=True)
    profit_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list] = [models.UniqueConstraint(fields=["version", "rep"], name="version_credit_once")]

    def __str__(self) -> str:
        return f"{self.rep_id}: {self.share} of version {self.version_id}"


class VersionProduct(models.Model):
    """A version's money by product; ``product`` None is what no line covers. The parts add up to the version's.

    ``units_e4`` to ``profit_minor``: of a won version, see ``pipeline.line_figures``.
    """

    version = models.ForeignKey(DealVersion, models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    base_minor = models.BigIntegerField(null=True)
    units_e4 = models.BigIntegerField(null=True)
    listed_minor = models.BigIntegerField(null=True)
    list_minor = models.BigIntegerField(null=True)
    costed_minor = models.BigIntegerField(null=True)
    profit_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list] = [
            models.UniqueConstraint(fields=["version", "product"], name="version_product_once"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(product__isnull=True), name="version_unknown_product_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.base_minor} of version {self.version_id}"


class StageVisit(models.Model):
    """A stay of a deal in a stage, with the times of day. ``left_at`` None: still there.

    ``entered_on`` and ``left_on`` are the company's days of both, ``days`` what lies between them; several changes of
    one day are 0 days apart.
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="visits", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="visits", db_index=False)
    entered_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    entered_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    days = models.PositiveIntegerField(null=True)

    class Meta:
        indexes: ClassVar[list] = [
            models.Index(fields=["stage", "entered_at"], name="visit_stage"),
            models.Index(fields=["deal", "entered_at"], name="visit_deal"),
            models.Index(fields=["deal", "stage", "entered_at"], name="visit_deal_and_stage"),
            models.Index(fields=["entered_on"], name="visit_entered"),
            models.Index(fields=["left_on"], name="visit_left"),
        ]

    def __str__(self) -> str:
        return f"deal {self.deal_id} in stage {self.stage_id}"


class ChangedDay(models.Model):
    """Days from ``day`` to ``last_day`` whose figures must be computed again; written by the action that moved them."""

    class Subject(models.TextChoices):
        DEALS = "deals"
        LEADS = "leads"
        ACTIVITIES = "activities"
        CAPACITY = "capacity"
        EXPENSES = "expenses"
        SPEND = "spend"
        INDICATORS = "indicators"
        SURVEYS = "surveys"

    subject = models.CharField(max_length=10, choices=Subject.choices)
    day = models.DateField()
    last_day = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list] = [models.Index(fields=["day", "subject"], name="changed_day")]
        constraints: ClassVar[list] = [
            models.CheckConstraint(name="changed_day_span", condition=Q(last_day__gte=models.F("day")))
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"
