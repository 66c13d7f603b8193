"""Référentiels as files that other software imports: one module a format, one registry.

An exporter is a pure function from a référentiel and a scale to bytes. :mod:`exporters.registry`
lists them, :mod:`exporters.lint` says beforehand what the target would drop, cut or refuse.
"""
