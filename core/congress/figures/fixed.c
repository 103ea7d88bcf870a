/* Fixing a figure, and reading it back. */
#include "core/congress/figures/fixed.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

const char *fixed_state_word(enum fixed_state state)
{
    return state == FIXED_PRESENT ? "present" : state == FIXED_ATTENDED ? "attended" : "absent";
}

bool fixed_state_read(const char *word, enum fixed_state *ret)
{
    for (enum fixed_state s = FIXED_ABSENT; word && s <= FIXED_PRESENT; s++) {
        if (strcmp(word, fixed_state_word(s)) != 0) continue;
        *ret = s;
        return true;
    }
    return false;
}

static const char *part_word(enum fixed_part_kind kind)
{
    return kind == FIXED_CATEGORY ? "category" : "delegation";
}

char *fixed_token(const struct fixed_count *c, char out[FIXED_TOKEN_SIZE])
{
    const int64_t numbers[] = {c->expected, c->attended, c->present, c->absent, c->excused, c->alternates, c->substitutes, c->by_group};
    int length = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        length += snprintf(out + length, FIXED_TOKEN_SIZE - (size_t)length, "%s%lld", i ? "-" : "", (long long)numbers[i]);
    return out;
}

/* --- fixing ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err check_wish(struct arena *arena, const struct programme *p, const struct fixed_wish *wish, int64_t at_ms, const char **ret_label, struct fault *fault)
{
    char *label = wish->label ? text_tidy(arena, wish->label) : NULL;
    if (!wish->request || !id_is_uuid(wish->request)) return fault_set(fault, ERR_INPUT, "request: a UUID is needed");
    if (wish->label && (!label || text_length(label) > FIXED_LABEL_MOST || !text_is_printable(label)))
        return fault_because(fault, ERR_INPUT, "fixed_label", NULL, "label: is no text, or longer than %d letters", FIXED_LABEL_MOST);
    if (at_ms > wish->now_ms) return fault_because(fault, ERR_INPUT, "fixed_future", NULL, "a moment that is still to come cannot be fixed");
    if (at_ms < p->opens_ms) return fault_because(fault, ERR_INPUT, "fixed_before", NULL, "the event had not begun then");
    *ret_label = label && *label ? label : NULL;
    return OK;
}

static enum err write_parts(struct db *db, const struct fixed_figure *f)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < f->content.part_count; i++) {
        const struct fixed_part *p = &f->content.parts[i];
        const struct fixed_count *c = &p->count;
        e = sql_fixed_part_add(db, &(struct sql_fixed_part_add_in){.fixed_id = f->id, .kind = part_word(p->kind), .place = (int64_t)i, .code = p->code, .title = p->title,
                                   .expected = c->expected, .attended = c->attended, .present = c->present, .absent = c->absent, .excused = c->excused,
                                   .alternates = c->alternates, .substitutes = c->substitutes, .by_group = c->by_group}, NULL);
    }
    return e;
}

static enum err write_people(struct db *db, const struct fixed_figure *f)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < f->content.person_count; i++) {
        const struct fixed_person *p = &f->content.people[i];
        e = sql_fixed_person_add(db, &(struct sql_fixed_person_add_in){.fixed_id = f->id, .place = (int64_t)i, .delegate_id = p->delegate_id, .code = p->code,
                                     .name = p->name, .name_fold = p->name_fold, .name_sort = p->name_sort, .number = p->number, .seat = p->seat,
                                     .category = p->category, .delegation = p->delegation, .status = p->status, .state = fixed_state_word(p->state),
                                     .excused = p->excused, .reason = p->reason, .stands_for = p->stands_for, .by_group = p->by_group, .first_ms = p->first_ms,
                                     .last_ms = p->last_ms}, NULL);
    }
    return e;
}

/* The row that closes it: from then on the database takes no more parts and people of it. */
static enum err write_figure(struct db *db, const struct fixed_figure *f)
{
    const struct fixed_count *c = &f->content.count;
    return sql_fixed_add(db, &(struct sql_fixed_add_in){.id = f->id, .request = f->request, .event_id = f->event_id, .number = f->number, .event = f->event,
                             .event_title = f->event_title, .timezone = f->timezone, .at_ms = f->content.at_ms, .known_ms = f->content.known_ms, .actor = f->actor,
                             .label = f->label, .category = f->content.category, .category_title = f->content.category_title, .expected = c->expected,
                             .attended = c->attended, .present = c->present, .absent = c->absent, .excused = c->excused, .alternates = c->alternates,
                             .substitutes = c->substitutes, .by_group = c->by_group, .quorum = f->quorum, .sentence = f->sentence,
                             .people = (int64_t)f->content.person_count, .parts_hash = f->parts_hash, .people_hash = f->people_hash, .previous = f->previous,
                             .hash = f->hash}, NULL);
}

/* The audit log has the hash too: a last figure that is taken away leaves no gap in the chain, but is missed here. */
static enum err write_audit(struct db *db, struct arena *arena, const struct fixed_figure *f)
{
    char at[CLOCK_TEXT_SIZE];
    json_t *detail = json_pack("{s:I,s:s,s:s?,s:I,s:I,s:s}", "number", (json_int_t)f->number, "at", clock_format(f->content.at_ms, at), "label", f->label, "expected",
                               (json_int_t)f->content.count.expected, "present", (json_int_t)f->content.count.present, "hash", f->hash);
    char *text = detail ? json_text(arena, detail) : NULL;
    json_decref(detail);
    return text ? audit_write(db, f->content.known_ms, f->actor, "fix_figure", f->event, text) : ERR_NOMEM;
}

static char *quorum_text(struct arena *arena, const struct fixed_quorum *q)
{
    json_t *since = q->since_ms == DB_NULL ? json_null() : json_integer(q->since_ms), *lost = q->lost_ms == DB_NULL ? json_null() : json_integer(q->lost_ms);
    json_t *value = json_pack("{s:s?,s:s,s:I,s:I,s:I,s:b,s:o,s:o}", "session", q->session, "category", q->category, "eligible", (json_int_t)q->eligible, "required",
                              (json_int_t)q->required, "present", (json_int_t)q->present, "reached", q->reached, "since", since, "lost", lost);
    char *text = value ? json_text(arena, value) : NULL;
    json_decref(value);
    return text;
}

static enum err put_hashes(struct arena *arena, struct fixed_figure *f)
{
    char parts[CRYPTO_HASH_HEX], people[CRYPTO_HASH_HEX], whole[CRYPTO_HASH_HEX];
    fixed_hash_parts(f->content.parts, f->content.part_count, parts);
    fixed_hash_people(f->content.people, f->content.person_count, people);
    f->parts_hash = arena_strdup(arena, parts);
    f->people_hash = arena_strdup(arena, people);
    if (!f->parts_hash || !f->people_hash) return ERR_NOMEM;
    fixed_hash_figure(f, whole);
    f->hash = arena_strdup(arena, whole);
    return f->hash ? OK : ERR_NOMEM;
}

/* ERR_NOT_FOUND: the request is new. */
static enum err find_again(struct db *db, struct arena *arena, const struct programme *p, const struct fixed_wish *wish, int64_t *ret_number, struct fault *fault)
{
    struct sql_fixed_by_request_row row;
    enum err e = sql_fixed_by_request(db, arena, wish->request, &row);
    if (e != OK) return e;
    if (row.event_id != p->event_id || strcmp(row.actor, wish->actor) != 0)
        return fault_because(fault, ERR_CONFLICT, "fixed_request_used", NULL, "this request was used for another figure");
    *ret_number = row.number;
    return OK;
}

static enum err store(struct db *db, struct arena *arena, struct fixed_figure *f, const struct fixed_wish *wish)
{
    struct sql_fixed_last_row last;
    enum err e = sql_fixed_last(db, arena, f->event_id, &last);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    f->number = e == OK ? last.number + 1 : 1;
    f->previous = e == OK ? last.hash : "";
    if (f->number > FIXED_MOST) return ERR_LIMIT;
    if (f->content.quorum.known && !(f->quorum = quorum_text(arena, &f->content.quorum))) return ERR_NOMEM;
    f->sentence = wish->say(wish->say_context, arena, f);
    if (!f->sentence) return ERR_NOMEM;
    e = put_hashes(arena, f);
    if (e == OK) e = write_parts(db, f);
    if (e == OK) e = write_people(db, f);
    if (e == OK) e = write_figure(db, f);
    if (e == OK) e = write_audit(db, arena, f);
    if (e == OK) e = sql_fixed_grow(db, f->event_id, NULL);
    return e;
}

enum err fixed_fix(struct db *db, struct arena *arena, struct id_source *ids, const struct programme *p, const struct fixed_wish *wish, int64_t *ret_number,
                   bool *ret_again, struct fault *fault)
{
    int64_t at_ms = wish->at_ms == DB_NULL ? wish->now_ms : wish->at_ms, number = 0;
    struct fixed_figure f = {.id = id_next(ids), .event_id = p->event_id, .request = wish->request, .event = p->slug, .event_title = p->title,
                             .timezone = p->timezone, .actor = wish->actor};
    enum err e = check_wish(arena, p, wish, at_ms, &f.label, fault);
    if (e != OK) return e;
    e = find_again(db, arena, p, wish, &number, fault);
    if (e == OK) {
        *ret_number = number;
        *ret_again = true;
        return OK;
    }
    if (e == ERR_NOT_FOUND) e = fixed_gather(db, arena, p, at_ms, wish->now_ms, wish->category, &f.content, fault);
    if (e != OK) return e;
    char token[FIXED_TOKEN_SIZE];
    if (wish->seen && strcmp(wish->seen, fixed_token(&f.content.count, token)) != 0)
        return fault_because(fault, ERR_CONFLICT, "fixed_changed", NULL, "the figures of that moment have changed meanwhile");
    e = store(db, arena, &f, wish);
    if (e == ERR_LIMIT) return fault_because(fault, e, "fixed_many", NULL, "an event has at most %d fixed figures", FIXED_MOST);
    if (e != OK) return db_fault(db, e, fault, "fix the figure");
    *ret_number = f.number;
    *ret_again = false;
    return OK;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_quorum(struct arena *arena, const char *stored, struct fixed_quorum *to)
{
    *to = (struct fixed_quorum){.since_ms = DB_NULL, .lost_ms = DB_NULL};
    json_t *value = NULL;
    if (!stored) return OK;
    enum err e = json_read(stored, strlen(stored), &value, NULL);
    if (e != OK) return e;
    json_t *since = json_object_get(value, "since"), *lost = json_object_get(value, "lost");
    const char *session = json_string_value(json_object_get(value, "session")), *category = json_string_value(json_object_get(value, "category"));
    *to = (struct fixed_quorum){.known = true, .session = arena_strdup(arena, session), .category = arena_strdup(arena, category ? category : ""),
                                .eligible = json_integer_value(json_object_get(value, "eligible")), .required = json_integer_value(json_object_get(value, "required")),
                                .present = json_integer_value(json_object_get(value, "present")), .reached = json_is_true(json_object_get(value, "reached")),
                                .since_ms = json_is_integer(since) ? json_integer_value(since) : DB_NULL,
                                .lost_ms = json_is_integer(lost) ? json_integer_value(lost) : DB_NULL};
    json_decref(value);
    return to->category && (to->session || !session) ? OK : ERR_NOMEM;
}

enum err fixed_list(struct db *db, struct arena *arena, int64_t event_id, int64_t below, int64_t most, struct fixed_figure **ret, size_t *ret_count)
{
    struct sql_fixed_list_row *rows;
    size_t n;
    enum err e = sql_fixed_list(db, arena, event_id, below, most, &rows, &n);
    struct fixed_figure *list = e == OK ? arena_array(arena, n + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < n; i++) {
        const struct sql_fixed_list_row *r = &rows[i];
        list[i] = (struct fixed_figure){.id = r->id, .event_id = r->event_id, .number = r->number, .request = r->request, .event = r->event,
            .event_title = r->event_title, .timezone = r->timezone, .actor = r->actor, .label = r->label, .quorum = r->quorum, .sentence = r->sentence,
            .parts_hash = r->parts_hash, .people_hash = r->people_hash, .previous = r->previous, .hash = r->hash,
            .content = {.at_ms = r->at_ms, .known_ms = r->known_ms, .category = r->category, .category_title = r->category_title, .person_count = (size_t)r->people,
                        .count = {.expected = r->expected, .attended = r->attended, .present = r->present, .absent = r->absent, .excused = r->excused,
                                  .alternates = r->alternates, .substitutes = r->substitutes, .by_group = r->by_group}}};
        e = read_quorum(arena, r->quorum, &list[i].content.quorum);
    }
    if (e != OK) return e;
    *ret = list;
    *ret_count = n;
    return OK;
}

enum err fixed_brief(struct db *db, struct arena *arena, int64_t event_id, int64_t known_ms, struct figures_fixed **ret, size_t *ret_count)
{
    struct sql_fixed_brief_row *rows;
    size_t n;
    enum err e = sql_fixed_brief(db, arena, event_id, known_ms, FIGURES_MOST_FIXED, &rows, &n);
    struct figures_fixed *list = e == OK ? arena_array(arena, n + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        list[i] = (struct figures_fixed){.number = rows[i].number, .at_ms = rows[i].at_ms, .label = rows[i].label, .category = rows[i].category,
                                         .expected = rows[i].expected, .attended = rows[i].attended, .present = rows[i].present};
    *ret = list;
    *ret_count = n;
    return OK;
}

enum err fixed_find(struct db *db, struct arena *arena, int64_t event_id, int64_t number, struct fixed_figure *ret)
{
    struct fixed_figure *list;
    size_t n;
    if (number < 1 || number >= INT64_MAX) return ERR_NOT_FOUND;
    enum err e = fixed_list(db, arena, event_id, number + 1, 1, &list, &n);
    if (e != OK) return e;
    if (n == 0 || list[0].number != number) return ERR_NOT_FOUND;
    *ret = list[0];
    return OK;
}

enum err fixed_load(struct db *db, struct arena *arena, struct fixed_figure *f)
{
    struct fixed_content *c = &f->content;
    struct sql_fixed_parts_row *parts;
    struct sql_fixed_people_row *people;
    size_t part_count, person_count;
    enum err e = sql_fixed_parts(db, arena, f->id, &parts, &part_count);
    if (e == OK) e = sql_fixed_people(db, arena, f->id, &people, &person_count);
    if (e != OK) return e;
    c->parts = arena_array(arena, part_count + 1, sizeof *c->parts);
    c->people = arena_array(arena, person_count + 1, sizeof *c->people);
    if (!c->parts || !c->people) return ERR_NOMEM;
    for (size_t i = 0; i < part_count; i++) {
        const struct sql_fixed_parts_row *r = &parts[i];
        c->parts[i] = (struct fixed_part){.kind = strcmp(r->kind, "category") == 0 ? FIXED_CATEGORY : FIXED_DELEGATION, .code = r->code, .title = r->title,
                                          .count = {.expected = r->expected, .attended = r->attended, .present = r->present, .absent = r->absent,
                                                    .excused = r->excused, .alternates = r->alternates, .substitutes = r->substitutes, .by_group = r->by_group}};
    }
    for (size_t i = 0; i < person_count; i++) {
        const struct sql_fixed_people_row *r = &people[i];
        c->people[i] = (struct fixed_person){.delegate_id = r->delegate_id, .code = r->code, .name = r->name, .name_fold = r->name_fold, .name_sort = r->name_sort,
                                             .number = r->number, .seat = r->seat, .category = r->category, .delegation = r->delegation, .status = r->status,
                                             .excused = r->excused != 0, .reason = r->reason, .stands_for = r->stands_for, .by_group = r->by_group != 0,
                                             .first_ms = r->first_ms, .last_ms = r->last_ms};
        if (!fixed_state_read(r->state, &c->people[i].state)) return ERR_CONFLICT;
    }
    c->part_count = part_count;
    c->person_count = person_count;
    return OK;
}

char *fixed_sentence(struct arena *arena, const struct fixed_figure *f, const char *language)
{
    json_t *map = NULL, *text;
    const char *tag, *best = NULL;
    if (json_read(f->sentence, strlen(f->sentence), &map, NULL) != OK) return NULL;
    json_object_foreach(map, tag, text)
        if (!best || text_is_of_language(language, tag)) best = json_string_value(text);
    char *copy = arena_strdup(arena, best ? best : "");
    json_decref(map);
    return copy;
}
