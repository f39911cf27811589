from django.urls import path

from benchmarks.trivial_page import TrivialPage
from salestracker.access import ACCESS, SIGNED_IN
from salestracker.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ACCESS["trivial_page"] = SIGNED_IN
urlpatterns = [path("trivial-page/", TrivialPage.as_view(), name="trivial_page"), *urlpatterns]
