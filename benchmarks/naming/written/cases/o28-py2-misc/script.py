# -*- coding: utf-8 -*-
import ConfigParser, StringIO, Queue, urlparse, httplib, commands, HTMLParser, md5, sets
import Tkinter, tkMessageBox
import thread
import json
import poster
import pyquery
import web.py
import magic
from colorama import Fore

exec "print 1"
print >>sys.stderr, "x"
