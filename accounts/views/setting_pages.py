"""Pages of the set-up: a form that makes or changes a row, and one that deletes a row nothing needs."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from accounts.views.form_pages import FormPage


def crumbs(*links: tuple[str | Promise, str]) -> list[dict[str, Any]]:
    """The way from the settings to a page: labels and addresses."""
    home = (_("Settings"), reverse("pipeline:settings"))
    return [{"label": label, "url": url} for label, url in (home, *links)]


class SettingPage(FormPage):
    """Makes a row, or changes the one that the address names. A subclass says how, and where the list is."""

    template_name = "accounts/setting_form.html"
    model: ClassVar[type[Model]]
    form_class: ClassVar[type[ModelForm]]
    home: ClassVar[str]
    """The URL name of the list."""
    home_label: ClassVar[str | Promise]
    new_title: ClassVar[str | Promise]
    delete_name: ClassVar[str] = ""
    """The URL name of the page that deletes a row; empty when there is none."""
    saved_name = ""
    """What the record is called in the database, whatever was typed."""

    def create(self, form: Form) -> Any:
        """Make the row."""
        raise NotImplementedError

    def change(self, form: Form) -> Any:
        """Change ``self.record``."""
        raise NotImplementedError

    def home_url(self) -> str:
        return reverse(self.home)

    def records(self) -> Any:
        return self.model._default_manager.all() if "pk" in self.kwargs else None

    def form(self, data: Any = None) -> Form:
        if self.record is None:
            return self.form_class(data)
        self.saved_name = str(self.record)  # a form writes what was typed into its record
        return self.form_class(data, instance=self.record)

    def act(self, form: Form) -> Any:
        return self.change(form) if self.record else self.create(form)

    def page(self, form: Form) -> dict[str, Any]:
        title = self.saved_name or str(self.new_title)
        delete_url = reverse(self.delete_name, args=[self.record.pk]) if self.record and self.delete_name else ""
        return {
            "title": title,
            "crumbs": crumbs((self.home_label, self.home_url())),
            "cancel_url": self.home_url(),
            "delete_url": delete_url,
        }

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” saved.") % {"name": result})
        return redirect(self.home_url())


class SettingDeletePage(FormPage):
    """Asks before a row is deleted for good; a row that something needs is refused at once, with its uses."""

    template_name = "accounts/setting_delete.html"
    model: ClassVar[type[Model]]
    home: ClassVar[str]
    home_label: ClassVar[str | Promise]

    def uses(self) -> list[str]:
        """What needs the row, such as "3 deals"."""
        return []

    def home_url(self) -> str:
        return reverse(self.home)

    def records(self) -> Any:
        return self.model._default_manager.all()

    def form(self, data: Any = None) -> Form:
        return Form(data)

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("Delete “%(name)s”") % {"name": self.record},
            "name": str(self.record),
            "uses": self.uses(),
            "crumbs": crumbs((self.home_label, self.home_url())),
            "cancel_url": self.home_url(),
        }

    def done(self, result: Any) -> HttpResponse:
        messages.success(self.request, _("“%(name)s” deleted.") % {"name": self.record})
        return redirect(self.home_url())


class SettingList(View):
    """A short list of the set-up, all of it on one page."""

    template_name: str

    def context(self) -> dict[str, Any]:
        """The template's context besides the crumbs."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, {"crumbs": crumbs(), **self.context()})
