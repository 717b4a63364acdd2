import pygame, sys
from pygame.locals import *
from OpenGL.GL import *
from OpenGL.GLUT import *
import pyglet
from pyglet.gl import *
import cocos
import Box2D
import pymunk
import euclid
import panda3d.core
from direct.showbase.ShowBase import ShowBase
import libtcodpy as libtcod
import ode
import bge
import cv
import cv2
import SimpleCV
import freenect
import pyo
import pyaudio, wave
import mingus.core.notes as notes
import midi
import rtmidi
import OSC
import vlc
import nodebox
import turtle
import sdl2

pygame.init()
