import weechat
import xbmc
import xbmcplugin
import hexchat
import rb
import supybot.callbacks as callbacks
from willie.module import commands
import irc.bot
import irclib
import xmpp
import sleekxmpp
import jabberbot
import skype4py
import Skype4Py

weechat.register("x", "me", "1.0", "GPL3", "x", "", "")
