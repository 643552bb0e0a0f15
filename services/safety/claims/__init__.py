"""What a sentence of an answer claims: wording that never goes out, and claims held to the evidence they cite."""

from services.safety.claims.check import Verdict, check, prepare
from services.safety.claims.names import Names
from services.safety.claims.wording import forbidden

__all__ = ["Names", "Verdict", "check", "forbidden", "prepare"]
