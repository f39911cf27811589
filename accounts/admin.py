"""Django's admin site is for looking things up: every write goes through an action, so nothing is changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Account, AuditEntry, Company, Contact, ExchangeRate, JobRun, Rep, Team, TeamMembership, User
from accounts.roles import Role


class LookUp(admin.ModelAdmin):
    """Rows to search and read; only admins reach the site."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return getattr(request.user, "role", None) == Role.ADMIN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(LookUp):
    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    exclude = ("password", "groups", "user_permissions", "is_superuser")


@admin.register(Team)
class TeamAdmin(LookUp):
    list_display = ("name", "slug", "parent", "manager")
    search_fields = ("name", "slug")
    list_select_related = ("parent", "manager")


@admin.register(Rep)
class RepAdmin(LookUp):
    list_display = ("name", "email", "external_id", "team", "hired_on", "left_on")
    search_fields = ("name", "email", "external_id")
    list_select_related = ("team",)


@admin.register(TeamMembership)
class TeamMembershipAdmin(LookUp):
    list_display = ("rep", "team", "starts_on", "ends_on")
    search_fields = ("rep__name", "team__name")
    list_select_related = ("rep", "team")


@admin.register(Account)
class AccountAdmin(LookUp):
    list_display = ("name", "domain", "segment", "industry", "region", "owner")
    search_fields = ("name", "domain", "external_id")
    list_select_related = ("owner",)


@admin.register(Contact)
class ContactAdmin(LookUp):
    list_display = ("name", "account", "email", "phone")
    search_fields = ("name", "email")
    list_select_related = ("account",)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(LookUp):
    list_display = ("day", "currency", "base", "rate", "recorded_at")
    list_filter = ("currency",)


@admin.register(AuditEntry)
class AuditEntryAdmin(LookUp):
    list_display = ("at", "by_text", "action", "subject_kind", "subject_name")
    search_fields = ("by_text", "subject_name")
    list_filter = ("action", "subject_kind")


@admin.register(JobRun)
class JobRunAdmin(LookUp):
    list_display = ("kind", "key", "state", "attempts", "queued_at", "finished_at", "rows")
    list_filter = ("kind", "state")
    search_fields = ("key",)


admin.site.register(Company, LookUp)
