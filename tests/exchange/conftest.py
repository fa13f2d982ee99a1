"""The machine that runs the tests may be busy: no example of Hypothesis is timed."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
