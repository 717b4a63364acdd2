from itertools import batched
from typing import override

import anyio
import cattrs
import attrs
import whenever
from pydantic_ai import Agent
from openai import AsyncOpenAI

type Pair[T] = tuple[T, T]


class Box[T]:
    def __init__(self, value: T) -> None:
        self.value = value

    @override
    def __repr__(self) -> str:
        return f"Box({", ".join(f"{k}={v!r}" for k, v in vars(self).items())})"


def first[T](pair: Pair[T]) -> T:
    return pair[0]


async def main() -> None:
    for chunk in batched(range(10), 3):
        print(chunk, Box(first((1, 2))), cattrs.unstructure(attrs.make_class("A", [])()), whenever.Instant.now())
    print(Agent, AsyncOpenAI)


anyio.run(main)
