#!/usr/bin/env bash
# Says in one line what the machine is missing, before anything is installed.  usage: preflight.sh run|dev|test
# What only the tests need (servers) is installed from the distribution when the account may do that.
set -u
# Servers live in SBIN, where not every account looks.
PATH="$PATH:${SBIN-/usr/local/sbin:/usr/sbin:/sbin}"
need() { echo "medichain: $1" >&2; exit 1; }
command -v python3 >/dev/null || need "python3 is missing; install it: apt-get install python3 python3-venv"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || need "Python 3.11 or newer is needed; this is $(python3 -V 2>&1)"
python3 -c 'import venv, ensurepip' 2>/dev/null || need "Python's venv module is missing; install it: apt-get install python3-venv"
command -v gcc >/dev/null || need "gcc is missing; install it: apt-get install gcc"
[ "${1:-run}" = test ] || exit 0
command -v git >/dev/null || need "git is missing; install it: apt-get install git"

# One line for each program of the tests: the program, and Debian's package of it.
missing=()
while read -r program package; do
  command -v "$program" >/dev/null || [[ " ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
done <<'PROGRAMS'
mariadbd mariadb-server
mariadb-install-db mariadb-server
redis-server redis-server
PROGRAMS
[ ${#missing[@]} -gt 0 ] || exit 0

say="the tests need ${missing[*]}; install: apt-get install ${missing[*]}"
command -v apt-get >/dev/null || need "$say"
as_root=()
if [ "$(id -u)" != 0 ]; then
  # Never asks for a password: the line above is the better question.
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || need "$say"
  as_root=(sudo -n)
fi
echo "medichain: installing ${missing[*]} for the tests"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null; }
apt update && apt install -y --no-install-recommends "${missing[@]}" || need "$say"
