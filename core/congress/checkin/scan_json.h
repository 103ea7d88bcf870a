/* Scans as JSON (DESIGN.md §5, §6): in from devices and desks, out as answers. */
#ifndef PLENUM_CONGRESS_SCAN_JSON_H
#define PLENUM_CONGRESS_SCAN_JSON_H

#include "core/base/json.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/checkin/scan_seal.h"

struct scan_reading {
    bool by_desk; /* allows "delegate" in place of "token" */
    int64_t now_ms;
    const struct scan_key *key; /* opens "sealed", which a gate's queue has in place of "token"; NULL: nothing is sealed for us */
};

/* Reads one scan. Texts are borrowed from `object` and the arena. REASON_none when it is in the right form, else REASON_malformed with a
 * sentence that names the place; `ret->scan_id` is then what could be read of it ("" at least). REASON_busy: there was no memory to find out, which must never be
 * said of the scan: a door sets aside for ever what is malformed. */
enum reason scan_json_read(json_t *object, struct arena *arena, const struct scan_reading *how, struct checkin_scan *ret, struct fault *fault);

/* One answer; NULL when out of memory. `language` picks the delegation's name. */
json_t *scan_answer_json(struct arena *arena, const struct checkin_answer *answer, const char *language);

#endif
