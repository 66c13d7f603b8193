"""A TOML file read key by key, every mistake becoming a finding instead of a traceback."""

import tomllib
from collections.abc import Iterator
from typing import Any

from referential.findings import Finding, finding


def parse(data: bytes) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The file's content, or None and the finding that says what is wrong and where."""
    try:
        return tomllib.loads(data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [finding("not_utf8", line, byte=data[error.start])]
    except tomllib.TOMLDecodeError as error:
        return None, [finding("config_toml", reason=str(error))]


class Table:
    """One table of the file: takes its keys one after the other, collects what is wrong.

    ``findings`` is shared with the tables below it; ``close`` reports the keys nobody asked for.
    """

    def __init__(self, values: dict[str, Any], findings: list[Finding], path: str = "") -> None:
        self._values = values
        self._seen: set[str] = set()
        self._path = path
        self.findings = findings

    def name(self, key: str) -> str:
        """The key with the tables it stands in: ``tiers[1].letter``."""
        return f"{self._path}.{key}" if self._path else key

    def invalid(self, key: str, value: object, expected: str, expected_en: str) -> None:
        """Reports a value that cannot be used."""
        shown = f"« {value} »" if isinstance(value, str) else repr(value)
        self.findings.append(
            finding(
                "config_invalid",
                key=self.name(key),
                value=shown,
                expected=expected,
                expected_en=expected_en,
            )
        )

    def _take(self, key: str, required: bool) -> Any:
        self._seen.add(key)
        if key not in self._values and required:
            self.findings.append(finding("config_missing", key=self.name(key)))
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A non-empty line of text, its ends trimmed; "" after a mistake."""
        value = self._take(key, default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or not value.strip() or "\n" in value:
            self.invalid(key, value, "une ligne de texte", "one line of text")
            return ""
        return value.strip()

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of the given words; "" after a mistake."""
        value = self.text(key, default)
        if value and value not in choices:
            listed = ", ".join(choices)
            self.invalid(key, value, f"un de : {listed}", f"one of: {listed}")
            return ""
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self._take(key, default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.invalid(key, value, "true ou false", "true or false")
        return bool(value)

    def number(self, key: str) -> int:
        """A whole number of at least 1; 0 after a mistake."""
        value = self._take(key, True)
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.invalid(key, value, "un entier positif", "a positive integer")
            return 0
        return value

    def percent(self, key: str) -> int | None:
        """A whole number from 0 to 100; None when it is not given, or after a mistake."""
        value = self._take(key, False)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
            self.invalid(key, value, "un entier de 0 à 100", "an integer from 0 to 100")
            return None
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of non-empty texts, empty by default."""
        value = self._take(key, required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.invalid(key, value, "une liste de textes", "a list of texts")
            return ()
        return tuple(value)

    def table(self, key: str, required: bool = True) -> "Table | None":
        """The table of this name."""
        value = self._take(key, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.invalid(key, value, "une table", "a table")
            return None
        return Table(value, self.findings, self.name(key))

    def tables(self, key: str, required: bool = False) -> Iterator["Table"]:
        """The tables of an array ``[[key]]``."""
        value = self._take(key, required)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.invalid(key, value, "des tables [[…]]", "tables [[…]]")
            return
        if required and not value:
            self.findings.append(finding("config_missing", key=self.name(key)))
        for number, item in enumerate(value, 1):
            yield Table(item, self.findings, f"{self.name(key)}[{number}]")

    def close(self) -> None:
        """Reports every key that was not asked for: most are typing mistakes."""
        for key in self._values:
            if key not in self._seen:
                self.findings.append(finding("config_unknown", key=self.name(key)))
