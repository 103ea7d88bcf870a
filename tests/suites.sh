# What `make check` and `make check-long` share; sourced by both. The caller sets $logs.
# A suite is a command whose output holds a last "N passed, M failed". One that leaves none, or ends badly, is a failure, never a silence.

# Runs one suite: its name, then the command. What it has to say is said at once, since others run beside it.
run_suite() {
    local name=$1; shift
    local log="$logs/${name//[^a-z0-9]/-}.log" start=$SECONDS code line p f cpu TIMEFORMAT='%U %S'
    printf '%q ' "$name" "$@" >"${log%.log}.command"
    { time timeout "${LIMIT:-900}" "$@" >"$log" 2>&1; } 2>"${log%.log}.cpu"; code=$?
    cpu=$(awk '{ printf "%.0f", $1 + $2 }' "${log%.log}.cpu")
    line=$(grep -aE '[0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
    p=$(grep -oE '[0-9]+ passed' <<<"$line" | grep -oE '[0-9]+'); f=$(grep -oE '[0-9]+ failed' <<<"$line" | grep -oE '[0-9]+')
    [ -n "$p" ] || p=0
    [ -n "$f" ] || f=1
    if [ "$f" -eq 0 ] && { [ $code -ne 0 ] || [ "$p" -eq 0 ]; }; then f=1; fi
    echo "$p $f" >"${log%.log}.sum"
    if [ "$f" -gt 0 ]; then
        printf '%s\n%s\nFAIL %-28s %4d passed, %d failed (exit %d, %d s, %d of processor; %s)\n' "$(grep -aE '^(not ok|FAIL|FAILED)|rror|annot' "$log" | head -30 | sed 's/^/| /')" "$(tail -15 "$log" | sed 's/^/| /')" \
               "$name" "$p" "$f" "$code" $((SECONDS - start)) "$cpu" "$log"
    else
        printf 'ok   %-28s %4d passed (%d s, %d of processor)\n' "$name" "$p" $((SECONDS - start)) "$cpu"
    fi
}

# Much of a suite's time is waiting for its server or its browser: two more at a time than there are processors, five at most. `alone` waits for the others first.
suites=0 most=$(($(nproc) + 2))
[ "$most" -le 5 ] || most=5
suite() {
    suites=$((suites + 1))
    while [ "$(jobs -rp | wc -l)" -ge "$most" ]; do wait -n; done
    run_suite "$@" &
}
alone() { wait; suites=$((suites + 1)); run_suite "$@"; }

# What drives browsers or several programs by the clock can fail because four others ran beside it. So a suite that failed runs once more, alone: its second
# result counts, and the first stays on the screen and in NAME.first.log (docs/decisions/0051-second-try.md). More than $tries of them are no chance: none is repeated.
tries=3
try_again() {
    wait
    local sum p f again=() words
    for sum in "$logs"/*.sum; do
        read -r p f <"$sum"
        [ "$f" -eq 0 ] || again+=("${sum%.sum}")
    done
    [ ${#again[@]} -gt 0 ] && [ ${#again[@]} -le $tries ] || return 0
    for sum in "${again[@]}"; do
        eval "words=($(cat "$sum.command"))"
        case ${words[0]} in lint | unit | schema | "clang "* | thread | fuzzers) continue ;; esac
        ! grep -qE 'Sanitizer|runtime error' "$sum.log" || continue
        cp "$sum.log" "$sum.first.log"
        echo "AGAIN ${words[0]}: it failed beside others ($sum.first.log)"
        run_suite "${words[@]}"
    done
}

# Ends with the sum of all; fails when one failed or left no result.
sum_up() {
    try_again
    local passed=0 failed=0 p f sum
    for sum in "$logs"/*.sum; do
        read -r p f <"$sum"
        passed=$((passed + p)); failed=$((failed + f)); suites=$((suites - 1))
    done
    if [ "$suites" -ne 0 ]; then echo "$suites suites left no result"; failed=$((failed + 1)); fi
    echo
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
