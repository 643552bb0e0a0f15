#!/usr/bin/env bash
# Says in one line what the machine is missing, before anything is installed.  usage: preflight.sh run|dev|test
set -u
need() { echo "medichain: $1" >&2; exit 1; }
command -v python3 >/dev/null || need "python3 is missing; install it: apt-get install python3 python3-venv"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || need "Python 3.11 or newer is needed; this is $(python3 -V 2>&1)"
python3 -c 'import venv, ensurepip' 2>/dev/null || need "Python's venv module is missing; install it: apt-get install python3-venv"
command -v gcc >/dev/null || need "gcc is missing; install it: apt-get install gcc"
[ "${1:-run}" = test ] || exit 0
command -v git >/dev/null || need "git is missing; install it: apt-get install git"
