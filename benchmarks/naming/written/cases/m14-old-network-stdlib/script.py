import telnetlib
import smtpd
import asyncore
import asynchat
import cgi
import crypt
import nntplib
import pipes

import colorlog


class Server(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kw):
        colorlog.getLogger().info(cgi.escape(data) if hasattr(cgi, "escape") else data)


tn = telnetlib.Telnet("localhost")
Server(("127.0.0.1", 2525), None)
asyncore.loop()
print(asynchat, crypt.crypt("a", "b"), nntplib, pipes.quote("a b"))
