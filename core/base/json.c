#include "core/base/json.h"
#include "core/base/json_plain.h"
#include "core/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Jansson's own bound is 2048; what nests deeper than we ever write is somebody's attempt. Brackets in texts do not count. Gives the
 * line where it goes too deep, 0 when it does not. */
static size_t too_deep_line(const char *text, size_t length)
{
    size_t depth = 0, line = 1;
    bool in_text = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '\n') line++;
        if (in_text && c == '\\') i++;
        else if (c == '"') in_text = !in_text;
        else if (in_text) continue;
        else if (c == '[' || c == '{') depth++;
        else if ((c == ']' || c == '}') && depth) depth--;
        if (depth > JSON_DEPTH_LIMIT) return line;
    }
    return 0;
}

static enum err read_text(const char *text, size_t length, size_t flags, json_t **ret, struct fault *fault)
{
    json_error_t error;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, length -= 3; /* some editors mark UTF-8 so (RFC 8259, 8.1: may be ignored) */
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0 || !text[0] || !text[1]))
        return fault_set(fault, ERR_INPUT, "line 1: is not UTF-8 but UTF-16; save it as UTF-8");
    size_t line = too_deep_line(text, length);
    if (line) return fault_set(fault, ERR_INPUT, "line %zu: nested deeper than %d levels", line, JSON_DEPTH_LIMIT);
    enum err e = json_read_plain(text, length, ret);
    if (e != ERR_INPUT) return e == OK ? OK : fault_set(fault, e, "not enough memory to read the JSON text");
    json_t *value = json_loadb(text, length, flags | JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value) {
        *ret = value;
        return OK;
    }
    if (json_error_code(&error) == json_error_out_of_memory) return fault_set(fault, ERR_NOMEM, "not enough memory to read the JSON text");
    return fault_set(fault, ERR_INPUT, "line %d column %d: %s", error.line, error.column, error.text);
}

enum err json_read(const char *text, size_t length, json_t **ret, struct fault *fault)
{
    return read_text(text, length, 0, ret, fault);
}

enum err json_read_list(const char *text, size_t length, json_t **ret, struct fault *fault)
{
    return read_text(text, length, JSON_ALLOW_NUL, ret, fault);
}

static int append_chunk(const char *chunk, size_t size, void *data)
{
    struct buf *out = data;
    buf_add(out, chunk, size);
    return buf_ok(out) ? 0 : -1;
}

enum err json_write(const json_t *value, bool indent, struct buf *out)
{
    size_t flags = JSON_ENCODE_ANY | (indent ? JSON_INDENT(2) : JSON_COMPACT);
    return json_dump_callback(value, append_chunk, out, flags) == 0 ? OK : ERR_NOMEM;
}

static char *text_with_flags(struct arena *arena, const json_t *value, size_t flags)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    char *text = NULL;
    if (json_dump_callback(value, append_chunk, &out, flags | JSON_COMPACT | JSON_ENCODE_ANY) == 0)
        text = arena_strndup(arena, buf_text(&out), out.length);
    buf_release(&out);
    return text;
}

char *json_text(struct arena *arena, const json_t *value) { return text_with_flags(arena, value, 0); }

char *json_canonical(struct arena *arena, const json_t *value) { return text_with_flags(arena, value, JSON_SORT_KEYS); }

void json_place_text(const struct json_place *place, char out[JSON_PLACE_SIZE])
{
    const struct json_place *chain[JSON_DEPTH_LIMIT];
    size_t n = 0, at = 0;
    for (; place && n < JSON_DEPTH_LIMIT; place = place->up) chain[n++] = place;
    out[0] = '\0';
    while (n-- > 0) {
        int wrote;
        if (!chain[n]->key) wrote = snprintf(out + at, JSON_PLACE_SIZE - at, "[%zu]", chain[n]->index);
        else wrote = snprintf(out + at, JSON_PLACE_SIZE - at, "%s%s", at ? "." : "", chain[n]->key);
        if (wrote < 0 || (size_t)wrote >= JSON_PLACE_SIZE - at) return;
        at += (size_t)wrote;
    }
}

enum err json_fault(struct fault *fault, const struct json_place *place, const char *format, ...)
{
    if (!fault) return ERR_INPUT;
    char where[JSON_PLACE_SIZE], what[FAULT_TEXT_SIZE];
    json_place_text(place, where);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return fault_set(fault, ERR_INPUT, "%s%s%s", where, where[0] ? ": " : "", what);
}

static const char *kind_name(enum json_kind kind)
{
    switch (kind) {
    case JSON_SPEC_TEXT: return "a text";
    case JSON_SPEC_INTEGER: return "a whole number";
    case JSON_SPEC_REAL: return "a number";
    case JSON_SPEC_BOOLEAN: return "true or false";
    case JSON_SPEC_ARRAY: return "a list";
    case JSON_SPEC_OBJECT: return "an object";
    default: return "a value";
    }
}

static enum err take_one(json_t *value, const struct json_spec *spec, void *target, const struct json_place *place, struct fault *fault)
{
    void *slot = (char *)target + spec->offset;
    bool fits = true;
    if (spec->kind == JSON_SPEC_TEXT && json_is_string(value)) {
        size_t longest = spec->longest ? spec->longest : 4096;
        if (json_string_length(value) > longest) return json_fault(fault, place, "longer than %zu bytes", longest);
        if (strlen(json_string_value(value)) != json_string_length(value)) return json_fault(fault, place, "has a NUL character");
        *(const char **)slot = json_string_value(value);
    } else if (spec->kind == JSON_SPEC_INTEGER && json_is_integer(value)) {
        *(int64_t *)slot = json_integer_value(value);
    } else if (spec->kind == JSON_SPEC_REAL && json_is_number(value)) {
        *(double *)slot = json_number_value(value);
    } else if (spec->kind == JSON_SPEC_BOOLEAN && json_is_boolean(value)) {
        *(bool *)slot = json_is_true(value);
    } else if (spec->kind == JSON_SPEC_ARRAY && json_is_array(value)) {
        size_t longest = spec->longest ? spec->longest : 100000;
        if (json_array_size(value) > longest) return json_fault(fault, place, "more than %zu items", longest);
        *(json_t **)slot = value;
    } else if (spec->kind == JSON_SPEC_ANY || (spec->kind == JSON_SPEC_OBJECT && json_is_object(value))) {
        *(json_t **)slot = value;
    } else {
        fits = false;
    }
    return fits ? OK : json_fault(fault, place, "must be %s", kind_name(spec->kind));
}

static const struct json_spec *find_spec(const struct json_spec *specs, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(specs[i].key, key) == 0) return &specs[i];
    return NULL;
}

static enum err take(json_t *object, const struct json_spec *specs, size_t count, void *target, bool strict, const struct json_place *place,
                     struct fault *fault)
{
    if (!json_is_object(object)) return json_fault(fault, place, "must be an object");
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        struct json_place here = {.up = place, .key = key};
        const struct json_spec *spec = find_spec(specs, count, key);
        if (!spec && (!strict || strncmp(key, "x-", 2) == 0)) continue;
        if (!spec) return json_fault(fault, &here, "unknown key");
        if (json_is_null(value) && (spec->flags & JSON_NULLABLE)) continue;
        enum err e = take_one(value, spec, target, &here, fault);
        if (e != OK) return e;
    }
    for (size_t i = 0; i < count; i++) {
        if (!(specs[i].flags & JSON_REQUIRED) || json_object_get(object, specs[i].key)) continue;
        struct json_place here = {.up = place, .key = specs[i].key};
        return json_fault(fault, &here, "is required");
    }
    return OK;
}

enum err json_take(json_t *object, const struct json_spec *specs, size_t count, void *target, const struct json_place *place, struct fault *fault)
{
    return take(object, specs, count, target, true, place, fault);
}

enum err json_take_known(json_t *object, const struct json_spec *specs, size_t count, void *target, const struct json_place *place, struct fault *fault)
{
    return take(object, specs, count, target, false, place, fault);
}

json_t *json_sure(json_t *value, bool *failed)
{
    if (!value) *failed = true;
    return value;
}
