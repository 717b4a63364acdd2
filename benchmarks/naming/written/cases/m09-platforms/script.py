import os
import platform
import sys

import pyperclip
import screeninfo
from pynput import keyboard

if sys.platform == "win32":
    import winreg
    import win32gui
    import pythoncom
    from comtypes import CLSCTX_ALL
    from pycaw.pycaw import AudioUtilities
    import wmi
elif sys.platform == "darwin":
    import Quartz
    from AppKit import NSWorkspace
    import rumps
else:
    import dbus
    import evdev
    from Xlib import display

if os.name == "nt":
    import msvcrt
else:
    import termios

if platform.system() == "Windows":
    import pywinauto


def active():
    if sys.platform.startswith("win"):
        return win32gui.GetForegroundWindow()
    if sys.platform == "darwin":
        return NSWorkspace.sharedWorkspace().activeApplication()
    return display.Display().get_input_focus()


with keyboard.GlobalHotKeys({"<ctrl>+q": lambda: pyperclip.copy(str(active()))}) as listener:
    print(screeninfo.get_monitors())
    listener.join()
