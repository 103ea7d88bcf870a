#include "core/congress/papers/publish.h"
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <ctype.h>
#include <string.h>

const char *paper_state_word(enum paper_state state)
{
    static const char *const words[] = {"draft", "planned", "published", "withdrawn", "stopped"};
    return words[state];
}

/* It was there at the moment of withdrawing: else it never left the drafts. */
static enum paper_state judge(const struct sql_room_papers_row *r, int64_t now_ms)
{
    struct paper_rule rule = {.audience = r->audience, .publish_ms = r->publish_ms, .published_ms = r->published_ms, .publish_manual = r->publish_manual != 0};
    if (r->stamp && r->stamp_let_ms == DB_NULL) return PAPER_STOPPED;
    if (r->withdrawn_ms != DB_NULL) return r->version != DB_NULL && paper_is_published(&rule, r->withdrawn_ms) ? PAPER_WITHDRAWN : PAPER_DRAFT;
    if (r->version != DB_NULL && paper_is_published(&rule, now_ms)) return PAPER_PUBLISHED;
    bool planned = r->published_ms != DB_NULL || (!r->publish_manual && r->publish_ms != DB_NULL);
    return planned && r->version != DB_NULL ? PAPER_PLANNED : PAPER_DRAFT;
}

static int64_t or_zero(int64_t value)
{
    return value == DB_NULL ? 0 : value;
}

static void fill(struct paper_item *item, const struct sql_room_papers_row *r, int64_t now_ms)
{
    *item = (struct paper_item){.id = r->id, .code = r->code, .title = r->title, .language = r->language, .number = r->number, .issued = r->issued,
                                .issuer = r->issuer, .audience = r->audience, .session = r->session, .session_title = r->session_title,
                                .publish_ms = r->publish_ms, .published_ms = r->published_ms, .withdrawn_ms = r->withdrawn_ms,
                                .from_ms = r->published_ms != DB_NULL ? r->published_ms : r->publish_ms, .stamp = r->stamp,
                                .stamp_let = r->stamp_let_ms != DB_NULL, .restricted = r->restricted != 0, .must_read = r->must_read != 0,
                                .version = or_zero(r->version), .sha256 = r->sha256, .name = r->name, .media_type = r->media_type, .size = or_zero(r->size),
                                .added_ms = or_zero(r->added_ms), .pages = or_zero(r->pages), .unread = or_zero(r->unread), .source = r->source,
                                .edited = r->edited, .state = judge(r, now_ms)};
}

enum err paper_items(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct paper_item **ret, size_t *ret_count)
{
    struct sql_room_papers_row *rows;
    size_t count;
    enum err e = sql_room_papers(db, arena, event_id, &rows, &count);
    struct paper_item *items = e == OK ? arena_array(arena, count + 1, sizeof *items) : NULL;
    if (e != OK || !items) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++) fill(&items[i], &rows[i], now_ms);
    *ret = items;
    *ret_count = count;
    return OK;
}

enum err paper_item_find(struct db *db, struct arena *arena, int64_t event_id, const char *code, int64_t now_ms, struct paper_item *ret)
{
    struct paper_item *items;
    size_t count;
    enum err e = paper_items(db, arena, event_id, now_ms, &items, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (strcmp(items[i].code, code) != 0) continue;
        *ret = items[i];
        return OK;
    }
    return e == OK ? ERR_NOT_FOUND : e;
}

static enum err find(const struct doing *d, const char *code, struct paper_item *ret)
{
    enum err e = paper_item_find(d->db, d->arena, d->event_id, code, d->now_ms, ret);
    return e == ERR_NOT_FOUND ? fault_set(d->fault, e, "there is no paper \"%.64s\"", code) : e;
}

/* Every change ends here: a newer configuration, and a line in the audit log. */
static enum err finish(const struct doing *d, enum err e, const char *action, const char *code, const char *detail)
{
    if (e == OK) e = sql_docs_event_touch(d->db, d->event_id, NULL);
    if (e == OK) e = audit_write_of(d->db, d->event_id, d->now_ms, d->actor, action, code, detail);
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "change a paper");
}

static enum err publish(const struct doing *d, const struct paper_item *item, int64_t at_ms)
{
    if (!item->version) return fault_because(d->fault, ERR_CONFLICT, "paper_no_file", NULL, "the paper has no file yet");
    if (item->stamp && !item->stamp_let)
        return fault_because(d->fault, ERR_CONFLICT, "paper_stamped", item->stamp, "the paper bears the stamp %s: decide that first", item->stamp);
    enum err e = sql_room_set_published(d->db, item->id, at_ms, NULL);
    return finish(d, e, "paper.publish", item->code, arena_printf(d->arena, "{\"from_ms\":%lld,\"version\":%lld}", (long long)at_ms, (long long)item->version));
}

enum err paper_publish(const struct doing *d, const char *code, int64_t at_ms)
{
    struct paper_item item;
    enum err e = find(d, code, &item);
    return e == OK ? publish(d, &item, at_ms) : e;
}

/* A draft that was taken back waits to be given back: who withdrew it did not mean "with all the others". */
static bool is_ready_draft(const struct paper_item *item)
{
    return item->state == PAPER_DRAFT && item->version && item->withdrawn_ms == DB_NULL;
}

enum err paper_drafts(struct arena *arena, const struct paper_item *items, size_t count, struct paper_drafts *ret)
{
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX];
    *ret = (struct paper_drafts){0};
    crypto_sha256_start(&state);
    for (size_t i = 0; i < count; i++) {
        if (items[i].state == PAPER_STOPPED) ret->stopped++;
        else if (items[i].state == PAPER_DRAFT && !is_ready_draft(&items[i])) ret->unready++;
        if (!is_ready_draft(&items[i])) continue;
        const char *mark = paper_mark(arena, &items[i]);
        const char *text = mark ? arena_printf(arena, "%s %lld %s %s\n", items[i].code, (long long)items[i].version, items[i].sha256, mark) : NULL;
        if (!text) return ERR_NOMEM;
        crypto_sha256_add(&state, text, strlen(text));
        ret->ready++;
    }
    crypto_sha256_end(&state, hex);
    ret->mark = arena_strndup(arena, hex, 32);
    return ret->mark ? OK : ERR_NOMEM;
}

enum err paper_publish_drafts(const struct doing *d, const char *mark)
{
    struct paper_item *items;
    struct paper_drafts drafts;
    size_t count;
    enum err e = paper_items(d->db, d->arena, d->event_id, d->now_ms, &items, &count);
    if (e == OK) e = paper_drafts(d->arena, items, count, &drafts);
    if (e != OK) return db_fault(d->db, e, d->fault, "look for drafts");
    if (!mark || strcmp(mark, drafts.mark) != 0) return fault_set(d->fault, ERR_CONFLICT, "the drafts are not those that were shown");
    for (size_t i = 0; e == OK && i < count; i++)
        if (is_ready_draft(&items[i])) e = publish(d, &items[i], d->now_ms);
    return e;
}

enum err paper_withdraw(const struct doing *d, const char *code)
{
    struct paper_item item;
    enum err e = find(d, code, &item);
    if (e != OK || item.withdrawn_ms != DB_NULL) return e;
    return finish(d, sql_room_set_withdrawn(d->db, item.id, d->now_ms, NULL), "paper.withdraw", code, NULL);
}

enum err paper_give_back(const struct doing *d, const char *code)
{
    struct paper_item item;
    enum err e = find(d, code, &item);
    if (e != OK || item.withdrawn_ms == DB_NULL) return e;
    return finish(d, sql_room_set_withdrawn(d->db, item.id, DB_NULL, NULL), "paper.give_back", code, NULL);
}

enum err paper_let_stamp(const struct doing *d, const char *code)
{
    struct paper_item item;
    enum err e = find(d, code, &item);
    if (e != OK || !item.stamp || item.stamp_let) return e;
    return finish(d, sql_room_let_stamp(d->db, item.id, d->now_ms, NULL), "paper.let_stamp", code, arena_printf(d->arena, "{\"stamp\":\"%s\"}", item.stamp));
}

enum err paper_move(const struct doing *d, const char *code, int by)
{
    struct paper_item *items;
    size_t count, at = 0;
    enum err e = paper_items(d->db, d->arena, d->event_id, d->now_ms, &items, &count);
    while (e == OK && at < count && strcmp(items[at].code, code) != 0) at++;
    if (e == OK && at == count) return fault_set(d->fault, ERR_NOT_FOUND, "there is no paper \"%.64s\"", code);
    bool ends = e == OK && (by < 0 ? at == 0 : at + 1 == count);
    if (e != OK || ends) return e;
    size_t to = by < 0 ? at - 1 : at + 1;
    struct paper_item moved = items[at];
    items[at] = items[to];
    items[to] = moved;
    for (size_t i = 0; e == OK && i < count; i++) e = sql_room_set_order(d->db, items[i].id, (int64_t)i, NULL); /* places of imports may be equal */
    return finish(d, e, "paper.move", code, by < 0 ? "{\"by\":-1}" : "{\"by\":1}");
}

enum err paper_delete(const struct doing *d, const char *code)
{
    struct paper_item item;
    struct sql_room_opened_any_row opened;
    struct sql_room_bundled_row bundled;
    enum err e = find(d, code, &item);
    if (e == OK) e = sql_room_opened_any(d->db, d->arena, item.id, &opened);
    if (e == OK) e = sql_room_bundled(d->db, d->arena, item.id, &bundled);
    if (e != OK) return e;
    if (opened.people) return fault_because(d->fault, ERR_CONFLICT, "paper_opened", NULL, "somebody has opened it: withdraw it instead");
    if (bundled.count) return fault_because(d->fault, ERR_CONFLICT, "paper_bundled", NULL, "a bundle brought it: withdraw it instead");
    return finish(d, sql_room_delete(d->db, item.id, NULL), "paper.delete", code, NULL);
}

/* --- describing ----------------------------------------------------------------------------------------------------------------------- */

static const char *text_or_null(struct arena *arena, const char *text)
{
    const char *tidy = text && *text ? text_tidy(arena, text) : NULL;
    return tidy && *tidy ? tidy : NULL;
}

static const char *audience_text(const struct doing *d, const struct paper_words *w)
{
    if (w->for_everybody) return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < w->category_count; i++) (void)json_array_append_new(list, json_string(w->categories[i]));
    json_t *root = json_pack("{s:o}", "categories", list);
    const char *text = root ? json_canonical(d->arena, root) : NULL;
    json_decref(root);
    return text;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* Each text with its end, so that nothing moves from one into the next unseen. */
const char *paper_mark(struct arena *arena, const struct paper_item *item)
{
    const char *const texts[] = {item->title, item->language, item->number, item->issued, item->issuer, item->audience, item->session};
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX];
    crypto_sha256_start(&state);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        crypto_sha256_add(&state, texts[i] ? "1" : "0", 1);
        if (texts[i]) crypto_sha256_add(&state, texts[i], strlen(texts[i]) + 1);
    }
    crypto_sha256_add(&state, item->restricted ? "1" : "0", 1);
    crypto_sha256_add(&state, item->must_read ? "1" : "0", 1);
    crypto_sha256_end(&state, hex);
    return arena_strndup(arena, hex, 32);
}

/* What is edited here an import leaves; words between spaces, each once. */
static const char *note_edited(struct arena *arena, const char *edited, const char *key, bool differs)
{
    const char *list = edited ? edited : " ";
    if (!differs || strstr(list, arena_printf(arena, " %s ", key))) return edited;
    return arena_printf(arena, "%s%s ", list, key);
}

enum err paper_describe(const struct doing *d, const char *code, const struct paper_words *w)
{
    struct paper_item item;
    enum err e = find(d, code, &item);
    if (e != OK) return e;
    const char *mark = paper_mark(d->arena, &item);
    if (!mark) return ERR_NOMEM;
    if (!same(mark, w->mark)) return fault_set(d->fault, ERR_CONFLICT, "somebody has changed this paper meanwhile");
    if (!json_object_size(w->titles)) return fault_because(d->fault, ERR_INPUT, "paper_no_title", NULL, "a paper needs a title in one language at least");
    struct sql_room_edit_in in = {.id = item.id, .title = json_text(d->arena, w->titles), .language = text_or_null(d->arena, w->language),
                                  .number = text_or_null(d->arena, w->number), .issued = text_or_null(d->arena, w->issued),
                                  .issuer = text_or_null(d->arena, w->issuer), .audience = audience_text(d, w), .session_id = DB_NULL,
                                  .restricted = w->restricted, .must_read = w->must_read, .edited = item.edited};
    if (!in.title || (!w->for_everybody && !in.audience)) return ERR_NOMEM;
    if (in.language && !text_is_language(in.language)) return fault_because(d->fault, ERR_INPUT, "paper_language", in.language, "\"%.40s\" is no language", in.language);
    bool date = !in.issued || (strlen(in.issued) == 10 && strspn(in.issued, "0123456789-") == 10) || (strlen(in.issued) == 4 && strspn(in.issued, "0123456789") == 4);
    if (!date) return fault_because(d->fault, ERR_INPUT, "paper_date", in.issued, "\"%.40s\" is no date", in.issued);
    const char *session = text_or_null(d->arena, w->session);
    struct sql_room_session_row row;
    if (session && (e = sql_room_session(d->db, d->arena, d->event_id, session, &row)) != OK)
        return e == ERR_NOT_FOUND ? fault_because(d->fault, ERR_INPUT, "paper_session", session, "there is no session \"%.64s\"", session) : e;
    if (session) in.session_id = row.id;
    in.edited = note_edited(d->arena, in.edited, "title", !same(in.title, item.title));
    in.edited = note_edited(d->arena, in.edited, "language", !same(in.language, item.language));
    in.edited = note_edited(d->arena, in.edited, "number", !same(in.number, item.number));
    in.edited = note_edited(d->arena, in.edited, "issued", !same(in.issued, item.issued));
    in.edited = note_edited(d->arena, in.edited, "issuer", !same(in.issuer, item.issuer));
    in.edited = note_edited(d->arena, in.edited, "session", !same(session, item.session));
    in.edited = note_edited(d->arena, in.edited, "audience", !same(in.audience, item.audience));
    in.edited = note_edited(d->arena, in.edited, "restricted", in.restricted != (int64_t)item.restricted);
    in.edited = note_edited(d->arena, in.edited, "must_read", in.must_read != (int64_t)item.must_read);
    return finish(d, sql_room_edit(d->db, &in, NULL), "paper.describe", code, arena_printf(d->arena, "{\"edited\":\"%s\"}", in.edited ? in.edited : ""));
}

/* --- files ------------------------------------------------------------------------------------------------------------------------------ */

/* "01. Báo cáo chính trị.pdf" → "01-bao-cao-chinh-tri", and a number behind it where that is taken. */
static const char *choose_code(const struct doing *d, const char *stem)
{
    struct paper_item *items;
    size_t count, length = 0;
    char base[49] = "";
    const char *folded = text_fold(d->arena, stem);
    for (const char *p = folded ? folded : ""; *p && length < sizeof base - 1; p++) {
        bool plain = isalnum((unsigned char)*p) && (unsigned char)*p < 128;
        if (plain) base[length++] = *p;
        else if (length && base[length - 1] != '-') base[length++] = '-';
    }
    while (length && base[length - 1] == '-') length--;
    base[length] = '\0';
    if (!length) memcpy(base, "paper", 6);
    if (paper_items(d->db, d->arena, d->event_id, d->now_ms, &items, &count) != OK) return NULL;
    for (unsigned number = 1;; number++) {
        const char *code = number == 1 ? arena_strdup(d->arena, base) : arena_printf(d->arena, "%s-%u", base, number);
        bool taken = false;
        for (size_t i = 0; code && i < count; i++) taken = taken || strcmp(items[i].code, code) == 0;
        if (!taken) return code;
    }
}

static enum err add_new(const struct doing *d, const struct paper_file *file, int64_t *ret_id, const char **ret_code)
{
    struct sql_room_last_order_row last;
    const char *dot = strrchr(file->name, '.');
    const char *stem = arena_strndup(d->arena, file->name, dot && dot > file->name ? (size_t)(dot - file->name) : strlen(file->name));
    const char *tidy = stem ? text_tidy(d->arena, stem) : NULL, *code = tidy ? choose_code(d, tidy) : NULL;
    json_t *value = tidy ? json_string(*tidy ? tidy : file->name) : NULL;
    json_t *title = value ? json_pack("{s:o}", "vi", value) : NULL;
    struct sql_room_insert_in in = {.id = id_next(d->ids), .event_id = d->event_id, .code = code, .title = title ? json_text(d->arena, title) : NULL,
                                    .publish_manual = 1, .stamp = file->stamp};
    json_decref(title);
    if (!code || !in.title) return ERR_NOMEM;
    enum err e = sql_room_last_order(d->db, d->arena, d->event_id, &last);
    if (e != OK) return e;
    in.sort_order = last.sort_order + 1;
    *ret_id = in.id;
    *ret_code = code;
    return sql_room_insert(d->db, &in, NULL);
}

enum err paper_add_file(const struct doing *d, const struct paper_file *file, const char **ret_code, int64_t *ret_version)
{
    struct sql_room_upload_row known;
    struct paper_item item = {.code = file->code};
    enum err e = file->upload ? sql_room_upload(d->db, d->arena, file->upload, &known) : ERR_NOT_FOUND;
    if (e == OK) {
        *ret_code = known.code;
        *ret_version = known.version;
        return OK;
    }
    if (e != ERR_NOT_FOUND) return db_fault(d->db, e, d->fault, "look for the upload");
    e = file->code ? find(d, file->code, &item) : add_new(d, file, &item.id, &item.code);
    if (e != OK) return e;
    *ret_code = item.code;
    *ret_version = item.version;
    if (item.sha256 && strcmp(item.sha256, file->sha256) == 0) return OK; /* the same bytes again are no version */
    *ret_version = item.version + 1;
    struct sql_room_version_insert_in in = {id_next(d->ids), item.id, *ret_version, file->sha256, file->name, d->now_ms, file->upload};
    e = sql_room_version_insert(d->db, &in, NULL);
    if (e == OK) e = sql_room_set_stamp(d->db, item.id, file->stamp, NULL);
    return finish(d, e, item.version ? "paper.replace" : "paper.add", item.code, arena_printf(d->arena, "{\"version\":%lld,\"sha256\":\"%s\",\"stamp\":\"%s\"}",
        (long long)*ret_version, file->sha256, file->stamp ? file->stamp : ""));
}

enum err paper_names_allow(const struct doing *d, bool allow)
{
    return finish(d, sql_room_set_names(d->db, d->event_id, allow, NULL), "papers.names", allow ? "allowed" : "not allowed", NULL);
}
