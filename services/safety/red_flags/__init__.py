"""Red flags: signs of an emergency in what a person tells, found by rules alone."""

from services.safety.red_flags.assess import RESEMBLES, assess
from services.safety.red_flags.levels import Assessment, Level, Sign

__all__ = ["RESEMBLES", "Assessment", "Level", "Sign", "assess"]
