import httpx
from reporter import formats


def build(name):
    return httpx.get(name).json()
