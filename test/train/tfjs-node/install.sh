#!/usr/bin/env bash
# Builds @tensorflow/tfjs-node against the C library inside a TensorFlow wheel of the Python package
# index, then proves that it trains. For places that have both registries but not the host from
# which the package's own install downloads libtensorflow. Linux on x86_64 or aarch64; needs Node
# with npm, python3 with pip, g++ and make; 1.3 GB in the end.
#
#   test/train/tfjs-node/install.sh FOLDER
#   VAEMETRICS_TFJS_NODE=FOLDER npm test -- train/tfjs-node
#
# FOLDER becomes (or is) a project of npm in which `@tensorflow/tfjs-node` resolves. What is there
# already is kept, so a second run only proves. TENSORFLOW=2.20.0 takes another wheel (2.12 or
# later); a new one wants a new folder.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../../.." && pwd)
tensorflow=${TENSORFLOW:-2.21.0}
tfjs_node=4.22.0

step() { printf '\n%s (after %d s)\n' "$1" "$SECONDS"; }
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

[ $# -eq 1 ] || fail "usage: $0 FOLDER"
[ "$(uname -s)" = Linux ] || fail 'only for Linux: wheels of other systems have other libraries'
for command in node npm python3 g++ make; do
  command -v "$command" >/dev/null || fail "$command is missing (apt-get install nodejs npm python3 python3-pip g++ make)"
done
python3 -m pip --version >/dev/null 2>&1 || fail 'pip is missing (apt-get install python3-pip)'

mkdir -p "$1"
folder=$(cd "$1" && pwd)
package="$folder/node_modules/@tensorflow/tfjs-node"

step "1. @tensorflow/tfjs-node $tfjs_node from npm, without its install script, which would download"
# The second is what npm writes last.
if [ -f "$package/package.json" ] && [ -f "$folder/node_modules/.package-lock.json" ]; then
  echo 'there already'
else
  [ -f "$folder/package.json" ] || echo '{ "private": true }' >"$folder/package.json"
  (cd "$folder" && npm install --ignore-scripts --no-audit --no-fund "@tensorflow/tfjs-node@$tfjs_node")
fi

step "2. the C library of the tensorflow-cpu $tensorflow wheel"
if [ -d "$package/deps" ]; then
  echo 'there already'
else
  # The C library does not depend on Python: any wheel of this machine's kind will do, whatever
  # Python runs pip.
  wheels="$folder/wheels"
  parts="$package/deps.part"
  rm -rf "$wheels" "$parts"
  python3 -m pip download --no-deps --no-cache-dir --disable-pip-version-check --dest "$wheels" \
    --only-binary :all: --implementation cp --python-version 3.11 --abi cp311 \
    --platform "manylinux_2_27_$(uname -m)" --platform "manylinux_2_17_$(uname -m)" --platform "manylinux2014_$(uname -m)" \
    "tensorflow-cpu==$tensorflow"
  # Of the headers, the folders that the C API includes from: all of them are 290 MB.
  python3 - "$wheels" "$parts" <<'PYTHON'
import pathlib, shutil, sys, zipfile
wheel = zipfile.ZipFile(next(pathlib.Path(sys.argv[1]).glob("*.whl")))
for name in wheel.namelist():
    _, _, path = name.partition("/")
    if name.endswith("/"):
        continue
    if path.startswith("libtensorflow_") and ".so." in path:
        path = "lib/" + path
    elif not path.startswith(("include/tensorflow/c/", "include/tensorflow/core/platform/", "include/tsl/", "include/xla/tsl/")):
        continue
    target = pathlib.Path(sys.argv[2], path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with wheel.open(name) as source, open(target, "wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
PYTHON
  rm -r "$wheels"
  # The names that the linker is asked for. What is loaded are the names within the libraries, which
  # are those of the files; the addon looks for them in deps/lib by its own run path, so no
  # LD_LIBRARY_PATH is needed.
  ln -s libtensorflow_cc.so.2 "$parts/lib/libtensorflow.so"
  ln -s libtensorflow_framework.so.2 "$parts/lib/libtensorflow_framework.so"
  mv "$parts" "$package/deps"
fi
ls -l "$package/deps/lib"

step '3. the addon, by the node-gyp that comes with npm'
if compgen -G "$package/lib/napi-v*/tfjs_binding.node" >/dev/null; then
  echo 'there already'
else
  # Node's headers where they lie beside it, or else node-gyp downloads them.
  prefix=$(node -p 'path.dirname(path.dirname(fs.realpathSync(process.execPath)))')
  headers=()
  if [ -f "$prefix/include/node/node_api.h" ]; then headers=(--nodedir="$prefix"); fi
  (cd "$package" && npm exec --no -- node-pre-gyp install --build-from-source "${headers[@]}")
fi

step '4. it loads'
# Left to itself TensorFlow tells of itself at every start.
export TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-1}
(
  cd "$folder"
  # Node 23 and later no longer have the two functions of `util` that the package calls.
  node -e '
    util.isNullOrUndefined = (value) => value === null || value === undefined;
    util.isArray = Array.isArray;
    const tf = require("@tensorflow/tfjs-node");
    console.log(tf.version);
    console.log(`backend ${tf.getBackend()}, TensorFlow ${tf.backend().binding.TF_Version}, Node ${process.version}`);
    if (tf.getBackend() !== "tensorflow") process.exit(1);
  '
)
du -sm "$folder" | awk '{ print $1 " MB in all" }'

step '5. it trains'
cd "$repository"
VAEMETRICS_TFJS_NODE="$folder" node --import tsx test/train/tfjs-node.test.ts
