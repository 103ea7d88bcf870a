#include "core/congress/programme/programme.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/zone.h"

#include "catalogue.h"

#include <string.h>

#define MOST_DAYS 400

/* A JSON list of category codes as a set; NULL is everyone. Codes that are no longer there admit nobody. */
static enum err read_admits(const struct programme *p, const char *json, category_set *ret)
{
    *ret = CATEGORY_EVERY;
    if (!json) return OK;
    json_t *list = NULL;
    enum err e = json_read(json, strlen(json), &list, NULL);
    if (e != OK) return e;
    category_set set = 0;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *code = json_string_value(item);
        for (size_t k = 0; code && k < p->category_count && k < 64; k++)
            if (strcmp(p->categories[k].code, code) == 0) set |= UINT64_C(1) << k;
    }
    json_decref(list);
    *ret = set;
    return OK;
}

static enum err load_categories(struct db *db, struct arena *arena, struct programme *p)
{
    struct sql_programme_categories_row *rows;
    enum err e = sql_programme_categories(db, arena, p->event_id, &rows, &p->category_count);
    if (e != OK) return e;
    p->categories = arena_array(arena, p->category_count, sizeof *p->categories);
    if (!p->categories) return ERR_NOMEM;
    for (size_t i = 0; i < p->category_count; i++)
        p->categories[i] = (struct programme_category){rows[i].id, rows[i].code, rows[i].title, rows[i].color};
    return OK;
}

static enum err load_areas(struct db *db, struct arena *arena, struct programme *p)
{
    struct sql_programme_areas_row *rows;
    enum err e = sql_programme_areas(db, arena, p->event_id, &rows, &p->area_count);
    if (e != OK) return e;
    p->areas = arena_array(arena, p->area_count, sizeof *p->areas);
    if (!p->areas) return ERR_NOMEM;
    for (size_t i = 0; i < p->area_count; i++)
        p->areas[i] = (struct programme_area){
            .id = rows[i].id, .capacity = rows[i].capacity == DB_NULL ? 0 : rows[i].capacity, .code = rows[i].code, .title = rows[i].title};
    return OK;
}

static enum err load_gates(struct db *db, struct arena *arena, struct programme *p)
{
    struct sql_programme_gates_row *rows;
    enum err e = sql_programme_gates(db, arena, p->event_id, &rows, &p->gate_count);
    if (e != OK) return e;
    p->gates = arena_array(arena, p->gate_count, sizeof *p->gates);
    if (!p->gates) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < p->gate_count; i++) {
        struct programme_gate *g = &p->gates[i];
        *g = (struct programme_gate){.id = rows[i].id,
                                     .area_id = rows[i].area_id,
                                     .code = rows[i].code,
                                     .title = rows[i].title,
                                     .direction = rows[i].direction,
                                     .closed_ms = rows[i].closed_ms == DB_NULL ? 0 : rows[i].closed_ms,
                                     .reentry = rows[i].reentry != 0};
        g->kind = strcmp(rows[i].kind, "handout") == 0 ? GATE_HANDOUT : GATE_ENTRY;
        g->lets_in = strcmp(rows[i].direction, "out") != 0;
        g->lets_out = strcmp(rows[i].direction, "in") != 0;
        e = read_admits(p, rows[i].admits, &g->admits);
    }
    return e;
}

static enum err load_sessions(struct db *db, struct arena *arena, struct programme *p)
{
    struct sql_programme_sessions_row *rows;
    enum err e = sql_programme_sessions(db, arena, p->event_id, &rows, &p->session_count);
    if (e != OK) return e;
    p->sessions = arena_array(arena, p->session_count, sizeof *p->sessions);
    if (!p->sessions) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < p->session_count; i++) {
        struct programme_session *s = &p->sessions[i];
        *s = (struct programme_session){.id = rows[i].id,
                                        .area_id = rows[i].area_id,
                                        .starts_ms = rows[i].starts_ms,
                                        .ends_ms = rows[i].ends_ms,
                                        .code = rows[i].code,
                                        .title = rows[i].title,
                                        .room = rows[i].room,
                                        .carry_over = rows[i].carry_over != 0};
        e = read_admits(p, rows[i].admits, &s->admits);
    }
    return e;
}

/* Each area's own sessions, as the block rule wants them. */
static enum err share_sessions(struct arena *arena, struct programme *p)
{
    for (size_t i = 0; i < p->area_count; i++) {
        struct programme_area *area = &p->areas[i];
        area->sessions = arena_array(arena, p->session_count, sizeof *area->sessions);
        if (!area->sessions) return ERR_NOMEM;
        for (size_t k = 0; k < p->session_count; k++) {
            const struct programme_session *s = &p->sessions[k];
            if (s->area_id == area->id) area->sessions[area->session_count++] = (struct block_session){s->starts_ms, s->ends_ms, s->carry_over};
        }
    }
    return OK;
}

static enum err load_midnights(struct arena *arena, struct programme *p)
{
    p->midnights = arena_array(arena, MOST_DAYS, sizeof *p->midnights);
    if (!p->midnights) return ERR_NOMEM;
    int64_t at = p->opens_ms;
    while (p->midnight_count < MOST_DAYS) {
        int64_t begin, end;
        enum err e = zone_day(p->timezone, at, &begin, &end);
        if (e != OK) return e;
        p->midnights[p->midnight_count++] = end;
        if (end > p->ends_ms) break;
        at = end;
    }
    return OK;
}

/* Where screens greet: {"on": bool, "gates": [code, …], "photo": bool}; without "gates" every gate that leads in. */
static enum err read_welcome(struct programme *p, const char *json)
{
    json_t *rule = NULL;
    if (!json) return OK;
    enum err e = json_read(json, strlen(json), &rule, NULL);
    if (e != OK) return e;
    json_t *gates = json_object_get(rule, "gates");
    bool on = json_is_true(json_object_get(rule, "on"));
    p->welcome_photo = json_is_true(json_object_get(rule, "photo"));
    for (size_t i = 0; on && i < p->gate_count; i++) {
        struct programme_gate *g = &p->gates[i];
        bool named = !gates;
        for (size_t k = 0; k < json_array_size(gates); k++) {
            const char *code = json_string_value(json_array_get(gates, k));
            named = named || (code && strcmp(code, g->code) == 0);
        }
        g->greets = named && g->kind == GATE_ENTRY && g->lets_in;
    }
    json_decref(rule);
    return OK;
}

enum err programme_load(struct db *db, struct arena *arena, const char *slug, struct programme **ret)
{
    struct sql_programme_event_row row;
    enum err e = sql_programme_event(db, arena, slug, &row);
    if (e != OK) return e;
    struct programme *p = arena_alloc(arena, sizeof *p);
    if (!p) return ERR_NOMEM;
    *p = (struct programme){.event_id = row.id,
                            .config_seq = row.config_seq,
                            .opens_ms = row.opens_ms,
                            .starts_ms = row.starts_ms,
                            .ends_ms = row.ends_ms,
                            .closed_ms = row.closed_ms == DB_NULL ? 0 : row.closed_ms,
                            .slug = arena_strdup(arena, slug),
                            .title = row.title,
                            .timezone = row.timezone,
                            .quorum = row.quorum,
                            .names_on_wall = row.names_on_wall != 0, .group_quorum = row.group_quorum != 0};
    if (!p->slug) return ERR_NOMEM;
    if ((e = load_categories(db, arena, p)) != OK) return e;
    if ((e = load_areas(db, arena, p)) != OK) return e;
    if ((e = load_gates(db, arena, p)) != OK) return e;
    if ((e = read_welcome(p, row.welcome)) != OK) return e;
    if ((e = load_sessions(db, arena, p)) != OK) return e;
    if ((e = share_sessions(arena, p)) != OK) return e;
    if ((e = load_midnights(arena, p)) != OK) return e;
    *ret = p;
    return OK;
}

int64_t programme_closes_ms(const struct programme *p, const struct programme_gate *gate)
{
    int64_t closes = p->ends_ms;
    if (p->closed_ms && p->closed_ms < closes) closes = p->closed_ms;
    if (gate && gate->closed_ms && gate->closed_ms < closes) closes = gate->closed_ms;
    return closes;
}

const struct programme_gate *programme_gate_by_code(const struct programme *p, const char *code)
{
    for (size_t i = 0; i < p->gate_count; i++)
        if (strcmp(p->gates[i].code, code) == 0) return &p->gates[i];
    return NULL;
}

const struct programme_gate *programme_gate_by_id(const struct programme *p, int64_t id)
{
    for (size_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].id == id) return &p->gates[i];
    return NULL;
}

const struct programme_area *programme_area_by_id(const struct programme *p, int64_t id)
{
    for (size_t i = 0; i < p->area_count; i++)
        if (p->areas[i].id == id) return &p->areas[i];
    return NULL;
}

const struct programme_category *programme_category_by_code(const struct programme *p, const char *code)
{
    for (size_t i = 0; i < p->category_count; i++)
        if (strcmp(p->categories[i].code, code) == 0) return &p->categories[i];
    return NULL;
}

unsigned programme_category_position(const struct programme *p, int64_t id)
{
    for (size_t i = 0; i < p->category_count && i < 64; i++)
        if (p->categories[i].id == id) return (unsigned)i;
    return 64;
}

int64_t programme_day_end(const struct programme *p, int64_t at_ms)
{
    for (size_t i = 0; i < p->midnight_count; i++)
        if (p->midnights[i] > at_ms) return p->midnights[i];
    return at_ms - at_ms % CLOCK_DAY + CLOCK_DAY; /* outside the event: any bound will do, nothing is admitted then */
}

static const struct programme_session *session_after(const struct programme *p, int64_t area_id, int64_t at_ms, int64_t day_end)
{
    for (size_t i = 0; i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (area_id != DB_NULL && s->area_id != area_id) continue;
        if (s->ends_ms > at_ms && s->starts_ms < day_end) return s;
    }
    return NULL;
}

int64_t programme_block_end(const struct programme *p, int64_t area_id, int64_t at_ms)
{
    int64_t day_end = programme_day_end(p, at_ms);
    const struct programme_area *area = programme_area_by_id(p, area_id);
    return area ? block_end(area->sessions, area->session_count, day_end, at_ms) : day_end;
}

const struct programme_session *programme_session_at(const struct programme *p, int64_t area_id, int64_t at_ms)
{
    return session_after(p, area_id, at_ms, programme_day_end(p, at_ms));
}

void programme_cache_expire(struct programme_cache *cache)
{
    cache->keeps = true;
    cache->kept = NULL;
}

void programme_cache_release(struct programme_cache *cache)
{
    cache->kept = NULL;
    for (size_t i = 0; i < PROGRAMME_CACHE_SIZE; i++) {
        arena_release(&cache->entries[i].arena);
        cache->entries[i].programme = NULL;
    }
}

static struct programme_cache_entry *cache_slot(struct programme_cache *cache, const char *slug)
{
    struct programme_cache_entry *oldest = &cache->entries[0];
    for (size_t i = 0; i < PROGRAMME_CACHE_SIZE; i++) {
        struct programme_cache_entry *entry = &cache->entries[i];
        if (entry->programme && strcmp(entry->programme->slug, slug) == 0) return entry;
        if (entry->used < oldest->used) oldest = entry;
    }
    return oldest;
}

enum err programme_cached(struct programme_cache *cache, struct db *db, const char *slug, const struct programme **ret,
                          struct programme_seqs *ret_seqs)
{
    if (cache->kept && strcmp(cache->kept->slug, slug) == 0) {
        *ret = cache->kept;
        if (ret_seqs) *ret_seqs = cache->kept_seqs;
        return OK;
    }
    struct sql_programme_seqs_row row;
    enum err e = sql_programme_seqs(db, NULL, slug, &row);
    if (e != OK) return e;
    struct programme_cache_entry *entry = cache_slot(cache, slug);
    bool fresh = entry->programme && strcmp(entry->programme->slug, slug) == 0 && entry->programme->config_seq == row.config_seq &&
                 entry->programme->event_id == row.event_id;
    if (!fresh) {
        entry->programme = NULL;
        cache->kept = NULL;
        arena_release(&entry->arena);
        e = programme_load(db, &entry->arena, slug, &entry->programme);
        if (e != OK) return e;
    }
    entry->used = ++cache->clock;
    cache->kept_seqs = (struct programme_seqs){row.event_id, row.config_seq, row.roster_seq, row.figures_seq};
    if (cache->keeps) cache->kept = entry->programme;
    if (ret_seqs) *ret_seqs = cache->kept_seqs;
    *ret = entry->programme;
    return OK;
}
