from tkinter import *
from customtkinter import *
from sympy import *
from z3 import *
from pwn import *
from turtle import *
from vpython import *
from pyspark.sql.functions import *
from pymunk.vec2d import *
from OpenGL.GL import *
from OpenGL.GLU import *
from pyqtgraph.Qt import *
from PyQt6.QtWidgets import *
from fastai.vision.all import *
from moviepy.editor import *
from kivy.app import App
import glfw, glm
import imgui

x = symbols("x")
print(x, App, glfw, glm, imgui)
