/* Who was printed, and what changed since. */
#include "core/base/zone.h"
#include "core/congress/badges/print_facts.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

struct compare {
    struct db *db;
    struct arena *arena;
    struct arena scratch; /* for one row at a time */
    const char *kind, *host;
    print_facts shown;
    bool cards;
    const struct sql_print_log_good_runs_row *runs; /* by id */
    size_t run_count;
    struct buf facts;
};

/* Member cards belong to no event. */
static int64_t event_or_null(const struct badge_list *list)
{
    return list->event_id ? list->event_id : DB_NULL;
}

static int compare_run(const void *key, const void *item)
{
    const int64_t *id = key;
    const struct sql_print_log_good_runs_row *run = item;
    return (*id > run->id) - (*id < run->id);
}

static const struct sql_print_log_good_runs_row *find_run(const struct sql_print_log_good_runs_row *runs, size_t count, int64_t id)
{
    return count ? bsearch(&id, runs, count, sizeof *runs, compare_run) : NULL;
}

struct last_print {
    int64_t run_id, credential_id, issue;
    const char *facts;
};

static enum err read_last(struct compare *c, const struct badge_list_row *row, struct last_print *ret)
{
    struct sql_print_log_last_of_delegate_row badge;
    struct sql_print_log_last_of_card_row card;
    enum err e;
    if (c->cards) {
        e = sql_print_log_last_of_card(c->db, &c->scratch, row->person_id, c->kind, &card);
        if (e == OK) *ret = (struct last_print){card.run_id, card.credential_id, card.issue, card.facts};
    } else {
        e = sql_print_log_last_of_delegate(c->db, &c->scratch, row->delegate_id, c->kind, &badge);
        if (e == OK) *ret = (struct last_print){badge.run_id, badge.credential_id, badge.issue, badge.facts};
    }
    return e;
}

/* Issue and host beside what the person's facts are. */
static enum err add_codes(struct compare *c, const struct last_print *last, const char *host, struct badge_list_row *row)
{
    struct print_change *changes = arena_array(c->arena, row->change_count + 2, sizeof *changes);
    size_t count = row->change_count;
    if (!changes) return ERR_NOMEM;
    if (count) memcpy(changes, row->changes, count * sizeof *changes);
    if ((c->shown >> PRINT_FACT_ISSUE & 1) && last->credential_id != row->credential_id)
        changes[count++] = (struct print_change){PRINT_FACT_ISSUE, arena_printf(c->arena, "%lld", (long long)last->issue),
                                                 arena_printf(c->arena, "%lld", (long long)row->issue)};
    if ((c->shown >> PRINT_FACT_HOST & 1) && strcasecmp(host, c->host) != 0) changes[count++] = (struct print_change){PRINT_FACT_HOST, host, c->host};
    row->changes = changes;
    row->change_count = count;
    return OK;
}

static enum err compare_row(struct compare *c, struct badge_list_row *row)
{
    struct last_print last;
    struct print_change *changes;
    arena_clear(&c->scratch);
    enum err e = read_last(c, row, &last);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK) return e;
    const struct sql_print_log_good_runs_row *run = find_run(c->runs, c->run_count, last.run_id);
    if (!run) return OK; /* came while we looked: print_log_record will see it */
    struct print_before *before = arena_alloc(c->arena, sizeof *before);
    print_facts_write(row, &c->facts);
    if (!before || !buf_ok(&c->facts)) return ERR_NOMEM;
    bool same = last.credential_id == row->credential_id;
    *before = (struct print_before){.run_id = run->id, .credential_id = last.credential_id, .issue = last.issue, .printed_ms = run->printed_ms, .actor = run->actor,
                                    .layout = run->layout, .host = run->host, .printer = run->printer, .current = same || !(c->shown >> PRINT_FACT_ISSUE & 1)};
    e = print_facts_differ(c->arena, last.facts, buf_text(&c->facts), c->shown, false, &changes, &row->change_count);
    if (e != OK) return e;
    row->printed = before;
    row->changes = changes;
    bool codes_same = before->current && strcasecmp(run->host, c->host) == 0;
    return codes_same ? OK : add_codes(c, &last, run->host, row);
}

enum err print_log_compare(struct db *db, struct arena *arena, struct badge_list *list, const char *kind, const char *base_url, print_facts shown,
                           struct fault *fault)
{
    struct compare c = {.db = db, .arena = arena, .kind = kind, .host = print_facts_host(base_url), .shown = shown, .cards = list->event_id == 0};
    struct sql_print_log_mark_row mark = {0};
    struct sql_print_log_good_runs_row *runs = NULL;
    buf_init(&c.facts, BUF_LIMIT_LINE);
    enum err e = sql_print_log_mark(db, NULL, event_or_null(list), kind, &mark); /* before the runs: who comes between is found at the end */
    if (e == OK) e = sql_print_log_good_runs(db, arena, event_or_null(list), kind, &runs, &c.run_count);
    c.runs = runs;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        list->rows[i].printed = NULL;
        list->rows[i].changes = NULL;
        list->rows[i].change_count = 0;
        if (c.run_count) e = compare_row(&c, &list->rows[i]);
    }
    buf_release(&c.facts);
    arena_release(&c.scratch);
    if (e != OK) return db_fault(db, e, fault, "look at the print log");
    list->runs_seen = mark.mark;
    return OK;
}

/* --- what all have in common ------------------------------------------------------------------------------------------------------------ */

static bool is_told(const struct print_change *changes, size_t count, const struct print_change *change)
{
    for (size_t i = 0; i < count; i++) {
        const char *a = changes[i].before, *b = change->before;
        if (changes[i].fact == change->fact && (a && b ? strcmp(a, b) == 0 : a == b)) return true;
    }
    return false;
}

static enum err add_changes(struct arena *arena, const char *stored, const char *now, print_facts shown, struct print_change **list, size_t *count)
{
    const print_facts lines = UINT32_C(1) << PRINT_FACT_PROGRAMME | UINT32_C(1) << PRINT_FACT_PAPERS;
    struct print_change *changes;
    for (int known = 0; known < 2; known++) { /* programme and papers count only where both runs knew them */
        size_t found;
        enum err e = print_facts_differ(arena, stored, now, known ? shown & lines : shown & ~lines, known == 1, &changes, &found);
        if (e != OK) return e;
        struct print_change *all = arena_array(arena, *count + found + 1, sizeof *all);
        if (!all) return ERR_NOMEM;
        if (*count) memcpy(all, *list, *count * sizeof *all);
        for (size_t i = 0; i < found; i++)
            if (!is_told(all, *count, &changes[i])) all[(*count)++] = changes[i];
        *list = all;
    }
    return OK;
}

static bool is_used(const struct badge_list *list, int64_t run_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].printed && list->rows[i].printed->run_id == run_id) return true;
    return false;
}

enum err print_log_compare_run(struct db *db, struct arena *arena, const struct badge_list *list, const char *kind, print_facts shown,
                               struct print_change **ret, size_t *ret_count, struct fault *fault)
{
    struct sql_print_log_good_runs_row *runs;
    struct print_change *changes = NULL;
    size_t run_count, count = 0;
    struct buf now;
    enum err e = sql_print_log_good_runs(db, arena, event_or_null(list), kind, &runs, &run_count);
    if (e != OK) return db_fault(db, e, fault, "look at the print log");
    buf_init(&now, BUF_LIMIT_BODY);
    print_facts_write_run(list, &now);
    if (!buf_ok(&now)) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < run_count; i++)
        if (runs[i].facts && is_used(list, runs[i].id)) e = add_changes(arena, runs[i].facts, buf_text(&now), shown, &changes, &count);
    buf_release(&now);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    *ret = changes;
    *ret_count = count;
    return OK;
}

/* --- choosing and telling --------------------------------------------------------------------------------------------------------------- */

bool print_log_is_printed(const struct badge_list_row *row)
{
    return row->printed && row->printed->current;
}

void print_log_keep(struct badge_list *list, unsigned keep)
{
    size_t kept = 0;
    if (!keep) return;
    for (size_t i = 0; i < list->count; i++) {
        const struct badge_list_row *row = &list->rows[i];
        bool wanted = ((keep & PRINT_KEEP_NOT_PRINTED) && !print_log_is_printed(row)) || ((keep & PRINT_KEEP_CHANGED) && row->change_count > 0);
        if (wanted) list->rows[kept++] = *row;
    }
    list->count = kept;
}

void print_log_count(const struct badge_list *list, struct print_count *ret)
{
    *ret = (struct print_count){0};
    for (size_t i = 0; i < list->count; i++) {
        const struct badge_list_row *row = &list->rows[i];
        if (row->change_count) ret->changed++;
        if (!print_log_is_printed(row)) {
            ret->not_printed++;
            continue;
        }
        ret->printed++;
        if (!ret->last || row->printed->printed_ms > ret->last->printed->printed_ms) ret->last = row;
    }
}

const char *print_log_when(struct arena *arena, const char *timezone, int64_t at_ms)
{
    struct zone_time t;
    if (zone_local(timezone ? timezone : "UTC", at_ms, &t) != OK) return NULL;
    return arena_printf(arena, "%02d/%02d/%d %02d:%02d", t.day, t.month, t.year, t.hour, t.minute);
}

enum err print_log_refuse(const struct badge_list *list, struct fault *fault)
{
    struct arena arena = {0};
    struct print_count count;
    print_log_count(list, &count);
    if (!count.printed) return OK;
    const struct badge_list_row *row = count.last;
    const char *who = row->name && row->name[0] ? row->name : row->number ? row->number : row->person_code, *when;
    when = print_log_when(&arena, list->timezone, row->printed->printed_ms);
    if (count.printed == 1)
        (void)fault_set(fault, ERR_CONFLICT, "the badge of %s was printed before, %s by %s", who ? who : "", when ? when : "", row->printed->actor);
    else
        (void)fault_set(fault, ERR_CONFLICT, "%zu of these were printed before, the last of them %s by %s", count.printed, when ? when : "", row->printed->actor);
    arena_release(&arena);
    return ERR_CONFLICT;
}
