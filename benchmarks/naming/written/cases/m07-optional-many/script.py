"""Fetch and show; uses what is there."""
from __future__ import annotations

import argparse
import contextlib
import sys

try:
    import uvloop
except ImportError:
    uvloop = None

try:
    import simdjson as json
except ImportError:
    import json

try:
    from lxml import etree as ET
    HAVE_LXML = True
except ImportError:
    import xml.etree.ElementTree as ET
    HAVE_LXML = False

with contextlib.suppress(ImportError):
    import setproctitle
    setproctitle.setproctitle("fetcher")

try:
    import aiohttp
except ModuleNotFoundError:
    print("pip install aiohttp", file=sys.stderr)
    sys.exit(1)

try:
    import tqdm
except ImportError:
    tqdm = None
else:
    from tqdm.asyncio import tqdm_asyncio

try:
    import brotli
except Exception:
    brotli = False


def notify(text: str) -> None:
    try:
        from plyer import notification
    except ImportError:
        return
    notification.notify(title="fetcher", message=text)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    args = parser.parse_args()
    if uvloop is not None:
        uvloop.install()
    print(args.url, ET, json, aiohttp.__version__)
    notify("done")


main()
