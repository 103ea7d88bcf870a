/* GET /e/{event}/theme.css: the event's colour and its categories' colours as custom properties, because the policy of pages forbids inline styles.
 * The accent is used as a ground (with black or white on it) and as text on white, where it is darkened until it has enough contrast. */
#include "server/colour.h"
#include "server/pages/view.h"

#include <stdio.h>
#include <string.h>

/* What stands on the accent: white, else our ink; between the two, where neither has enough contrast, black has it. */
static const char *ink_on(struct colour c)
{
    static const struct colour ink = {0x15, 0x19, 0x1f};
    if (colour_contrast_to_white(c) >= 4.5) return "#fff";
    return colour_contrast_to_white(ink) / colour_contrast_to_white(c) >= 4.5 ? "#15191f" : "#000";
}

static unsigned towards_white(unsigned value)
{
    return 255 - (255 - value) * 7 / 100;
}

static void put_accent(struct buf *out, struct colour c)
{
    struct colour text = colour_darkened(c);
    buf_printf(out, ":root{--accent:#%02x%02x%02x;--accent-ink:%s;--accent-text:#%02x%02x%02x;--accent-soft:#%02x%02x%02x}\n", c.red, c.green, c.blue, ink_on(c),
               text.red, text.green, text.blue, towards_white(c.red), towards_white(c.green), towards_white(c.blue));
}

void theme_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker == NULL) return;
    struct programme_seqs seqs;
    const struct programme *programme = event_of(req, worker, &seqs);
    if (programme == NULL) return;
    struct event_page event;
    enum err err = event_page_load(worker->db, req->arena, programme->slug, &event);
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    if (http_not_modified(req, arena_printf(req->arena, "theme-%lld", (long long)event.config_seq))) return;
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    json_t *colors = NULL;
    struct colour c;
    if (event.colors != NULL && json_read(event.colors, strlen(event.colors), &colors, NULL) == OK &&
        colour_read(json_string_value(json_object_get(colors, "primary")), &c))
        put_accent(&out, c);
    json_decref(colors);
    for (size_t i = 0; i < programme->category_count; i++)
        if (colour_read(programme->categories[i].color, &c)) buf_printf(&out, ".k%zu{--k:#%02x%02x%02x}\n", i, c.red, c.green, c.blue);
    const char *version = http_query(req, "v"); /* pages name the version they mean: that address never changes its content */
    bool exact = version != NULL && strcmp(version, arena_printf(req->arena, "%lld", (long long)event.config_seq)) == 0;
    http_set_cache(req, exact ? HTTP_IMMUTABLE : HTTP_REVALIDATE);
    http_reply_text(req, 200, "text/css; charset=utf-8", buf_text(&out));
    buf_release(&out);
}
