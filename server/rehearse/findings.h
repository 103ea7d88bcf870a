/* What a rehearsal finds: what is only told, what needs a look, what would have broken. Codes and numbers, never a name or a token. */
#ifndef PLENUM_SERVER_REHEARSE_FINDINGS_H
#define PLENUM_SERVER_REHEARSE_FINDINGS_H

#include "core/db/db.h"
#include "server/rehearse/rush.h"

enum finding_grade { FINDING_NOTE, FINDING_WARNING, FINDING_BROKEN };
const char *finding_grade_name(enum finding_grade grade); /* "note", "warning", "broken" */

struct finding {
    enum finding_grade grade;
    const char *id;   /* stable word; static, or of the findings' arena */
    const char *what; /* one sentence */
};

struct findings {
    struct arena *arena;
    struct finding *items;
    size_t count, capacity;
    bool failed; /* one could not be kept, for want of memory */
};
void findings_begin(struct findings *findings, struct arena *arena);
void findings_add(struct findings *findings, enum finding_grade grade, const char *id, const char *format, ...) __attribute__((format(printf, 4, 5)));
size_t findings_count(const struct findings *findings, enum finding_grade grade);

/* Of the event as it is configured: gates and categories that never come together, rooms that are too small, who is not let in when the plan's session begins.
 * `expected`: delegates of each category, by its position. */
void findings_of_programme(struct findings *findings, const struct rush *plan, const size_t *expected);

/* What has to be ready the evening before: badges, photos, scanners; the machine's clock, disk and power. `people`: of the event; `without`: of them without a badge. */
enum err findings_of_preparation(struct findings *findings, struct db *db, const char *folder, const struct rush *plan, size_t people, size_t without,
    struct fault *fault);

/* "2026-12-01 07:45" in the event's zone. */
const char *finding_time(struct arena *arena, const char *zone, int64_t at_ms);

#endif
