/* Numbered, registered migrations. The registry is a table that the first migration run makes itself. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/db/db.h"
#include "core/db/driver.h"

#include <stdlib.h>
#include <string.h>

static const char registry_sql[] = "CREATE TABLE IF NOT EXISTS schema_patch ("
                                   " name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, applied_ms BIGINT NOT NULL)";

/* The registry exists before the catalogue's tables do, so its statements stand here and not in the catalogue. */
static const struct db_statement_text list_text = {"schema_patch_list", "SELECT name, sha256 FROM schema_patch ORDER BY name", "", "tt"};
static const struct db_statement_text add_text = {"schema_patch_add", "INSERT INTO schema_patch(name, sha256, applied_ms) VALUES($1, $2, $3)", "tti", ""};

static enum err prepare(struct db *db, const struct db_statement_text *text, int *slots, struct db_statement *s)
{
    *s = (struct db_statement){.db = db, .slots = slots, .parameter_count = (int)strlen(text->parameter_types)};
    return db->driver->prepare(db, text, s);
}

static const struct db_migration *find_migration(const struct db_catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->migration_count; i++)
        if (strcmp(catalogue->migrations[i].name, name) == 0) return &catalogue->migrations[i];
    return NULL;
}

/* Marks in `applied` which migrations the database has; refuses one that is newer than we are, or edited. */
static enum err read_registry(struct db *db, bool *applied, struct fault *fault)
{
    struct db_statement s;
    enum err e = prepare(db, &list_text, NULL, &s);
    if (e != OK) return db_fault(db, e, fault, "read the schema version");
    while ((e = db->driver->step(&s)) == OK) {
        const char *name = db->driver->column_text(&s, 0);
        const char *stored = db->driver->column_text(&s, 1);
        if (!name || !stored) {
            e = ERR_NOMEM;
            break;
        }
        const struct db_migration *migration = find_migration(db->catalogue, name);
        char hash[CRYPTO_HASH_HEX];
        if (!migration) {
            e = fault_set(fault, ERR_CONFLICT, "the database has the schema patch \"%s\", which this version of Plenum does not know: use the newer version", name);
            break;
        }
        crypto_sha256_hex(migration->sql, strlen(migration->sql), hash);
        if (strcmp(hash, stored) != 0) {
            e = fault_set(fault, ERR_CONFLICT, "the schema patch \"%s\" is not the one that made this database", name);
            break;
        }
        applied[migration - db->catalogue->migrations] = true;
    }
    if (e != ERR_NOT_FOUND && e != ERR_CONFLICT) db_fault(db, e, fault, "read the schema version");
    db->driver->finalize(&s);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err apply_one(struct db *db, const struct db_migration *migration, struct fault *fault)
{
    enum err e = db->driver->run_schema(db, migration->sql);
    if (e != OK) return db_fault(db, e, fault, migration->name);
    char hash[CRYPTO_HASH_HEX];
    crypto_sha256_hex(migration->sql, strlen(migration->sql), hash);
    struct db_statement s;
    int slots[3];
    e = prepare(db, &add_text, slots, &s);
    if (e != OK) return db_fault(db, e, fault, migration->name);
    db_bind_text(&s, 1, migration->name);
    db_bind_text(&s, 2, hash);
    db_bind_i64(&s, 3, clock_now_ms());
    e = db->driver->step(&s);
    db->driver->finalize(&s);
    return e == ERR_NOT_FOUND ? OK : db_fault(db, e, fault, migration->name);
}

/* All missing patches in one transaction: a failing one leaves the database as it was. */
static enum err migrate_work(struct db *db, void *arg, struct fault *fault)
{
    bool *applied = arg;
    memset(applied, 0, db->catalogue->migration_count * sizeof *applied);
    enum err e = db->driver->run_schema(db, registry_sql);
    if (e != OK) return db_fault(db, e, fault, "make the schema registry");
    e = read_registry(db, applied, fault);
    for (size_t i = 0; e == OK && i < db->catalogue->migration_count; i++)
        if (!applied[i]) e = apply_one(db, &db->catalogue->migrations[i], fault);
    return e;
}

enum err db_migrate(struct db *db, struct fault *fault)
{
    bool *applied = calloc(db->catalogue->migration_count + 1, sizeof *applied);
    if (!applied) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = db_transaction(db, migrate_work, applied, fault);
    free(applied);
    return e;
}

enum err db_check_schema(struct db *db, struct fault *fault)
{
    bool *applied = calloc(db->catalogue->migration_count + 1, sizeof *applied);
    if (!applied) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = read_registry(db, applied, fault);
    for (size_t i = 0; e == OK && i < db->catalogue->migration_count; i++)
        if (!applied[i]) e = fault_set(fault, ERR_CONFLICT, "the database lacks the schema patch \"%s\": start `plenum serve` once", db->catalogue->migrations[i].name);
    free(applied);
    return e;
}
