"""A genuine launch comes in and is found again."""
