import serial_asyncio
import serial
