"""Who, over the API: teams, reps, users, accounts and contacts. Reading only what the caller may see."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.settings import api_settings

from accounts.models import Account, Contact, Rep, Team, User
from accounts.roles import Role


class OrderedPages(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc,name-defined]
    """Cursor pages in an order that the view allows: ``?ordering=name`` or ``?ordering=-name``."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        asked = request.query_params.get("ordering", "")
        allowed = getattr(view, "orderings", ())
        if not asked:
            return ("pk",)
        if asked.removeprefix("-") not in allowed:
            raise ValidationError({"ordering": f"Possible: {', '.join(allowed) or 'none'}, each with a - before it."})
        return (asked, "-pk" if asked.startswith("-") else "pk")


class VisibleRows(viewsets.ReadOnlyModelViewSet[Any]):
    """Lists and single rows, starting from ``visible_to``: what is out of sight does not exist."""

    pagination_class: type[CursorPagination] = OrderedPages
    lookup_value_regex = r"\d{1,18}"
    orderings: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.visible_to(self.request.user)  # type: ignore[attr-defined]


class UpdatedSince(filters.FilterSet):
    """``?updated_since=2026-10-05T00:00:00Z``: rows saved since then."""

    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")


class TeamSerializer(serializers.ModelSerializer[Team]):
    class Meta:
        model = Team
        fields = ("id", "name", "slug", "parent", "manager")


class RepSerializer(serializers.ModelSerializer[Rep]):
    class Meta:
        model = Rep
        fields = ("id", "name", "email", "external_id", "team", "user", "hired_on", "left_on", "ramp_months")


class UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "email", "name", "role", "is_active")


class AccountSerializer(serializers.ModelSerializer[Account]):
    class Meta:
        model = Account
        fields = (
            "id", "name", "domain", "industry", "segment", "region", "country", "employees", "annual_revenue", "is_key",
            "parent", "owner", "external_id", "created_at", "updated_at", "version",
        )  # fmt: skip


class ContactSerializer(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = (
            "id", "account", "name", "email", "phone", "title", "external_id", "created_at", "updated_at", "version",
        )  # fmt: skip


class TeamViewSet(VisibleRows):
    queryset = Team.objects.all()
    serializer_class = TeamSerializer
    search_fields = ("name",)
    filterset_fields = ("parent", "manager")
    orderings = ("name",)


class RepViewSet(VisibleRows):
    queryset = Rep.objects.all()
    serializer_class = RepSerializer
    search_fields = ("name", "email")
    filterset_fields = ("team", "email", "external_id")
    orderings = ("name",)


class UserViewSet(VisibleRows):
    queryset = User.objects.all()
    serializer_class = UserSerializer
    search_fields = ("name", "email")
    filterset_fields = ("role", "is_active")
    orderings = ("name", "email")

    def get_queryset(self) -> QuerySet[User]:
        """Admins see everybody, others themselves."""
        rows = User.objects.all()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows if self.request.user.role == Role.ADMIN else rows.filter(pk=self.request.user.pk)


class AccountFilter(UpdatedSince):
    class Meta:
        model = Account
        fields = ("owner", "industry", "segment", "region", "country", "domain", "external_id")


class AccountViewSet(VisibleRows):
    queryset = Account.objects.all()
    serializer_class = AccountSerializer
    search_fields = ("name", "domain")
    filterset_class = AccountFilter
    orderings = ("name", "created_at", "updated_at")


class ContactFilter(UpdatedSince):
    class Meta:
        model = Contact
        fields = ("account", "email", "external_id")


class ContactViewSet(VisibleRows):
    queryset = Contact.objects.all()
    serializer_class = ContactSerializer
    search_fields = ("name", "email")
    filterset_class = ContactFilter
    orderings = ("name", "created_at", "updated_at")
