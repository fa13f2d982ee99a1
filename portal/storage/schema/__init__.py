"""The tables as a whole: models, triggers, upgrades."""
