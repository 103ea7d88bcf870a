#include "core/congress/delegates/find.h"
#include "core/congress/json_time.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/delegates/find_words.h"
#include "core/congress/title.h"
#include "core/db/words.h"

#include "catalogue.h"

#include <ctype.h>
#include <string.h>

#define EVERYWHERE (DB_RECORD_NAME | DB_RECORD_WHOLE | DB_RECORD_REST)

/* Whom was found: delegates or people, best first. One more than is shown tells that there are more. */
struct hits {
    int64_t ids[FIND_MOST + 1];
    size_t count;
    size_t exact; /* so many first ones were found by a number, seat or code */
};

static void add_hit(struct hits *hits, int64_t id)
{
    for (size_t i = 0; i < hits->count; i++)
        if (hits->ids[i] == id) return;
    if (hits->count <= FIND_MOST) hits->ids[hits->count++] = id;
}

static enum err take_hit(void *context, const struct db_record *record)
{
    add_hit(context, record->subject_id);
    return OK;
}

/* --- with the index ---------------------------------------------------------------------------------------------------------------------------- */

struct search {
    struct db *db;
    const struct find_query *query;
    struct db_record_range range;
    struct hits *hits;
};

/* One look, unless there are enough already. What other looks found is found again, so there must be room for it. */
static enum err look(struct search *s, const struct db_term *terms, size_t count)
{
    if (!count || s->hits->count > FIND_MOST) return OK;
    s->range.most = FIND_MOST + 1 + (int64_t)s->hits->count;
    return db_records_find(s->db, terms, count, &s->range, take_hit, s->hits);
}

static enum err look_for_one(struct search *s, const char *word, unsigned columns, bool begins)
{
    const struct find_query *q = s->query;
    const struct db_term term = {word, columns, begins, columns == DB_RECORD_WHOLE && !begins ? q->bare : NULL, columns};
    return look(s, &term, word ? 1 : 0);
}

enum words_as { WHOLE, LAST_BEGINS, ALL_BEGIN };

static size_t make_terms(const struct find_query *q, unsigned columns, enum words_as as, struct db_term terms[FIND_WORDS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < q->count; i++) {
        bool begins = as == ALL_BEGIN || (as == LAST_BEGINS && i == q->last);
        if (begins && q->covered[i]) continue;
        terms[n] = (struct db_term){.word = q->words[i], .columns = columns, .begins = begins};
        if (begins && columns != DB_RECORD_NAME) {
            terms[n].other = q->tails[i];
            terms[n].other_columns = DB_RECORD_TAIL;
        }
        n++;
    }
    return n;
}

static enum err look_for_words(struct search *s, unsigned columns, enum words_as as)
{
    struct db_term terms[FIND_WORDS_MOST];
    return look(s, terms, make_terms(s->query, columns, as, terms));
}

/* What is found by no word alone: the beginning of a number with marks in it, the tail of a phone number. */
static enum err look_for_numbers(struct search *s)
{
    const struct find_query *q = s->query;
    enum err e = q->is_digits || q->count > 1 ? look_for_one(s, q->joined, DB_RECORD_WHOLE, true) : OK;
    return e == OK && q->tail ? look_for_one(s, q->tail, DB_RECORD_TAIL, true) : e;
}

/* All who have the words anywhere, as long as they are few: they are put in order here, so that rare combinations of common words cost one walk of the index. */
#define FEW 64
enum rank { NAME_WHOLE, NAME_LAST_BEGINS, NAME_BEGINS, REST_WHOLE, REST, RANKS };
struct few {
    const struct find_query *query;
    struct {
        int64_t id;
        enum rank rank;
    } found[FEW + 1];
    size_t count;
};

static bool has_word(const char *column, const char *word, bool begins)
{
    size_t n = strlen(word);
    for (const char *at = strstr(column, word); at; at = strstr(at + 1, word))
        if ((at == column || at[-1] == ' ') && (begins || at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

static bool has_words(const struct find_query *q, const struct db_record *r, bool anywhere, enum words_as as)
{
    for (size_t i = 0; i < q->count; i++) {
        bool begins = as == ALL_BEGIN || (as == LAST_BEGINS && i == q->last);
        bool has = has_word(r->name, q->words[i], begins) || (anywhere && (has_word(r->whole, q->words[i], begins) || has_word(r->rest, q->words[i], begins)));
        if (!has) return false;
    }
    return true;
}

static enum err take_few(void *context, const struct db_record *r)
{
    struct few *few = context;
    const struct find_query *q = few->query;
    if (few->count > FEW) return OK;
    enum rank rank = has_words(q, r, false, WHOLE) ? NAME_WHOLE : has_words(q, r, false, LAST_BEGINS) ? NAME_LAST_BEGINS
        : has_words(q, r, false, ALL_BEGIN) ? NAME_BEGINS : has_words(q, r, true, WHOLE) ? REST_WHOLE : REST;
    few->found[few->count].id = r->subject_id;
    few->found[few->count++].rank = rank;
    return OK;
}

static void add_few(struct search *s, const struct few *few, enum rank from, enum rank to)
{
    for (enum rank rank = from; rank <= to; rank++)
        for (size_t i = 0; i < few->count; i++)
            if (few->found[i].rank == rank) add_hit(s->hits, few->found[i].id);
}

static void add_all(struct search *s, const struct few *few)
{
    for (size_t i = 0; i < few->count; i++) add_hit(s->hits, few->found[i].id);
}

/* The first of those whose words all begin so, in these columns; more than FEW: there are more. */
static enum err collect(struct search *s, unsigned columns, struct few *few)
{
    struct db_term terms[FIND_WORDS_MOST];
    size_t n = make_terms(s->query, columns, ALL_BEGIN, terms);
    few->query = s->query;
    s->range.most = FEW + 1;
    return db_records_find(s->db, terms, n, &s->range, take_few, few);
}

/* Those who are called so, best first. */
static enum err find_names(struct search *s)
{
    struct few few = {.count = 0};
    enum err e = collect(s, DB_RECORD_NAME, &few);
    if (e != OK) return e;
    if (few.count <= FEW) {
        add_few(s, &few, NAME_WHOLE, NAME_BEGINS);
        return OK;
    }
    e = look_for_words(s, DB_RECORD_NAME, WHOLE);
    if (e == OK && s->query->count > 1) e = look_for_words(s, DB_RECORD_NAME, LAST_BEGINS);
    add_all(s, &few);
    return e;
}

static enum err find_indexed(struct search *s)
{
    struct few few = {.count = 0};
    enum err e = look_for_one(s, s->query->joined, DB_RECORD_WHOLE, false);
    s->hits->exact = s->hits->count;
    if (e == OK) e = collect(s, EVERYWHERE, &few);
    if (e != OK) return e;
    bool are_few = few.count <= FEW;
    if (are_few) add_few(s, &few, NAME_WHOLE, NAME_BEGINS);
    else e = find_names(s);
    if (e == OK) e = look_for_numbers(s);
    if (e == OK && !are_few) e = look_for_words(s, EVERYWHERE, WHOLE);
    if (are_few) add_few(s, &few, REST_WHOLE, REST);
    else add_all(s, &few);
    return e;
}

/* --- without ----------------------------------------------------------------------------------------------------------------------------------- */

#define PATTERNS 3 /* three words tell people apart; the last one is the rest */

struct patterns {
    const char *words[PATTERNS], *exact, *tail;
};

static enum err make_patterns(struct arena *arena, const char *typed, const struct find_query *q, struct patterns *ret)
{
    struct patterns p = {{"%", "%", "%"}, text_tidy(arena, typed), ""};
    char *exact = (char *)p.exact;
    for (; exact && *exact; exact++) *exact = (char)tolower((unsigned char)*exact);
    for (size_t i = 0; i < q->count && i < PATTERNS; i++) {
        p.words[i] = arena_printf(arena, "%% %s%%", q->words[i]); /* folded: no % or _ is left in them */
        if (!p.words[i]) return ERR_NOMEM;
    }
    if (q->tail) p.tail = arena_printf(arena, "%%%s", q->joined);
    if (!p.exact || !p.tail) return ERR_NOMEM;
    *ret = p;
    return OK;
}

static enum err delegates_slowly(struct db *db, struct arena *arena, int64_t event_id, const struct patterns *p, struct hits *hits)
{
    struct sql_find_delegates_slowly_row *rows;
    size_t n;
    enum err e = sql_find_delegates_slowly(db, arena, &(struct sql_find_delegates_slowly_in){event_id, p->words[0], p->words[1], p->words[2], p->exact, p->tail,
                                           FIND_MOST + 1}, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) add_hit(hits, rows[i].delegate_id);
    return e;
}

static enum err people_slowly(struct db *db, struct arena *arena, const struct patterns *p, struct hits *hits)
{
    struct sql_find_people_slowly_row *rows;
    size_t n;
    const struct sql_find_people_slowly_in in = {p->words[0], p->words[1], p->words[2], p->exact, p->tail, FIND_MOST + 1};
    enum err e = sql_find_people_slowly(db, arena, &in, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) add_hit(hits, rows[i].person_id);
    return e;
}

/* A code that went over to somebody else when two entries turned out to be one person. */
static enum err find_alias(struct db *db, struct arena *arena, int64_t event_id, const char *typed, struct hits *hits)
{
    struct sql_find_alias_row row;
    char *code = text_tidy(arena, typed);
    if (!code) return ERR_NOMEM;
    for (char *c = code; *c; c++) *c = (char)tolower((unsigned char)*c);
    enum err e = sql_find_alias(db, arena, code, event_id, &row);
    if (e == OK && (event_id == 0 || row.delegate_id != DB_NULL)) add_hit(hits, event_id ? row.delegate_id : row.person_id);
    return e == ERR_NOT_FOUND ? OK : e;
}

static void forget_phones(struct find_query *query)
{
    query->tail = NULL;
    for (size_t i = 0; i < query->count; i++) query->tails[i] = NULL;
}

/* event_id 0: the register. */
static enum err find(struct db *db, struct arena *arena, int64_t event_id, bool with_phones, const char *typed, struct hits *hits)
{
    struct find_query query;
    struct patterns patterns;
    struct search search = {.db = db, .query = &query, .hits = hits};
    enum err e = find_query_read(arena, typed, &query);
    if (e != OK || !query.count) return e;
    if (!with_phones) forget_phones(&query);
    e = find_alias(db, arena, event_id, typed, hits);
    if (e != OK) return e;
    e = find_index_range(db, event_id, &search.range.from, &search.range.until);
    if (e == OK) return find_indexed(&search);
    if (e != ERR_NOT_FOUND) return e;
    e = make_patterns(arena, typed, &query, &patterns);
    if (e != OK) return e;
    return event_id ? delegates_slowly(db, arena, event_id, &patterns, hits) : people_slowly(db, arena, &patterns, hits);
}

/* --- what is told of them ------------------------------------------------------------------------------------------------------------------------ */

#define IDS(hits) \
    (hits)->ids[0], (hits)->ids[1], (hits)->ids[2], (hits)->ids[3], (hits)->ids[4], (hits)->ids[5], (hits)->ids[6], (hits)->ids[7], (hits)->ids[8], (hits)->ids[9], \
        (hits)->ids[10], (hits)->ids[11], (hits)->ids[12], (hits)->ids[13], (hits)->ids[14], (hits)->ids[15], (hits)->ids[16], (hits)->ids[17], (hits)->ids[18], \
        (hits)->ids[19]

_Static_assert(FIND_MOST == 20, "IDS, and the statements delegates_shown and people_shown");

static json_t *parsed_or(const char *text, json_t *otherwise)
{
    json_t *value = NULL;
    if (!text || json_read(text, strlen(text), &value, NULL) != OK) return otherwise;
    json_decref(otherwise);
    return value;
}

/* Where staff get the small picture: another photo has another address. NULL when there is none. */
static const char *photo_url(struct arena *arena, const struct programme *p, const struct sql_delegates_shown_row *r)
{
    return r->photo_blob && r->code ? arena_printf(arena, "/api/v1/events/%s/delegates/%s/photo?%.8s", p->slug, r->code, r->photo_blob) : NULL;
}

static json_t *delegate_json(struct arena *arena, const struct programme *p, const struct sql_delegates_shown_row *r, int64_t now_ms)
{
    bool in = r->area_id != DB_NULL && r->until_ms > now_ms;
    const struct programme_gate *gate = in ? programme_gate_by_id(p, r->gate_id) : NULL;
    const char *state = in ? "in" : r->since_ms != DB_NULL ? "out" : "never";
    json_t *handed = r->handed_to ? json_pack("{s:s,s:o}", "name", r->handed_to, "at", json_time_or_null(r->handed_ms)) : json_null();
    return json_pack("{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s,s:s,s:o,s:s?,s:o,s:o,s:o,s:s?,s:s?,s:s?}", "code",
                     r->code ? r->code : r->number, "number", r->number, "name", r->name, "honorific", r->honorific, "title",
                     r->title ? title_pick(arena, r->title, "vi") : NULL, "born", r->born, "delegation",
                     r->delegation ? title_pick(arena, r->delegation, "vi") : NULL, "category", r->category, "category_color", r->category_color,
                     "seat", r->seat, "group", r->group_name, "badge_box", r->badge_box, "room", r->room, "transport", r->transport, "status", r->status,
                     "state", state, "since", json_time_or_null(in ? r->since_ms : DB_NULL), "gate", gate ? gate->code : NULL, "needs",
                     parsed_or(r->needs, json_array()), "absence", parsed_or(r->absence, json_null()), "handed_to", handed, "photo", photo_url(arena, p, r), "note",
                     r->note, "replaces", r->replaces);
}

/* How well a number is met: spelt as it was typed, a code spelt so, anything else ("007" for "7", or a name). */
static int rank_of(const char *typed, const struct sql_delegates_shown_row *r)
{
    const char *const spelt[] = {r->number, r->seat, r->code};
    for (int i = 0; i < 3; i++)
        if (spelt[i] && text_equal_ignoring_case(spelt[i], typed)) return i / 2;
    return 2;
}

/* The rows in the order of the hits; those whose number met what was typed, by how well it did. */
static enum err delegates_json(struct arena *arena, const struct programme *p, const char *typed, const struct hits *hits, const struct sql_delegates_shown_row *rows,
                               size_t n, int64_t now_ms, json_t *list)
{
    const char *tidy = text_tidy(arena, typed);
    if (!tidy) return ERR_NOMEM;
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < hits->count && i < FIND_MOST; i++) {
            const struct sql_delegates_shown_row *row = NULL;
            for (size_t k = 0; k < n && !row; k++)
                if (rows[k].delegate_id == hits->ids[i]) row = &rows[k];
            if (!row || (i < hits->exact ? rank_of(tidy, row) : 2) != pass) continue;
            if (json_array_append_new(list, delegate_json(arena, p, row, now_ms)) != 0) return ERR_NOMEM;
        }
    }
    return OK;
}

static enum err by_badge(struct db *db, struct arena *arena, const struct programme *programme, const char *token, struct hits *hits)
{
    char token_id[BADGE_TOKEN_ID_SIZE];
    struct sql_delegates_by_token_row row;
    badge_token_id(token, token_id);
    enum err e = sql_delegates_by_token(db, arena, token_id, programme->event_id, &row);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK || row.delegate_id == DB_NULL || row.revoked_ms != DB_NULL) return e;
    add_hit(hits, row.delegate_id);
    return OK;
}

static enum err answer(json_t *list, const struct hits *hits, enum err e, json_t **ret)
{
    if (e == OK && list) *ret = json_pack("{s:O,s:b}", "results", list, "more", hits->count > FIND_MOST);
    json_decref(list);
    return e != OK ? e : list && *ret ? OK : ERR_NOMEM;
}

enum err delegates_find(struct db *db, struct arena *arena, const struct programme *programme, const char *typed, int64_t now_ms, json_t **ret)
{
    char token[ID_TOKEN_SIZE];
    struct hits hits = {.count = 0};
    struct sql_delegates_shown_row *rows = NULL;
    size_t n = 0;
    if (strlen(typed) > FIND_TYPED_MOST) return ERR_INPUT;
    enum err e = id_token_from_scan(typed, token) ? by_badge(db, arena, programme, token, &hits) : find(db, arena, programme->event_id, true, typed, &hits);
    if (e == OK && hits.count) e = sql_delegates_shown(db, arena, &(struct sql_delegates_shown_in){programme->event_id, IDS(&hits)}, &rows, &n);
    json_t *list = e == OK ? json_array() : NULL;
    if (list && n) e = delegates_json(arena, programme, typed, &hits, rows, n, now_ms, list);
    return answer(list, &hits, e, ret);
}

/* --- the register ---------------------------------------------------------------------------------------------------------------------------------- */

static json_t *person_json(struct arena *arena, const struct sql_people_shown_row *r)
{
    const char *year = r->born ? arena_strndup(arena, r->born, 4) : NULL;
    json_t *delegate = r->delegate_id == DB_NULL ? json_null() : json_pack("{s:s?,s:s?}", "number", r->number, "status", r->status);
    return json_pack("{s:s,s:s,s:s?,s:s?,s:s?,s:s?,s:s?,s:o}", "code", r->code, "name", r->name, "honorific", r->honorific, "title",
                     r->title ? title_pick(arena, r->title, "vi") : NULL, "born", year, "unit", r->unit ? title_pick(arena, r->unit, "vi") : NULL, "unit_code",
                     r->unit_code, "delegate", delegate);
}

enum err people_find(struct db *db, struct arena *arena, const struct programme *programme, const char *typed, json_t **ret)
{
    struct hits hits = {.count = 0};
    struct sql_people_shown_row *rows = NULL;
    size_t n = 0;
    enum err e = find(db, arena, 0, false, typed, &hits);
    if (e == OK && hits.count) e = sql_people_shown(db, arena, &(struct sql_people_shown_in){programme->event_id, IDS(&hits)}, &rows, &n);
    json_t *list = e == OK ? json_array() : NULL;
    for (size_t i = 0; list && e == OK && i < hits.count && i < FIND_MOST; i++)
        for (size_t k = 0; e == OK && k < n; k++)
            if (rows[k].person_id == hits.ids[i] && json_array_append_new(list, person_json(arena, &rows[k])) != 0) e = ERR_NOMEM;
    return answer(list, &hits, e, ret);
}

enum err people_find_ids(struct db *db, struct arena *arena, const char *typed, int64_t ret_ids[FIND_MOST + 1], size_t *ret_count)
{
    struct hits hits = {.count = 0};
    enum err e = find(db, arena, 0, true, typed, &hits);
    if (e != OK) return e;
    memcpy(ret_ids, hits.ids, sizeof hits.ids);
    *ret_count = hits.count;
    return OK;
}
