from .cli import main
from . import plugins as plugin_box
from .plugins.excel import write
main()
