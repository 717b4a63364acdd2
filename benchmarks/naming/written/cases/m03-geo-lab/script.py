import warnings

import geopandas as gpd
import rasterio
from rasterio.plot import show
from osgeo import gdal, ogr
import fiona
import shapely.geometry as sg
import cartopy.crs as ccrs
import pyproj
import netCDF4
import folium
from skimage import exposure
from mpl_toolkits.axes_grid1 import make_axes_locatable
import cv2 as cv
import matplotlib.pyplot as plt
from sklearn.cluster import DBSCAN
import osmnx as ox
import h3
import ee

warnings.filterwarnings("ignore")
ee.Initialize()

with rasterio.open("dem.tif") as src:
    band = src.read(1)
fig = plt.figure()
ax = fig.add_subplot(1, 1, 1, projection=ccrs.PlateCarree())
cax = make_axes_locatable(ax).append_axes("right", size="5%")
show(exposure.equalize_hist(band), ax=ax)
points = gpd.read_file("points.gpkg")
labels = DBSCAN(eps=0.1).fit_predict([[p.x, p.y] for p in points.geometry])
print(labels, pyproj.Transformer.from_crs(4326, 3857).transform(52, 5))
print(gdal.VersionInfo(), ogr.GetDriverCount(), cv.__version__, h3.latlng_to_cell(1, 2, 9))
netCDF4.Dataset("out.nc", "w").close()
folium.Map().save("map.html")
ox.graph_from_place("Delft")
with fiona.open("points.gpkg") as f:
    print(len(f), sg.Point(0, 0))
