"""Every text is written in French typography and has its English; French has its plurals.

The texts are extracted from the code here, as ``make translations`` does: a text added without its
translation fails, and so does a translation whose text is gone.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "lti_app" / "translations"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
WRONG_TYPOGRAPHY = re.compile(r"\w'\w|[ \u00a0][:;!?»](?!\w)|«[ \u00a0]|\.\.\.|[ \u00a0]%(?!\()")

Id = str | tuple[str, ...]


@cache
def texts_of_the_code() -> frozenset[Id]:
    """Every msgid of the code and templates; a pair for a text with a plural."""
    with (TRANSLATIONS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
    found = extract_from_dir(ROOT, methods, options, keywords)
    return frozenset(message for _file, _line, message, _comments, _context in found)


def catalog(locale: str) -> Catalog:
    path = TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def messages(locale: str) -> list[Message]:
    return [message for message in catalog(locale) if message.id]


def as_ids(found: list[Message]) -> set[Id]:
    return {tuple(m.id) if isinstance(m.id, (list, tuple)) else m.id for m in found}


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_the_english_catalog_holds_the_texts_of_the_code_and_no_others():
    assert as_ids(messages("en")) == texts_of_the_code()


def test_the_french_catalog_holds_the_plurals_of_the_code_and_no_others():
    plurals = {text for text in texts_of_the_code() if isinstance(text, tuple)}
    assert as_ids(messages("fr")) == plurals


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_every_text_is_translated_and_none_is_a_guess(locale):
    unfinished = [m.id for m in messages(locale) if m.fuzzy or not all(forms(m.string))]
    assert unfinished == []


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_translations_keep_the_placeholders(locale):
    def placeholders(text: str) -> list[str]:
        return sorted(set(PLACEHOLDER.findall(text)))

    changed = [
        message.id
        for message in messages(locale)
        for form in forms(message.string)
        if placeholders(form) != placeholders(forms(message.id)[-1])
    ]
    assert changed == []


def test_french_uses_its_singular_for_nothing_and_for_one():
    """« 0 compétence acquise »: the rule that English plurals do not have."""
    assert (catalog("fr").plural_expr, catalog("en").plural_expr) == ("(n > 1)", "(n != 1)")


def test_texts_have_french_typography():
    """’ for apostrophes, narrow no-break spaces (U+202F) before : ; ! ? » and after «."""
    wrong = sorted(
        form
        for text in texts_of_the_code()
        for form in forms(text)
        if WRONG_TYPOGRAPHY.search(form)
    )
    assert wrong == []
