#!/usr/bin/env bash
# remapped_rustc.sh RUSTC ARGUMENT...: cargo's RUSTC_WRAPPER. The folder that a crate is built in, BUILD_FOLDER, and cargo's own stand in
# the program's messages: here under names that are the same everywhere, so that the same source makes the same bytes. It is no RUSTFLAGS,
# because cargo takes a digest of those, which would differ with the folder.
exec "$@" "--remap-path-prefix=$BUILD_FOLDER=/build" "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
