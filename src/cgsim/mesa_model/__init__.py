"""One run as a Mesa model: agencies and partnerships as agents, a month a step."""

from cgsim.mesa_model.agents import Agency, Partnership
from cgsim.mesa_model.model import PartnershipModel

__all__ = ["Agency", "Partnership", "PartnershipModel"]
