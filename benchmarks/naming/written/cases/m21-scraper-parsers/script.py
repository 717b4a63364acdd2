import requests
from bs4 import BeautifulSoup
from selenium import webdriver
from webdriver_manager.chrome import ChromeDriverManager
from playwright.sync_api import sync_playwright
from fake_useragent import UserAgent
import cloudscraper
import undetected_chromedriver as uc
import tldextract
import w3lib.url
from parsel import Selector
from curl_cffi import requests as curl
from newspaper import Article
from readability import Document
import trafilatura
import feedparser
import socks

html = requests.get("https://example.org", headers={"User-Agent": UserAgent().random}, proxies={"https": "socks5://127.0.0.1:9050"}).text
soup = BeautifulSoup(html, features="html5lib")
other = BeautifulSoup(html, "lxml")
print(soup.title, other.title, Selector(html).css("a"), tldextract.extract("https://a.b.co.uk"))
