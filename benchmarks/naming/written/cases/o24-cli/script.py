#!/usr/bin/env python
"""Usage: tool.py [options]"""
from docopt import docopt
import clint
from clint.textui import colored, puts
import progressbar
import termcolor
import colorama
import blessings
import prettytable
import texttable
import envoy
import cliff
import baker
import begin
import plac
import pip
import virtualenv
import path
import watchdog.observers
import pyinotify
import daemon
from lockfile import FileLock
import crontab
import schedule
import psutil
import configobj
import validate
import requests
import urwid
import IPython
import readline
import ago
import parsedatetime as pdt
import isodate
import humanize
import hashids
import shortuuid
import bcrypt
import pbkdf2
import happyfuntokenizing

if __name__ == "__main__":
    print(docopt(__doc__))
