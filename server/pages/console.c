#include "server/pages/console.h"
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "server/access.h"

#include <string.h>

bool console_is_of_all(const struct http_request *req)
{
    return account_may(&principal_of(req)->account, ACCOUNT_ORGANISER, 0);
}

struct worker *console_enter(struct http_request *req, bool of_all)
{
    if (view_ask_new_password(req)) return NULL;
    if (of_all && !console_is_of_all(req)) {
        reply_reason(req, REASON_forbidden);
        return NULL;
    }
    return worker_of(req);
}

enum err console_zone(struct db *db, struct arena *arena, int64_t now_ms, const char **ret)
{
    struct event_page_line *lines;
    size_t count;
    enum err e = event_page_list(db, arena, &lines, &count);
    *ret = "UTC";
    for (size_t i = 0; e == OK && i < count; i++) { /* by their beginning */
        *ret = lines[i].timezone;
        if (lines[i].ends_ms > now_ms) break;
    }
    return e;
}

enum err console_read_day_end(struct http_request *req, const char *key, const char *zone, int64_t *ret, struct fault *fault)
{
    const char *text = http_form(req, key);
    int64_t noon, begin;
    *ret = DB_NULL;
    if (!text || !*text) return OK;
    const char *local = strlen(text) == 10 ? arena_printf(req->arena, "%sT12:00", text) : NULL;
    if (!local || zone_parse(zone, local, &noon) != OK || zone_day(zone, noon, &begin, ret) != OK)
        return fault_because(fault, ERR_INPUT, "account_day", NULL, "a day is needed, as 2026-12-01");
    return OK;
}

const char *console_day_of_end(struct arena *arena, const char *zone, int64_t end_ms)
{
    struct zone_time t;
    if (end_ms == DB_NULL || zone_local(zone, end_ms - 1, &t) != OK) return NULL;
    return arena_printf(arena, "%04d-%02d-%02d", t.year, t.month, t.day);
}
