#!/usr/bin/env bash
# h5wasm 0.10.3 (HDF5 2.0.0), Node: attributes of an object behind an external link come from the file that holds the
# link, not from the file that holds the object. The data come from the right file. h5py 3.16.0 gives both rightly.
#
#   bash findings/h5wasm-external-link-attributes.sh
#
# Needs npm, python3 with venv, and the registries. Exit 0: as described; 1: it behaves otherwise now; 2: not installed.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check h5py==3.16.0 || exit 2
npm install --silent --no-audit --no-fund h5wasm@0.10.3 >/dev/null || exit 2

cat >make.py <<'PY'
import h5py
with h5py.File("target.h5", "w") as f:
    f["data/x"] = [1, 2, 3]
    f["data/x"].attrs["of"] = "target.h5"
with h5py.File("holder.h5", "w") as f:
    f["data/x"] = [7, 8, 9]  # another object of the same name
    f["data/x"].attrs["of"] = "holder.h5"
    f["link"] = h5py.ExternalLink("target.h5", "/data/x")
with h5py.File("bare.h5", "w") as f:
    f["link"] = h5py.ExternalLink("target.h5", "/data/x")
for name in ("holder.h5", "bare.h5"):
    with h5py.File(name) as f:
        print("h5py", name, f["link"][()].tolist(), f["link"].attrs["of"])
PY

cat >read.mjs <<'JS'
import h5wasm from 'h5wasm/node'
await h5wasm.ready
for (const name of ['holder.h5', 'bare.h5']) {
  const file = new h5wasm.File(name, 'r')
  const link = file.get('link')
  let attribute
  try {
    attribute = String(link.attrs.of?.value)
  } catch (error) {
    attribute = `fails: ${String(error).split('\n', 1)[0]}`
  }
  console.log('h5wasm', name, JSON.stringify(Array.from(link.value, Number)), attribute)
  file.close()
}
JS

{ venv/bin/python make.py && node read.mjs; } >seen 2>errors || { cat seen errors; exit 1; }
cat seen
# The last line ends with the empty text that h5wasm gives where the holder has no object of that name.
cat >expected <<'TXT'
h5py holder.h5 [1, 2, 3] target.h5
h5py bare.h5 [1, 2, 3] target.h5
h5wasm holder.h5 [1,2,3] holder.h5
h5wasm bare.h5 [1,2,3]
TXT
diff <(sed 's/ *$//' seen) expected || { echo 'it behaves otherwise now'; exit 1; }
