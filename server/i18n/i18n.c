#include "server/i18n/i18n.h"

#include "core/base/zone.h"
#include "server/web_assets.h"

#include <stdlib.h>
#include <string.h>

struct i18n {
    json_t *tables[I18N_COUNT];
};

static const struct {
    const char *tag, *file, *own_name, *direction;
} languages[I18N_COUNT] = {
    [I18N_VI] = {"vi", "i18n/vi.json", "Tiếng Việt", "ltr"},
    [I18N_EN] = {"en", "i18n/en.json", "English", "ltr"},
    [I18N_PT] = {"pt", "i18n/pt.json", "Português", "ltr"},
    [I18N_AR] = {"ar", "i18n/ar.json", "العربية", "rtl"},
};

const char *i18n_tag(enum i18n_language language) { return languages[language].tag; }
const char *i18n_own_name(enum i18n_language language) { return languages[language].own_name; }
const char *i18n_direction(enum i18n_language language) { return languages[language].direction; }

static enum err tables_compare(const struct i18n *i18n, struct fault *fault)
{
    for (int a = 0; a < I18N_COUNT; a++) {
        const char *key;
        json_t *value;
        json_object_foreach(i18n->tables[a], key, value) {
            if (!json_is_string(value)) return fault_set(fault, ERR_INPUT, "%s: \"%s\" is not a text", languages[a].file, key);
            for (int b = 0; b < I18N_COUNT; b++)
                if (json_object_get(i18n->tables[b], key) == NULL)
                    return fault_set(fault, ERR_INPUT, "%s: \"%s\" is missing", languages[b].file, key);
        }
    }
    return OK;
}

enum err i18n_load(struct i18n **ret, struct fault *fault)
{
    struct i18n *i18n = calloc(1, sizeof *i18n);
    if (i18n == NULL) return fault_set(fault, ERR_NOMEM, "out of memory");
    enum err err = OK;
    for (int i = 0; i < I18N_COUNT && err == OK; i++) {
        const struct web_asset *asset = web_asset_find(languages[i].file);
        if (asset == NULL) err = fault_set(fault, ERR_NOT_FOUND, "%s is missing", languages[i].file);
        else err = json_read(asset->body.data, asset->body.length, &i18n->tables[i], fault);
        if (err != OK) fault_prefix(fault, "%s", languages[i].file);
    }
    if (err == OK) err = tables_compare(i18n, fault);
    if (err != OK) {
        i18n_free(i18n);
        return err;
    }
    *ret = i18n;
    return OK;
}

void i18n_free(struct i18n *i18n)
{
    if (i18n == NULL) return;
    for (int i = 0; i < I18N_COUNT; i++) json_decref(i18n->tables[i]);
    free(i18n);
}

bool i18n_has(const struct i18n *i18n, const char *key)
{
    return json_object_get(i18n->tables[I18N_VI], key) != NULL;
}

const char *i18n_text(const struct i18n *i18n, enum i18n_language language, const char *key)
{
    const char *text = json_string_value(json_object_get(i18n->tables[language], key));
    return text == NULL ? "" : text;
}

char *i18n_export(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const char *prefix)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    size_t length = strlen(prefix), count = 0;
    const char *key;
    json_t *value;
    buf_putc(&out, '{');
    json_object_foreach(i18n->tables[language], key, value) {
        if (strncmp(key, prefix, length) != 0) continue;
        if (count++ > 0) buf_putc(&out, ',');
        buf_put_json(&out, key + length);
        buf_putc(&out, ':');
        buf_put_json(&out, json_string_value(value));
    }
    buf_putc(&out, '}');
    char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

bool i18n_read_tag(const char *tag, enum i18n_language *ret)
{
    if (tag == NULL) return false;
    for (int i = 0; i < I18N_COUNT; i++) {
        char first = tag[0], second = first == '\0' ? '\0' : tag[1];
        if ((first | 32) != languages[i].tag[0] || (second | 32) != languages[i].tag[1]) continue;
        if (tag[2] != '\0' && tag[2] != '-' && tag[2] != '_') continue;
        *ret = (enum i18n_language)i;
        return true;
    }
    return false;
}

/* "q=0.8" as thousandths; anything odd counts as 1, as clients that send odd things mean no harm. */
static int quality_read(const char *parameters, size_t length)
{
    const char *q = memmem(parameters, length, "q=", 2);
    if (q == NULL) return 1000;
    if (q[2] != '0') return 1000;
    int value = 0, digit = 100;
    for (const char *p = q + 3; p < parameters + length && digit > 0; p++) {
        if (*p == '.') continue;
        if (*p < '0' || *p > '9') break;
        value += (*p - '0') * digit;
        digit /= 10;
    }
    return value;
}

enum i18n_language i18n_negotiate(const char *accept_language, enum i18n_language otherwise)
{
    enum i18n_language best = otherwise;
    int best_quality = 0;
    for (const char *p = accept_language; p != NULL && *p != '\0';) {
        while (*p == ' ' || *p == '\t' || *p == ',') p++;
        size_t length = strcspn(p, ","), name = strcspn(p, ",; \t");
        char tag[16] = "";
        if (name > 0 && name < sizeof tag) memcpy(tag, p, name);
        enum i18n_language language;
        int quality = quality_read(p + name, length - name);
        if (i18n_read_tag(tag, &language) && quality > best_quality) {
            best = language;
            best_quality = quality;
        }
        p += length;
    }
    return best;
}

char *i18n_date(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const char *zone, int64_t ms)
{
    struct zone_time t;
    if (zone_local(zone, ms, &t) != OK) return arena_strdup(arena, "");
    char key[] = "weekday.0";
    key[8] = (char)('0' + t.weekday);
    return arena_printf(arena, "%s, %d/%d/%d", i18n_text(i18n, language, key), t.day, t.month, t.year);
}

char *i18n_time(struct arena *arena, const char *zone, int64_t ms)
{
    struct zone_time t;
    if (zone_local(zone, ms, &t) != OK) return arena_strdup(arena, "");
    return arena_printf(arena, "%02d:%02d", t.hour, t.minute);
}

char *i18n_date_range(struct arena *arena, const char *zone, int64_t from_ms, int64_t until_ms)
{
    struct zone_time a, b;
    if (zone_local(zone, from_ms, &a) != OK || zone_local(zone, until_ms, &b) != OK) return arena_strdup(arena, "");
    if (a.year != b.year) return arena_printf(arena, "%d/%d/%d – %d/%d/%d", a.day, a.month, a.year, b.day, b.month, b.year);
    if (a.month != b.month) return arena_printf(arena, "%d/%d – %d/%d/%d", a.day, a.month, b.day, b.month, b.year);
    if (a.day != b.day) return arena_printf(arena, "%d – %d/%d/%d", a.day, b.day, b.month, b.year);
    return arena_printf(arena, "%d/%d/%d", a.day, a.month, a.year);
}

char *i18n_size(struct arena *arena, int64_t bytes)
{
    if (bytes < 1000) return arena_printf(arena, "%lld B", (long long)bytes);
    if (bytes < 1000000) return arena_printf(arena, "%lld KB", (long long)((bytes + 999) / 1000));
    if (bytes < 10000000) return arena_printf(arena, "%lld.%lld MB", (long long)(bytes / 1000000), (long long)(bytes % 1000000 / 100000));
    return arena_printf(arena, "%lld MB", (long long)((bytes + 500000) / 1000000));
}
