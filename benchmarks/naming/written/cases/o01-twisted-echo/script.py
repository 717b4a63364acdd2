#!/usr/bin/env python
# simple echo server
from twisted.internet import reactor, protocol, defer
from twisted.web.client import getPage
from twisted.protocols.basic import LineReceiver
from zope.interface import implements
import txredisapi
from autobahn.twisted.websocket import WebSocketServerProtocol


class Echo(LineReceiver):
    def lineReceived(self, line):
        self.sendLine(line)


f = protocol.ServerFactory()
f.protocol = Echo
reactor.listenTCP(8000, f)
reactor.run()
