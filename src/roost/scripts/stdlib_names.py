"""Names of the standard library that came or went between Python 3.7 and 3.14.

Origin: made by comparing what the modules of CPython 3.6 to 3.13 offer once imported, and the release notes of 3.10 (the
abstract classes of `collections`), 3.8 and 3.14; chosen from about 1,500 differences are the documented names. Facts, no text was copied.
"""

from __future__ import annotations

CHANGED: dict[str, tuple[tuple[str | None, str | None, str], ...]] = {  # module → (added in, removed in, names)
    "argparse": (("3.9", None, "BooleanOptionalAction"),),
    "ast": (
        ("3.10", None, "Match"),
        ("3.11", None, "TryStar"),
        ("3.8", None, "NamedExpr get_source_segment"),
        ("3.9", None, "unparse"),
        (None, "3.14", "Bytes Ellipsis NameConstant Num Str"),
    ),
    "asyncio": (
        ("3.11", None, "Barrier BrokenBarrierError Runner TaskGroup Timeout timeout timeout_at"),
        ("3.12", None, "create_eager_task_factory eager_task_factory"),
        ("3.13", None, "EventLoop QueueShutDown"),
        (
            "3.7",
            None,
            "BufferedProtocol SendfileNotAvailableError all_tasks create_task current_task get_running_loop run",
        ),
        ("3.9", None, "Server to_thread"),
        (None, "3.11", "coroutine"),
        (
            None,
            "3.14",
            "AbstractChildWatcher FastChildWatcher MultiLoopChildWatcher PidfdChildWatcher SafeChildWatcher ThreadedChildWatcher",
        ),
        (None, "3.7", "async"),
    ),
    "asyncio.tasks": (
        ("3.12", None, "create_eager_task_factory eager_task_factory"),
        ("3.7", None, "all_tasks create_task current_task"),
        ("3.9", None, "GenericAlias"),
        (None, "3.7", "async"),
        (None, "3.8", "coroutine"),
    ),
    "base64": (
        ("3.10", None, "b32hexdecode b32hexencode"),
        ("3.13", None, "z85decode z85encode"),
        (None, "3.9", "decodestring encodestring"),
    ),
    "binascii": ((None, "3.11", "a2b_hqx b2a_hqx rlecode_hqx rledecode_hqx"),),
    "builtins": (
        ("3.10", None, "EncodingWarning aiter anext"),
        ("3.11", None, "BaseExceptionGroup ExceptionGroup"),
        ("3.13", None, "PythonFinalizationError"),
        ("3.7", None, "breakpoint"),
    ),
    "calendar": (("3.12", None, "Day Month"),),
    "cgi": ((None, "3.8", "escape parse_qs parse_qsl"),),
    "codecs": (("3.10", None, "unregister"),),
    "collections": (
        (
            None,
            "3.10",
            (
                "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container "
                "Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping "
                "MutableSequence MutableSet Reversible Sequence Set Sized ValuesView "
            ),
        ),
    ),
    "collections.abc": (("3.12", None, "Buffer"),),
    "concurrent.futures": (
        ("3.13", None, "InvalidStateError"),
        ("3.7", None, "BrokenExecutor"),
    ),
    "configparser": (
        ("3.13", None, "MultilineContinuationError UNNAMED_SECTION"),
        (None, "3.12", "SafeConfigParser"),
        (None, "3.13", "LegacyInterpolation"),
    ),
    "contextlib": (
        ("3.10", None, "AsyncContextDecorator aclosing"),
        ("3.11", None, "chdir"),
        ("3.7", None, "AbstractAsyncContextManager AsyncExitStack asynccontextmanager nullcontext"),
    ),
    "copy": (("3.13", None, "replace"),),
    "csv": (("3.12", None, "QUOTE_NOTNULL QUOTE_STRINGS"),),
    "dataclasses": (("3.10", None, "KW_ONLY"),),
    "datetime": (("3.11", None, "UTC"),),
    "enum": (
        (
            "3.11",
            None,
            (
                "CONFORM CONTINUOUS EJECT EnumCheck EnumType FlagBoundary KEEP NAMED_FLAGS ReprEnum STRICT StrEnum "
                "UNIQUE global_enum member nonmember property show_flag_values verify "
            ),
        ),
        ("3.13", None, "EnumDict"),
    ),
    "fractions": ((None, "3.9", "gcd"),),
    "functools": (
        ("3.8", None, "cached_property singledispatchmethod"),
        ("3.9", None, "cache"),
    ),
    "gettext": (
        ("3.8", None, "dnpgettext dpgettext npgettext pgettext"),
        (None, "3.11", "ldgettext lgettext lngettext"),
    ),
    "glob": (("3.13", None, "translate"),),
    "gzip": (("3.8", None, "BadGzipFile"),),
    "hashlib": (("3.11", None, "file_digest"),),
    "hmac": (("3.7", None, "digest"),),
    "html.parser": ((None, "3.5", "HTMLParseError"),),
    "http": (("3.11", None, "HTTPMethod"),),
    "http.server": (("3.7", None, "ThreadingHTTPServer"),),
    "importlib": ((None, "3.12", "find_loader"),),
    "importlib.abc": (
        (None, "3.12", "Finder"),
        (None, "3.14", "ResourceReader Traversable TraversableResources"),
    ),
    "importlib.metadata": (("3.10", None, "EntryPoints PackageMetadata packages_distributions"),),
    "importlib.resources": (("3.9", None, "as_file files"),),
    "importlib.util": (
        ("3.7", None, "source_hash"),
        (None, "3.12", "module_for_loader set_loader set_package"),
    ),
    "inspect": (
        ("3.10", None, "get_annotations"),
        ("3.11", None, "getmembers_static"),
        ("3.12", None, "BufferFlags markcoroutinefunction"),
        (None, "3.11", "ArgSpec formatargspec getargspec"),
    ),
    "io": (
        ("3.10", None, "text_encoding"),
        ("3.8", None, "open_code"),
        (None, "3.10", "OpenWrapper"),
    ),
    "itertools": (
        ("3.10", None, "pairwise"),
        ("3.12", None, "batched"),
    ),
    "locale": (
        ("3.10", None, "localize"),
        ("3.11", None, "getencoding"),
        (None, "3.12", "format"),
        (None, "3.13", "resetlocale"),
    ),
    "logging": (
        ("3.11", None, "getLevelNamesMapping"),
        ("3.12", None, "getHandlerByName getHandlerNames"),
    ),
    "math": (
        ("3.11", None, "cbrt exp2"),
        ("3.12", None, "sumprod"),
        ("3.13", None, "fma"),
        ("3.7", None, "remainder"),
        ("3.8", None, "comb dist isqrt perm prod"),
        ("3.9", None, "lcm nextafter ulp"),
    ),
    "mimetypes": (("3.13", None, "guess_file_type"),),
    "multiprocessing": (("3.8", None, "parent_process"),),
    "multiprocessing.managers": (("3.8", None, "SharedMemoryManager"),),
    "operator": (("3.11", None, "call"),),
    "os": (
        ("3.10", None, "eventfd"),
        ("3.12", None, "setns unshare"),
        ("3.13", None, "process_cpu_count"),
        ("3.8", None, "memfd_create posix_spawn"),
        ("3.9", None, "pidfd_open waitstatus_to_exitcode"),
    ),
    "os.path": (
        ("3.12", None, "isjunction splitroot"),
        ("3.13", None, "isdevdrive"),
    ),
    "pathlib": (("3.13", None, "UnsupportedOperation"),),
    "pickle": (("3.8", None, "PickleBuffer"),),
    "pkgutil": (
        ("3.9", None, "resolve_name"),
        (None, "3.12", "ImpImporter ImpLoader"),
        (None, "3.14", "find_loader get_loader"),
    ),
    "platform": (
        ("3.10", None, "freedesktop_os_release"),
        (None, "3.8", "dist linux_distribution popen"),
    ),
    "plistlib": (
        ("3.8", None, "UID"),
        (None, "3.9", "Data readPlist readPlistFromBytes writePlist writePlistToBytes"),
    ),
    "pprint": (("3.8", None, "pp"),),
    "pty": ((None, "3.14", "master_open slave_open"),),
    "queue": (
        ("3.13", None, "ShutDown"),
        ("3.7", None, "SimpleQueue"),
    ),
    "random": (
        ("3.12", None, "binomialvariate"),
        ("3.9", None, "randbytes"),
    ),
    "re": (
        ("3.11", None, "NOFLAG"),
        ("3.13", None, "PatternError"),
        ("3.7", None, "Match Pattern"),
        (None, "3.13", "TEMPLATE template"),
    ),
    "shlex": (("3.8", None, "join"),),
    "signal": (
        ("3.8", None, "raise_signal strsignal valid_signals"),
        ("3.9", None, "pidfd_send_signal"),
    ),
    "socketserver": (("3.12", None, "ForkingUnixDatagramServer ForkingUnixStreamServer"),),
    "sqlite3": (
        ("3.11", None, "Blob"),
        (None, "3.10", "OptimizedUnicode"),
        (None, "3.8", "Cache"),
    ),
    "ssl": (
        ("3.7", None, "SSLCertVerificationError TLSVersion"),
        (None, "3.12", "RAND_pseudo_bytes match_hostname wrap_socket"),
    ),
    "statistics": (
        ("3.10", None, "LinearRegression correlation covariance linear_regression"),
        ("3.13", None, "kde kde_random"),
        ("3.8", None, "NormalDist fmean geometric_mean multimode quantiles"),
    ),
    "sys": (
        ("3.10", None, "orig_argv stdlib_module_names"),
        ("3.11", None, "exception"),
        ("3.8", None, "addaudithook audit unraisablehook"),
        ("3.9", None, "platlibdir"),
        (None, "3.9", "getcheckinterval setcheckinterval"),
    ),
    "threading": (
        ("3.10", None, "getprofile gettrace"),
        ("3.12", None, "setprofile_all_threads settrace_all_threads"),
        ("3.8", None, "ExceptHookArgs excepthook get_native_id"),
    ),
    "time": (
        ("3.7", None, "clock_gettime_ns monotonic_ns perf_counter_ns process_time_ns thread_time time_ns"),
        (None, "3.8", "clock"),
    ),
    "tkinter.ttk": (("3.7", None, "Spinbox"),),
    "tokenize": (
        ("3.10", None, "SOFT_KEYWORD"),
        ("3.12", None, "EXCLAMATION FSTRING_END FSTRING_MIDDLE FSTRING_START"),
        ("3.8", None, "COLONEQUAL TYPE_COMMENT TYPE_IGNORE"),
        (None, "3.11", "t u"),
        (None, "3.13", "StopTokenizing"),
        (None, "3.8", "Bracket Operator chain"),
    ),
    "types": (
        ("3.10", None, "EllipsisType NoneType NotImplementedType UnionType"),
        ("3.12", None, "get_original_bases"),
        ("3.13", None, "CapsuleType"),
        ("3.7", None, "resolve_bases"),
        ("3.8", None, "CellType"),
        ("3.9", None, "GenericAlias"),
    ),
    "typing": (
        ("3.10", None, "Concatenate ParamSpec ParamSpecArgs ParamSpecKwargs TypeAlias TypeGuard is_typeddict"),
        (
            "3.11",
            None,
            (
                "LiteralString Never NotRequired Required Self TypeVarTuple Unpack assert_never assert_type "
                "clear_overloads dataclass_transform get_overloads reveal_type "
            ),
        ),
        ("3.12", None, "TypeAliasType override"),
        ("3.13", None, "NoDefault ReadOnly TypeIs get_protocol_members is_protocol"),
        ("3.14", None, "evaluate_forward_ref"),
        ("3.7", None, "ForwardRef OrderedDict"),
        ("3.8", None, "Final Literal Protocol SupportsIndex TypedDict final get_args get_origin runtime_checkable"),
        ("3.9", None, "Annotated"),
        (None, "3.13", "io re"),
        (None, "3.7", "GenericMeta"),
    ),
    "unicodedata": (("3.8", None, "is_normalized"),),
    "unittest": (
        ("3.11", None, "enterModuleContext"),
        ("3.8", None, "IsolatedAsyncioTestCase addModuleCleanup"),
        (None, "3.13", "findTestCases getTestCaseNames makeSuite"),
    ),
    "unittest.mock": (
        ("3.13", None, "ThreadingMock"),
        ("3.7", None, "seal"),
        ("3.8", None, "AsyncMock"),
    ),
    "urllib.request": ((None, "3.8", "splitattr splithost splitport splitquery splittype splituser"),),
    "warnings": (("3.13", None, "deprecated"),),
    "wave": ((None, "3.9", "openfp"),),
    "xml.etree.ElementTree": (
        ("3.8", None, "C14NWriterTarget canonicalize"),
        ("3.9", None, "indent"),
    ),
    "zipfile": (("3.8", None, "Path"),),
}
