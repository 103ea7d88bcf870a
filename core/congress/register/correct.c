/* Corrections of the past: another list of periods stands for a person's from now on. */
#include "core/base/buf.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/history.h"
#include "core/congress/register/write_private.h"

#include <string.h>

#define NEVER INT64_MAX

static enum err refuse(struct register_doing *doing, const char *detail, const char *sentence)
{
    return fault_because(doing->fault, ERR_INPUT, "register_periods", detail, "%s: %s", detail, sentence);
}

static enum err check_one(struct register_doing *doing, const struct register_period *p, const struct register_period *before)
{
    struct register_unit unit;
    bool from_is_good = !*p->from_day || person_date_is_good(p->from_day);
    if (!from_is_good || (!p->is_open && !person_date_is_good(p->until_day))) return refuse(doing, p->from_day, "no such day");
    if (strcmp(p->from_day, doing->today) > 0 || (!p->is_open && strcmp(p->until_day, doing->today) > 0)) return refuse(doing, p->from_day, "lies in the future");
    if (!p->is_open && strcmp(p->until_day, p->from_day) < 0) return refuse(doing, p->until_day, "ends before it begins");
    if (before && (before->is_open || strcmp(before->until_day, p->from_day) > 0)) return refuse(doing, p->from_day, "begins before the one before it ended");
    enum err e = register_unit_by_id(doing->db, doing->arena, p->unit_id, &unit);
    return e == ERR_NOT_FOUND ? refuse(doing, p->from_day, "there is no such unit") : e;
}

/* A period that goes on in another unit on the very day is a move, whatever was said; and a move needs that. */
static bool goes_on(const struct register_period *p, const struct register_period *next)
{
    return next && !p->is_open && strcmp(p->until_day, next->from_day) == 0 && p->unit_id != next->unit_id;
}

static struct sql_membership_add_in row_of(struct register_doing *doing, int64_t person_id, const struct register_period *p, size_t i, size_t count)
{
    const struct register_period *before = i ? p - 1 : NULL, *next = i + 1 < count ? p + 1 : NULL;
    bool came = before && goes_on(before, p), went = goes_on(p, next);
    enum register_began began = came ? REGISTER_MOVED_IN : p->began == REGISTER_MOVED_IN ? (before ? REGISTER_RETURNED : REGISTER_LISTED) : p->began;
    enum register_ended ended = went ? REGISTER_MOVED_OUT : p->ended == REGISTER_MOVED_OUT ? REGISTER_REMOVED : p->ended;
    return (struct sql_membership_add_in){.person_id = person_id, .unit_id = p->unit_id, .from_day = p->from_day,
                                          .until_day = p->is_open ? REGISTER_OPEN : p->until_day, .began = register_began_name(began),
                                          .ended = p->is_open ? NULL : register_ended_name(ended),
                                          .from_unit_id = came ? before->unit_id : DB_NULL, .to_unit_id = went ? next->unit_id : DB_NULL, .known_ms = doing->at_ms,
                                          .actor = doing->actor, .source = doing->source, .ended_ms = p->is_open ? NEVER : doing->at_ms,
                                          .ended_actor = p->is_open ? NULL : doing->actor, .ended_source = p->is_open ? NULL : doing->source};
}

static bool is_same(const struct sql_membership_of_person_row *a, const struct sql_membership_add_in *b)
{
    return a->unit_id == b->unit_id && strcmp(a->from_day, b->from_day) == 0 && strcmp(a->until_day, b->until_day) == 0 && strcmp(a->began, b->began) == 0 &&
           !register_differs(a->ended, b->ended) && a->from_unit_id == b->from_unit_id && a->to_unit_id == b->to_unit_id;
}

/* What is there and stays so is left alone; the rest is void, and what is missing is added. */
static enum err replace(struct register_doing *doing, const struct sql_membership_of_person_row *have, size_t have_count, struct sql_membership_add_in *want,
                        size_t count)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < have_count; i++) {
        bool stays = false;
        for (size_t k = 0; !stays && k < count; k++) {
            stays = !want[k].id && is_same(&have[i], &want[k]);
            if (stays) want[k].id = have[i].id;
        }
        if (!stays) e = sql_membership_void(doing->db, &(struct sql_membership_void_in){have[i].id, doing->at_ms, doing->actor, doing->source}, NULL);
    }
    for (size_t k = 0; e == OK && k < count; k++) {
        if (want[k].id) continue;
        want[k].id = id_next(doing->ids);
        e = sql_membership_add(doing->db, &want[k], NULL);
    }
    return e;
}

enum err membership_replace(struct register_doing *doing, int64_t person_id, const struct register_period *periods, size_t count)
{
    struct sql_membership_of_person_row *have = NULL;
    size_t have_count = 0;
    struct sql_membership_add_in *want = arena_array(doing->arena, count + 1, sizeof *want);
    if (!want) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) want[i] = row_of(doing, person_id, &periods[i], i, count);
    enum err e = sql_membership_of_person(doing->db, doing->arena, person_id, &have, &have_count);
    return e == OK ? replace(doing, have, have_count, want, count) : e;
}

/* "HT-01 2001-05-03 – 2010-06-01; HT-02 2010-06-01 –": what the changes of a person tell of a correction. */
static enum err tell_periods(struct register_doing *doing, int64_t person_id, const char **ret)
{
    struct register_period *periods;
    struct buf out;
    size_t count;
    enum err e = register_periods_read(doing->db, doing->arena, person_id, false, &periods, &count);
    buf_init(&out, BUF_LIMIT_BODY);
    for (size_t i = 0; e == OK && i < count; i++)
        buf_printf(&out, "%s%s %s – %s", i ? "; " : "", periods[i].unit_code ? periods[i].unit_code : "?", periods[i].from_day,
                   periods[i].is_open ? "" : periods[i].until_day);
    const char *text = e == OK && buf_ok(&out) ? arena_strdup(doing->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    if (e == OK && !text) return ERR_NOMEM;
    if (e == OK) *ret = *text ? text : NULL;
    return e;
}

enum err register_correct(struct register_doing *doing, int64_t person_id, const struct register_period *periods, size_t count)
{
    struct register_person person, after;
    const char *old = NULL, *now = NULL;
    enum err e = register_person_by_id(doing->db, doing->arena, person_id, &person);
    if (e == ERR_NOT_FOUND) return fault_set(doing->fault, e, "this person is not in the register");
    for (size_t i = 0; e == OK && i < count; i++) e = check_one(doing, &periods[i], i ? &periods[i - 1] : NULL);
    if (e != OK) return e;
    after = person;
    after.unit_id = count && periods[count - 1].is_open ? periods[count - 1].unit_id : DB_NULL;
    e = tell_periods(doing, person_id, &old);
    if (e == OK) e = membership_replace(doing, person_id, periods, count);
    if (e == OK) e = tell_periods(doing, person_id, &now);
    if (e == OK) e = register_note_field(doing, person_id, DB_NULL, "periods", old, now);
    if (e == OK && after.unit_id != person.unit_id) e = register_put_unit(doing, &person, &after);
    return e == OK ? register_tell(doing, person_id) : e;
}

/* --- what a list said, and is taken back --- */

static bool is_by(const char *source, const char *wanted)
{
    return source && strcmp(source, wanted) == 0;
}

static bool takes_back(struct register_period *periods, size_t *count, int64_t unit_id, const char *source)
{
    if (!*count || !periods[*count - 1].is_open || !is_by(periods[*count - 1].source, source)) return false;
    size_t n = --*count;
    if (unit_id == DB_NULL) return true;
    if (!n || periods[n - 1].unit_id != unit_id || periods[n - 1].is_open || !is_by(periods[n - 1].ended_source, source)) return false;
    periods[n - 1].is_open = true;
    return true;
}

enum err register_unmove(struct register_doing *doing, const struct register_person *person, int64_t unit_id, const char *source, int64_t *ret_unit)
{
    struct register_period *periods = NULL;
    struct register_person after = *person;
    size_t count = 0;
    enum err e = register_periods_read(doing->db, doing->arena, person->id, false, &periods, &count);
    if (e != OK || !takes_back(periods, &count, unit_id, source)) return e;
    e = membership_replace(doing, person->id, periods, count);
    after.unit_id = unit_id;
    if (e == OK) e = register_put_unit(doing, person, &after);
    if (e == OK) *ret_unit = unit_id;
    return e;
}
