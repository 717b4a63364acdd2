"""roost's answer to `pip` inside an environment that is shared and never changed."""

__version__ = "0"


def main(args=None):
    """Answer one command of pip; returns its exit status."""
    from .__main__ import main as answer

    return answer(args)
