/* What taking the chosen would do. */
#include "core/base/map.h"
#include "core/base/text.h"
#include "core/congress/draw/people.h"
#include "core/congress/draw/seats.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MOST 64
#define DIGEST_LENGTH 16

/* --- numbers -------------------------------------------------------------------------------------------------------------------------------- */

struct numbers {
    struct arena *arena;
    struct map taken;
    const char *largest; /* of those that are digits alone */
};

/* Longer numbers are larger, leading zeros aside. */
static bool is_larger(const char *a, const char *b)
{
    while (*a == '0') a++;
    while (*b == '0') b++;
    size_t m = strlen(a), n = strlen(b);
    return m != n ? m > n : strcmp(a, b) > 0;
}

static enum err take_number(void *context, const struct sql_draw_delegates_row *row)
{
    struct numbers *n = context;
    if (!row->number || !*row->number) return OK;
    char *number = arena_strdup(n->arena, row->number);
    if (!number || map_put(&n->taken, number, number) != 0) return ERR_NOMEM;
    if (number[strspn(number, "0123456789")] == '\0' && (!n->largest || is_larger(number, n->largest))) n->largest = number;
    return OK;
}

static enum err read_numbers(struct db *db, struct arena *arena, int64_t event_id, struct numbers *ret)
{
    *ret = (struct numbers){.arena = arena, .taken = {.arena = arena}};
    return sql_draw_delegates(db, event_id, take_number, ret);
}

/* "A-099" → "A-100": the last digits count up, and get wider where they must. NULL: out of memory, or there are no digits. */
static char *number_after(struct arena *arena, const char *number)
{
    size_t length = strlen(number), from = length;
    while (from > 0 && isdigit((unsigned char)number[from - 1])) from--;
    if (from == length) return NULL;
    char *next = arena_strdup(arena, number);
    size_t at = length;
    while (next && at > from && next[at - 1] == '9') next[--at] = '0';
    if (next && at > from) next[at - 1]++;
    return next && at == from ? arena_printf(arena, "%.*s1%s", (int)from, next, next + from) : next;
}

enum err draw_next_number(struct db *db, struct arena *arena, int64_t event_id, const char **ret)
{
    struct numbers numbers;
    enum err e = read_numbers(db, arena, event_id, &numbers);
    if (e == OK) *ret = numbers.largest ? number_after(arena, numbers.largest) : "1";
    return e == OK && !*ret ? ERR_NOMEM : e;
}

static enum err give_numbers(struct db *db, struct arena *arena, int64_t event_id, const struct draw_wish *wish, struct draw_plan *plan, struct fault *fault)
{
    struct numbers numbers;
    char *number = wish->first_number ? text_tidy(arena, wish->first_number) : NULL;
    if (!wish->first_number) return OK;
    size_t length = number ? strlen(number) : 0;
    if (!length || length > NUMBER_MOST || !isdigit((unsigned char)number[length - 1]) || !text_is_printable(number))
        return fault_because(fault, ERR_INPUT, "draw_number", wish->first_number, "\"%.60s\" does not end with a digit", wish->first_number);
    enum err e = read_numbers(db, arena, event_id, &numbers);
    for (size_t i = 0; e == OK && i < plan->count; i++) {
        if (plan->rows[i].kind != DRAW_NEW) continue;
        while (number && map_get(&numbers.taken, number)) number = number_after(arena, number);
        if (!number) return ERR_NOMEM;
        plan->rows[i].number = number;
        number = number_after(arena, number);
    }
    return e;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_row(struct db *db, struct arena *arena, int64_t event_id, const char *code, struct map *seen, struct draw_row *ret)
{
    struct sql_draw_person_row person;
    struct sql_draw_delegate_of_row delegate;
    *ret = (struct draw_row){.kind = DRAW_UNKNOWN, .code = code, .delegation_id = DB_NULL};
    enum err e = sql_draw_person(db, arena, code, &person);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    *ret = (struct draw_row){DRAW_TWICE, person.id, person.unit_id, person.code, person.name, person.name_sort, NULL};
    if (map_get(seen, person.code)) return OK;
    if (map_put(seen, person.code, ret) != 0) return ERR_NOMEM;
    e = sql_draw_delegate_of(db, arena, event_id, person.id, &delegate);
    ret->kind = e == OK ? DRAW_ALREADY : DRAW_NEW;
    if (e == OK) ret->number = delegate.number;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err read_rows(struct db *db, struct arena *arena, int64_t event_id, const struct draw_wish *wish, struct draw_plan *plan)
{
    struct map seen = {.arena = arena};
    enum err e = OK;
    plan->rows = arena_array(arena, wish->count + 1, sizeof *plan->rows);
    if (!plan->rows) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < wish->count; i++) {
        e = read_row(db, arena, event_id, wish->codes[i], &seen, &plan->rows[i]);
        plan->count++;
        plan->fresh += plan->rows[i].kind == DRAW_NEW;
    }
    return e;
}

/* Who comes from where, and how many more that is than the quotas leave. */
static enum err place_rows(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_wish *wish, struct draw_plan *plan)
{
    struct draw_seats seats;
    enum err e = draw_seats_read(db, arena, programme, &seats);
    if (e != OK) return e;
    bool counts = !wish->is_alternate && (!seats.quota.category || strcmp(seats.quota.category, wish->category) == 0);
    for (size_t i = 0; i < plan->count; i++) {
        struct draw_row *row = &plan->rows[i];
        size_t line = row->kind == DRAW_NEW ? draw_seats_line(&seats, row->delegation_id) : SIZE_MAX;
        if (line == SIZE_MAX) continue;
        if (counts && !draw_seats_take(&seats, row->delegation_id)) plan->over++;
        if (wish->delegation == DRAW_QUOTA_UNIT) row->delegation_id = seats.tree.units[seats.lines[line].unit].unit_id;
    }
    return OK;
}

static void make_digest(const struct draw_wish *wish, struct draw_plan *plan)
{
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX], line[64];
    crypto_sha256_start(&state);
    const char *const texts[] = {wish->category, wish->mandate ? wish->mandate : "-", wish->is_alternate ? "alternate" : "summoned"};
    for (size_t i = 0; i < 3; i++) crypto_sha256_add(&state, texts[i], strlen(texts[i]) + 1);
    for (size_t i = 0; i < plan->count; i++) {
        const struct draw_row *row = &plan->rows[i];
        if (row->kind != DRAW_NEW) continue;
        (void)snprintf(line, sizeof line, "%lld %lld ", (long long)row->person_id, (long long)row->delegation_id);
        crypto_sha256_add(&state, line, strlen(line));
        crypto_sha256_add(&state, row->number ? row->number : "", row->number ? strlen(row->number) + 1 : 1);
    }
    crypto_sha256_end(&state, hex);
    memcpy(plan->digest, hex, DIGEST_LENGTH);
    plan->digest[DIGEST_LENGTH] = '\0';
}

static enum err check_wish(const struct programme *programme, const struct draw_wish *wish, struct draw_plan *plan, struct fault *fault)
{
    static const char *const mandates[] = {"ex_officio", "elected", "appointed"};
    const struct programme_category *category = wish->category ? programme_category_by_code(programme, wish->category) : NULL;
    bool known = wish->mandate == NULL;
    if (!category)
        return fault_because(fault, ERR_NOT_FOUND, "amend_category", wish->category, "there is no category \"%.64s\"", wish->category ? wish->category : "");
    for (size_t i = 0; !known && i < 3; i++) known = strcmp(wish->mandate, mandates[i]) == 0;
    if (!known) return fault_set(fault, ERR_INPUT, "mandate: is none of ex_officio, elected, appointed");
    if (wish->count > DRAW_TAKE_MOST) return fault_because(fault, ERR_LIMIT, "draw_too_many", "2000", "more than %d people at once", DRAW_TAKE_MOST);
    plan->category_id = category->id;
    return OK;
}

enum err draw_plan(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_wish *wish, struct draw_plan *ret, struct fault *fault)
{
    struct draw_plan plan = {0};
    enum err e = check_wish(programme, wish, &plan, fault);
    if (e != OK) return e;
    e = read_rows(db, arena, programme->event_id, wish, &plan);
    if (e == OK) e = place_rows(db, arena, programme, wish, &plan);
    if (e == OK) e = give_numbers(db, arena, programme->event_id, wish, &plan, fault);
    if (e != OK) return fault->text[0] ? e : db_fault(db, e, fault, "plan the draw");
    make_digest(wish, &plan);
    *ret = plan;
    return OK;
}
