"""You are the lead: three years of a partnership in quarters, decided by a player, and replayed.

``cases`` says what is played; ``decisions`` what can be decided and which scheduled change that is;
``plays`` lives a play and scores it; ``code`` writes a play as a short code and reads it back. A
decision maps to levers of the model and to nothing else, so a play is a scenario with changes.
"""

from cgsim.game.cases import CASES, Case
from cgsim.game.code import read_code, write_code
from cgsim.game.decisions import ACTIONS, Decision
from cgsim.game.plays import Lived, Play, Seen, live

__all__ = [
    "ACTIONS",
    "CASES",
    "Case",
    "Decision",
    "Lived",
    "Play",
    "Seen",
    "live",
    "read_code",
    "write_code",
]
