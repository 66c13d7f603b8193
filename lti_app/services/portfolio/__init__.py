"""What students put before their teachers: declarations, evidence, situations, requests."""
