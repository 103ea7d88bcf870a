#include "badges/command/pin_slips_command.h"

#include "badges/sheets/pin_slips.h"
#include "badges/command/volumes.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct making {
    struct session *s;
    struct pin_people people;
    struct pin_of *pins;
    size_t count;
};

static const char *actor(void)
{
    const char *name = getenv("USER");
    return name && name[0] ? name : "plenum-badges";
}

static enum err make_pins(struct db *db, void *arg, struct fault *fault)
{
    struct making *m = arg;
    return pin_make_slips(db, &m->s->arena, m->s->options->event, m->people, actor(), clock_now_ms(), &m->pins, &m->count, fault);
}

/* "A,B" and "C" as one list. */
static enum err split_only(struct arena *arena, const struct opt_list *given, struct badge_list_filter *filter, struct fault *fault)
{
    const char **words = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < given->count; i++)
        for (const char *p = given->items[i]; *p;) {
            size_t n = strcspn(p, ",");
            if (n && arena_grow(arena, &words, &capacity, count, sizeof *words) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
            if (n && !(words[count++] = arena_strndup(arena, p, n))) return fault_set(fault, ERR_NOMEM, "not enough memory");
            p += n + (p[n] == ',');
        }
    filter->only = count ? words : NULL;
    filter->only_count = count;
    return OK;
}

static enum err load(struct session *s, struct pin_slips *ret, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct badge_list_filter filter = {.unit = o->unit};
    struct making m = {.s = s};
    enum err e = split_only(&s->arena, &o->only, &filter, fault);
    if (e == OK) e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e == OK) e = badge_list_load(s->store.db, &s->arena, o->event, &filter, "", &s->ready.list, fault); /* first: a wrong name makes no PINs */
    if (e == OK) e = pin_slips_people(&s->arena, &s->ready.list, &m.people, fault);
    if (e == OK) e = db_transaction(s->store.db, make_pins, &m, fault);
    if (e == OK) e = pin_slips_from_list(&s->arena, &s->ready.list, m.pins, m.count, ret, fault);
    return e;
}

enum err pin_slips_command(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct pin_slips slips;
    struct buf pdf;
    size_t pages = 0;
    if (!o->output || !o->event) return fault_set(fault, ERR_USAGE, "--pin-slips needs --event and -o FILE.pdf");
    enum err e = volumes_check_folder(s, fault);
    if (e == OK) e = load(s, &slips, fault);
    if (e == OK) e = fonts_new(&s->fonts, fault);
    if (e != OK) return e;
    slips.allow_missing = o->allow_missing;
    buf_init(&pdf, BUF_LIMIT_FILE);
    e = pin_slips_write(&slips, s->fonts, &pdf, &pages, fault);
    if (e == OK) e = file_write_atomic(o->output, pdf.data, pdf.length, 0600, fault); /* secrets */
    buf_release(&pdf);
    if (e != OK) return e;
    if (!o->json) printf("%s: %zu slips on %zu pages, to cut and fold\n", o->output, slips.count, pages);
    else printf("{\"slips\":%zu,\"pages\":%zu}\n", slips.count, pages);
    return OK;
}
