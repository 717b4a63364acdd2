#!/usr/bin/env python
import webapp2
import jinja2
import os
from google.appengine.ext import db, ndb, webapp
from google.appengine.ext.webapp import util
from google.appengine.api import users, urlfetch, memcache, taskqueue
from django.utils import simplejson
import cloudstorage as gcs
import endpoints
from protorpc import messages
import httplib2
from apiclient.discovery import build
from oauth2client.client import flow_from_clientsecrets
import gflags


class MainPage(webapp2.RequestHandler):
    def get(self):
        self.response.out.write("hi")


app = webapp2.WSGIApplication([("/", MainPage)], debug=True)
