import polars as pl
import duckdb
import xarray as xr
import dask.dataframe as dd

frame = pl.read_excel("sales.xlsx", engine="openpyxl")
db = pl.read_database_uri("select * from t", "postgresql://u@h/db", engine="connectorx")
frame.write_excel("out.xlsx")
frame.to_pandas()
ds = xr.open_dataset("ocean.nc", engine="h5netcdf")
ds.to_zarr("ocean.zarr")
ddf = dd.read_parquet("s3://bucket/part.parquet")
duckdb.sql("select 1").df()
