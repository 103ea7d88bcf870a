/* The words of the screens in four languages: web/i18n/{vi,en,pt,ar}.json, one flat map each, the same keys in all.
 *
 * Made once at start, read-only afterwards: any thread may read. */
#ifndef PLENUM_SERVER_I18N_H
#define PLENUM_SERVER_I18N_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/json.h"

#include <stdbool.h>
#include <stdint.h>

enum i18n_language { I18N_VI, I18N_EN, I18N_PT, I18N_AR, I18N_COUNT };

struct i18n;

/* ERR_INPUT when a table cannot be read, or a key is not in every language (the fault names it). */
enum err i18n_load(struct i18n **ret, struct fault *fault);
void i18n_free(struct i18n *i18n); /* accepts NULL */

bool i18n_has(const struct i18n *i18n, const char *key);
/* The text; "" for an unknown key. Borrowed for the life of the table. */
const char *i18n_text(const struct i18n *i18n, enum i18n_language language, const char *key);
/* All texts whose key begins with `prefix`, as one JSON object without the prefix, compact: for scripts. NULL when out of memory. */
char *i18n_export(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const char *prefix);

const char *i18n_tag(enum i18n_language language);       /* "vi" */
const char *i18n_own_name(enum i18n_language language);  /* "Tiếng Việt" */
const char *i18n_direction(enum i18n_language language); /* "ltr" or "rtl" */

/* Reads a tag ("pt-BR" is pt). False when it is none of ours. */
bool i18n_read_tag(const char *tag, enum i18n_language *ret);
/* The best of an Accept-Language header (RFC 9110 §12.5.4); `otherwise` when it is NULL or names none of ours. */
enum i18n_language i18n_negotiate(const char *accept_language, enum i18n_language otherwise);

/* Dates and times of an event's zone, in words of the language: "Thứ Ba, 1/12/2026" · "07:30" · both. Arena; NULL when out of memory. */
char *i18n_date(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const char *zone, int64_t ms);
char *i18n_time(struct arena *arena, const char *zone, int64_t ms);
/* "1–2/12/2026", "30/11–2/12/2026" or "1/12/2026". */
char *i18n_date_range(struct arena *arena, const char *zone, int64_t from_ms, int64_t until_ms);
/* "4 MB", "120 KB": what a person pays to load it. */
char *i18n_size(struct arena *arena, int64_t bytes);

#endif
