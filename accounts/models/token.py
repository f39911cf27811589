from django.db import models
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):
    """A key to the API with its owner's rights. Only a digest is stored; the token is shown once."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    name = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.WRITE)

    def __str__(self) -> str:
        return f"{self.name or self.token_key} of {self.user}"
