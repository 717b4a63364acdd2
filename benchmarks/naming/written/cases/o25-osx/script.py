#!/usr/bin/python
import objc
from Foundation import NSUserDefaults, NSBundle
from AppKit import NSWorkspace
from ScriptingBridge import SBApplication
from Quartz import CGWindowListCopyWindowInfo, kCGNullWindowID
import appscript
import Growl
import biplist
import xattr
import osxmetadata
import munkilib
import alfred

print(NSWorkspace.sharedWorkspace().frontmostApplication())
