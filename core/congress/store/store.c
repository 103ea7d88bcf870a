#include "core/congress/store/store.h"
#include "catalogue.h"
#include "core/base/file.h"
#include "core/base/id.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/figures/tally.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/scene/wall.h"
#include "core/congress/register/people.h"
#include "core/congress/store/mirror.h"
#include "core/congress/store/practice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *store_choose_folder(const char *option)
{
    const char *env = getenv("PLENUM_DATA");
    if (option && *option) return option;
    return env && *env ? env : "./plenum-data";
}

/* Not in an arena: a store is a plain struct that owns its paths. */
static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* What a migration cannot say in SQL alone. Each does nothing where there is nothing to do. */
static enum err complete(struct db *db, struct fault *fault)
{
    enum err e = find_index_complete(db, fault);
    if (e == OK) e = announcement_adopt(db, fault);
    if (e == OK) e = tally_complete(db, fault);
    if (e == OK) e = register_complete(db, fault);
    return e == OK ? wall_code_adopt(db, fault) : e;
}

/* A server that runs holds the lock and relies on the schema it started with. */
static enum err bring_up_to_date(struct store *store, struct fault *fault)
{
    struct fault why = {0};
    enum err e = db_check_schema(store->db, &why);
    if (e == OK) return complete(store->db, fault);
    int lock;
    if (store_lock(store, &lock, fault) != OK) return fault_set(fault, ERR_BUSY,
        "%s: the schema is old and a server is running on it: stop the server first", store->folder);
    e = db_migrate(store->db, fault);
    if (e == OK) e = complete(store->db, fault);
    file_unlock(lock);
    return e;
}

/* Work on a copy would go past its epoch. */
static bool is_mirror(const struct store *store)
{
    char *path = join(store->folder, MIRROR_NOTE);
    bool is = path && file_exists(path);
    free(path);
    return is;
}

/* By either of its marks. What is recorded in a practice copy is no record, and what is meant for the record must not go there. */
static enum err check_practice(const struct store *store, enum store_mode mode, struct fault *fault)
{
    struct arena arena = {0};
    const char *mark = NULL;
    enum err e = setting_read(store->db, &arena, PRACTICE_SETTING, &mark);
    bool is = mark || practice_is_marked(store->folder);
    arena_release(&arena);
    if (e != OK) return db_fault(store->db, e, fault, "settings");
    if (is == (mode == STORE_PRACTICE)) return OK;
    if (!is) return fault_set(fault, ERR_CONFLICT, "%s is no practice copy of a rehearsal", store->folder);
    return fault_set(fault, ERR_CONFLICT, "%s is the practice copy of a rehearsal, nothing in it is a record: look at it with plenum serve --practice --data %s, "
                     "then delete it", store->folder, store->folder);
}

enum err store_open(const char *folder, enum store_mode mode, struct store *ret, struct fault *fault)
{
    struct store store = {0};
    enum err e = OK;
    if (mode == STORE_CREATE) e = file_make_directories(folder, fault);
    else if (!file_is_directory(folder)) e = fault_set(fault, ERR_NOT_FOUND,
        "there is no data folder \"%s\": import an event first, or name it with --data", folder);
    if (e != OK) return e;
    store.folder = realpath(folder, NULL);
    store.database = store.folder ? join(store.folder, "plenum.db") : NULL;
    if (!store.database) {
        store_close(&store);
        return fault_set(fault, ERR_IO, "%s: cannot be opened", folder);
    }
    if (is_mirror(&store)) {
        e = fault_set(fault, ERR_CONFLICT, "%s is the copy of a server's data: plenum takeover %s --data NEW", folder, folder);
    } else if (mode != STORE_CREATE && !file_exists(store.database)) {
        e = fault_set(fault, ERR_NOT_FOUND, "there is no database in \"%s\": import an event first, or name the folder with --data", folder);
    } else {
        e = store_connect(&store, mode == STORE_READ ? DB_READ : mode == STORE_CREATE ? DB_CREATE : DB_WRITE, &store.db, fault);
        if (e == OK && mode == STORE_PRACTICE) e = check_practice(&store, mode, fault); /* before the schema of a record is brought up to date */
        if (e == OK) e = mode == STORE_READ ? db_check_schema(store.db, fault) : bring_up_to_date(&store, fault);
        if (e == OK && mode != STORE_PRACTICE) e = check_practice(&store, mode, fault);
    }
    if (e != OK) store_close(&store);
    else *ret = store;
    return e;
}

void store_close(struct store *store)
{
    db_close(store->db);
    free((char *)store->folder);
    free((char *)store->database);
    *store = (struct store){0};
}

enum err store_connect(const struct store *store, enum db_mode mode, struct db **ret, struct fault *fault)
{
    return db_open(&catalogue, store->database, mode, ret, fault);
}

enum err store_lock(const struct store *store, int *ret_fd, struct fault *fault)
{
    char *path = join(store->folder, "lock");
    if (!path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = file_lock(path, ret_fd, fault);
    free(path);
    return e;
}

enum err setting_read(struct db *db, struct arena *arena, const char *name, const char **ret)
{
    struct sql_setting_get_row row;
    enum err e = sql_setting_get(db, arena, name, &row);
    if (e == ERR_NOT_FOUND) row.value = NULL;
    else if (e != OK) return e;
    *ret = row.value;
    return OK;
}

enum err setting_write(struct db *db, const char *name, const char *value)
{
    return sql_setting_set(db, name, value, NULL);
}
