"""Compétences: the Flask LTI 1.3 tool. ``docs/architecture.md`` tells what lives where."""
