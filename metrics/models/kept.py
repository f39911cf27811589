from typing import Any

from django.db import models


class Kept(models.Model):
    """A row that is written once: what was known stays what was known."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not kwargs.get("force_insert"):
            raise ValueError(f"{type(self).__name__} {self.pk} is kept as it was made")
        super().save(*args, **kwargs)
