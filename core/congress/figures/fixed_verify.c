/* What a fixed figure says, as one hash, and whether it still says so. */
#include "core/congress/figures/fixed.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- hashes: each text goes in with its length before it, so that no two contents give the same bytes -------------------------------------------- */

static void add_text(struct crypto_sha256_state *s, const char *text)
{
    char head[24];
    int n = text ? snprintf(head, sizeof head, "%zu:", strlen(text)) : snprintf(head, sizeof head, "-:");
    crypto_sha256_add(s, head, (size_t)n);
    if (text) crypto_sha256_add(s, text, strlen(text));
}

static void add_number(struct crypto_sha256_state *s, int64_t number)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64 ",", number);
    crypto_sha256_add(s, text, (size_t)n);
}

static void add_count(struct crypto_sha256_state *s, const struct fixed_count *c)
{
    const int64_t numbers[] = {c->expected, c->attended, c->present, c->absent, c->excused, c->alternates, c->substitutes, c->by_group};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) add_number(s, numbers[i]);
}

void fixed_hash_parts(const struct fixed_part *parts, size_t count, char out[CRYPTO_HASH_HEX])
{
    struct crypto_sha256_state s;
    crypto_sha256_start(&s);
    add_text(&s, "plenum fixed parts 1");
    for (size_t i = 0; i < count; i++) {
        add_number(&s, parts[i].kind);
        add_text(&s, parts[i].code);
        add_text(&s, parts[i].title);
        add_count(&s, &parts[i].count);
    }
    crypto_sha256_end(&s, out);
}

void fixed_hash_people(const struct fixed_person *people, size_t count, char out[CRYPTO_HASH_HEX])
{
    struct crypto_sha256_state s;
    crypto_sha256_start(&s);
    add_text(&s, "plenum fixed people 1");
    for (size_t i = 0; i < count; i++) {
        const struct fixed_person *p = &people[i];
        const char *const texts[] = {p->code, p->name, p->name_fold, p->name_sort, p->number, p->seat, p->category, p->delegation, p->status,
                                     fixed_state_word(p->state), p->reason, p->stands_for};
        add_number(&s, p->delegate_id);
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) add_text(&s, texts[k]);
        add_number(&s, p->excused);
        add_number(&s, p->by_group);
        add_number(&s, p->first_ms);
        add_number(&s, p->last_ms);
    }
    crypto_sha256_end(&s, out);
}

void fixed_hash_figure(const struct fixed_figure *f, char out[CRYPTO_HASH_HEX])
{
    const char *const texts[] = {f->request, f->event, f->event_title, f->timezone, f->actor, f->label, f->content.category, f->content.category_title, f->quorum,
                                 f->sentence, f->parts_hash, f->people_hash, f->previous};
    const int64_t numbers[] = {f->id, f->event_id, f->number, f->content.at_ms, f->content.known_ms, (int64_t)f->content.person_count};
    struct crypto_sha256_state s;
    crypto_sha256_start(&s);
    add_text(&s, "plenum fixed figure 1");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) add_text(&s, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) add_number(&s, numbers[i]);
    add_count(&s, &f->content.count);
    crypto_sha256_end(&s, out);
}

/* --- looking --------------------------------------------------------------------------------------------------------------------------------------- */

struct look {
    struct db *db;
    struct arena arena, scratch;
    const char *slug;
    struct fixed_figure *list; /* the newest first */
    size_t count;
};

static const struct fixed_figure *by_number(const struct look *l, int64_t number)
{
    return number >= 1 && number <= (int64_t)l->count ? &l->list[l->count - (size_t)number] : NULL;
}

static enum err altered(struct fault *fault, const char *slug, int64_t number, const char *what)
{
    return fault_set(fault, ERR_CONFLICT, "%.80s: fixed figure %" PRId64 ": %s", slug, number, what);
}

static enum err check_one(struct look *l, const struct fixed_figure *f, const char *previous, struct fault *fault)
{
    char hash[CRYPTO_HASH_HEX];
    struct fixed_figure whole = *f;
    fixed_hash_figure(f, hash);
    if (strcmp(hash, f->hash) != 0) return altered(fault, l->slug, f->number, "what it says was altered");
    if (strcmp(f->previous, previous) != 0) return altered(fault, l->slug, f->number, "the figure before it is not the one that was there when it was fixed");
    enum err e = fixed_load(l->db, &l->scratch, &whole);
    if (e != OK) return e == ERR_CONFLICT ? altered(fault, l->slug, f->number, "its list was altered") : e;
    fixed_hash_parts(whole.content.parts, whole.content.part_count, hash);
    if (strcmp(hash, f->parts_hash) != 0) return altered(fault, l->slug, f->number, "its table was altered");
    fixed_hash_people(whole.content.people, whole.content.person_count, hash);
    struct sql_fixed_erased_row erased; /* the names were erased: the list is held against what was left then */
    e = sql_fixed_erased(l->db, &l->scratch, f->id, &erased);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    struct sql_purge_is_on_row purge = {DB_NULL}; /* and while they are being erased the list is neither */
    enum err is = e == ERR_NOT_FOUND ? sql_purge_is_on(l->db, &l->scratch, f->event_id, &purge) : OK;
    if (is != OK && is != ERR_NOT_FOUND) return is;
    if (is == OK && purge.purging_ms != DB_NULL) return OK;
    return strcmp(hash, e == OK ? erased.people_hash : f->people_hash) == 0 ? OK : altered(fault, l->slug, f->number, "its list was altered");
}

static enum err check_chain(struct look *l, struct fault *fault)
{
    const char *previous = "";
    enum err e = OK;
    for (int64_t number = 1; e == OK && number <= (int64_t)l->count; number++) {
        const struct fixed_figure *f = by_number(l, number);
        if (f->number != number) return altered(fault, l->slug, number, "is missing");
        e = check_one(l, f, previous, fault);
        previous = f->hash;
        arena_clear(&l->scratch);
    }
    return e;
}

/* Each figure stands in the audit log with its hash, and each that stands there is there. */
static enum err check_audit(struct look *l, struct fault *fault)
{
    struct sql_fixed_audit_row *rows;
    size_t n, known = 0;
    enum err e = sql_fixed_audit(l->db, &l->arena, l->slug, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        json_t *detail = NULL;
        if (rows[i].detail) (void)json_read(rows[i].detail, strlen(rows[i].detail), &detail, NULL);
        int64_t number = json_integer_value(json_object_get(detail, "number"));
        const char *hash = json_string_value(json_object_get(detail, "hash"));
        const struct fixed_figure *f = by_number(l, number);
        if (!f) e = altered(fault, l->slug, number, "is missing: the audit log tells of it");
        else if (!hash || strcmp(hash, f->hash) != 0) e = altered(fault, l->slug, number, "is not the one that the audit log tells of");
        known++;
        json_decref(detail);
    }
    if (e == OK && known != l->count)
        e = fault_set(fault, ERR_CONFLICT, "%.80s: of %zu fixed figures the audit log tells of %zu", l->slug, l->count, known);
    return e;
}

enum err fixed_verify(struct db *db, int64_t event_id, const char *slug, int64_t *ret_count, struct fault *fault)
{
    struct look l = {.db = db, .slug = slug};
    struct fault why = {0};
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = fixed_list(db, &l.arena, event_id, INT64_MAX, FIXED_MOST, &l.list, &l.count);
    if (e == OK) e = check_chain(&l, &why);
    if (e == OK) e = check_audit(&l, &why);
    db_snapshot_end(db);
    if (e == OK) *ret_count = (int64_t)l.count;
    else if (why.text[0]) (void)fault_set(fault, e, "%s", why.text);
    else db_fault(db, e, fault, "read the fixed figures");
    arena_release(&l.scratch);
    arena_release(&l.arena);
    return e;
}

enum err fixed_verify_whole(struct db *db, struct fault *fault)
{
    struct sql_fixed_orphans_row row;
    enum err e = sql_fixed_orphans(db, NULL, &row);
    if (e != OK) return db_fault(db, e, fault, "read the fixed figures");
    return row.total == 0 ? OK : fault_set(fault, ERR_CONFLICT, "%" PRId64 " rows belong to no fixed figure: one was taken away", row.total);
}
