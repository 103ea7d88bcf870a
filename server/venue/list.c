/* The list of findings, its words, and what the judges share. */
#include "server/venue/venue.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "server/venue/proof.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define FILE_LONGEST (1024u * 1024u)

void venue_add(struct venue_list *list, const char *id, const char *state, enum venue_grade grade, const char *first, const char *second, const char *third)
{
    if (list->count < VENUE_MOST) list->items[list->count++] = (struct venue_item){id, state, grade, {first, second, third}};
}

size_t venue_count(const struct venue_list *list, enum venue_grade grade)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) count += list->items[i].grade == grade;
    return count;
}

const char *venue_grade_name(enum venue_grade grade)
{
    static const char *const names[] = {[VENUE_OK] = "ok", [VENUE_WARNING] = "warning", [VENUE_BAD] = "bad"};
    return names[grade];
}

/* Addresses and numbers keep their own direction in a text that is written from the right (LRI, PDI). */
static const char *fill(struct arena *arena, const char *text, bool from_right, const struct venue_item *item)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (const char *p = text; *p; p++) {
        bool place = p[0] == '{' && p[1] >= '1' && p[1] <= '3' && p[2] == '}';
        if (!place) {
            buf_putc(&out, *p);
            continue;
        }
        if (from_right) buf_puts(&out, "\u2066");
        buf_puts(&out, item->values[p[1] - '1']);
        if (from_right) buf_puts(&out, "\u2069");
        p += 2;
    }
    const char *done = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return done;
}

const char *venue_what(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const struct venue_item *item)
{
    const char *key = arena_printf(arena, "venue.%s.%s", item->id, item->state);
    return key ? fill(arena, i18n_text(i18n, language, key), language == I18N_AR, item) : NULL;
}

const char *venue_todo(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const struct venue_item *item)
{
    const char *key = arena_printf(arena, "venue.%s.%s.do", item->id, item->state);
    return key ? fill(arena, i18n_text(i18n, language, key), language == I18N_AR, item) : NULL;
}

char *venue_file(struct arena *arena, const char *root, const char *path)
{
    char *text = NULL, *whole = file_join(arena, root, path);
    size_t length;
    return whole && file_read(arena, whole, FILE_LONGEST, &text, &length, NULL) == OK ? text : NULL;
}

char *venue_size(struct arena *arena, int64_t bytes)
{
    static const char *const units[] = {"KB", "MB", "GB", "TB"};
    double size = (double)bytes / 1000;
    size_t unit = 0;
    for (; size >= 1000 && unit < 3; unit++) size /= 1000;
    return arena_printf(arena, size < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static size_t bare_length(const char *host)
{
    return host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
}

bool venue_host_is_name(const char *host)
{
    unsigned char raw[sizeof(struct in_addr)];
    char name[256];
    size_t length = bare_length(host);
    if (host[0] == '[' || length >= sizeof name) return host[0] != '[';
    memcpy(name, host, length);
    name[length] = '\0';
    return inet_pton(AF_INET, name, raw) != 1;
}

const struct venue_address *venue_address_of(const struct venue_machine *machine, const char *host)
{
    size_t length = bare_length(host);
    for (size_t i = 0; i < machine->address_count; i++)
        if (strlen(machine->addresses[i].text) == length && strncmp(machine->addresses[i].text, host, length) == 0) return &machine->addresses[i];
    return NULL;
}

enum err venue_look(struct db *db, struct arena *arena, const char *folder, const char *event, unsigned port, struct venue_list *ret, struct venue_plan *ret_plan,
                    struct fault *fault)
{
    struct venue_machine *machine = arena_alloc(arena, sizeof *machine); /* the findings borrow texts from it */
    const char *key = NULL;
    *ret = (struct venue_list){.arena = arena};
    if (!machine) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = venue_plan_read(db, arena, folder, event, port, clock_now_ms(), ret_plan, fault);
    if (e != OK) return e;
    e = proof_key_read(db, arena, false, &key);
    if (e != OK) return db_fault(db, e, fault, "read the settings");
    venue_machine_read(folder, machine);
    venue_reach(ret_plan, key, ret);
    venue_judge_network(ret_plan, machine, ret);
    venue_judge_ports(ret_plan, machine, ret);
    venue_judge_machine(ret_plan, machine, ret);
    venue_judge_power(machine, ret);
    return OK;
}
