"""A folder with modules of its own: `roost run examples/greeter --times 2`."""

import click

from words import greeting


@click.command()
@click.option("--times", default=1, help="How often to greet.")
def main(times: int) -> None:
    """Greet in several languages."""
    for number in range(times):
        click.echo(greeting(number))


main()
