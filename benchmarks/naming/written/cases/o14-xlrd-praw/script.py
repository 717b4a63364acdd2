import xlrd, xlwt
from xlutils.copy import copy
import praw
import dropbox
import evernote.edam.type.ttypes as Types
from evernote.api.client import EvernoteClient
import gdata.spreadsheet.service
import atom
import soundcloud
import facebook
import pylast
import musicbrainzngs
import discogs_client
import pyechonest
import imgurpython
import flickrapi
import instagram.client
import fitbit
import pinboard
import trello
import evernote

book = xlrd.open_workbook("a.xls")
print(book.nsheets)
