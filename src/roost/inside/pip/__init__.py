"""roost's answer to `pip` inside an environment that is shared and never changed."""

__version__ = "0"


def main(args: "list[str] | None" = None) -> int:
    """Answer one command of pip."""
    from . import __main__ as answers

    return answers.main(args)
