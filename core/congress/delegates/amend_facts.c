/* Amendments of what is known of a delegate: absence, a note, facts that were wrong. And the history of all amendments. */
#include "core/congress/delegates/amend_private.h"
#include "core/congress/json_time.h"
#include "core/congress/person_facts.h"
#include "core/congress/title.h"

#include <string.h>

#define REASON_MOST 300
#define FACT_MOST 200
#define SHORT_MOST 64
#define SCANS_SHOWN 50

static bool differs(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

static struct amended done_to(const amend_row *row)
{
    return (struct amended){row->code, row->number, row->name, row->id, false};
}

enum err amend_absence(const struct amend *a, const char *code, bool is_absent, bool excused, const char *reason, struct amended *ret)
{
    amend_row row;
    bool done;
    json_t *absence = NULL;
    enum err e = amend_begin(a, "absence", ret, &done);
    if (e != OK || done) return e;
    e = amend_find_seen(a, code, &row);
    if (e == OK) e = amend_text(a, reason, "reason", REASON_MOST, &reason);
    if (e != OK) return e;
    struct sql_import_delegate_write_in in = amend_values(a, &row);
    if (is_absent) absence = reason ? json_pack("{s:b,s:s}", "excused", excused, "reason", reason) : json_pack("{s:b}", "excused", excused);
    in.absence = absence ? json_text(a->arena, absence) : NULL;
    json_decref(absence);
    if (is_absent && !in.absence) return ERR_NOMEM;
    e = amend_store(a, &in);
    json_t *was = NULL, *detail = NULL;
    if (e == OK && row.absence) e = json_read(row.absence, strlen(row.absence), &was, NULL);
    if (was) (void)json_object_del(was, "reason"); /* that is said where it stands now, and nowhere else */
    detail = json_pack("{s:b,s:b,s:o}", "absent", is_absent, "excused", excused, "was", was ? was : json_null());
    if (e == OK) e = amend_finish(a, "absence", row.id, DB_NULL, row.code ? row.code : row.number, detail);
    else json_decref(detail);
    if (e == OK) *ret = done_to(&row);
    return e;
}

enum err amend_note(const struct amend *a, const char *code, const char *note, struct amended *ret)
{
    amend_row row;
    bool done;
    enum err e = amend_begin(a, "note", ret, &done);
    if (e != OK || done) return e;
    e = amend_find_seen(a, code, &row);
    if (e == OK) e = amend_text(a, note, "note", REASON_MOST, &note);
    if (e == OK) e = sql_amend_set_note(a->db, row.id, note, NULL);
    if (e == OK) e = amend_finish(a, "note", row.id, DB_NULL, row.code ? row.code : row.number, json_pack("{s:b}", "note", note != NULL));
    if (e == OK) *ret = done_to(&row);
    return e;
}

/* --- facts ----------------------------------------------------------------------------------------------------------------------------------- */

/* One fact: what is stored, what is given; where it changes, the place gets the new value and the detail old and new. */
static enum err change(const struct amend *a, json_t *detail, const char *field, const char *given, size_t most, const char *now, const char **place)
{
    const char *text = NULL;
    if (!given) return OK;
    bool phone = strcmp(field, "phone") == 0, born = strcmp(field, "born") == 0, title = strcmp(field, "title") == 0;
    enum err e = phone ? amend_phone(a, given, &text) : born ? amend_born(a, given, &text) : title ? amend_label(a, given, field, &text)
        : amend_text(a, given, field, most, &text);
    if (e != OK || !differs(text, now)) return e;
    *place = text;
    bool quiet = phone || born; /* what they were, or are, is nobody's business who reads the history */
    return json_object_set_new(detail, field, quiet ? json_array() : json_pack("[s?,s?]", now, text)) == 0 ? OK : ERR_NOMEM;
}

static enum err correct_person(const struct amend *a, const amend_row *row, const struct amend_facts *f, json_t *detail)
{
    struct register_person p;
    struct register_doing doing;
    size_t before = json_object_size(detail);
    if (!f->name && !f->honorific && !f->title && !f->born && !f->phone) return OK;
    if (!row->code) return fault_because(a->fault, ERR_CONFLICT, "amend_blank", row->number, "a blank badge has no name yet");
    enum err e = amend_doing(a, &doing);
    if (e == OK) e = register_person_by_code(a->db, a->arena, row->code, &p);
    if (e != OK) return db_fault(a->db, e, a->fault, "look for the person");
    struct register_person in = p;
    e = change(a, detail, "name", f->name, FACT_MOST, p.name, &in.name);
    if (e == OK && !in.name) e = fault_because(a->fault, ERR_INPUT, "amend_no_name", NULL, "a name is needed");
    if (e == OK) e = change(a, detail, "honorific", f->honorific, FACT_MOST, p.honorific, &in.honorific);
    if (e == OK) e = change(a, detail, "title", f->title, FACT_MOST, p.title, &in.title);
    if (e == OK) e = change(a, detail, "born", f->born, FACT_MOST, p.born, &in.born);
    if (e == OK) e = change(a, detail, "phone", f->phone, FACT_MOST, p.phone, &in.phone);
    if (e != OK || json_object_size(detail) == before) return e;
    e = person_derive(a->arena, amend_language(a), in.name, in.sort_name, &in.name_fold, &in.name_sort);
    if (e == OK) e = register_write_person(&doing, &p, &in, NULL, 0, NULL);
    if (e == OK) e = sql_import_event_bump_of_person(a->db, p.id, NULL);
    return e == OK ? sql_import_delegate_touch_person(a->db, p.id, NULL) : e;
}

static enum err correct_delegate(const struct amend *a, const amend_row *row, const struct amend_facts *f, json_t *detail)
{
    size_t before = json_object_size(detail);
    struct sql_import_delegate_write_in in = amend_values(a, row);
    enum err e = change(a, detail, "seat", f->seat, SHORT_MOST, row->seat, &in.seat);
    if (e == OK) e = change(a, detail, "group", f->group, SHORT_MOST, row->group_name, &in.group_name);
    if (e == OK) e = change(a, detail, "badge_box", f->badge_box, SHORT_MOST, row->badge_box, &in.badge_box);
    if (e == OK) e = change(a, detail, "room", f->room, SHORT_MOST, row->room, &in.room);
    if (e == OK) e = change(a, detail, "transport", f->transport, SHORT_MOST, row->transport, &in.transport);
    if (e == OK && f->says_greet && f->greet != (row->greet != 0)) {
        in.greet = f->greet;
        e = json_object_set_new(detail, "greet", json_pack("[b,b]", row->greet != 0, f->greet)) == 0 ? OK : ERR_NOMEM;
    }
    return e != OK || json_object_size(detail) == before ? e : amend_store(a, &in);
}

enum err amend_correct(const struct amend *a, const char *code, const struct amend_facts *f, struct amended *ret)
{
    amend_row row;
    bool done;
    enum err e = amend_begin(a, "correct", ret, &done);
    if (e != OK || done) return e;
    e = amend_find_seen(a, code, &row);
    if (e == OK && f->seen_name && differs(f->seen_name, row.name ? row.name : ""))
        e = fault_because(a->fault, ERR_CONFLICT, "amend_changed", row.name, "somebody changed the name meanwhile: it is %s now", row.name ? row.name : "-");
    json_t *detail = e == OK ? json_object() : NULL;
    if (e == OK && !detail) e = ERR_NOMEM;
    if (e == OK) e = correct_person(a, &row, f, detail);
    if (e == OK) e = correct_delegate(a, &row, f, detail);
    if (e == OK && json_object_size(detail) == 0) {
        json_decref(detail);
        *ret = done_to(&row);
        return OK; /* nothing was wrong */
    }
    if (e != OK) {
        json_decref(detail);
        return e;
    }
    e = amend_finish(a, "correct", row.id, DB_NULL, row.code ? row.code : row.number, detail);
    if (e == OK) e = amend_find(a, row.code ? row.code : row.number, &row);
    if (e == OK) *ret = done_to(&row);
    return e;
}

/* --- history ----------------------------------------------------------------------------------------------------------------------------------- */

static enum err changes_json(struct db *db, struct arena *arena, int64_t delegate_id, json_t **ret)
{
    struct sql_amend_history_row *rows;
    size_t count;
    enum err e = sql_amend_history(db, arena, delegate_id, &rows, &count);
    json_t *list = e == OK ? json_array() : NULL;
    for (size_t i = 0; list && i < count; i++) {
        json_t *detail = NULL, *other = rows[i].other_name ? json_pack("{s:s?,s:s}", "code", rows[i].other_code, "name", rows[i].other_name) : json_null();
        if (json_read(rows[i].detail, strlen(rows[i].detail), &detail, NULL) != OK) detail = json_null();
        (void)json_array_append_new(list, json_pack("{s:s,s:o,s:s,s:o,s:o,s:s}", "kind", rows[i].kind, "at", json_time_or_null(rows[i].made_ms), "by", rows[i].actor,
                                                    "detail", detail, "other", other, "as", rows[i].is_other ? "other" : "delegate"));
    }
    *ret = list;
    return e != OK || list ? e : ERR_NOMEM;
}

static enum err scans_json(struct db *db, struct arena *arena, const struct programme *programme, int64_t delegate_id, const char *language, json_t **ret)
{
    struct sql_amend_scans_row *rows;
    size_t count;
    enum err e = sql_amend_scans(db, arena, delegate_id, SCANS_SHOWN, &rows, &count);
    json_t *list = e == OK ? json_array() : NULL;
    for (size_t i = 0; list && i < count; i++) {
        const struct programme_gate *gate = programme_gate_by_id(programme, rows[i].gate_id);
        (void)json_array_append_new(list, json_pack("{s:o,s:s,s:s,s:s?,s:s?,s:s?,s:b}", "at", json_time_or_null(rows[i].true_ms), "direction", rows[i].direction,
                                                    "outcome", rows[i].outcome, "reason", rows[i].reason, "gate",
                                                    gate ? title_pick(arena, gate->title, language) : NULL, "by", rows[i].by, "undone", rows[i].undone != 0));
    }
    *ret = list;
    return e != OK || list ? e : ERR_NOMEM;
}

enum err amend_history(struct db *db, struct arena *arena, const struct programme *programme, const char *code, const char *language, json_t **ret,
                       struct fault *fault)
{
    amend_row row;
    json_t *changes = NULL, *scans = NULL;
    enum err e = amend_find(&(struct amend){.db = db, .arena = arena, .programme = programme, .fault = fault}, code, &row);
    if (e == OK) e = changes_json(db, arena, row.id, &changes);
    if (e == OK) e = scans_json(db, arena, programme, row.id, language, &scans);
    json_t *both = e == OK ? json_pack("{s:O,s:O}", "changes", changes, "scans", scans) : NULL;
    json_decref(changes);
    json_decref(scans);
    if (e == OK && !both) return ERR_NOMEM;
    if (e == OK) *ret = both;
    return e;
}
