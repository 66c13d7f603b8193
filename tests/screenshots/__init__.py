"""Pictures of the guides, made from the embedded LMS by a script: ``make screenshots``."""
