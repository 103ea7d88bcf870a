#include "core/congress/badges/printers.h"

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include <string.h>

#define SETTING "printers"
#define URI_MOST 500
#define QUEUE_MOST 127

bool printers_is_destination(const char *text)
{
    size_t length = strlen(text);
    const char *host = strncmp(text, "ipp://", 6) == 0 ? text + 6 : strncmp(text, "ipps://", 7) == 0 ? text + 7 : NULL;
    if (!length || length > URI_MOST) return false;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("\"<>\\^`{|}", *p)) return false;
    if (!host) return length <= QUEUE_MOST && !strpbrk(text, "/#?@:%'") && text[0] != '-'; /* CUPS' rule for names of queues, and no more */
    return *host && *host != '/' && *host != ':' && !strchr(host, '@');
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------------- */

/* The whole setting; the caller owns *ret. */
static enum err read_setting(struct db *db, struct arena *arena, json_t **ret, struct fault *fault)
{
    const char *text = NULL;
    enum err e = setting_read(db, arena, SETTING, &text);
    if (e != OK) return db_fault(db, e, fault, "read the printers");
    if (!text) return (*ret = json_pack("{s:[], s:{}}", "printers", "events")) ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    e = json_read(text, strlen(text), ret, fault);
    if (e != OK) fault_prefix(fault, "the setting of printers");
    if (e != OK) return e;
    if (json_is_array(json_object_get(*ret, "printers")) && json_is_object(json_object_get(*ret, "events"))) return OK;
    json_decref(*ret);
    return fault_set(fault, ERR_INPUT, "the setting of printers is damaged");
}

static enum err take_items(json_t *setting, struct arena *arena, struct printer_settings *ret, struct fault *fault)
{
    static const struct json_spec specs[] = {
        {"name", JSON_SPEC_TEXT, offsetof(struct printer_setting, name), JSON_REQUIRED, 0},
        {"uri", JSON_SPEC_TEXT, offsetof(struct printer_setting, uri), JSON_REQUIRED, 0},
        {"pin", JSON_SPEC_TEXT, offsetof(struct printer_setting, pin), JSON_NULLABLE, 0},
        {"about", JSON_SPEC_TEXT, offsetof(struct printer_setting, about), JSON_NULLABLE, 0},
    };
    json_t *list = json_object_get(setting, "printers"), *item;
    size_t count = json_array_size(list), i;
    struct printer_setting *items = arena_array(arena, count + 1, sizeof *items);
    if (!items) return fault_set(fault, ERR_NOMEM, "not enough memory");
    json_array_foreach(list, i, item) {
        struct printer_setting found = {0};
        struct json_place place = {.key = SETTING};
        enum err e = json_take_known(item, specs, sizeof specs / sizeof specs[0], &found, &place, fault);
        if (e != OK) return e;
        items[i] = (struct printer_setting){.name = arena_strdup(arena, found.name), .uri = arena_strdup(arena, found.uri), .pin = arena_strdup(arena, found.pin),
                                            .about = arena_strdup(arena, found.about)};
        if (!items[i].name || !items[i].uri) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (!printers_is_destination(items[i].uri)) return fault_set(fault, ERR_INPUT, "the setting of printers is damaged: %.100s", items[i].uri);
    }
    *ret = (struct printer_settings){items, count};
    return OK;
}

enum err printers_load(struct db *db, struct arena *arena, struct printer_settings *ret, struct fault *fault)
{
    json_t *setting;
    enum err e = read_setting(db, arena, &setting, fault);
    if (e != OK) return e;
    e = take_items(setting, arena, ret, fault);
    json_decref(setting);
    return e;
}

const struct printer_setting *printers_find(const struct printer_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].name, name) == 0) return &settings->items[i];
    return NULL;
}

static enum err no_such(const struct printer_settings *settings, const char *name, struct fault *fault)
{
    struct buf list;
    if (!settings->count) return fault_set(fault, ERR_NOT_FOUND, "no printer is set up; `plenum printer add NAME ADDRESS` does it");
    buf_init(&list, BUF_LIMIT_LINE);
    for (size_t i = 0; i < settings->count; i++) buf_printf(&list, "%s%s", i ? ", " : "", settings->items[i].name);
    (void)fault_set(fault, ERR_NOT_FOUND, "no printer \"%.64s\" is set up, only %.300s", name, buf_text(&list));
    buf_release(&list);
    return ERR_NOT_FOUND;
}

enum err printers_choose(struct db *db, struct arena *arena, const char *event, const char *name, const struct printer_setting **ret, struct fault *fault)
{
    struct printer_settings settings;
    json_t *setting;
    enum err e = read_setting(db, arena, &setting, fault);
    if (e != OK) return e;
    e = take_items(setting, arena, &settings, fault);
    const char *wanted = e == OK && !name && event ? json_string_value(json_object_get(json_object_get(setting, "events"), event)) : name;
    if (e == OK) {
        *ret = wanted ? printers_find(&settings, wanted) : settings.count ? &settings.items[0] : NULL;
        if (!*ret) e = no_such(&settings, wanted ? wanted : "", fault);
    }
    json_decref(setting);
    return e;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------------- */

static enum err write_setting(struct db *db, struct arena *arena, json_t *setting, const char *actor, int64_t now_ms, const char *action, const char *subject,
                              struct fault *fault)
{
    const char *text = json_text(arena, setting);
    if (!text) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = setting_write(db, SETTING, text);
    if (e == OK) e = audit_write(db, now_ms, actor, action, subject, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "store the printers");
}

/* Its place in the list; the count when it is not there. */
static size_t place_of(const json_t *list, const char *name)
{
    size_t i = 0;
    while (i < json_array_size(list)) {
        const char *found = json_string_value(json_object_get(json_array_get(list, i), "name"));
        if (found && strcmp(found, name) == 0) break;
        i++;
    }
    return i;
}

enum err printers_add(struct db *db, struct arena *arena, const struct printer_setting *printer, const char *actor, int64_t now_ms, struct fault *fault)
{
    json_t *setting;
    if (!text_is_code(printer->name)) return fault_set(fault, ERR_INPUT, "\"%.64s\" is no name for a printer: letters, digits and . _ -, at most 64", printer->name);
    if (!printers_is_destination(printer->uri))
        return fault_set(fault, ERR_INPUT, "\"%.100s\" is neither a printer's address, ipp://HOST/ipp/print, nor the name of a queue", printer->uri);
    enum err e = read_setting(db, arena, &setting, fault);
    if (e != OK) return e;
    json_t *list = json_object_get(setting, "printers");
    json_t *item = json_pack("{s:s, s:s, s:s*, s:s*}", "name", printer->name, "uri", printer->uri, "pin", printer->pin, "about", printer->about);
    size_t at = place_of(list, printer->name), count = json_array_size(list);
    if (!item) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    else if (at == count && count >= PRINTERS_MOST) e = fault_set(fault, ERR_LIMIT, "at most %d printers", PRINTERS_MOST);
    else if ((at == count ? json_array_append(list, item) : json_array_set(list, at, item)) != 0) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = write_setting(db, arena, setting, actor, now_ms, "printer add", printer->name, fault);
    json_decref(item);
    json_decref(setting);
    return e;
}

enum err printers_remove(struct db *db, struct arena *arena, const char *name, const char *actor, int64_t now_ms, struct fault *fault)
{
    json_t *setting, *value;
    const char *event;
    void *next;
    enum err e = read_setting(db, arena, &setting, fault);
    if (e != OK) return e;
    json_t *list = json_object_get(setting, "printers"), *events = json_object_get(setting, "events");
    size_t at = place_of(list, name);
    if (at == json_array_size(list)) e = fault_set(fault, ERR_NOT_FOUND, "no printer \"%.64s\" is set up", name);
    else (void)json_array_remove(list, at);
    json_object_foreach_safe(events, next, event, value)
        if (e == OK && json_is_string(value) && strcmp(json_string_value(value), name) == 0) (void)json_object_del(events, event);
    if (e == OK) e = write_setting(db, arena, setting, actor, now_ms, "printer remove", name, fault);
    json_decref(setting);
    return e;
}

enum err printers_set_default(struct db *db, struct arena *arena, const char *event, const char *name, const char *actor, int64_t now_ms, struct fault *fault)
{
    json_t *setting;
    enum err e = read_setting(db, arena, &setting, fault);
    if (e != OK) return e;
    json_t *list = json_object_get(setting, "printers"), *events = json_object_get(setting, "events");
    if (!name) (void)json_object_del(events, event);
    else if (place_of(list, name) == json_array_size(list)) e = fault_set(fault, ERR_NOT_FOUND, "no printer \"%.64s\" is set up", name);
    else if (json_object_set_new(events, event, json_string(name)) != 0) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = write_setting(db, arena, setting, actor, now_ms, "printer choose", name ? name : event, fault);
    json_decref(setting);
    return e;
}
