"""Who answers in these tests."""

from cgsim.assess.answers import Answers, Voice

BEST = Voice(
    "Council",
    {
        "goals": "same",
        "agenda": "two",
        "services": "several",
        "groundwork": "little",
        "origin": "own-wish",
        "size": "middling",
        "chosen": "needed",
        "meetings": "monthly",
        "length": "half-day",
        "lead": "supported",
        "authority": "always",
        "managers": "all",
        "faces": "seldom",
        "figures": "light",
        "review": "adjusts",
        "clients": "sometimes",
        "sharing": "system",
        "skills": "different",
        "trust": "high",
        "experience": "most",
        "protocols": "nothing",
        "frontline": "committed",
        "promises": "modest",
        "money": "a-post",
    },
)
WORST = Voice(
    "Police",
    {
        "goals": "different",
        "agenda": "many",
        "services": "one-service",
        "groundwork": "much",
        "origin": "required",
        "size": "very-large",
        "chosen": "came",
        "meetings": "often",
        "length": "long",
        "lead": "nobody",
        "authority": "seldom",
        "managers": "in-name",
        "faces": "often",
        "figures": "heavy",
        "review": "nothing",
        "clients": "assumed",
        "sharing": "little",
        "skills": "alike",
        "trust": "wary",
        "experience": "never",
        "protocols": "nothing",
        "frontline": "unaware",
        "promises": "too-much",
        "money": "none",
    },
)
NOBODY = Voice("Charity", {})
TORN = Voice("Health", {"trust": "high", "experience": "never"})
"""High trust between people who never met: in the model these pull apart."""


def of(*voices, title="Ours"):
    return Answers(tuple(voices), title)
