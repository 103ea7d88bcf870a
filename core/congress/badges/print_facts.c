#include "core/congress/badges/print_facts.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/json.h"

#include <string.h>

static const char *const names[PRINT_FACT_COUNT] = {
    [PRINT_FACT_NAME] = "name", [PRINT_FACT_HONORIFIC] = "honorific", [PRINT_FACT_TITLE] = "title", [PRINT_FACT_DELEGATION] = "delegation",
    [PRINT_FACT_CATEGORY] = "category", [PRINT_FACT_COLOR] = "color", [PRINT_FACT_SEAT] = "seat", [PRINT_FACT_NUMBER] = "number", [PRINT_FACT_GROUP] = "group",
    [PRINT_FACT_ROOM] = "room", [PRINT_FACT_TRANSPORT] = "transport", [PRINT_FACT_DIET] = "diet", [PRINT_FACT_BADGE_BOX] = "badge_box",
    [PRINT_FACT_CODE] = "code", [PRINT_FACT_PHOTO] = "photo", [PRINT_FACT_ISSUE] = "issue", [PRINT_FACT_HOST] = "host", [PRINT_FACT_EVENT] = "event",
    [PRINT_FACT_DATES] = "dates", [PRINT_FACT_VENUE] = "venue", [PRINT_FACT_ORGANIZATION] = "organization", [PRINT_FACT_LOGO] = "logo",
    [PRINT_FACT_WIFI] = "wifi", [PRINT_FACT_PROGRAMME] = "programme", [PRINT_FACT_PAPERS] = "papers"};

const char *print_fact_name(enum print_fact fact)
{
    return names[fact];
}

const char *print_facts_host(const char *base_url)
{
    const char *host = strstr(base_url, "://");
    return host ? host + 3 : base_url;
}

static void put_fact(struct buf *out, enum print_fact fact, const char *value)
{
    if (!value || !value[0]) return; /* nothing is printed either way */
    buf_puts(out, out->length > 1 ? "," : "");
    buf_put_json(out, names[fact]);
    buf_putc(out, ':');
    buf_put_json(out, value);
}

void print_facts_write(const struct badge_list_row *row, struct buf *out)
{
    buf_clear(out);
    buf_putc(out, '{');
    put_fact(out, PRINT_FACT_NAME, row->name);
    put_fact(out, PRINT_FACT_HONORIFIC, row->honorific);
    put_fact(out, PRINT_FACT_TITLE, row->title);
    put_fact(out, PRINT_FACT_DELEGATION, row->delegation);
    put_fact(out, PRINT_FACT_CATEGORY, row->category_title ? row->category_title : row->category);
    put_fact(out, PRINT_FACT_COLOR, row->category_color);
    put_fact(out, PRINT_FACT_SEAT, row->seat);
    put_fact(out, PRINT_FACT_NUMBER, row->number);
    put_fact(out, PRINT_FACT_GROUP, row->group);
    put_fact(out, PRINT_FACT_ROOM, row->room);
    put_fact(out, PRINT_FACT_TRANSPORT, row->transport);
    put_fact(out, PRINT_FACT_DIET, row->diet);
    put_fact(out, PRINT_FACT_BADGE_BOX, row->badge_box);
    put_fact(out, PRINT_FACT_CODE, row->person_code);
    put_fact(out, PRINT_FACT_PHOTO, row->photo_sha256);
    buf_putc(out, '}');
}

/* --- what all have in common ------------------------------------------------------------------------------------------------------------ */

static void add_text(struct crypto_sha256_state *state, const char *text)
{
    crypto_sha256_add(state, text ? text : "", text ? strlen(text) + 1 : 1); /* with its end, so that "ab","c" is not "a","bc" */
}

static void put_lines(struct buf *out, enum print_fact fact, const struct badge_list *list)
{
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX];
    if (!list->shared) return;
    crypto_sha256_start(&state);
    for (size_t k = 0; k < list->shared_count; k++) {
        const struct badge_list_category *shared = &list->shared[k];
        size_t count = fact == PRINT_FACT_PAPERS ? shared->paper_count : shared->programme_count;
        const struct badge_list_line *lines = fact == PRINT_FACT_PAPERS ? shared->papers : shared->programme;
        add_text(&state, shared->code);
        for (size_t i = 0; i < count; i++) {
            add_text(&state, lines[i].first);
            add_text(&state, lines[i].second);
        }
    }
    crypto_sha256_end(&state, hex);
    put_fact(out, fact, hex);
}

static void put_network(struct buf *out, const struct badge_list *list)
{
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX];
    if (!list->wifi_name) return;
    crypto_sha256_start(&state);
    add_text(&state, list->wifi_name);
    add_text(&state, list->wifi_password);
    add_text(&state, list->wifi_security);
    crypto_sha256_end(&state, hex);
    put_fact(out, PRINT_FACT_WIFI, hex);
}

static const char *event_days(const struct badge_list *list, struct arena *arena)
{
    if (!list->event_id) return NULL; /* member cards */
    return arena_printf(arena, "%s – %s", print_log_when(arena, list->timezone, list->starts_ms), print_log_when(arena, list->timezone, list->ends_ms));
}

void print_facts_write_run(const struct badge_list *list, struct buf *out)
{
    struct arena arena = {0};
    buf_clear(out);
    buf_putc(out, '{');
    put_fact(out, PRINT_FACT_EVENT, list->event_title);
    put_fact(out, PRINT_FACT_DATES, event_days(list, &arena));
    put_fact(out, PRINT_FACT_VENUE, list->venue);
    put_fact(out, PRINT_FACT_ORGANIZATION, list->organization);
    put_fact(out, PRINT_FACT_LOGO, list->logo_sha256);
    put_network(out, list);
    put_lines(out, PRINT_FACT_PROGRAMME, list);
    put_lines(out, PRINT_FACT_PAPERS, list);
    buf_putc(out, '}');
    arena_release(&arena);
}

/* --- comparing -------------------------------------------------------------------------------------------------------------------------- */

static const char *fact_of(const json_t *facts, enum print_fact fact)
{
    return json_string_value(json_object_get(facts, names[fact]));
}

static bool is_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static enum err collect(struct arena *arena, const json_t *old, const json_t *now, print_facts shown, bool both, struct print_change **ret, size_t *ret_count)
{
    struct print_change found[PRINT_FACT_COUNT];
    size_t count = 0;
    for (int i = 0; i < PRINT_FACT_COUNT; i++) {
        const char *before = fact_of(old, (enum print_fact)i), *after = fact_of(now, (enum print_fact)i);
        if (!(shown >> i & 1) || is_equal(before, after) || (both && (!before || !after))) continue;
        found[count] = (struct print_change){(enum print_fact)i, arena_strdup(arena, before), arena_strdup(arena, after)};
        if ((before && !found[count].before) || (after && !found[count].now)) return ERR_NOMEM;
        count++;
    }
    struct print_change *changes = count ? arena_memdup(arena, found, count * sizeof *found) : NULL;
    if (count && !changes) return ERR_NOMEM;
    *ret = changes;
    *ret_count = count;
    return OK;
}

enum err print_facts_differ(struct arena *arena, const char *stored, const char *now, print_facts shown, bool both, struct print_change **ret, size_t *ret_count)
{
    json_t *old = NULL, *new = NULL;
    *ret = NULL;
    *ret_count = 0;
    if (stored && strcmp(stored, now) == 0) return OK;
    if (stored) (void)json_read(stored, strlen(stored), &old, NULL);
    enum err e = json_read(now, strlen(now), &new, NULL);
    if (e == OK) e = collect(arena, old, new, shown, both, ret, ret_count);
    json_decref(old);
    json_decref(new);
    return e;
}
