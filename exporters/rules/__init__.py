"""The lint's rules: each is one way in which a target drops, cuts or refuses."""
