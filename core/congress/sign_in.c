#include "core/congress/sign_in.h"
#include "catalogue.h"

#include <string.h>

static const char *const outcomes[] = {"in", "wrong", "refused", "changed"};

const char *sign_in_outcome_name(enum sign_in_outcome outcome) { return outcomes[outcome]; }

static bool read_outcome(const char *name, enum sign_in_outcome *ret)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (strcmp(name, outcomes[i]) != 0) continue;
        *ret = (enum sign_in_outcome)i;
        return true;
    }
    return false;
}

struct family {
    const char *mark, *name;
};

/* The first mark that is there decides: nearly every browser also says that it is Chrome, and each of these that it is Safari. */
static const struct family browsers[] = {{"Edg", "edge"},         {"OPR/", "opera"},      {"SamsungBrowser", "samsung"}, {"coc_coc", "coccoc"}, {"FxiOS", "firefox"},
                                         {"Firefox/", "firefox"}, {"CriOS", "chrome"},    {"Chrome/", "chrome"},         {"Chromium", "chrome"}, {"Safari/", "safari"}};
static const struct family machines[] = {{"Android", "android"}, {"iPhone", "iphone"}, {"iPad", "ipad"},   {"Windows", "windows"},
                                         {"Macintosh", "mac"},   {"CrOS", "chromebook"}, {"Linux", "linux"}, {"X11", "linux"}};

static const char *find_family(const struct family *families, size_t count, const char *text)
{
    for (size_t i = 0; text && i < count; i++)
        if (strstr(text, families[i].mark)) return families[i].name;
    return "other";
}

void sign_in_read_browser(const char *user_agent, const char **ret_browser, const char **ret_machine)
{
    *ret_browser = find_family(browsers, sizeof browsers / sizeof browsers[0], user_agent);
    *ret_machine = find_family(machines, sizeof machines / sizeof machines[0], user_agent);
}

enum err sign_in_write(struct db *db, const struct sign_in *s)
{
    struct sql_sign_in_insert_in in = {s->id, s->account_id, s->at_ms, outcomes[s->outcome], s->way, s->browser, s->machine};
    enum err e = sql_sign_in_prune(db, s->at_ms - SIGN_IN_KEPT_MS, NULL);
    return e == OK ? sql_sign_in_insert(db, &in, NULL) : e;
}

enum err sign_in_list(struct db *db, struct arena *arena, int64_t account_id, int64_t before_id, size_t most, struct sign_in **ret, size_t *ret_count)
{
    struct sql_sign_in_list_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_sign_in_list(db, arena, account_id, before_id, (int64_t)most, &rows, &count);
    if (e != OK) return e;
    struct sign_in *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct sign_in){.id = rows[i].id, .account_id = account_id, .at_ms = rows[i].at_ms, .way = rows[i].way, .browser = rows[i].browser,
                                   .machine = rows[i].machine, .ended_ms = rows[i].ended_ms, .ended_by = rows[i].ended_by};
        if (!read_outcome(rows[i].outcome, &list[i].outcome)) return ERR_BUG;
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err sign_in_count_wrong(struct db *db, struct arena *arena, int64_t account_id, int64_t since_ms, int64_t *ret)
{
    struct sql_sign_in_wrong_row row = {0};
    enum err e = sql_sign_in_wrong(db, arena, account_id, since_ms, &row);
    *ret = row.total;
    return e;
}

enum err sign_in_sessions(struct db *db, struct arena *arena, int64_t account_id, int64_t now_ms, struct sign_in_session **ret, size_t *ret_count)
{
    struct sql_sessions_open_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_sessions_open(db, arena, account_id, now_ms, &rows, &count);
    if (e != OK) return e;
    struct sign_in_session *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct sign_in_session){rows[i].sign_in_id, rows[i].created_ms, rows[i].expires_ms, rows[i].way, rows[i].browser, rows[i].machine};
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err sign_in_end(struct db *db, int64_t account_id, int64_t sign_in_id, const char *actor, int64_t now_ms)
{
    int64_t changes = 0;
    enum err e = sql_session_end(db, account_id, sign_in_id, &changes);
    if (e == OK && changes == 0) return ERR_NOT_FOUND;
    struct sql_sign_in_end_in in = {sign_in_id, account_id, now_ms, actor};
    return e == OK ? sql_sign_in_end(db, &in, NULL) : e;
}

enum err sign_in_end_others(struct db *db, int64_t account_id, const struct web_session *but, const char *actor, int64_t now_ms, int64_t *ret_count)
{
    struct sql_sign_in_end_open_in in = {account_id, but && but->sign_in_id != DB_NULL ? but->sign_in_id : 0, now_ms, actor};
    enum err e = sql_sign_in_end_open(db, &in, NULL);
    return e == OK ? sql_session_end_others(db, account_id, but ? but->id_hash : "", ret_count) : e;
}
