/* Titles as they are stored: JSON, either a text or a map from language to text (DESIGN.md §4). Thread-safe. */
#ifndef PLENUM_CONGRESS_TITLE_H
#define PLENUM_CONGRESS_TITLE_H

#include "core/base/arena.h"
#include "core/base/json.h"

/* The text for `language`; else for "vi", "en", else the first. `stored` may also be plain text that is no JSON. "" for NULL or an
 * empty map; NULL when out of memory. The second gives the language that was taken ("" when the title does not say). */
char *title_pick(struct arena *arena, const char *stored, const char *language);
char *title_pick_language(struct arena *arena, const char *stored, const char *language, const char **ret_language);

/* The same of a parsed value; borrowed from it, "" when there is none. */
const char *title_pick_json(const json_t *title, const char *language, const char **ret_language);

#endif
