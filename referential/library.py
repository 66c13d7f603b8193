"""The référentiels and scales of a ``config/`` folder, by name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from referential.model import Referential
from referential.scale import Scale, load_scale
from referential.text import load

DEFAULT_REFERENTIAL = "bts-sio"
DEFAULT_SCALE = "bts-sio-4"


class UnknownName(LookupError):
    """The folder has no référentiel or scale (``what``) of this name; ``choices`` are those it
    has."""

    def __init__(self, what: Literal["referential", "scale"], name: str, choices: Sequence[str]):
        super().__init__(f"no {what} named {name}, only {', '.join(choices) or 'none'}")
        self.what = what
        self.name = name
        self.choices = tuple(choices)


def available(config_dir: Path) -> tuple[str, ...]:
    """The names of the référentiels that have both a text and an overlay, sorted."""
    folder = config_dir / "referentials"
    return tuple(sorted(p.stem for p in folder.glob("*.txt") if p.with_suffix(".toml").is_file()))


def load_named(config_dir: Path, name: str) -> Referential:
    """The référentiel of this name. Raises :class:`UnknownName`, ``ReferentialError``."""
    choices = available(config_dir)
    if name not in choices:
        raise UnknownName("referential", name, choices)
    path = config_dir / "referentials" / f"{name}.txt"
    return load(path, path.with_suffix(".toml"))


def available_scales(config_dir: Path) -> tuple[str, ...]:
    """The names of the scales, sorted."""
    return tuple(sorted(path.stem for path in (config_dir / "scales").glob("*.toml")))


def load_named_scale(config_dir: Path, name: str) -> Scale:
    """The scale of this name. Raises :class:`UnknownName`, ``ScaleError``."""
    choices = available_scales(config_dir)
    if name not in choices:
        raise UnknownName("scale", name, choices)
    return load_scale(config_dir / "scales" / f"{name}.toml")
