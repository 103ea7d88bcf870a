#include "core/congress/delegates/find.h"
#include "core/congress/json_time.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <ctype.h>
#include <string.h>

#define MOST_WORDS 3
#define LEAST_PHONE_DIGITS 3

static json_t *parsed_or(const char *text, json_t *otherwise)
{
    json_t *value = NULL;
    if (!text || json_read(text, strlen(text), &value, NULL) != OK) return otherwise;
    json_decref(otherwise);
    return value;
}

/* Who took the delegate's badge away from the desk; null of JSON when nobody did. */
static enum err handed_json(struct db *db, struct arena *arena, int64_t delegate_id, json_t **ret)
{
    struct sql_handover_of_delegate_row row;
    enum err e = sql_handover_of_delegate(db, arena, delegate_id, &row);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    *ret = e == OK ? json_pack("{s:s,s:o}", "name", row.to_name, "at", json_time_or_null(row.made_ms)) : json_null();
    return *ret ? OK : ERR_NOMEM;
}

/* Where staff get the small picture: another photo has another address. NULL when there is none. */
static const char *photo_url(struct arena *arena, const struct programme *p, const struct sql_delegates_find_row *r)
{
    return r->photo_blob && r->code ? arena_printf(arena, "/api/v1/events/%s/delegates/%s/photo?%.8s", p->slug, r->code, r->photo_blob) : NULL;
}

/* Takes `handed`. */
static json_t *result_json(struct arena *arena, const struct programme *p, const struct sql_delegates_find_row *r, json_t *handed, int64_t now_ms)
{
    bool in = r->area_id != DB_NULL && r->until_ms > now_ms;
    const struct programme_gate *gate = in ? programme_gate_by_id(p, r->gate_id) : NULL;
    const char *state = in ? "in" : r->since_ms != DB_NULL ? "out" : "never";
    return json_pack("{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s,s:s,s:o,s:s?,s:o,s:o,s:o,s:s?,s:s?,s:s?}", "code",
                     r->code ? r->code : r->number, "number", r->number, "name", r->name, "honorific", r->honorific, "title",
                     r->title ? title_pick(arena, r->title, "vi") : NULL, "born", r->born, "delegation",
                     r->delegation ? title_pick(arena, r->delegation, "vi") : NULL, "category", r->category, "category_color", r->category_color,
                     "seat", r->seat, "group", r->group_name, "badge_box", r->badge_box, "room", r->room, "transport", r->transport, "status", r->status,
                     "state", state, "since", json_time_or_null(in ? r->since_ms : DB_NULL), "gate", gate ? gate->code : NULL, "needs",
                     parsed_or(r->needs, json_array()), "absence", parsed_or(r->absence, json_null()), "handed_to", handed, "photo", photo_url(arena, p, r), "note",
                     r->note, "replaces", r->replaces);
}

/* What was typed as patterns of the statement. */
struct patterns {
    const char *words[MOST_WORDS];
    const char *exact, *tail;
    int64_t delegate_id; /* of a badge: only this one; else 0 */
};

/* "912 345-678" as a pattern for the end of a phone number, which the statement compares without such marks; "" when it is none. */
static const char *phone_tail(struct arena *arena, const char *typed)
{
    char *digits = arena_strdup(arena, typed), *out = digits;
    for (const char *p = typed; digits && *p; p++) {
        if (isdigit((unsigned char)*p)) *out++ = *p;
        else if (!strchr(" .-()+", *p)) return "";
    }
    if (!digits) return NULL;
    *out = '\0';
    return out - digits >= LEAST_PHONE_DIGITS ? arena_printf(arena, "%%%s", digits) : "";
}

static char *lower_ascii(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *p = copy; p && *p; p++) *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* Words are matched at their beginning; the fold has left no % or _ in them. Three words tell people apart: the last one is the rest. */
static enum err make_patterns(struct arena *arena, const char *typed, struct patterns *ret)
{
    char *tidy = text_tidy(arena, typed), *fold = text_fold(arena, typed);
    if (!tidy || !fold) return ERR_INPUT;
    char *exact = lower_ascii(arena, tidy);
    if (!exact) return ERR_NOMEM;
    struct patterns p = {.words = {"%", "%", "%"}, .exact = exact, .tail = phone_tail(arena, tidy)};
    if (!*fold) p.words[0] = "";
    size_t n = 0;
    for (char *word = fold; *word && n < MOST_WORDS; n++) {
        char *end = n + 1 < MOST_WORDS ? strchr(word, ' ') : NULL;
        p.words[n] = arena_printf(arena, "%% %.*s%%", (int)(end ? end - word : (long)strlen(word)), word);
        if (!p.words[n]) return ERR_NOMEM;
        if (!end) break;
        word = end + 1;
    }
    if (!p.tail) return ERR_NOMEM;
    *ret = p;
    return OK;
}

static enum err by_badge(struct db *db, struct arena *arena, const struct programme *programme, const char *token, struct patterns *ret)
{
    char token_id[BADGE_TOKEN_ID_SIZE];
    struct sql_delegates_by_token_row row;
    badge_token_id(token, token_id);
    enum err e = sql_delegates_by_token(db, arena, token_id, programme->event_id, &row);
    if (e != OK) return e;
    if (row.delegate_id == DB_NULL || row.revoked_ms != DB_NULL) return ERR_NOT_FOUND;
    *ret = (struct patterns){.words = {"", "", ""}, .exact = "", .tail = "", .delegate_id = row.delegate_id};
    return OK;
}

enum err delegates_find(struct db *db, struct arena *arena, const struct programme *programme, const char *typed, int64_t now_ms, json_t **ret)
{
    char token[ID_TOKEN_SIZE];
    struct patterns p;
    struct sql_delegates_find_row *rows = NULL;
    size_t n = 0;
    enum err e = strlen(typed) > 200 ? ERR_INPUT : OK;
    if (e == OK) e = id_token_from_scan(typed, token) ? by_badge(db, arena, programme, token, &p) : make_patterns(arena, typed, &p);
    if (e == OK)
        e = sql_delegates_find(db, arena, &(struct sql_delegates_find_in){.event_id = programme->event_id, .word1 = p.words[0], .word2 = p.words[1],
                               .word3 = p.words[2], .exact = p.exact, .tail = p.tail, .most = FIND_MOST + 1, .delegate_id = p.delegate_id}, &rows, &n);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    json_t *list = json_array();
    for (size_t i = 0; list && i < n && i < FIND_MOST; i++) {
        json_t *handed = NULL;
        e = handed_json(db, arena, rows[i].delegate_id, &handed);
        if (e == OK && json_array_append_new(list, result_json(arena, programme, &rows[i], handed, now_ms)) != 0) e = ERR_NOMEM;
        if (e == OK) continue;
        json_decref(list);
        return e;
    }
    *ret = json_pack("{s:o,s:b}", "results", list, "more", n > FIND_MOST);
    return *ret ? OK : ERR_NOMEM;
}
