from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from accounts.roles import Role

START_PAGES = {Role.REP: "metrics:today", Role.MANAGER: "metrics:team"}


class HomeView(View):
    """To where a role begins its day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(START_PAGES.get(request.user.role, "metrics:kpis"))
