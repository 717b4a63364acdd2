"""One file for five programs."""
import json

try:
    import maya.cmds as cmds
    import maya.OpenMaya as om
    import pymel.core as pm
except ImportError:
    cmds = None

import hou
import nuke
import c4d
import unreal
import FreeCAD, Part, Draft
import rhinoscriptsyntax as rs
import Rhino.Geometry as rg
import scriptcontext as sc
import ida_kernwin
import ghidra
import sublime, sublime_plugin
import xbmc, xbmcgui, xbmcaddon
from qgis.core import QgsProject, QgsVectorLayer
from gimpfu import *
import adsk.core, adsk.fusion
import vapoursynth as vs
import obspython as obs
import gdb
import pcbnew
import requests

print(requests.get("https://example.org").json(), json)
