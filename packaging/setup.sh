#!/usr/bin/env bash
# Prepares a checkout: system libraries (apt, when root), the environment .venv, and Paydesk installed in it, editable.
# Usage: packaging/setup.sh run|test        `make run` and `make test` call it; by hand it is safe to repeat.
# Without root nothing outside the checkout is touched: the exact command is printed and the exit code is 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-run}
venv=.venv
case $kind in
    run) lists=(packaging/debian-packages.txt) extra="" ;;
    test) lists=(packaging/debian-packages.txt packaging/debian-packages-test.txt) extra="[test]" ;;
    *) echo "usage: packaging/setup.sh run|test" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$1" >&2; shift; if [ $# -gt 0 ]; then printf '%s\n' "$@" >&2; fi; exit 1; }

# True for a Python that is new enough and can make an environment with pip in it.
python_fits() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# The listed packages that are neither installed nor provided by an installed one (newer releases rename libraries).
missing_packages() {
    local wanted=() present
    mapfile -t wanted < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "${lists[@]}")
    python_fits "${PYTHON:-python3}" || wanted+=(python3 python3-venv)
    present=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr ',' '\n' | tr -d ' \t' | sort -u)
    printf '%s\n' "${wanted[@]}" | grep -vxF -f <(printf '%s\n' "$present") || true
}

install_system_packages() {
    local missing=()
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "not a Debian system: please see to it that these libraries are here, under your system's names:"
        sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e 's/^/  /' "${lists[@]}"
        return
    fi
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    if [ "$(id -u)" -ne 0 ]; then
        fail "system packages are missing; please run this and come again:" \
            "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    fi
    say "installing system packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    local log
    log=$(mktemp)
    if ! { apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"; } \
        >"$log" 2>&1 </dev/null; then
        without_addresses <"$log" | tail -n 15 >&2
        rm -f "$log"
        fail "the system packages could not be installed; is the network reachable?"
    fi
    rm -f "$log"
}

without_addresses() { sed -E 's#[a-z+]+://[^[:space:],]+#(address)#g'; }

make_environment() {
    local python=${PYTHON:-python3}
    python_fits "$python" || fail "Python 3.11 or newer with venv is needed; PYTHON=/path/to/python3.11 chooses one"
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making $venv"
        "$python" -m venv --clear "$venv"
    fi
}

install_paydesk() {
    local log=$venv/setup.log
    say "installing Paydesk and its Python packages into $venv"
    if ! "$venv/bin/python" -m pip --quiet --no-input --disable-pip-version-check install -e ".$extra" 2>&1 </dev/null |
        without_addresses >"$log"; then
        grep -E -m 5 'ERROR|[a-z]Error: ' "$log" >&2 || tail -n 5 "$log" >&2
        fail "the Python packages could not be installed (without a network they cannot be); more in $log"
    fi
}

install_system_packages
make_environment
install_paydesk
say "ready"
