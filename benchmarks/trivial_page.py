from django.views.generic import TemplateView


class TrivialPage(TemplateView):
    """P: what any signed-in page costs. Session, user, the frame of all pages, ten rows that never change."""

    template_name = "benchmarks/trivial_page.html"
    extra_context = {"rows": [(f"Row {number}", number * 1000) for number in range(10)]}  # noqa: RUF012
