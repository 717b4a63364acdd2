# rename subs
from idaapi import *
from idautils import *
from idc import *
import ida_hexrays
import pefile
import distorm3
import capstone
import pydasm
import yara
import immlib
import volatility.plugins.common as common
import r2pipe
import lldb
import vtrace
from keystone import *
from unicorn import *
import angr
import frida

for ea in Functions():
    print(GetFunctionName(ea))
