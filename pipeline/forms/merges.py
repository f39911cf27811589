"""Merging two records: which other one, and whose value each field keeps."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Account, Contact
from accounts.roles import Role
from pipeline.forms.picks import NamedRecordField, VersionField
from pipeline.merging import differing

KEPT, GONE = "kept", "gone"


class OtherForm(forms.Form):
    """Which record is the same."""

    def __init__(self, data: Any = None, *, record: Account | Contact, user: Any) -> None:
        super().__init__(data)
        kind = record._meta.model_name or ""
        label = _("The other account") if isinstance(record, Account) else _("The other contact")
        rows = type(record).objects.visible_to(user).exclude(pk=record.pk)
        self.fields["other"] = NamedRecordField(rows=rows, kind=kind, label=label)


class MergeForm(forms.Form):
    """One choice for each field in which the two differ. By default the one that stays keeps what it has."""

    version = VersionField()
    other_version = VersionField()

    def __init__(self, data: Any = None, *, kept: Account | Contact, gone: Account | Contact, user: Any) -> None:
        super().__init__(data, initial={"version": kept.version, "other_version": gone.version})
        self.kept, self.gone = kept, gone
        for name in differing(kept, gone):
            if name == "owner" and user.role == Role.REP:
                continue  # a rep gives nothing away and takes nothing: the owner of the one that stays goes on
            if name == "parent" and not _sees_parents(kept, gone, user):
                continue
            field = kept._meta.get_field(name)
            mine, other = getattr(kept, name), getattr(gone, name)
            self.fields[name] = forms.ChoiceField(
                label=capfirst(str(getattr(field, "verbose_name", name))),
                choices=[(KEPT, _told(mine)), (GONE, _told(other))],
                widget=forms.RadioSelect,
                initial=GONE if mine in (None, "") else KEPT,
            )

    def taken(self) -> list[str]:
        """Fields that take the value of the one that goes."""
        return [name for name, value in self.cleaned_data.items() if value == GONE]

    def versions(self) -> tuple[int, int]:
        return self.cleaned_data["version"], self.cleaned_data["other_version"]


def _sees_parents(kept: Any, gone: Any, user: Any) -> bool:
    parents = {pk for pk in (kept.parent_id, gone.parent_id) if pk}
    return Account.objects.visible_to(user).filter(pk__in=parents).count() == len(parents)


def _told(value: Any) -> str:
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | Decimal):
        return formats.number(value)
    return str(value)
