#include "core/congress/audit/audit.h"
#include "catalogue.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/base/text.h"

#include <string.h>

/* Ids are made of the moment of writing; what a line tells of may be up to so much older (the writer's queue), or its clock was put right. */
#define SLACK_MS CLOCK_HOUR

/* LIKE's pattern: the words anywhere, its own signs taken as they are not. "" for no words; NULL: out of memory. */
static const char *pattern_of(struct arena *arena, const char *words)
{
    struct buf out;
    char *fold = words && *words ? text_fold(arena, words) : arena_strdup(arena, "");
    if (!fold || !*fold) return fold;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_putc(&out, '%');
    for (const char *p = fold; *p; p++) buf_putc(&out, *p == '%' || *p == '_' ? '_' : *p); /* as any one letter: without an ESCAPE that engines write differently */
    buf_putc(&out, '%');
    const char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

/* All five statements have the same parameters and columns, so they are walked as values. */
static size_t statement_of(const struct audit_wish *w)
{
    if (w->person && *w->person) return SQL_AUDIT_BY_PERSON;
    if (w->event && *w->event) return SQL_AUDIT_BY_EVENT;
    if (w->actor && *w->actor) return SQL_AUDIT_BY_ACTOR;
    if (w->action && *w->action) return SQL_AUDIT_BY_ACTION;
    return SQL_AUDIT_BY_TIME;
}

static struct db_value text_value(const char *text) { return (struct db_value){.type = DB_TYPE_TEXT, .text = text ? text : ""}; }
static struct db_value number_value(int64_t number) { return (struct db_value){.type = DB_TYPE_I64, .i64 = number}; }

enum { ID, AT, ACTOR, ACTION, SUBJECT, DETAIL, EVENT, PERSON, COLUMNS };

static const char *text_of(const struct db_value *value) { return value->type == DB_TYPE_TEXT ? value->text : NULL; }

enum err audit_find(struct db *db, struct arena *arena, const struct audit_wish *w, size_t most, struct audit_line **ret, size_t *ret_count)
{
    const char *pattern = pattern_of(arena, w->words);
    struct db_value *rows = NULL;
    size_t count = 0;
    if (!pattern) return ERR_NOMEM;
    int64_t from = w->from_ms == DB_NULL ? 0 : w->from_ms, until = w->until_ms == DB_NULL ? INT64_MAX : w->until_ms;
    int64_t least = w->from_ms == DB_NULL ? 0 : id_least_at(from - SLACK_MS), bound = w->until_ms == DB_NULL ? INT64_MAX : id_least_at(until + SLACK_MS);
    int64_t before = w->before_id && w->before_id < bound ? w->before_id : bound;
    const struct db_value in[] = {number_value(before),   number_value(least),    text_value(w->actor), text_value(w->action), text_value(w->event),
                                  text_value(w->person), number_value(from), number_value(until), text_value(pattern),   number_value((int64_t)most)};
    enum err e = db_fetch(db, arena, statement_of(w), in, sizeof in / sizeof *in, &rows, &count);
    if (e != OK) return e;
    struct audit_line *lines = arena_array(arena, count + 1, sizeof *lines);
    if (!lines) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct db_value *r = rows + i * COLUMNS;
        lines[i] = (struct audit_line){.id = r[ID].i64, .at_ms = r[AT].i64, .actor = text_of(&r[ACTOR]), .action = text_of(&r[ACTION]), .subject = text_of(&r[SUBJECT]),
                                       .detail = text_of(&r[DETAIL]), .event = text_of(&r[EVENT]), .person = text_of(&r[PERSON])};
    }
    *ret = lines;
    *ret_count = count;
    return OK;
}

enum err audit_find_people(struct db *db, struct arena *arena, const char *typed, struct audit_person **ret, size_t *ret_count)
{
    struct sql_audit_person_row one;
    struct sql_audit_people_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_audit_person(db, arena, typed, &one);
    const char *fold = e == ERR_NOT_FOUND ? text_fold(arena, typed) : NULL;
    if (e == ERR_NOT_FOUND) e = fold ? sql_audit_people(db, arena, fold, &rows, &count) : ERR_NOMEM;
    if (e != OK) return e;
    struct audit_person *people = arena_array(arena, count + 1, sizeof *people);
    if (!people) return ERR_NOMEM;
    if (!fold) people[count++] = (struct audit_person){typed, one.name};
    for (size_t i = 0; fold && i < count; i++) people[i] = (struct audit_person){rows[i].code, rows[i].name};
    *ret = people;
    *ret_count = count;
    return OK;
}

const struct audit_action *audit_actions(void)
{
    static const struct audit_action actions[] = {
        {"accounts", "sign_in"}, {"accounts", "password"}, {"accounts", "account.made"}, {"accounts", "account.role"}, {"accounts", "account.role_end"},
        {"accounts", "account.password"}, {"accounts", "account.disabled"}, {"accounts", "account.enabled"}, {"accounts", "account.session_end"},
        {"devices", "pair_device"}, {"devices", "device pair"}, {"devices", "pair"}, {"devices", "scan_device"}, {"devices", "end_device"},
        {"devices", "revoke_device"}, {"devices", "device revoke"}, {"devices", "printer add"}, {"devices", "printer remove"},
        {"people", "import"}, {"people", "import look"}, {"people", "import-undo"},
        {"people", "delegate.walk_in"}, {"people", "delegate.correct"}, {"people", "delegate.name_blank"}, {"people", "delegate.substitute"},
        {"people", "delegate.absence"}, {"people", "delegate.note"}, {"people", "photo"}, {"people", "photo remove"}, {"people", "photos"},
        {"people", "pin_reset"}, {"people", "pin_new"}, {"people", "pin_slips"}, {"people", "pin_calm"}, {"people", "papers.assist"}, {"people", "sensitive read"},
        {"people", "register wanted"}, {"people", "register add"}, {"people", "register person"}, {"people", "register move"}, {"people", "register end"},
        {"people", "register return"}, {"people", "register correct"}, {"people", "register merge"}, {"people", "register split"},
        {"people", "register distinct"}, {"people", "register alike"}, {"people", "register unit"}, {"people", "register close"},
        {"people", "register reopen"}, {"people", "draw"}, {"people", "draw.quota"},
        {"badges", "print"},
        {"badges", "member cards"}, {"badges", "card.withdraw"}, {"badges", "cards.list"},
        {"badges", "print_spoiled"}, {"badges", "print_counts"}, {"badges", "reissue"}, {"badges", "handover"},
        {"badges", "undo handover"}, {"badges", "save_layout"}, {"badges", "delete_layout"}, {"record", "checkin.told"}, {"record", "checkin.override"},
        {"record", "conflict.settle"}, {"record", "scans_import"}, {"record", "paper_import"}, {"record", "paper_list"}, {"record", "group.checkin"},
        {"record", "group.undo"}, {"record", "delegation.report"}, {"record", "fix_figure"}, {"papers", "paper.add"}, {"papers", "paper.replace"},
        {"papers", "paper.describe"}, {"papers", "paper.move"}, {"papers", "paper.publish"}, {"papers", "paper.withdraw"}, {"papers", "paper.give_back"},
        {"papers", "paper.delete"}, {"papers", "paper.let_stamp"}, {"papers", "paper.stop"}, {"papers", "papers.names"}, {"papers", "papers.install"},
        {"papers", "papers.trust"}, {"papers", "papers.untrust"}, {"words", "announcement.made"}, {"words", "announcement.changed"},
        {"words", "announcement.ended"}, {"words", "question.answer"}, {"words", "question.answer_again"}, {"words", "questions.close"},
        {"words", "questions.open"}, {"words", "post.made"}, {"words", "post.changed"}, {"words", "post.published"}, {"words", "post.corrected"},
        {"words", "post.recalled"}, {"words", "post.withdrawn"}, {"words", "post.picture"}, {"words", "post.picture_words"},
        {"words", "post.picture_approved"}, {"words", "post.picture_hidden"}, {"words", "post.picture_moved"}, {"words", "post.picture_removed"},
        {"hall", "scene by hand"}, {"hall", "scene by programme"}, {"hall", "scene as all"}, {"hall", "scene undone"}, {"hall", "scene programme"},
        {"hall", "wall renamed"}, {"hall", "wall shut out"}, {"hall", "wall code"}, {"hall", "welcome on"}, {"hall", "welcome off"}, {"hall", "welcome code"},
        {"hall", "work.add"}, {"hall", "work.edit"}, {"hall", "work.move"}, {"hall", "work.on"}, {"hall", "work.off"}, {"hall", "work.remove"},
        {"hall", "work.give_back"}, {"hall", "work.welcome"}, {"hall", "work.emblem"},
        {"house", "add_organization"}, {"house", "change_organization"}, {"house", "add_attribute_type"}, {"house", "change_attribute_type"},
        {"house", "remove_attribute_type"}, {"house", "add_event"}, {"house", "change_event"}, {"house", "add_category"}, {"house", "change_category"},
        {"house", "remove_category"}, {"house", "add_area"}, {"house", "change_area"}, {"house", "remove_area"}, {"house", "add_gate"},
        {"house", "change_gate"}, {"house", "remove_gate"}, {"house", "add_session"}, {"house", "change_session"}, {"house", "remove_session"},
        {"house", "event.group_quorum"}, {"house", "event.head_pin"},
        {"house", "plain_desk"}, {"house", "answer_probes"}, {"house", "takeover"}, {"house", "audit.export"}, {"house", "backup"},
        {"house", "backup.download"}, {"house", "backup.delete"}, {"house", "backup.prepare"}, {"house", "backup.restored"}, {"house", "backup.setting"},
        {"house", "copy_event"}, {"house", "close_event"}, {"house", "reopen_event"}, {"house", "archive_event"}, {"house", "purge"}, {"house", "purge.setting"},
        {NULL, NULL}};
    return actions;
}
