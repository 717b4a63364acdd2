from .core import build
