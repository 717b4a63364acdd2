"""What a build or a running distribution misses of the system → the Debian package that has it.

Written by hand: each line of the tables for builds is the package whose files list (Debian 12 and 13) has the header, the
`pkg-config` module or the program.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADERS = {  # as compilers name them: "fatal error: NAME: No such file or directory"
    "Python.h": "python3-dev", "ffi.h": "libffi-dev", "openssl/": "libssl-dev", "libxml/": "libxml2-dev", "libxslt/": "libxslt1-dev",
    "jpeglib.h": "libjpeg-dev", "zlib.h": "zlib1g-dev", "png.h": "libpng-dev", "tiff.h": "libtiff-dev", "tiffio.h": "libtiff-dev",
    "webp/": "libwebp-dev", "ft2build.h": "libfreetype-dev", "lcms2.h": "liblcms2-dev", "openjpeg.h": "libopenjp2-7-dev",
    "portaudio.h": "portaudio19-dev", "sndfile.h": "libsndfile1-dev", "alsa/": "libasound2-dev", "jack/": "libjack-jackd2-dev",
    "pulse/": "libpulse-dev", "cairo.h": "libcairo2-dev", "pango/": "libpango1.0-dev", "gmp.h": "libgmp-dev", "mpfr.h": "libmpfr-dev",
    "mpc.h": "libmpc-dev", "gsl/": "libgsl-dev", "fftw3.h": "libfftw3-dev", "hdf5.h": "libhdf5-dev", "netcdf.h": "libnetcdf-dev",
    "cblas.h": "libopenblas-dev", "lapacke.h": "liblapacke-dev", "sql.h": "unixodbc-dev", "sqlext.h": "unixodbc-dev",
    "libpq-fe.h": "libpq-dev", "mysql.h": "default-libmysqlclient-dev", "sqlite3.h": "libsqlite3-dev", "gssapi/": "libkrb5-dev",
    "gssapi.h": "libkrb5-dev", "krb5.h": "libkrb5-dev", "lber.h": "libldap2-dev", "ldap.h": "libldap2-dev", "sasl/": "libsasl2-dev",
    "curl/": "libcurl4-openssl-dev", "event.h": "libevent-dev", "ev.h": "libev-dev", "uv.h": "libuv1-dev", "zmq.h": "libzmq3-dev",
    "dbus/": "libdbus-1-dev", "glib.h": "libglib2.0-dev", "gio/": "libglib2.0-dev", "bluetooth/": "libbluetooth-dev",
    "usb.h": "libusb-dev", "libusb.h": "libusb-1.0-0-dev", "linux/": "linux-libc-dev", "systemd/": "libsystemd-dev",
    "libvirt/": "libvirt-dev", "cups/": "libcups2-dev", "magic.h": "libmagic-dev", "yaml.h": "libyaml-dev", "expat.h": "libexpat1-dev",
    "bzlib.h": "libbz2-dev", "lzma.h": "liblzma-dev", "lz4.h": "liblz4-dev", "zstd.h": "libzstd-dev", "snappy-c.h": "libsnappy-dev",
    "readline/": "libreadline-dev", "ncurses.h": "libncurses-dev", "curses.h": "libncurses-dev", "tk.h": "tk-dev", "tcl.h": "tcl-dev",
    "geos_c.h": "libgeos-dev", "proj.h": "libproj-dev", "gdal.h": "libgdal-dev", "spatialindex/": "libspatialindex-dev",
    "graphviz/": "libgraphviz-dev", "poppler/": "libpoppler-cpp-dev", "leptonica/": "libleptonica-dev", "tesseract/": "libtesseract-dev",
    "libavcodec/": "libavcodec-dev", "libavformat/": "libavformat-dev", "libavutil/": "libavutil-dev", "pcap.h": "libpcap-dev",
    "pcap/": "libpcap-dev", "sodium.h": "libsodium-dev", "secp256k1.h": "libsecp256k1-dev", "rdkafka.h": "librdkafka-dev",
    "librdkafka/": "librdkafka-dev", "snmp/": "libsnmp-dev", "net-snmp/": "libsnmp-dev", "boost/": "libboost-all-dev",
    "Eigen/": "libeigen3-dev", "SDL.h": "libsdl2-dev", "SDL2/": "libsdl2-dev", "GL/": "libgl-dev", "X11/": "libx11-dev",
    "xmlsec/": "libxmlsec1-dev", "enchant.h": "libenchant-2-dev", "archive.h": "libarchive-dev", "pygobject.h": "python-gi-dev",
    "girepository.h": "libgirepository1.0-dev", "cpuid.h": "build-essential", "stdio.h": "build-essential", "math.h": "build-essential",
}  # fmt: skip
_MODULES = {  # as pkg-config and meson name them
    "cairo": "libcairo2-dev", "dbus-1": "libdbus-1-dev", "glib-2.0": "libglib2.0-dev", "gobject-introspection-1.0": "libgirepository1.0-dev",
    "girepository-2.0": "libgirepository-2.0-dev", "libffi": "libffi-dev", "openblas": "libopenblas-dev", "libxml-2.0": "libxml2-dev",
    "libxslt": "libxslt1-dev", "pangocairo": "libpango1.0-dev", "poppler-cpp": "libpoppler-cpp-dev", "libvirt": "libvirt-dev",
    "mysqlclient": "default-libmysqlclient-dev", "mariadb": "libmariadb-dev", "libpq": "libpq-dev", "xmlsec1": "libxmlsec1-dev",
    "fuse": "libfuse-dev", "fuse3": "libfuse3-dev", "libsystemd": "libsystemd-dev", "freetype2": "libfreetype-dev", "libpng": "libpng-dev",
    "gstreamer-1.0": "libgstreamer1.0-dev", "libavformat": "libavformat-dev", "hdf5": "libhdf5-dev", "netcdf": "libnetcdf-dev",
    "proj": "libproj-dev", "geos": "libgeos-dev", "sdl2": "libsdl2-dev", "systemd": "libsystemd-dev", "nettle": "nettle-dev",
}  # fmt: skip
_PROGRAMS = {
    "pg_config": "libpq-dev", "mysql_config": "default-libmysqlclient-dev", "mariadb_config": "libmariadb-dev", "xml2-config": "libxml2-dev",
    "xslt-config": "libxslt1-dev", "krb5-config": "libkrb5-dev", "curl-config": "libcurl4-openssl-dev", "gdal-config": "libgdal-dev",
    "geos-config": "libgeos-dev", "cups-config": "libcups2-dev", "net-snmp-config": "libsnmp-dev", "llvm-config": "llvm-dev",
    "h5cc": "libhdf5-dev", "nc-config": "libnetcdf-dev", "freetype-config": "libfreetype-dev", "swig": "swig", "cmake": "cmake",
    "ninja": "ninja-build", "make": "make", "pkg-config": "pkg-config", "rustc": "rustc", "cargo": "cargo", "go": "golang-go",
    "gfortran": "gfortran", "f77": "gfortran", "f95": "gfortran", "bison": "bison", "flex": "flex", "autoreconf": "autoconf",
    "libtool": "libtool", "protoc": "protobuf-compiler", "git": "git", "hg": "mercurial", "svn": "subversion", "java": "default-jdk",
    "javac": "default-jdk", "gcc": "build-essential", "cc": "build-essential", "g++": "build-essential", "c++": "build-essential",
    "x86_64-linux-gnu-gcc": "build-essential", "aarch64-linux-gnu-gcc": "build-essential", "clang": "clang", "patchelf": "patchelf",
}  # fmt: skip
# What wheels load or start and do not have in them; read in the wheels: what their libraries ask the linker for, what they
# look for with `ctypes`, which programs they start. The names are Debian 12's.
_RUNNING = {
    "cairocffi": "libcairo2", "gitpython": "git", "graphviz": "graphviz", "lightgbm": "libgomp1", "opencv-contrib-python": "libgl1 libglib2.0-0",
    "opencv-python": "libgl1 libglib2.0-0", "pdf2image": "poppler-utils", "psycopg": "libpq5", "pydub": "ffmpeg", "pyenchant": "libenchant-2-2",
    "pytesseract": "tesseract-ocr", "python-magic": "libmagic1",
    "pyzbar": "libzbar0", "sounddevice": "libportaudio2", "weasyprint": "libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0",
}  # fmt: skip
_GONE = (  # how logs say that a program is not there; the program is what is caught
    r"(?:command|program|executable) ['\"`]?([\w.+/-]+)['\"`]? (?:failed: No such file|not found|was not found|is not installed|could not be found)",
    r"unable to execute ['\"]?([\w.+/-]+)['\"]?: No such file",
    r"No such file or directory: ['\"]([\w.+/-]+)['\"]",
    r"\b([\w.+-]+): (?:command )?not found",
    r"error: ([\w.+-]+) (?:executable )?not found",
    r"\b([\w.+-]+) (?:is required|must be installed|could not be found|was not found)",
    r"can't find (?:a )?([\w.+-]+) compiler",
    r"Could not find ['\"`]?([\w.+-]+)['\"`]?",
)
_SENTENCES = (  # programs that have words of their own
    (r"could not be found for jpeg|required dependency jpeg", "libjpeg-dev"),
    (r"could not be found for zlib", "zlib1g-dev"),
    (r"libxml2 and libxslt", "libxml2-dev libxslt1-dev"),
    (r"mysqlclient was not found|Can not find valid pkg-config name", "default-libmysqlclient-dev pkg-config"),
    (r"can't find Rust compiler|rust toolchain|requires Rust", "rustc cargo"),
    (r"unknown compiler(?!.*gfortran)|No acceptable C compiler", "build-essential"),
    (r"No (?:working )?Fortran compiler|Unknown compiler\(s\): \[\['gfortran'", "gfortran"),
    (r"CMake must be installed|CMAKE_(?:C|CXX)_COMPILER not set", "cmake build-essential"),
    (r"lapack/blas resources not found|No BLAS/LAPACK", "libopenblas-dev"),
)


def packages(log: str) -> tuple[str, ...]:
    """Give the Debian packages that have what a build misses, each once, in the order of the log's kinds."""
    found: list[str] = []
    for header in re.findall(r"fatal error: ['\"]?([\w+./-]+)['\"]?(?:: No such file| file not found)", log):
        name = next(
            (
                package
                for start, package in _HEADERS.items()
                if header == start or (start[-1] == "/" and header.startswith(start))
            ),
            None,
        )
        found += [name] if name else []
    for module in re.findall(
        r"(?:Dependency|Package|No package) ['\"`]?([\w.+-]+)['\"`]?,?(?: required by .{0,40})? (?:not found|was not found|found: NO)",
        log,
    ):
        found += [_MODULES[module]] if module in _MODULES else []
    for words in _GONE:
        programs = (match.rpartition("/")[2].lower() for match in re.findall(words, log, re.IGNORECASE))
        found += [_PROGRAMS[program] for program in programs if program in _PROGRAMS]
    found += [package for words, package in _SENTENCES if re.search(words, log, re.IGNORECASE)]
    return tuple(dict.fromkeys(" ".join(found).split()))


def running(names: Iterable[str]) -> tuple[str, ...]:
    """Give the Debian packages that distributions (canonical names) want when they run, sorted."""
    return tuple(sorted({package for name in names for package in _RUNNING.get(name, "").split()}))


def header(log: str) -> str | None:
    """Give the first header that a build misses."""
    match = re.search(r"fatal error: ['\"]?([\w+./-]+)['\"]?(?:: No such file| file not found)", log)
    return match[1] if match else None
