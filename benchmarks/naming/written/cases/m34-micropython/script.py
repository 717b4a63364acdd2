import network
import machine
import utime
import ujson
import uasyncio as asyncio
import urequests
import neopixel
import ssd1306
import dht
from machine import Pin, I2C, ADC
import framebuf
import micropython
import esp32
import rp2
import ubinascii
import umqtt.simple

wlan = network.WLAN(network.STA_IF)
wlan.connect("ssid", "key")
i2c = I2C(0, scl=Pin(22), sda=Pin(21))
oled = ssd1306.SSD1306_I2C(128, 64, i2c)
while True:
    sensor = dht.DHT22(Pin(4))
    sensor.measure()
    oled.text(str(sensor.temperature()), 0, 0)
    urequests.post("http://x", data=ujson.dumps({"t": sensor.temperature()}))
    utime.sleep(10)
