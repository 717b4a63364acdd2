"""Self-contained HTML pages: no script, nothing from elsewhere, every text escaped, light and dark."""

from .environment import environment_page
from .overview import Line, overview_page
from .treemap import Tile

__all__ = ["Line", "Tile", "environment_page", "overview_page"]
