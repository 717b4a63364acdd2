#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "litestar[standard]>=2",
#   "psycopg[binary,pool]",
#   "PyMuPDF==1.24.*",
#   "Pillow",
#   "ruamel.yaml",
# ]
# ///
import fitz
import psycopg
from litestar import Litestar, get
from PIL import Image
from ruamel.yaml import YAML


@get("/")
async def index() -> str:
    return str(YAML) + str(Image) + fitz.__doc__ + psycopg.__version__


app = Litestar([index])
