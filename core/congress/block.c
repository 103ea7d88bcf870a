#include "core/congress/block.h"

int64_t block_end(const struct block_session *sessions, size_t count, int64_t day_end_ms, int64_t at_ms)
{
    size_t i = 0;
    while (i < count && sessions[i].ends_ms <= at_ms) i++;
    if (i == count || sessions[i].starts_ms >= day_end_ms) return day_end_ms;
    int64_t end = sessions[i].ends_ms;
    for (; sessions[i].carry_over && i + 1 < count && sessions[i + 1].starts_ms < day_end_ms; i++)
        if (sessions[i + 1].ends_ms > end) end = sessions[i + 1].ends_ms;
    return end; /* a gala that goes on over midnight does not empty its hall at midnight */
}
