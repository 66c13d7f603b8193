"""Moodle's way of writing rows in XML: one element a column, ``$@NULL@$`` for NULL."""

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from exporters.wording import xml_text

NULL = "$@NULL@$"
"""How a backup writes a database's NULL (backup/util/xml/xml_writer.class.php)."""

Value = str | int | None


def element(name: str, columns: Mapping[str, Value], **attributes: Value) -> Any:
    """An element with one child a column; None makes an empty one. Attributes come sorted."""
    made = etree.Element(name, {key: _text(value) for key, value in attributes.items()})
    for column, value in columns.items():
        child = etree.SubElement(made, column)
        if value is not None:
            child.text = _text(value)
    return made


def write_list(xml: Any, name: str, elements: Iterable[Any]) -> None:
    """An element around others, written one at a time."""
    with xml.element(name):
        for one in elements:
            xml.write(one)


def _text(value: Value) -> str:
    return xml_text(value) if isinstance(value, str) else str(value)
