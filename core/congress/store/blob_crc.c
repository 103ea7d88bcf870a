/* CRCs for papers that were stored before these were kept. */
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <string.h>

struct found {
    const char *sha256;
    uint32_t crc;
};

static enum err write_one(struct db *db, void *arg, struct fault *fault)
{
    const struct found *found = arg;
    (void)fault;
    return sql_blob_set_crc(db, found->sha256, found->crc, NULL);
}

/* One transaction each: what was read stays, whatever happens to the next one. */
static enum err add_one(const struct store *store, struct arena *arena, const struct sql_blob_without_crc_row *row, bool *ret_added, struct fault *fault)
{
    struct blob blob;
    const char *path = blob_path(arena, store->folder, row->sha256);
    if (!path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = blob_probe_file(path, BLOB_LIMIT, &blob, NULL);
    *ret_added = e == OK && blob.size == row->size && strcmp(blob.sha256, row->sha256) == 0;
    return *ret_added ? db_transaction(store->db, write_one, &(struct found){row->sha256, blob.crc}, fault) : OK;
}

enum err blob_add_crcs(const struct store *store, int64_t *ret_added, int64_t *ret_left, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_blob_without_crc_row *rows;
    size_t count = 0;
    *ret_added = *ret_left = 0;
    enum err e = sql_blob_without_crc(store->db, &arena, &rows, &count);
    if (e != OK) (void)db_fault(store->db, e, fault, "read the papers without a CRC");
    for (size_t i = 0; e == OK && i < count; i++) {
        bool added = false;
        e = add_one(store, &arena, &rows[i], &added, fault);
        if (e == OK) (*(added ? ret_added : ret_left))++;
    }
    arena_release(&arena);
    return e;
}
