/* What becomes of each paper of a bundle. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/title.h"
#include "docs-bundle/install.h"

#include <stdio.h>
#include <string.h>

#define LANGUAGE_COUNT 4

/* What the bundle calls a session and this event does not know. */
struct unknown_session {
    const char *name;
    size_t papers;
    struct unknown_session *next;
};

struct plan {
    struct installing *i;
    struct db *db;
    struct arena *arena;
    struct fault *fault;
    struct id_source ids;
    struct sql_docs_event_row event;
    struct sql_docs_sessions_row *sessions;
    const char *(*session_titles)[LANGUAGE_COUNT]; /* folded once: others wait for this transaction */
    struct sql_docs_categories_row *categories;
    struct sql_docs_papers_row *rows;
    size_t session_count, category_count, row_count;
    int64_t last_order, install_id;
    struct map unknown; /* by name; the list is in the bundle's order */
    struct unknown_session *first_unknown, **unknown_end;
};

const char *change_word(enum change_kind kind)
{
    static const char *const words[] = {"new", "version", "details", "same"};
    return words[kind];
}

static void tell(struct plan *p, const char *code, const char *sentence)
{
    const struct bundle_talk *talk = &p->i->wishes->talk;
    if (talk->tell && sentence) talk->tell(talk->context, code, sentence);
}

/* Folded and framed by blanks, so that whole words are found in it. */
static const char *framed(struct plan *p, const char *text)
{
    const char *folded = text_fold(p->arena, text);
    return folded ? arena_printf(p->arena, " %s ", folded) : NULL;
}

static enum err fold_sessions(struct plan *p)
{
    static const char *const languages[LANGUAGE_COUNT] = {"vi", "en", "pt", "ar"};
    p->session_titles = arena_array(p->arena, p->session_count + 1, sizeof *p->session_titles);
    for (size_t i = 0; p->session_titles && i < p->session_count; i++)
        for (size_t k = 0; k < LANGUAGE_COUNT; k++) {
            const char *title = title_pick(p->arena, p->sessions[i].title, languages[k]);
            if (title && !(p->session_titles[i][k] = framed(p, title))) return ERR_NOMEM;
        }
    return p->session_titles ? OK : ERR_NOMEM;
}

/* Whether a session's title, in any of our languages, is these words; with `part`, whether it holds them. */
static bool title_says(const struct plan *p, size_t session, const char *words, bool part)
{
    for (size_t i = 0; words && words[1] != ' ' && i < LANGUAGE_COUNT; i++) {
        const char *whole = p->session_titles[session][i];
        if (whole && (part ? strstr(whole, words) != NULL : strcmp(whole, words) == 0)) return true;
    }
    return false;
}

/* A session by its code, its title, or words that stand in the title of one session only ("Khai mạc" for "Phiên khai mạc trọng thể"). NULL: none. */
static const struct sql_docs_sessions_row *look_for_session(struct plan *p, const char *wanted)
{
    const struct sql_docs_sessions_row *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < p->session_count; i++)
        if (strcmp(p->sessions[i].code, wanted) == 0) return &p->sessions[i];
    const char *words = framed(p, wanted);
    for (size_t i = 0; i < p->session_count; i++)
        if (title_says(p, i, words, false)) return &p->sessions[i];
    for (size_t i = 0; i < p->session_count; i++) {
        if (!title_says(p, i, words, true)) continue;
        found = &p->sessions[i];
        count++;
    }
    return count == 1 ? found : NULL;
}

static int64_t find_session(struct plan *p, const struct bundle_paper *paper)
{
    const struct sql_docs_sessions_row *session = paper->session ? look_for_session(p, paper->session) : NULL;
    return session ? session->id : DB_NULL;
}

/* A paper of no session of this event stays a paper of the whole event. */
static enum err note_unknown_session(struct plan *p, const struct bundle_paper *paper)
{
    struct unknown_session *one = map_get(&p->unknown, paper->session);
    if (!one) {
        one = arena_alloc(p->arena, sizeof *one);
        if (!one || map_put(&p->unknown, paper->session, one) != 0) return ERR_NOMEM;
        *one = (struct unknown_session){.name = paper->session};
        *p->unknown_end = one;
        p->unknown_end = &one->next;
    }
    one->papers++;
    return OK;
}

/* A bundle for another event may have hundreds of papers in a folder: one sentence for each folder. */
static void tell_unknown_sessions(struct plan *p)
{
    for (const struct unknown_session *one = p->first_unknown; one; one = one->next)
        tell(p, p->i->wishes->event, arena_printf(p->arena, "this event has no session “%s”, or several: %zu paper%s to the event as a whole", one->name, one->papers,
            one->papers == 1 ? " belongs" : "s belong"));
}

/* An audience that nobody here is in would hide the paper from all. */
static enum err check_audience(struct plan *p, const struct bundle_paper *paper)
{
    json_t *root = NULL, *item;
    size_t i;
    const char *unknown = NULL;
    if (!paper->audience) return OK;
    enum err e = json_read(paper->audience, strlen(paper->audience), &root, p->fault);
    json_array_foreach(json_object_get(root, "categories"), i, item) {
        bool known = false;
        for (size_t k = 0; k < p->category_count; k++) known = known || strcmp(p->categories[k].code, json_string_value(item)) == 0;
        if (!known && !unknown) unknown = json_string_value(item);
    }
    if (e == OK && unknown) e = fault_set(p->fault, ERR_INPUT, "%s: audience: this event has no category \"%s\"", paper->code, unknown);
    json_decref(root);
    return e;
}

/* Where the manifest is silent a new paper waits for the organiser, as an upload does. */
static enum err find_publishing(struct plan *p, const struct bundle_paper *paper, int64_t *ret_ms, int64_t *ret_manual)
{
    const struct bundle_install *w = p->i->wishes;
    bool manual = paper->publish_at ? strcmp(paper->publish_at, "manual") == 0 : !paper->publish_now && !w->publish;
    *ret_ms = DB_NULL;
    *ret_manual = w->hold || manual;
    if (*ret_manual || !paper->publish_at) return OK;
    if (zone_parse(p->event.timezone, paper->publish_at, ret_ms) == OK) return OK;
    return fault_set(p->fault, ERR_INPUT, "%s: publish_at: \"%s\" is no time", paper->code, paper->publish_at);
}

static const char *file_of(const struct bundle_paper *paper)
{
    return paper->file + strlen("papers/");
}

static enum err add_version(struct plan *p, int64_t document_id, int64_t version, const struct install_paper *paper)
{
    struct sql_import_document_version_insert_in in = {id_next(&p->ids), document_id, version, paper->blob.sha256, file_base_name(paper->paper->file), p->i->now_ms};
    return sql_import_document_version_insert(p->db, &in, NULL);
}

/* A paper that bears a secrecy stamp asks for the PIN, whatever else the sender says. */
static enum err add_new(struct plan *p, const struct install_paper *paper, int64_t *ret_id, struct bundle_change *ret)
{
    const struct bundle_paper *b = paper->paper;
    struct sql_docs_paper_insert_in in = {.id = id_next(&p->ids), .event_id = p->event.id, .code = b->code, .title = b->title, .file = file_of(b),
                                          .file_blob = paper->blob.sha256, .language = b->language, .number = b->number, .issued = b->issued, .issuer = b->issuer,
                                          .audience = b->audience, .session_id = find_session(p, b), .restricted = b->restricted || paper->stamp,
                                              .must_read = b->must_read,
                                          .sort_order = ++p->last_order, .stamp = paper->stamp};
    enum err e = check_audience(p, b);
    if (e == OK && b->session && in.session_id == DB_NULL) e = note_unknown_session(p, b);
    if (e == OK) e = find_publishing(p, b, &in.publish_ms, &in.publish_manual);
    ret->held = in.publish_manual;
    ret->shown = !ret->held && !paper->stamp && (in.publish_ms == DB_NULL || in.publish_ms <= p->i->now_ms);
    if (e != OK || p->i->wishes->dry_run) return e;
    e = sql_docs_paper_insert(p->db, &in, NULL);
    if (e == OK) e = add_version(p, in.id, 1, paper);
    *ret_id = in.id;
    return e;
}

static bool differs(const char *said, const char *stored)
{
    return said && (!stored || strcmp(said, stored) != 0);
}

static const char *either(const char *said, const char *stored)
{
    return said ? said : stored;
}

/* What it says of itself may change; when and to whom it is shown is the organiser's alone. */
static enum err change(struct plan *p, const struct sql_docs_papers_row *row, const struct install_paper *paper, bool new_version)
{
    const struct bundle_paper *b = paper->paper;
    int64_t session = find_session(p, b);
    struct sql_docs_paper_update_in in = {row->id, b->title, new_version ? file_of(b) : row->file, paper->blob.sha256, either(b->language, row->language),
                                          either(b->number, row->number), either(b->issued, row->issued), either(b->issuer, row->issuer),
                                          session != DB_NULL ? session : row->session_id};
    enum err e = b->session && in.session_id == DB_NULL ? note_unknown_session(p, b) : OK;
    if (e != OK || p->i->wishes->dry_run) return e;
    e = sql_docs_paper_update(p->db, &in, NULL);
    return e == OK && new_version ? add_version(p, row->id, row->version == DB_NULL ? 1 : row->version + 1, paper) : e;
}

static bool says_other_details(struct plan *p, const struct sql_docs_papers_row *row, const struct bundle_paper *b)
{
    if (differs(b->title, row->title) || differs(b->language, row->language) || differs(b->number, row->number) || differs(b->issued, row->issued) ||
        differs(b->issuer, row->issuer))
        return true;
    int64_t session = find_session(p, b);
    return session != DB_NULL && session != row->session_id;
}

/* A stick that was forgotten in a drawer must not bring last week's draft back. */
static enum err check_age(struct plan *p, const struct sql_docs_papers_row *row)
{
    struct sql_docs_version_signed_row last;
    char when[CLOCK_TEXT_SIZE];
    if (row->version == DB_NULL || p->i->wishes->older) return OK;
    enum err e = sql_docs_version_signed(p->db, p->arena, row->id, row->version, &last);
    if (e != OK || last.signed_ms == DB_NULL || last.signed_ms <= p->i->ret->check.bundle.signed_ms) return e == ERR_NOT_FOUND ? OK : e;
    return fault_set(p->fault, ERR_CONFLICT, "%s: what is installed was signed later (%s); --older takes this bundle all the same", row->code,
        clock_format(last.signed_ms, when));
}

static const struct sql_docs_papers_row *find_row(const struct plan *p, const char *code)
{
    for (size_t i = 0; i < p->row_count; i++)
        if (strcmp(p->rows[i].code, code) == 0) return &p->rows[i];
    return NULL;
}

static enum err write_blob(struct plan *p, const struct install_paper *paper)
{
    struct sql_blob_insert_in in = {paper->blob.sha256, paper->blob.size, paper->media_type, p->i->now_ms, paper->blob.crc};
    enum err e = sql_blob_insert(p->db, &in, NULL);
    return e == OK && install_was_read(paper) ? docs_reading_show(p->db, paper->blob.sha256) : e;
}

static enum err settle(struct plan *p, const struct install_paper *paper, struct bundle_change *ret)
{
    const struct sql_docs_papers_row *row = find_row(p, paper->paper->code);
    bool dry = p->i->wishes->dry_run, other = row && (!row->sha256 || strcmp(row->sha256, paper->blob.sha256) != 0);
    int64_t id = row ? row->id : 0;
    enum err e = dry ? OK : write_blob(p, paper);
    *ret = (struct bundle_change){.kind = CHANGE_SAME, .code = paper->paper->code, .version = row && row->version != DB_NULL ? row->version : 0};
    if (e == OK && !row) {
        ret->kind = CHANGE_NEW;
        e = add_new(p, paper, &id, ret);
    } else if (e == OK && other) {
        ret->kind = CHANGE_VERSION;
        e = check_age(p, row);
        if (e == OK) e = change(p, row, paper, true);
    } else if (e == OK && says_other_details(p, row, paper->paper)) {
        ret->kind = CHANGE_DETAILS;
        e = check_age(p, row);
        if (e == OK) e = change(p, row, paper, false);
    }
    if (ret->kind == CHANGE_NEW || ret->kind == CHANGE_VERSION) ret->version++;
    /* Other bytes are decided anew; the same bytes only if nobody has seen this stamp yet. */
    bool stops = paper->stamp && (!row || other || !row->stamp);
    if (stops) ret->stamp = paper->stamp;
    if (e == OK && !dry && row && (other || stops)) e = sql_room_set_stamp(p->db, id, paper->stamp, NULL);
    if (e != OK || dry) return e;
    struct sql_docs_install_paper_in in = {p->install_id, id, ret->version, file_of(paper->paper), paper->paper->secrecy};
    return sql_docs_install_paper(p->db, &in, NULL);
}

static enum err load(struct plan *p)
{
    enum err e = sql_docs_event(p->db, p->arena, p->i->wishes->event, &p->event);
    if (e == ERR_NOT_FOUND) return fault_set(p->fault, e, "there is no event \"%s\"", p->i->wishes->event);
    if (e == OK) e = sql_docs_sessions(p->db, p->arena, p->event.id, &p->sessions, &p->session_count);
    if (e == OK) e = sql_docs_categories(p->db, p->arena, p->event.id, &p->categories, &p->category_count);
    if (e == OK) e = sql_docs_papers(p->db, p->arena, p->event.id, &p->rows, &p->row_count);
    if (e == OK) e = fold_sessions(p);
    p->last_order = -1;
    for (size_t i = 0; e == OK && i < p->row_count; i++)
        if (p->rows[i].sort_order > p->last_order) p->last_order = p->rows[i].sort_order;
    return e;
}

static enum err write_install(struct plan *p)
{
    const struct bundle_check *c = &p->i->ret->check;
    p->install_id = id_next(&p->ids);
    struct sql_docs_install_insert_in in = {p->install_id, p->event.id, c->manifest_sha256, c->bundle.key, p->i->ret->signer, c->bundle.signed_ms, p->i->now_ms,
        p->i->wishes->actor};
    return sql_docs_install_insert(p->db, &in, NULL);
}

static enum err write_audit(struct plan *p)
{
    const struct bundle_installed *r = p->i->ret;
    size_t shown = 0, stopped = 0;
    for (size_t i = 0; i < r->count; i++) shown += r->changes[i].shown, stopped += r->changes[i].stamp != NULL;
    json_t *detail = json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "manifest", r->check.manifest_sha256, "key", r->check.bundle.key, "signer",
        r->signer, "trusted",
                               r->trust != TRUST_NONE, "new", (json_int_t)r->totals[CHANGE_NEW], "version", (json_int_t)r->totals[CHANGE_VERSION], "details",
                               (json_int_t)r->totals[CHANGE_DETAILS], "same", (json_int_t)r->totals[CHANGE_SAME], "shown", (json_int_t)shown,
                               "stopped", (json_int_t)stopped);
    char *text = detail ? json_text(p->arena, detail) : NULL;
    json_decref(detail);
    return text ? audit_write(p->db, p->i->now_ms, p->i->wishes->actor, "papers.install", p->i->wishes->event, text) : ERR_NOMEM;
}

/* Of all papers that the event has afterwards. */
static enum err find_twins(struct plan *p)
{
    struct bundle_installed *r = p->i->ret;
    size_t count = 0;
    struct map here = {.arena = p->arena};
    struct twin *items = arena_array(p->arena, p->row_count + r->count + 1, sizeof *items);
    if (!items) return ERR_NOMEM;
    for (size_t k = 0; k < r->count; k++) {
        const struct install_paper *paper = &p->i->papers[k];
        const struct sql_docs_papers_row *row = find_row(p, paper->paper->code);
        bool restricted = row ? row->restricted != 0 : paper->paper->restricted || paper->stamp;
        items[count++] = (struct twin){paper->paper->code, paper->blob.sha256, restricted, true};
        if (map_put(&here, paper->paper->code, (void *)(uintptr_t)paper) != 0) return ERR_NOMEM;
    }
    for (size_t k = 0; k < p->row_count; k++)
        if (!map_get(&here, p->rows[k].code)) items[count++] = (struct twin){p->rows[k].code, p->rows[k].sha256, p->rows[k].restricted != 0, false};
    return twins_find(p->i->arena, items, count, &r->twins, &r->twin_count); /* outlives the plan */
}

enum err install_apply(struct db *db, void *installing, struct fault *fault)
{
    struct installing *i = installing;
    struct bundle_installed *r = i->ret;
    arena_clear(&i->plan);
    struct plan p = {.i = i, .db = db, .arena = &i->plan, .fault = fault, .unknown = {.arena = &i->plan}};
    p.unknown_end = &p.first_unknown;
    memset(r->totals, 0, sizeof r->totals);
    r->count = 0;
    enum err e = load(&p);
    if (e == OK && !i->wishes->dry_run) e = write_install(&p);
    for (size_t k = 0; e == OK && k < r->check.bundle.paper_count; k++) {
        e = settle(&p, &i->papers[k], &r->changes[k]);
        r->totals[r->changes[k].kind]++;
        r->count++;
    }
    if (e == OK) e = find_twins(&p);
    if (e == OK) tell_unknown_sessions(&p);
    bool changed = false;
    for (size_t k = 0; k < r->count; k++) changed = changed || r->changes[k].kind != CHANGE_SAME || r->changes[k].stamp;
    if (e == OK && changed && !i->wishes->dry_run) e = sql_docs_event_touch(db, p.event.id, NULL);
    if (e == OK && !i->wishes->dry_run) e = write_audit(&p);
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "install the papers");
}
