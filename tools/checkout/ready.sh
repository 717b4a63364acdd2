# shellcheck shell=sh
# Read by ./roost and ./test: is .venv what this checkout asks for, and if not, which Python makes it so.

# Builtins only. Each input has a stamp that carries its time: any other time, earlier or later, means "look closer".
ready() { # ready ROOT [INPUT…]
    kept=$1/.roost-dev
    [ -x "$1/.venv/bin/python" ] && [ -x "$1/.venv/bin/roost" ] && [ -r "$kept/made" ] || return 1
    { IFS= read -r place && IFS= read -r python; } <"$kept/made" || return 1
    [ "$place" -ef "$1" ] || return 1 # moved or copied: what is installed still names the old place
    [ -z "${ROOST_PYTHON-}" ] || [ "$python" -ef "$ROOST_PYTHON" ] || [ "$python" = "$ROOST_PYTHON" ] || return 1
    for input in "$@" pyproject.toml requirements.lock src/roost/launcher/roost src/roost/version.py; do
        [ "$input" = "$1" ] && continue
        stamp=$kept/stamps/${input##*/}.stamp
        [ -e "$stamp" ] || return 1
        [ "$1/$input" -nt "$stamp" ] && return 1
        [ "$1/$input" -ot "$stamp" ] && return 1
    done
    return 0
}

usable() { # usable PROGRAM
    [ -n "$1" ] && command -v -- "$1" >/dev/null 2>&1 &&
        "$1" -E -s -c 'import sys, ctypes, fcntl, ssl, venv, zlib; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() { # find_python ROOT; sets python
    for python in "${ROOST_PYTHON-}" "$1/.venv/bin/python" python3.13 python3.12 python3.11 python3 \
        "${PYENV_ROOT:-${HOME-}/.pyenv}"/versions/3.1[1-9]*/bin/python3 \
        "${UV_PYTHON_INSTALL_DIR:-${XDG_DATA_HOME:-${HOME-}/.local/share}/uv/python}"/cpython-3.1[1-9]*/bin/python3; do
        usable "$python" && return 0
        if [ -n "${ROOST_PYTHON-}" ]; then
            printf 'error: ROOST_PYTHON names `%s`, which is no working Python 3.11 or newer\n' "$ROOST_PYTHON" >&2
            return 1
        fi
    done
    if command -v uv >/dev/null 2>&1; then
        echo 'roost: no Python 3.11 or newer found, asking uv for one' >&2
        uv python install --quiet 3.13 && python=$(uv python find --no-project 3.13) && usable "$python" && return 0
    fi
    echo 'error: no working Python 3.11 or newer found (with ssl, venv and zlib)' >&2
    echo 'hint: install one (Debian: `apt-get install python3`), or name it: `ROOST_PYTHON=/path/to/python3 ./roost …`' >&2
    return 1
}

make_ready() { # make_ready ROOT [--dev]
    find_python "$1" || return 69
    "$python" -E -s -B "$1/tools/checkout" "$@"
}
