"""Indexes: which ones are asked, who asks them, and which names belong to which."""

from .configured import configured, of_script
from .files import places
from .values import Indexes, Place, without_credentials

__all__ = ["Indexes", "Place", "configured", "of_script", "places", "without_credentials"]
