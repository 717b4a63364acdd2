import wx
import serial
import matplotlib
matplotlib.use("WXAgg")
from matplotlib.backends.backend_wxagg import FigureCanvasWxAgg as FigureCanvas
import pylab
import numpy as N
import usb
import visa


class Frame(wx.Frame):
    def __init__(self):
        wx.Frame.__init__(self, None, -1, "Plot")
        self.ser = serial.Serial("/dev/ttyUSB0", 9600)


app = wx.PySimpleApp()
app.MainLoop()
