import urllib2, cookielib, re
from BeautifulSoup import BeautifulSoup
import mechanize

br = mechanize.Browser()
br.set_cookiejar(cookielib.LWPCookieJar())
r = br.open("http://example.com")
soup = BeautifulSoup(r.read())
for a in soup.findAll("a"):
    print a["href"]
