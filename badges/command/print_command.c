#include "badges/command/print_command.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

#define SEND_MS 60000
#define WAIT_MS 60000
#define WAIT_PAGE_MS 5000
#define WAIT_MOST_MS 900000
#define QUEUES_MOST 200

enum err print_choose(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct printer_settings settings;
    if (!o->print) return o->copies || o->timeout ? fault_set(fault, ERR_USAGE, "--copies and --timeout go with --print") : OK;
    if (o->volume) return fault_set(fault, ERR_USAGE, "--print sends one job: it goes without --volume");
    enum err e = printers_load(s->store.db, &s->arena, &settings, fault);
    if (e != OK) return e;
    const struct printer_setting *found = printers_find(&settings, o->print);
    s->printer = found ? *found : (struct printer_setting){.name = o->print, .uri = o->print};
    if (printers_is_destination(s->printer.uri)) return OK;
    return fault_set(fault, ERR_USAGE, "--print: \"%.100s\" is neither a printer's address, ipp://HOST/ipp/print, nor a name; --printers lists them", o->print);
}

enum err print_check_log(struct session *s, struct fault *fault)
{
    if (!s->options->print || s->options->again || s->wish.reissue) return OK;
    enum err e = print_log_refuse(&s->ready.list, fault);
    if (e == ERR_CONFLICT && fault) {
        size_t length = strlen(fault->text);
        (void)snprintf(fault->text + length, sizeof fault->text - length, "; --again prints anyway");
    }
    return e;
}

/* Ctrl-C, and a sign of life. */
static bool on_wait(void *data)
{
    struct session *s = data;
    return !progress_is_stopped(&s->progress);
}

/* For taking the job, and then for its end. */
static void find_times(const struct session *s, unsigned *ret_send_ms, unsigned *ret_wait_ms)
{
    size_t pages = s->report.pages * (s->options->copies ? (size_t)s->options->copies : 1);
    size_t wait = WAIT_MS + pages * WAIT_PAGE_MS, given = (size_t)s->options->timeout * 1000;
    if (wait > WAIT_MOST_MS) wait = WAIT_MOST_MS;
    *ret_send_ms = (unsigned)(given ? given : SEND_MS);
    *ret_wait_ms = (unsigned)(given ? given : wait);
}

int64_t print_longest_ms(const struct session *s)
{
    unsigned send_ms, wait_ms;
    find_times(s, &send_ms, &wait_ms);
    return (int64_t)send_ms + wait_ms;
}

enum err print_send(struct session *s, struct fault *fault)
{
    unsigned send_ms, wait_ms;
    find_times(s, &send_ms, &wait_ms);
    struct printer_order order = {.destination = s->printer.uri, .pin = s->printer.pin, .pdf = s->paper.data, .pdf_length = s->paper.length,
                                  .copies = (unsigned)s->options->copies, .timeout_ms = send_ms, .wait_ms = wait_ms,
                                  .on_wait = on_wait, .data = s};
    order.title = s->options->event ? arena_printf(&s->arena, "Badges %s", s->options->event) : "Member cards";
    enum err e = printer_order_fit(&s->ready.run, &order, fault);
    if (e == OK) e = printer_print(&order, &s->job, fault);
    if (e == OK && s->job.warning[0]) fprintf(stderr, "plenum-badges: %s: %s\n", s->job.printer, s->job.warning);
    return e;
}

void print_tell(const struct session *s)
{
    if (!s->options->print) return;
    if (s->job.end == PRINTER_DONE) {
        printf(", printed on %s (job %ld)", s->printer.name, s->job.id);
        return;
    }
    printf(", taken by %s (job %ld), but whether it came out is not known%s%s; look there", s->printer.name, s->job.id, s->job.reasons[0] ? ": " : "", s->job.reasons);
}

void print_tell_json(const struct session *s, struct buf *out)
{
    if (!s->options->print) return;
    buf_puts(out, ",\"printer\":");
    buf_put_json(out, s->printer.name);
    buf_printf(out, ",\"job\":{\"id\":%ld,\"state\":\"%s\",\"reasons\":", s->job.id, s->job.end == PRINTER_DONE ? "done" : "sent");
    buf_put_json(out, s->job.reasons);
    buf_puts(out, ",\"media\":");
    buf_put_json(out, s->job.media);
    buf_puts(out, ",\"warning\":");
    buf_put_json(out, s->job.warning);
    buf_putc(out, '}');
}

static void tell_printers(const struct printer_settings *settings, const struct printer_queue *queues, size_t count, const char *why)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct printer_setting *p = &settings->items[i];
        printf("%-20s %s%s%s\n", p->name, p->uri, p->about ? "  " : "", p->about ? p->about : "");
    }
    for (size_t i = 0; i < count; i++) {
        const struct printer_queue *q = &queues[i];
        printf("%-20s queue of CUPS%s%s%s\n", q->name, q->is_default ? ", its default" : "", q->about[0] ? "  " : "", q->about);
    }
    if (why[0]) printf("%s\n", why);
}

static void tell_printers_json(const struct printer_settings *settings, const struct printer_queue *queues, size_t count, const char *why)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_puts(&out, "{\"printers\":[");
    for (size_t i = 0; i < settings->count; i++) {
        buf_puts(&out, i ? ",{\"name\":" : "{\"name\":");
        buf_put_json(&out, settings->items[i].name);
        buf_puts(&out, ",\"address\":");
        buf_put_json(&out, settings->items[i].uri);
        buf_putc(&out, '}');
    }
    buf_puts(&out, "],\"queues\":[");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&out, i ? ",{\"name\":" : "{\"name\":");
        buf_put_json(&out, queues[i].name);
        buf_puts(&out, ",\"about\":");
        buf_put_json(&out, queues[i].about);
        buf_printf(&out, ",\"default\":%s}", queues[i].is_default ? "true" : "false");
    }
    buf_puts(&out, "],\"reason\":");
    if (why[0]) buf_put_json(&out, why);
    else buf_puts(&out, "null");
    printf("%s}\n", buf_text(&out));
    buf_release(&out);
}

enum err print_list(const struct badge_options *options, struct fault *fault)
{
    struct arena arena = {0};
    struct store store = {0};
    struct printer_settings settings = {0};
    struct fault why = {0};
    size_t count = 0;
    struct printer_queue *queues = arena_array(&arena, QUEUES_MOST, sizeof *queues);
    if (!queues) return fault_set(fault, ERR_NOMEM, "not enough memory");
    /* Without a data folder there are the queues all the same. */
    enum err e = store_open(store_choose_folder(options->data), STORE_READ, &store, &why);
    if (e == OK) e = printers_load(store.db, &arena, &settings, fault);
    else e = options->data ? fault_set(fault, e, "%s", why.text) : OK;
    why.text[0] = '\0';
    if (e == OK) (void)printer_list(queues, QUEUES_MOST, &count, &why);
    if (e == OK && options->json) tell_printers_json(&settings, queues, count, why.text);
    else if (e == OK) tell_printers(&settings, queues, count, why.text);
    store_close(&store);
    arena_release(&arena);
    return e;
}
