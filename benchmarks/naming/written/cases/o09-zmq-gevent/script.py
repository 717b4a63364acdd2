import gevent
from gevent import monkey; monkey.patch_all()
import zmq.green as zmq
import msgpack
from gevent.pywsgi import WSGIServer
from geventwebsocket.handler import WebSocketHandler
import bottle
from bottle import route, run
import gevent_zeromq
import eventlet
import greenlet

context = zmq.Context()
WSGIServer(("", 8000), bottle.app(), handler_class=WebSocketHandler).serve_forever()
