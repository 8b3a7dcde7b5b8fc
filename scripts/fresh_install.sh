#!/usr/bin/env bash
# Does a stranger's install start, today and with whatever versions they have? Builds the wheel, installs it into throw-away
# environments without the lock, with the newest versions that pyproject.toml allows and with the lowest, and starts it.
#
#   bash scripts/fresh_install.sh [WHEEL]      after `make env`
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=$root/.venv/bin/python
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
wheel=${1:-}
if [ -z "$wheel" ]; then
  (cd "$root" && .venv/bin/hatchling build --target wheel --directory "$room/dist" >/dev/null)
  wheel=$(echo "$room"/dist/*.whl)
fi
wheel=$(realpath "$wheel")

cd "$room" # away from the sources: only what is installed may answer
uv() { "$python" "$root/scripts/uv.py" "$@"; }

starts() { # starts NAME WHAT...: install that, then doctor and a handshake in an empty home
  local name=$1 venv=$room/$1
  shift
  uv venv --quiet --python "$python" "$venv"
  uv pip install --quiet --python "$venv/bin/python" "$@"
  uv pip install --quiet --python "$venv/bin/python" --no-deps "$wheel"
  echo "--- the $name versions:"
  uv pip freeze --quiet --python "$venv/bin/python" | grep -vi '^witnessmark' | paste -sd ' ' | fold -s -w 120
  local clean=(env -i "PATH=$venv/bin:/usr/bin:/bin" "HOME=$room/home-$name")
  mkdir "$room/home-$name"
  "${clean[@]}" witnessmark doctor || { echo "With the $name versions, \`witnessmark doctor\` finds fault." >&2; return 1; }
  "${clean[@]}" python "$root/scripts/handshake.py" witnessmark ||
    { echo "With the $name versions, the server does not start." >&2; return 1; }
}

starts newest --upgrade "$wheel"
# uv takes the lowest only of what it is asked for by name, so the wheel's requirements are named.
starts lowest --resolution lowest-direct --requirements "$root/pyproject.toml"
