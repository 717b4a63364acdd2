import asyncio

import paho.mqtt.client as mqtt
from influxdb_client import InfluxDBClient
import tomlkit

from weather_station.sensors import serial_asyncio

client = mqtt.Client()
print(InfluxDBClient, tomlkit, asyncio, serial_asyncio)
