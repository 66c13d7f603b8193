"""ZIP archives whose bytes depend on their content alone."""

import zipfile

from exporters.base import ExportOptions


def entry_of(name: str, options: ExportOptions) -> zipfile.ZipInfo:
    """An entry of this name, dated ``options.moment`` (UTC), a plain file for everyone to read."""
    entry = zipfile.ZipInfo(name, options.moment.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, on whatever machine it is made
    entry.external_attr = 0o100644 << 16
    return entry
