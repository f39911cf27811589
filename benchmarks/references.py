from django.views.generic import TemplateView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class TrivialPage(TemplateView):
    """P: what any signed-in page costs. Session, user, the frame of all pages, ten rows that never change."""

    template_name = "benchmarks/trivial_page.html"
    extra_context = {"rows": [(f"Row {number}", number * 1000) for number in range(10)]}  # noqa: RUF012


class Hello(APIView):
    """A: what any answer of the API costs. The token, who may call, how often."""

    def get(self, _request: Request) -> Response:
        return Response({"hello": "world"})
