#include "core/congress/messages/questions.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <string.h>

enum err question_tidy(struct arena *arena, const char *text, const char **ret, struct fault *fault)
{
    const char *tidy = text ? text_tidy(arena, text) : NULL;
    if (!tidy || !*tidy) return fault_set(fault, ERR_INPUT, "there is no text");
    if (text_length(tidy) > QUESTION_LETTERS) return fault_set(fault, ERR_INPUT, "longer than %d letters", QUESTION_LETTERS);
    if (!text_is_printable(tidy)) return fault_set(fault, ERR_INPUT, "this is no text");
    *ret = tidy;
    return OK;
}

void question_browser_hash(const char *browser, char out[CRYPTO_HASH_HEX])
{
    out[0] = '\0';
    if (browser[0]) crypto_sha256_hex(browser, strlen(browser), out);
}

/* The words are there already. */
static enum err ask_again(struct db *db, struct arena *arena, int64_t delegate_id, const char *words, const char *hash, int64_t now_ms, bool *ret_mine)
{
    struct sql_question_is_of_row row = {0};
    enum err e = OK;
    if (!hash[0]) return OK;
    const struct sql_question_hand_on_in twice = {delegate_id, now_ms - QUESTION_TWICE_MS, words, hash};
    const struct sql_question_is_of_in whose = {delegate_id, now_ms - QUESTION_BURST_MS, words, hash};
    e = sql_question_hand_on(db, &twice, NULL);
    if (e == OK) e = sql_question_is_of(db, arena, &whose, &row);
    *ret_mine = row.count > 0;
    return e;
}

enum err question_ask(struct db *db, struct arena *arena, struct id_source *ids, const struct question_asker *asker, const char *words, int64_t now_ms,
                      bool *ret_mine, struct fault *fault)
{
    char hash[CRYPTO_HASH_HEX];
    struct sql_room_event_row event;
    struct sql_question_recent_row recent;
    question_browser_hash(asker->browser, hash);
    *ret_mine = false;
    enum err e = sql_room_event(db, arena, asker->event_id, &event);
    if (e == OK) e = sql_question_recent(db, arena, asker->delegate_id, now_ms - QUESTION_BURST_MS, words, &recent);
    if (e != OK) return db_fault(db, e, fault, "ask the desk");
    if (event.questions_closed_ms != DB_NULL) return fault_set(fault, ERR_DENIED, "questions are closed");
    if (recent.same) {
        e = ask_again(db, arena, asker->delegate_id, words, hash, now_ms, ret_mine);
        return e == OK ? OK : db_fault(db, e, fault, "ask the desk again");
    }
    if (recent.asked >= QUESTION_BURST || recent.waiting >= QUESTION_WAITING) return fault_set(fault, ERR_LIMIT, "too many questions at once");
    struct sql_question_insert_in in = {id_next(ids), asker->event_id, asker->delegate_id, words, now_ms, hash[0] ? hash : NULL, asker->language};
    e = sql_question_insert(db, &in, NULL);
    *ret_mine = hash[0] != '\0';
    return e == OK ? OK : db_fault(db, e, fault, "ask the desk");
}

void question_desk_key(const char *session, char out[QUESTION_KEY_SIZE])
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_derive("plenum-desk", session, strlen(session), hash);
    crypto_hex(hash, (QUESTION_KEY_SIZE - 1) / 2, out);
    out[QUESTION_KEY_SIZE - 1] = '\0';
}

static bool is_others(const struct sql_question_get_row *row, const char *key, int64_t now_ms)
{
    bool alive = row->taken_ms != DB_NULL && now_ms - row->taken_ms < QUESTION_TAKEN_MS && row->taken_ms <= now_ms + QUESTION_TAKEN_MS;
    return alive && row->taken_key && strcmp(row->taken_key, key) != 0;
}

enum err question_answer(struct db *db, struct arena *arena, const struct question_reply *r, int64_t now_ms, struct fault *fault)
{
    struct sql_question_get_row row;
    enum err e = sql_question_get(db, arena, r->event_id, r->id, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no such question");
    if (e == OK && row.answered_ms != (r->known_ms ? r->known_ms : DB_NULL))
        return fault_because(fault, ERR_CONFLICT, "ask_answered", NULL, "somebody has answered this meanwhile");
    if (e == OK && is_others(&row, r->key, now_ms) && (!r->taken_key || strcmp(row.taken_key, r->taken_key) != 0))
        return fault_because(fault, ERR_CONFLICT, "ask_taken", row.taken_by, "somebody else is answering this");
    if (e == OK && r->known_ms >= now_ms) now_ms = r->known_ms + 1; /* each answer is another one, also within a millisecond */
    if (e == OK) e = sql_question_answer(db, &(struct sql_question_answer_in){.id = r->id, .answer = r->answer, .answered_ms = now_ms, .actor = r->actor}, NULL);
    if (e == OK) e = audit_write(db, now_ms, r->actor, row.answer ? "question.answer_again" : "question.answer", arena_printf(arena, "%lld", (long long)r->id), NULL);
    return e == OK ? OK : db_fault(db, e, fault, "answer a question");
}

enum err question_take(struct db *db, struct arena *arena, int64_t event_id, int64_t id, const char *actor, const char *key, int64_t now_ms, struct fault *fault)
{
    struct sql_question_get_row row;
    enum err e = sql_question_get(db, arena, event_id, id, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no such question");
    if (e == OK && is_others(&row, key, now_ms)) return fault_because(fault, ERR_CONFLICT, "ask_taken", row.taken_by, "somebody else is answering this");
    const struct sql_question_take_in in = {id, actor, key, now_ms};
    if (e == OK) e = sql_question_take(db, &in, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "take a question");
}

enum err question_leave(struct db *db, struct arena *arena, int64_t event_id, int64_t id, const char *key, struct fault *fault)
{
    struct sql_question_get_row row;
    enum err e = sql_question_get(db, arena, event_id, id, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no such question");
    const struct sql_question_take_in nobody = {id, NULL, NULL, DB_NULL};
    if (e == OK && row.taken_key && strcmp(row.taken_key, key) == 0) e = sql_question_take(db, &nobody, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "leave a question");
}

enum err question_close(struct db *db, int64_t event_id, bool closed, const char *actor, const char *event, int64_t now_ms, struct fault *fault)
{
    enum err e = sql_question_close(db, event_id, closed ? now_ms : DB_NULL, NULL);
    if (e == OK) e = sql_docs_event_touch(db, event_id, NULL);
    if (e == OK) e = audit_write(db, now_ms, actor, closed ? "questions.close" : "questions.open", event, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "close the questions");
}

enum err question_of(struct db *db, struct arena *arena, const struct question_reader *reader, struct question **ret, size_t *ret_count)
{
    char hash[CRYPTO_HASH_HEX];
    struct sql_question_of_row *rows;
    question_browser_hash(reader->browser, hash);
    enum err e = sql_question_of(db, arena, reader->delegate_id, &rows, ret_count);
    struct question *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) {
        bool mine = reader->pin_passed || (hash[0] && rows[i].browser_hash && crypto_equal(hash, rows[i].browser_hash));
        list[i] = (struct question){.id = rows[i].id, .asked_ms = rows[i].asked_ms, .answered_ms = rows[i].answered_ms, .seen_ms = rows[i].seen_ms, .is_mine = mine,
                                    .words = mine ? rows[i].words : NULL, .answer = mine ? rows[i].answer : NULL};
    }
    *ret = list;
    return OK;
}

enum err question_list(struct db *db, struct arena *arena, int64_t event_id, int64_t most, int64_t now_ms, struct question **ret, size_t *ret_count)
{
    struct sql_question_list_row *rows;
    enum err e = sql_question_list(db, arena, event_id, most, &rows, ret_count);
    struct question *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct sql_question_list_row *row = &rows[i];
        bool taken = row->taken_ms != DB_NULL && now_ms - row->taken_ms < QUESTION_TAKEN_MS && row->taken_ms <= now_ms + QUESTION_TAKEN_MS;
        list[i] = (struct question){.id = row->id, .asked_ms = row->asked_ms, .answered_ms = row->answered_ms, .seen_ms = row->seen_ms, .words = row->words,
                                    .answer = row->answer, .actor = row->actor, .name = row->name, .number = row->number, .unit = row->unit_name,
                                    .language = row->language, .taken_by = taken ? row->taken_by : NULL, .taken_key = taken ? row->taken_key : NULL, .is_mine = true};
    }
    *ret = list;
    return OK;
}
