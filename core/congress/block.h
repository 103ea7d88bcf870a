/* When a presence ends by itself: one pure rule that server and scanner share (DESIGN.md §8: "Presence ends with a scan out, or with the session's area block and
 * the day"). */
#ifndef PLENUM_CONGRESS_BLOCK_H
#define PLENUM_CONGRESS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_session {
    int64_t starts_ms, ends_ms;
    bool carry_over; /* who is in stays in for the area's next session of that day */
};

/* `sessions` are those of one area, by their beginning; `day_end_ms` is the local midnight after `at_ms`. The end of the block that a presence
 * beginning at `at_ms` belongs to: the session that is on or comes next on that day, and those joined to it by carry_over, also when the last of them
 * goes on over midnight; the day's end where none follows. */
int64_t block_end(const struct block_session *sessions, size_t count, int64_t day_end_ms, int64_t at_ms);

#endif
