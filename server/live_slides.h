/* What walls are told of *our work* and of the welcome scene, as parts of the snapshot:
 *
 *     "slides":  {"version": n, "list": [{"id", "kind": "picture"|"text", "url", "width", "height", "large": {"url", "width", "height"}|null,
 *                 "caption": title|null, "seconds": n}]}
 *     "welcome": {"text": title|null, "picture": url|null, "emblem": url|null}
 *
 * One entry for each page that is to be shown now, in order; `version` is another number whenever the list is another one. A URL names its bytes:
 * they never change. `kind` "text": an HTML fragment of ours (docs_markdown_html). `large`: the same picture for a wall above Full HD. */
#ifndef PLENUM_SERVER_LIVE_SLIDES_H
#define PLENUM_SERVER_LIVE_SLIDES_H

#include "core/base/json.h"
#include "core/congress/our_work/our_work.h"

/* Of one event, made anew only when its configuration changed or a slide's time came. Zeroed at first. Belongs to one thread at a time. */
struct live_slides {
    int64_t config_seq, made_ms, next_change_ms;
    json_t *slides, *welcome; /* owned */
};
void live_slides_release(struct live_slides *slides);
/* Adds both parts to the snapshot. *ret_next_change_ms: when the list changes by the clock alone; INT64_MAX: never. */
enum err live_slides_put(struct live_slides *slides, struct db *db, struct arena *arena, const char *event, int64_t config_seq, int64_t now_ms, json_t *snapshot,
                         int64_t *ret_next_change_ms);

/* "/display/EVENT/work/SHA256.jpg" or ".html". */
char *live_slides_url(struct arena *arena, const char *event, const char *sha256, bool is_text);

#endif
