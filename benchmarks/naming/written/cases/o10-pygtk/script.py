#!/usr/bin/env python
import pygtk
pygtk.require("2.0")
import gtk, gobject, glib
import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
import pynotify
import gconf
import gst

win = gtk.Window()
win.show_all()
gtk.main()
