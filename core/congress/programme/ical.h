/* A calendar file (RFC 5545) for phones: one appointment for each session. Pure; times in UTC, so that no zone has to be told and none can be wrong. */
#ifndef PLENUM_CONGRESS_ICAL_H
#define PLENUM_CONGRESS_ICAL_H

#include "core/base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct ical_event {
    const char *uid;      /* the same for the same session each time, so that a second import changes and does not double */
    const char *summary;
    const char *location, *description; /* may be NULL */
    int64_t starts_ms, ends_ms;
};

/* Appends a whole calendar. `name`: of the calendar, as phones show it. Lines end with CRLF and are folded at 75 octets between characters. */
void ical_write(struct buf *out, const char *name, const struct ical_event *events, size_t count, int64_t now_ms);

#endif
