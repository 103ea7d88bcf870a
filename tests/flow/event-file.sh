#!/bin/bash
# `plenum import` against the event files of tests/fixtures/event-file and the sample: the good ones go in, each broken one is
# refused with exit code 1 and one line that names the place. Usage: tests/flow/event-file.sh PLENUM
set -u
plenum=$(realpath "${1:?usage: event-file.sh PLENUM}") || exit 2
cd "$(dirname "$0")/../.." || exit 2
files=tests/fixtures/event-file
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

report() { # 0 or 1, what, why
    if [ "$1" -eq 0 ]; then passed=$((passed + 1)) && echo "ok - $2"; else failed=$((failed + 1)) && echo "not ok - $2: $3"; fi
}

import() { # file, folder, then options; standard error goes to $scratch/err
    local file=$1 data=$2
    shift 2
    "$plenum" import "$file" --data "$data" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
}

must_pass() {
    import "$@"
    local code=$?
    report $((code != 0)) "import of $*" "exit code $code: $(head -c 300 "$scratch/err")"
}

must_refuse() { # file, place, word
    import "$files/broken/$1" "$scratch/broken"
    local code=$? why=
    [ $code -eq 1 ] || why="exit code $code, not 1"
    [ "$2" = - ] || grep -qF -- "$2" "$scratch/err" || why="$why; does not name the place $2"
    grep -qiF -- "$3" "$scratch/err" || why="$why; does not say $3"
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || why="$why; not one line"
    report $((${#why} > 0)) "refused: $1" "$why: $(head -c 300 "$scratch/err")"
}

must_pass events.sample.json "$scratch/sample" --dry-run
must_pass events.sample.json "$scratch/sample"
must_pass events.sample.json "$scratch/sample"
must_pass events.sample.json "$scratch/today" --starts-on today
must_pass $files/good/minimal.json "$scratch/small"
for name in small update-1 update-2 update-3 update-4; do must_pass $files/good/$name.json "$scratch/small"; done

while IFS=$'\t' read -r file place word _; do must_refuse "$file" "$place" "$word"; done < <(tail -n +2 $files/broken/expected.tsv)

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 70 ]
