#!/usr/bin/python
import sys
import time
import Adafruit_DHT
import Adafruit_BMP.BMP085 as BMP085
import RPi.GPIO as GPIO
import smbus
import picamera
import pigpio
from Adafruit_CharLCD import Adafruit_CharLCD
import gspread
from oauth2client.service_account import ServiceAccountCredentials
import wiringpi
import MFRC522
import pyowm

GPIO.setmode(GPIO.BCM)
humidity, temperature = Adafruit_DHT.read_retry(22, 4)
print("%.1f %.1f" % (temperature, humidity))
