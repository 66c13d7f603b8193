"""What a node is called outside: derived from framework and code, hence the same everywhere.

Changing anything here would orphan every framework, outcome and grade already in an LMS:
tests/referential/test_identifiers.py pins values for good.
"""

from uuid import NAMESPACE_URL, UUID, uuid5

NAMESPACE = uuid5(NAMESPACE_URL, "https://competences.invalid/ns/referential")
"""Ours: the UUIDv5 namespace (RFC 9562 §5.5) of all nodes of all référentiels."""


def idnumber(framework: str, code: str) -> str:
    """E.g. ``BTSSIO-A1.1.03``.

    Begins with a letter: Moodle's importer compares id numbers loosely, for which the numbers
    1.1 and 1.10 are equal.
    """
    return f"{framework}-{code}"


def uuid(framework: str, code: str) -> UUID:
    """The UUIDv5 of ``framework/code``."""
    return uuid5(NAMESPACE, f"{framework}/{code}")
