from django.urls import path

from benchmarks.references import Hello, TrivialPage
from salestracker.access import ACCESS, SIGNED_IN
from salestracker.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ACCESS.update({"trivial_page": SIGNED_IN, "hello": SIGNED_IN})
urlpatterns = [
    path("trivial-page/", TrivialPage.as_view(), name="trivial_page"),
    path("api/v1/hello/", Hello.as_view(), name="hello"),
    *urlpatterns,
]
