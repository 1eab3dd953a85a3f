"""What a solution means for each company: cost, investment, energy, CO2. No optimisation here."""

from parkwerk.assess.verdict import assess

__all__ = ["assess"]
