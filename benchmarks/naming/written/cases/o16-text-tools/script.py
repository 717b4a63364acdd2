import markdown
import docutils.core
from docutils.parsers.rst import directives
from pygments import highlight
from pygments.lexers import PythonLexer
import jinja2
from mako.template import Template
import html5lib
import lxml.html
from pyquery import PyQuery as pq
import chardet
import unidecode
import textile
import creole
import yaml
import cssutils
import scss
import cssmin
import slimit
import jsmin
import feedparser
import PyRSS2Gen
import dateutil.parser
import pytz
import vobject
import pyparsing as pp
import ply.lex as lex
from genshi.builder import tag
import tidy
import smartypants
import misaka

print(markdown.markdown("x"))
