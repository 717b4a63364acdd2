import typer
from rich.console import Console
from tool.helpers import slug
from ..outside import x

def main():
    typer.run(lambda: Console().print(slug('A b')))
