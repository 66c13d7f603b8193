"""A référentiel kept up to date in a Moodle over its web services, with a plan shown first.

``wanted`` says what the référentiel asks for, ``reading`` what Moodle has, ``plan`` (pure) what is
between the two, ``push`` applies it and ``course_links`` and ``templates`` use the result. ``clicks``
lists what no web service does, ``doctor`` what is ready and what is not. ``connections`` keeps the
token sealed; ``pushes`` remembers each push, so that one that was interrupted goes on.
"""
