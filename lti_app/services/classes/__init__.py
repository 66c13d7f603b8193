"""A class at work: who is in it, what was judged, and what its pages and sheets show."""
