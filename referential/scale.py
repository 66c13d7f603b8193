"""A scale: the levels with which a competence is assessed, read from ``config/scales/*.toml``.

One level has one name, letter, shape and pair of colours, used everywhere (grid, charts,
spreadsheets). The file is checked where mistakes would hurt later: Moodle joins the names of the
levels with commas, so a name holds none; each text is readable on its background (WCAG 2.2 §1.4.3)
in both schemes; and the dark scheme keeps the order of lightness of the light one, so that the
same ramp is recognised.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from referential.color import HEX, READABLE, contrast, luminance
from referential.findings import ScaleError, finding, has_errors
from referential.toml import Table, parse

LIGHT_SURFACES = ("#ffffff", "#f6f7fa")
DARK_SURFACES = ("#14181f",)
MAX_LEVELS = 10
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Level:
    """One level; ``value`` counts from 1, the lowest. ``key`` is the key that gives it, besides
    its letter. Colours are ``#rrggbb``. ``worth`` is what it counts in a mean, 0 to 100; None takes
    an even step (see :func:`referential.grading.level_values`)."""

    value: int
    name_fr: str
    name_en: str
    letter: str
    shape: str
    proficient: bool
    background: str
    text: str
    background_dark: str
    text_dark: str
    key: str
    worth: int | None = None

    def name(self, language: str) -> str:
        """Its name in French (``"fr"``, also as ``fr_CA``) or else English."""
        return self.name_fr if language.lower().startswith("fr") else self.name_en


@dataclass(frozen=True, slots=True)
class Unassessed:
    """How a competence without a level is shown: no background, only a shape."""

    name_fr: str
    name_en: str
    shape: str
    text: str
    text_dark: str
    key: str

    def name(self, language: str) -> str:
        """Its name in French (``"fr"``, also as ``fr_CA``) or else English."""
        return self.name_fr if language.lower().startswith("fr") else self.name_en


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale; ``code`` is the file's name without ``.toml``, ``levels`` go from low to high."""

    code: str
    title_fr: str
    title_en: str
    levels: tuple[Level, ...]
    unassessed: Unassessed

    def level(self, value: int) -> Level:
        """The level of this value. Raises ``ValueError`` if the scale has none."""
        if not 1 <= value <= len(self.levels):
            raise ValueError(f"{self.code} has levels 1 to {len(self.levels)}, not {value}")
        return self.levels[value - 1]

    def title(self, language: str) -> str:
        """Its title in French (``"fr"``, also as ``fr_CA``) or else English."""
        return self.title_fr if language.lower().startswith("fr") else self.title_en

    @property
    def default(self) -> Level:
        """The level Moodle takes as its default: the lowest."""
        return self.levels[0]

    @property
    def proficient(self) -> tuple[Level, ...]:
        """The levels with which a competence counts as acquired."""
        return tuple(level for level in self.levels if level.proficient)


def load_scale(path: Path) -> Scale:
    """The scale of a TOML file. Raises :class:`ScaleError` with every mistake in it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ScaleError([finding("unreadable", reason=reason)], path.name) from error
    return parse_scale(data, path.stem, path.name)


def parse_scale(data: bytes, code: str, name: str = "") -> Scale:
    """The scale written in ``data``. Raises :class:`ScaleError` with every mistake in it."""
    values, findings = parse(data)
    if values is None:
        raise ScaleError(findings, name)
    table = Table(values, findings)
    title_fr, title_en = table.text("title_fr"), table.text("title_en")
    rows = list(table.tables("levels", required=True))
    levels = tuple(_level(number, row) for number, row in enumerate(rows, 1))
    unassessed = _unassessed(table)
    table.close()
    if not has_errors(findings):
        _check(table, rows, levels)
        _check_distinct(table, levels, unassessed)
        _check_surfaces(Table({}, findings, "unassessed"), unassessed)
    if has_errors(findings):
        raise ScaleError(findings, name)
    return Scale(code, title_fr, title_en, levels, unassessed)


def _level(value: int, row: Table) -> Level:
    level = Level(
        value,
        row.text("name_fr"),
        row.text("name_en"),
        row.text("letter"),
        row.text("shape"),
        row.flag("proficient"),
        _color(row, "background"),
        _color(row, "text"),
        _color(row, "background_dark"),
        _color(row, "text_dark"),
        row.text("key", str(value)),
        row.percent("worth"),
    )
    row.close()
    return level


def _unassessed(table: Table) -> Unassessed:
    row = table.table("unassessed") or Table({}, [])
    unassessed = Unassessed(
        row.text("name_fr"),
        row.text("name_en"),
        row.text("shape"),
        _color(row, "text"),
        _color(row, "text_dark"),
        row.text("key", "0"),
    )
    row.close()
    return unassessed


def _color(row: Table, key: str) -> str:
    value = row.text(key)
    if value and not HEX.fullmatch(value):
        row.invalid(key, value, "une couleur comme #1d2433", "a colour such as #1d2433")
    return value


def _check(table: Table, rows: Sequence[Table], levels: tuple[Level, ...]) -> None:
    """What each value cannot say alone; mistakes are reported on ``table`` and its ``rows``."""
    if not 2 <= len(levels) <= MAX_LEVELS:
        table.invalid(
            "levels", len(levels), f"2 à {MAX_LEVELS} niveaux", f"2 to {MAX_LEVELS} levels"
        )
    if not any(level.proficient for level in levels):
        table.invalid(
            "levels.proficient", False, "au moins un niveau acquis", "at least one proficient level"
        )
    worths = [level.worth for level in levels]
    given = [worth for worth in worths if worth is not None]
    if given and (len(given) < len(worths) or given != sorted(given)):
        table.invalid(
            "levels.worth",
            ", ".join("–" if worth is None else str(worth) for worth in worths),
            "une valeur pour chaque niveau, sans baisse du bas vers le haut",
            "a value for each level, never falling from low to high",
        )
    for row, level in zip(rows, levels, strict=True):
        for key, value in (("name_fr", level.name_fr), ("name_en", level.name_en)):
            if "," in value or len(value) > MAX_NAME:
                row.invalid(
                    key,
                    value,
                    f"un nom sans virgule, de {MAX_NAME} caractères au plus",
                    f"a name without comma, of at most {MAX_NAME} characters",
                )
        _readable(row, "text", level.text, level.background)
        _readable(row, "text_dark", level.text_dark, level.background_dark)
    by_light = sorted(levels, key=lambda level: luminance(level.background))
    by_dark = sorted(levels, key=lambda level: luminance(level.background_dark))
    if by_light != by_dark:
        order = " < ".join(level.letter for level in by_light)
        table.invalid(
            "levels.background_dark",
            " < ".join(level.letter for level in by_dark),
            f"l'ordre de clarté de « background » ({order})",
            f"the order of lightness of “background” ({order})",
        )


def _readable(row: Table, key: str, text: str, background: str) -> None:
    ratio = contrast(text, background)
    if ratio < READABLE:
        row.invalid(
            key,
            text,
            f"un contraste d'au moins {READABLE} avec {background} (ici {ratio:.2f})",
            f"a contrast of at least {READABLE} with {background} (here {ratio:.2f})",
        )


def _check_surfaces(row: Table, unassessed: Unassessed) -> None:
    for surface in LIGHT_SURFACES:
        _readable(row, "text", unassessed.text, surface)
    for surface in DARK_SURFACES:
        _readable(row, "text_dark", unassessed.text_dark, surface)


def _check_distinct(table: Table, levels: tuple[Level, ...], unassessed: Unassessed) -> None:
    """Names, letters, shapes and keys tell levels apart, so each occurs once."""
    columns = {
        "name_fr": [level.name_fr for level in levels] + [unassessed.name_fr],
        "name_en": [level.name_en for level in levels] + [unassessed.name_en],
        "letter": [level.letter for level in levels],
        "shape": [level.shape for level in levels] + [unassessed.shape],
        "key": [level.key for level in levels] + [unassessed.key],
    }
    for key, values in columns.items():
        folded = Counter(value.casefold() for value in values)
        for value in values:
            if folded.pop(value.casefold(), 0) > 1:
                table.invalid(
                    f"levels.{key}",
                    value,
                    "une valeur différente par niveau",
                    "a different value for each level",
                )
