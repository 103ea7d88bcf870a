/* What an import wrote, so that it can be taken back: fields with their old and new values as they are stored; of things that were made a hash of the row. */
#include "catalogue.h"
#include "core/base/crypto.h"
#include "core/congress/list_import/private.h"

#include <string.h>

static void put_value(struct buf *out, const struct db_value *value)
{
    if (value->type == DB_TYPE_I64) buf_printf(out, "%lld", (long long)value->i64);
    else if (value->type == DB_TYPE_TEXT) buf_put_json(out, value->text);
    else buf_puts(out, "null");
}

static void put_change(struct buf *out, const char *key, size_t part)
{
    buf_puts(out, out->length ? ",\"" : "{\"");
    buf_puts(out, key);
    if (part) buf_printf(out, "#%zu", part);
    buf_puts(out, "\":[");
}

void journal_fields(struct buf *out, enum entity_kind kind, const struct db_value *before, const struct db_value *after)
{
    const struct shape *shape = entities[kind].shape;
    size_t column = entity_first_column(&entities[kind]);
    buf_clear(out);
    for (size_t i = 0; i < shape->count; column += field_width(&shape->fields[i++])) {
        if (shape->fields[i].kind == FIELD_DERIVED) continue;
        for (size_t k = 0; k < field_width(&shape->fields[i]); k++) {
            if (value_equal(&before[column + k], &after[column + k])) continue;
            put_change(out, shape->fields[i].key, k);
            put_value(out, &before[column + k]);
            buf_putc(out, ',');
            put_value(out, &after[column + k]);
            buf_putc(out, ']');
        }
    }
}

void journal_attribute(struct buf *out, const char *code, const char *before, const char *after)
{
    buf_puts(out, out->length ? ",\"attribute:" : "{\"attribute:");
    buf_puts(out, code);
    buf_puts(out, "\":[");
    if (before) buf_put_json(out, before);
    else buf_puts(out, "null");
    buf_putc(out, ',');
    if (after) buf_put_json(out, after);
    else buf_puts(out, "null");
    buf_putc(out, ']');
}

void journal_hash(enum entity_kind kind, const struct db_value *values, const char *attributes, char ret[33])
{
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX];
    crypto_sha256_start(&state);
    for (size_t i = 0; i < entity_width(&entities[kind]); i++) {
        const struct db_value *v = &values[i];
        const char type = v->type == DB_TYPE_I64 ? 'i' : v->type == DB_TYPE_TEXT ? 't' : '-';
        crypto_sha256_add(&state, &type, 1);
        if (v->type == DB_TYPE_I64) crypto_sha256_add(&state, &v->i64, sizeof v->i64);
        if (v->type == DB_TYPE_TEXT) crypto_sha256_add(&state, v->text, strlen(v->text) + 1);
    }
    if (attributes) crypto_sha256_add(&state, attributes, strlen(attributes));
    crypto_sha256_end(&state, hex);
    memcpy(ret, hex, 32);
    ret[32] = '\0';
}

enum err journal_person_attributes(struct db *db, struct arena *arena, int64_t person_id, const char **ret)
{
    struct sql_list_import_attributes_row *rows;
    struct buf text;
    size_t count = 0;
    enum err e = sql_list_import_attributes(db, arena, person_id, &rows, &count);
    if (e != OK) return e;
    buf_init(&text, BUF_LIMIT_BODY);
    for (size_t i = 0; i < count; i++) buf_printf(&text, "%s=%s;", rows[i].code, rows[i].value);
    *ret = buf_ok(&text) ? arena_strdup(arena, buf_text(&text)) : NULL;
    buf_release(&text);
    return *ret ? OK : ERR_NOMEM;
}

enum err journal_read(struct db *db, struct arena *arena, enum entity_kind kind, int64_t id, struct db_value **ret)
{
    size_t statement = kind == ENTITY_PERSON ? SQL_LIST_IMPORT_PERSON : kind == ENTITY_UNIT ? SQL_LIST_IMPORT_UNIT : SQL_LIST_IMPORT_DELEGATE, count = 0;
    struct db_value parameter = value_i64(id), *rows = NULL;
    enum err e = db_fetch(db, arena, statement, &parameter, 1, &rows, &count);
    if (e == OK) *ret = count ? rows : NULL;
    return e;
}

static int64_t id_or_null(const struct db_value *value)
{
    return value->type == DB_TYPE_I64 ? value->i64 : DB_NULL;
}

struct register_person journal_person(const struct db_value *v)
{
    return (struct register_person){.id = v[0].i64, .code = v[1].text, .name = v[2].text, .name_fold = v[3].text, .name_sort = v[4].text, .sort_name = v[5].text,
                                    .honorific = v[6].text, .unit_id = id_or_null(&v[7]), .title = v[8].text, .gender = v[9].text, .born = v[10].text,
                                    .joined = v[11].text, .phone = v[12].text, .email = v[13].text, .photo = v[14].text, .photo_blob = v[15].text};
}

struct register_unit journal_unit(const struct db_value *v)
{
    return (struct register_unit){.id = v[0].i64, .code = v[1].text, .name = v[2].text, .name_fold = v[3].text, .parent_id = id_or_null(&v[4]), .level = v[5].text,
                                  .sector = v[6].text, .sort_order = id_or_null(&v[7]), .members = id_or_null(&v[8])};
}
