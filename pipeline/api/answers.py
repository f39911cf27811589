"""How an action's refusal is told over the API: 400 with the field, 403, or 409 with what the record is now."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.exceptions import APIException, PermissionDenied, ValidationError

from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from pipeline.gates import FieldsMissing


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"
    default_detail = "Somebody changed this record meanwhile. Read it again and send its new version."


@contextmanager
def answered() -> Iterator[None]:
    """Run an action; what it refuses becomes the fitting answer."""
    try:
        yield
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except StaleVersion as error:
        raise Conflict(str(error)) from error
    except FieldsMissing as error:
        raise ValidationError({name: [str(error)] for name in error.fields}) from error
    except ActionRefused as error:
        raise ValidationError({error.field or "non_field_errors": [str(error)]}) from error
