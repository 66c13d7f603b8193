"""The ground: référentiels, scales and grade rules, with the standard library alone.

A *référentiel* is the official list of what a French diploma asks for. This package reads one
from the text of its PDF (:mod:`referential.text`) with a small overlay (:mod:`referential.overlay`)
into a frozen tree (:mod:`referential.model`), reports every irregularity
(:mod:`referential.findings`), reads the levels of a scale (:mod:`referential.scale`) and computes
grades (:mod:`referential.grading`). It knows no diploma, no LMS, no database and no web.
"""
