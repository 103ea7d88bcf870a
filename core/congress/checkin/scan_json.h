/* Scans as JSON (DESIGN.md §5, §6): in from devices and desks, out as answers. */
#ifndef PLENUM_CONGRESS_SCAN_JSON_H
#define PLENUM_CONGRESS_SCAN_JSON_H

#include "core/base/json.h"
#include "core/congress/checkin/checkin.h"

/* Reads one scan. Texts are borrowed from `object` and the arena. REASON_none when it is in the right form, else REASON_malformed with a
 * sentence that names the place; `ret->scan_id` is then what could be read of it ("" at least). `by_desk` allows "delegate" in place of "token". */
enum reason scan_json_read(json_t *object, struct arena *arena, bool by_desk, int64_t now_ms, struct checkin_scan *ret, struct fault *fault);

/* One answer; NULL when out of memory. `language` picks the delegation's name. */
json_t *scan_answer_json(struct arena *arena, const struct checkin_answer *answer, const char *language);

#endif
