"""Where ``config/`` is: the référentiels, overlays, scales and examples that people edit.

Three places, the first that applies: the folder named by ``COMPETENCES_CONFIG``; the checkout
that this file belongs to; the copy that the wheel carries (``[tool.hatch.build]`` in
pyproject.toml).
"""

import os
from pathlib import Path

VARIABLE = "COMPETENCES_CONFIG"
PACKAGE = Path(__file__).resolve().parent


class ConfigNotFound(Exception):
    """There is no configuration folder at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def config_dir() -> Path:
    """The folder that holds ``referentials/`` and ``scales/``.

    Raises :class:`ConfigNotFound` if the place that applies is no folder.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _existing(Path(named))
    checkout = PACKAGE.parent
    # site-packages may hold a folder named config too, but no pyproject.toml beside it
    if (checkout / "pyproject.toml").is_file():
        return _existing(checkout / "config")
    return _existing(PACKAGE / "_config")


def _existing(path: Path) -> Path:
    if not path.is_dir():
        raise ConfigNotFound(path)
    return path
