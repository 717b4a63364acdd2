from pathlib import Path

import yaml

GREETINGS = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))


def greeting(number: int) -> str:
    language, words = sorted(GREETINGS.items())[number % len(GREETINGS)]
    return f"{words} ({language})"
