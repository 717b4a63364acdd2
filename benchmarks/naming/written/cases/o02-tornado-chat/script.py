import logging
import os.path
import uuid
import tornado.httpserver
import tornado.ioloop
import tornado.web
import tornado.websocket
from tornado.options import define, options
import tornadoredis
import motor
import momoko
from sockjs.tornado import SockJSRouter, SockJSConnection

define("port", default=8888, help="run on the given port", type=int)


class MainHandler(tornado.web.RequestHandler):
    @tornado.web.asynchronous
    def get(self):
        self.render("index.html")
