"""Compiles the translations at build time, so that a wheel and an editable install both have them."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TranslationsHook(BuildHookInterface):
    """Writes each ``messages.po`` of ``lti_app/translations`` as ``messages.mo`` beside it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for po in Path(self.root, "lti_app", "translations").rglob("*.po"):
            locale = po.parent.parent.name
            with po.open("rb") as source:
                catalog = read_po(source, locale=locale)
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalog)
