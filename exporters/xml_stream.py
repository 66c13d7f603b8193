"""XML written to a stream element by element, with lxml."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from lxml import etree

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
"""With double quotes, unlike lxml's own: a Moodle restore looks for exactly these bytes
(backup/util/helper/backup_general_helper.class.php, ``detect_backup_format``)."""


@contextmanager
def xml_to(out: BinaryIO) -> Iterator[Any]:
    """A writer of elements to ``out``, after the XML declaration; ends in a newline."""
    out.write(DECLARATION)
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        yield xml
    out.write(b"\n")
