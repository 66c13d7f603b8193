"""Measurements, not tests: ``python -m benchmarks [TABLE …]`` prints tables and keeps them in docs."""
