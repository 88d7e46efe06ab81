#!/usr/bin/env bash
# in_lab.sh FOLDER SECONDS: runs the jobs of a folder, one after the other, inside a lab; several labs may share a folder.
#
# A job is a folder FOLDER/N, counted from 0, with a file `words`: its command as words that end with a NUL. Whoever makes FOLDER/N/taken runs
# it; what it prints goes to FOLDER/N/output. On stdout stands `begin N` before and `end N STATUS` after each, STATUS 124 when it took more
# than SECONDS.
set -uo pipefail
for ((job = 0; ; job++)); do
  [ -d "$1/$job" ] || break
  mkdir "$1/$job/taken" 2> /dev/null || continue
  echo "begin $job"
  mapfile -d '' -t words < "$1/$job/words"
  timeout -k 10 "$2" "${words[@]}" > "$1/$job/output" 2>&1 < /dev/null
  echo "end $job $?"
done
