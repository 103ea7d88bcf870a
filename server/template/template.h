/* Pages from templates: a small part of Mustache over JSON values. Everything that is put in is escaped; there is no raw form.
 *
 *     {{key}} {{a.b}} {{.}}       a text, a number, true or false of the nearest scope that has the first name; nothing when absent
 *     {{@key}}                    a text of the language's table (server/i18n); unknown keys are found when compiling
 *     {{#key}}…{{/key}}           for each item of a list; or once when the value is there and is not false, "", null, or empty
 *     {{^key}}…{{/key}}           otherwise
 *     {{>name}}                   another template of the set, in the same scope
 *     {{! words }}                nothing
 *
 * Attribute values must stand in double quotes. Inside <script> and <style> no value may be put (escaping there is another one).
 *
 * A set is made once at start and is read-only afterwards: any number of threads may render from it. */
#ifndef PLENUM_SERVER_TEMPLATE_H
#define PLENUM_SERVER_TEMPLATE_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"

#include <stdbool.h>
#include <stddef.h>

struct template_source {
    const char *name; /* "phone" */
    const char *text;
    size_t length;
};

struct template_set;

/* Compiles all; copies nothing: the texts must outlive the set. `known_key` says whether a {{@key}} exists (NULL: every key does).
 * ERR_INPUT with template, line and reason for a mistake: open sections, unknown partials or keys, unknown tags. */
enum err template_set_make(const struct template_source *sources, size_t count, bool (*known_key)(void *context, const char *key), void *context,
                           struct template_set **ret, struct fault *fault);
void template_set_free(struct template_set *set); /* accepts NULL */

/* Gives the text of a {{@key}}; borrowed, "" when there is none. */
typedef const char *template_words(void *context, const char *key);

/* Appends the page to `out`, which bounds it. ERR_NOT_FOUND: no such template; ERR_LIMIT: too long, or nested deeper than 16. */
enum err template_render(const struct template_set *set, const char *name, const json_t *view, template_words *words, void *words_context,
                         struct buf *out);

#endif
