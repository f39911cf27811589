"""Plan files: YAML or JSON as a document of texts, and back. Numbers are taken as decimal text, quoted or not."""

import datetime
import json
from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext_noop as _

from metrics.incentives.findings import REFUSE, Finding, PlanRefused

LARGEST = 1_000_000
"""Characters; a plan has some thousands."""


class _Loader(yaml.BaseLoader):
    """Every scalar as its text. A key that stands there twice would hide a rate: it is refused."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def parse_document(text: str) -> dict[str, Any]:
    """The file's keys with texts, lists and mappings in them. PlanRefused when it is no such file."""
    if len(text) > LARGEST:
        sizes = {"has": f"{len(text):,}", "most": f"{LARGEST:,}"}
        raise _refused(_("The file has %(has)s characters; at most %(most)s are read."), **sizes)
    try:
        document = _of_json(text) if text.lstrip().startswith("{") else _of_yaml(text)
    except RecursionError as error:
        raise _refused(_("The file is nested too deeply.")) from error
    if not isinstance(document, dict):
        raise _refused(_("The file is no plan: it begins with keys such as name, currency, components."))
    return document


def _of_json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_each_once)
    except ValueError:
        return _of_yaml(text)  # YAML in braces


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = {key for position, (key, _value) in enumerate(pairs) if key in dict(pairs[:position])}
    if twice:
        raise _refused(_("The key %(key)s stands twice."), key=min(twice))
    return dict(pairs)


def _of_yaml(text: str) -> Any:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refused(_("The file, line %(line)s: %(problem)s."), line=line, problem=error.problem) from error
    except yaml.YAMLError as error:
        raise _refused(_("The file is no YAML: %(problem)s."), problem=str(error).splitlines()[0]) from error


def _refused(message: str, **values: Any) -> PlanRefused:
    return PlanRefused([Finding(REFUSE, "", message, values=values)])


class _Dumper(yaml.SafeDumper):
    """Decimals as plain numbers, lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _plain_number(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    whole = value == value.to_integral_value()
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'int' if whole else 'float'}", f"{value:f}")


_Dumper.add_representer(Decimal, _plain_number)


def dump_document(document: dict[str, Any]) -> str:
    """The document of ``documents.document_of`` as YAML that ``parse_document`` reads back."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def as_stored(value: Any) -> Any:
    """The document as JSON keeps it: numbers and days as text."""
    if isinstance(value, dict):
        return {key: as_stored(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_stored(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
