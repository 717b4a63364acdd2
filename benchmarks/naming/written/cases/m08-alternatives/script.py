try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader
import yaml

try:
    import cPickle as pickle
except ImportError:
    import pickle

try:
    from importlib.resources import files
except ImportError:
    from importlib_resources import files

try:
    import re2 as re
except ImportError:
    try:
        import regex as re
    except ImportError:
        import re

try:
    from urllib.parse import urljoin
except ImportError:
    from urlparse import urljoin

import sys
if sys.version_info >= (3, 11):
    from typing import Self
else:
    from typing_extensions import Self
if sys.version_info < (3, 9):
    import graphlib_backport as graphlib
else:
    import graphlib

import pydantic_settings


class Settings(pydantic_settings.BaseSettings):
    name: str = "x"

    def me(self) -> Self:
        return self


print(tomllib, yaml.load("a: 1", Loader), pickle, files, re, urljoin, graphlib, Settings().me())
