"""From wanted grades to acknowledged ones: one lane per platform, one worker in it at a time.

``runner`` starts lanes, ``lane`` runs one, ``claims`` takes rows of ``grade_syncs`` and ``fates`` writes how
their tries ended, ``callers`` are the threads that call, at their ``pace``, ``sending`` makes one call
and says what its answer means, ``overrides`` tells our grades from a teacher's. ``services.grades.grade_sync`` is the door to all of it.
"""
