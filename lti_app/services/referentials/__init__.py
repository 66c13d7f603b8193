"""Référentiels as the service holds them: found by name, imported with a plan, kept by version."""
