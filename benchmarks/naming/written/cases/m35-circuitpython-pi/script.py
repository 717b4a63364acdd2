import time
import board
import busio
import digitalio
import adafruit_dht
import adafruit_ssd1306
from adafruit_motorkit import MotorKit
import RPi.GPIO as GPIO
import smbus2
import spidev
import gpiozero
from picamera2 import Picamera2
from luma.core.interface.serial import i2c
from luma.oled.device import sh1106
from w1thermsensor import W1ThermSensor
from sense_hat import SenseHat

GPIO.setmode(GPIO.BCM)
sensor = adafruit_dht.DHT22(board.D4)
print(sensor.temperature, sh1106(i2c()), busio, digitalio, time, smbus2, spidev, gpiozero, Picamera2, W1ThermSensor, SenseHat, MotorKit, adafruit_ssd1306)
