from selenium import webdriver
from pyvirtualdisplay import Display
from ghost import Ghost
import splinter
import spynner
import scrapy
from scrapy.spider import BaseSpider
from scrapy.selector import HtmlXPathSelector
import grequests
import requests_oauthlib
import requests_cache
from requests_toolbelt import MultipartEncoder
import pycurl
import httplib2
import pyPdf
import slate
import robobrowser
import dryscrape
import lettuce
import nose.tools
import mock
import behave
import sure
import httpretty
import twill.commands
import webunit

display = Display(visible=0)
display.start()
