"""Where in a plan's text a finding is: the line of the key that it names."""

import re

import yaml

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def line_of(text: str, place: str) -> int | None:
    """The line, counted from 1, of a place such as ``components[2].tiers``, or of the nearest part above it.

    None where the text can't be read or the place names nothing in it.
    """
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    found = None
    for name, index in _PART.findall(place):
        step = _child(node, name, index)
        if step is None:
            break
        line, node = step
        found = line
    return found


def _child(node: yaml.Node | None, name: str, index: str) -> tuple[int, yaml.Node] | None:
    """The line of a part of a node, and the part."""
    if isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
        item = node.value[int(index)]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode) and name:
        for key, value in node.value:
            if key.value == name:
                return key.start_mark.line + 1, value
    return None
