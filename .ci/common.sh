# shellcheck shell=bash
# What `run`, `test` and `.ci/run` share: saying what happens, and having what is needed.

# shellcheck disable=SC2034  # the lists are read by the scripts that load this file
# Debian packages by purpose. Another system needs the same things under its own names.
# libssl-dev and libsrtp2-dev: DTLS and SRTP, by which the audio of browsers comes.
build_packages=(libpq-dev libsqlite3-dev libssl-dev libsrtp2-dev libcrypt-dev pkg-config)
# shellcheck disable=SC2034
runtime_packages=(espeak-ng openssl curl)
# iproute2 to coturn: a second machine in a network namespace, its trust, its firewall, and the relay.
# shellcheck disable=SC2034
test_packages=(postgresql sip-tester baresip-core sox python3 python3-venv chromium fonts-noto-cjk node-typescript
    iproute2 nftables libnss3-tools coturn)

# The oldest compiler that builds the sources, major and minor.
swift_needed=6.3

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

# Runs a command as root: directly, or through sudo without asking for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -n "$@"
    else
        complain "root is needed for: $*"
        return 1
    fi
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$@"; }

# need_packages WHY PACKAGE...: installs those that are missing and says which and why. Returns 1 when it could not.
need_packages() {
    local why=$1 missing=() package log
    shift
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        complain "This is no Debian system: install by hand what these packages hold ($why): $*"
        return 0
    fi
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing ${missing[*]} ($why)"
    log=$(mktemp)
    # The lists of packages may be missing or old; they are fetched only then.
    if apt_install "${missing[@]}" >"$log" 2>&1 ||
        { as_root apt-get update -q >>"$log" 2>&1 && apt_install "${missing[@]}" >>"$log" 2>&1; }; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    complain "Could not install ${missing[*]} ($why). Install by hand: apt-get install ${missing[*]}"
    return 1
}

# What drives browsers, from PyPI into a folder of its own.
browser_modules=(playwright axe-playwright-python)

# need_browser_modules FOLDER: makes the virtual environment with what drives browsers, once.
need_browser_modules() {
    local folder=$1
    if [ -x "$folder/bin/python" ] && "$folder/bin/python" -c 'import playwright, axe_playwright_python' 2>/dev/null; then
        return 0
    fi
    say "Installing ${browser_modules[*]} into $folder (to drive Chromium in the tests)"
    if ! python3 -m venv "$folder" || ! "$folder/bin/pip" install -q "${browser_modules[@]}"; then
        complain "Could not install ${browser_modules[*]}; the browser tests will say so"
        return 1
    fi
}

# Ends the script unless a new enough Swift is there.
need_swift() {
    local found
    if ! command -v swift >/dev/null; then
        complain "Swift $swift_needed or newer is needed and 'swift' is not on the PATH."
        complain "Get it from https://www.swift.org/install/linux/ and put its usr/bin on the PATH."
        exit 69
    fi
    found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    if [ -z "$found" ] || [ "$(printf '%s\n' "$swift_needed" "$found" | sort -V | head -n 1)" != "$swift_needed" ]; then
        complain "Swift $swift_needed or newer is needed; 'swift --version' says ${found:-nothing that can be read}."
        exit 69
    fi
}
