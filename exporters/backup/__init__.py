"""A Moodle course backup (.mbz) made without a Moodle: :mod:`exporters.backup.course`."""
