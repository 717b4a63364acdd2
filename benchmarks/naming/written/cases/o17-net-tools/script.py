#!/usr/bin/env python
import paramiko
import netaddr
from scapy.all import *
import dpkt, pcap
import nmap
import netifaces
import ipaddr
import dns.resolver
import pyasn1.codec.der.encoder
from pysnmp.entity.rfc3413.oneliner import cmdgen
import ldap
import psutil
import IPy
import GeoIP
import pygeoip
import geoip2.database
import shodan
import requests
import impacket.smb
from Crypto.Cipher import AES
import M2Crypto
import OpenSSL
import sh
import pcapy
import bluetooth
import netfilterqueue
import libvirt
import salt.client
import ansible.runner
import scp
import socksipy

ssh = paramiko.SSHClient()
ssh.connect("h")
