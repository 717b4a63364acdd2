from pylab import *
import numpy as np
import scipy.io.wavfile
from scipy.misc import imread
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.basemap import Basemap
import statsmodels.api as sm
import pymc
import pymc3 as pm
import emcee
import sympy
import h5py
import tables
import pyfits
import healpy
import astropy.units as u
from astroML.plotting import hist
import skimage.io
import mahotas
import nibabel
import mne
import librosa
import bokeh.plotting
import seaborn as sns
import ggplot
import prettyplotlib as ppl
import brewer2mpl
import mayavi.mlab
import vtk
import rpy2.robjects as ro
import tensorflow as tf
import caffe
import pycuda.autoinit
import pyopencl as cl
import numexpr
import numba
import cvxpy
import pulp
import xgboost as xgb
import skfuzzy
import pywt
import obspy
import simpy
import deap.base
import patsy
import Pycluster
import shapefile
import pandas
import fipy
import sasmodels
import pysal
import visdom

x = linspace(0, 1)
plot(x, sin(x))
show()
