/* plenum-badges: the badges of an event as a PDF, proved before they are printed. */
#include "badges/from_list.h"
#include "badges/proof.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/opt.h"
#include "core/base/version.h"
#include "core/congress/store/store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVE_PORT 8080 /* of `plenum serve`, when no address is stored and one has to be guessed */
#define CODES_MOST 100000
#define MODULES_WISHED 29

struct options {
    const char *event, *layout, *unit, *output, *public_url, *data;
    struct opt_list only;
    bool verify, allow_missing, json, version;
};

struct session {
    const struct options *options;
    struct store store;
    struct arena arena;
    struct fonts *fonts;
    struct buf pdf;
    struct badge_list list;
    struct badge_run run;
    struct badge_report report;
    struct badge_proof proof;
    const char *base_url;
    bool guessed;
    const char *doing; /* what the progress bar says */
    bool bar_open;
};

/* --- progress --------------------------------------------------------------------------------------------------------------------- */

static void show_progress(void *data, size_t done, size_t total)
{
    struct session *s = data;
    char bar[41];
    size_t filled = total ? done * 40 / total : 0;
    memset(bar, '.', 40);
    memset(bar, '#', filled > 40 ? 40 : filled);
    bar[40] = '\0';
    fprintf(stderr, "\r%-8s [%s] %zu/%zu", s->doing, bar, done, total);
    s->bar_open = true;
}

static void end_progress(struct session *s)
{
    if (s->bar_open) fputc('\n', stderr);
    s->bar_open = false;
}

static void warn(const char *sentence)
{
    fprintf(stderr, "plenum-badges: %s\n", sentence);
}

/* --- steps ------------------------------------------------------------------------------------------------------------------------ */

/* "--only A,B --only C" as one list. */
static enum err split_codes(struct arena *arena, const struct opt_list *given, const char *const **ret, size_t *ret_count, struct fault *fault)
{
    const char **codes = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < given->count; i++) {
        for (const char *p = given->items[i]; *p;) {
            size_t n = strcspn(p, ",");
            if (n) {
                if (count == CODES_MOST) return fault_set(fault, ERR_USAGE, "--only: more than %d codes", CODES_MOST);
                if (arena_grow(arena, &codes, &capacity, count, sizeof *codes) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
                codes[count] = arena_strndup(arena, p, n);
                if (!codes[count++]) return fault_set(fault, ERR_NOMEM, "not enough memory");
            }
            p += n + (p[n] == ',');
        }
    }
    if (given->count && !count) return fault_set(fault, ERR_USAGE, "--only names nobody");
    *ret = codes;
    *ret_count = count;
    return OK;
}

static enum err load(struct session *s, struct fault *fault)
{
    const struct options *o = s->options;
    struct badge_list_filter filter = {.unit = o->unit};
    enum err e = split_codes(&s->arena, &o->only, &filter.only, &filter.only_count, fault);
    if (e == OK) e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e == OK) e = public_url_choose(s->store.db, &s->arena, o->public_url, o->event, SERVE_PORT, &s->base_url, &s->guessed, fault);
    if (e == OK) e = badge_list_load(s->store.db, &s->arena, o->event, &filter, s->base_url, &s->list, fault);
    if (e != OK) return e;
    e = badges_run_from_list(&s->list, o->layout, &s->arena, &s->run);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    s->run.allow_missing = o->allow_missing;
    s->run.progress_data = s;
    if (isatty(STDERR_FILENO)) s->run.on_progress = show_progress;
    return OK;
}

/* The file is there whole or not at all: signals wait for the few moments that it takes to write and rename it. */
static enum err write_file(const struct session *s, struct fault *fault)
{
    sigset_t stop, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGHUP);
    sigprocmask(SIG_BLOCK, &stop, &before);
    /* Badges open people's papers: the file is for its owner only. */
    enum err e = file_write_atomic(s->options->output, s->pdf.data, s->pdf.length, 0600, fault);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return e;
}

/* A folder that does not take the file is told before the work, not after it. */
static enum err check_folder(struct session *s, struct fault *fault)
{
    const char *folder = file_folder(&s->arena, s->options->output);
    if (!folder) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (access(folder, W_OK | X_OK) == 0) return OK;
    return fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
}

static enum err record_run(struct db *db, void *arg, struct fault *fault)
{
    const struct session *s = arg;
    struct id_source ids = {0};
    const char *layout = s->options->layout ? s->options->layout : badges_layout_name(0);
    enum err e = badge_list_record(db, &ids, s->list.event_id, layout, s->base_url, s->run.count, "command line", clock_now_ms());
    if (e == OK && s->options->public_url) e = setting_write(db, "public_url", s->base_url); /* what is printed is what must answer */
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

static void tell_warnings(const struct session *s)
{
    const struct badge_report *r = &s->report;
    if (s->guessed) fprintf(stderr, "plenum-badges: the QR codes say %s, this machine's address now; give --public-url to be sure\n", s->base_url);
    if (r->modules > MODULES_WISHED)
        fprintf(stderr, "plenum-badges: the address is long: QR codes of %u × %u cells are harder to read; a shorter host helps\n", r->modules, r->modules);
    if (r->cut) fprintf(stderr, "plenum-badges: %zu texts are too long for their place and end in …\n", r->cut);
    if (r->missing) fprintf(stderr, "plenum-badges: %zu texts have characters that no font has; they are printed as boxes\n", r->missing);
}

static void tell_result(const struct session *s, int64_t took_ms)
{
    const struct options *o = s->options;
    const struct badge_report *r = &s->report;
    if (!o->json) {
        printf("%s: %zu badges on %zu pages%s\n", o->output, r->badges, r->pages, o->verify ? ", every QR code read back" : "");
        return;
    }
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, "{\"file\":");
    buf_put_json(&out, o->output);
    buf_puts(&out, ",\"public_url\":");
    buf_put_json(&out, s->base_url);
    buf_printf(&out, ",\"badges\":%zu,\"pages\":%zu,\"bytes\":%zu,\"cut\":%zu,\"missing\":%zu,\"modules\":%u",
               r->badges, r->pages, s->pdf.length, r->cut, r->missing, r->modules);
    if (o->verify) buf_printf(&out, ",\"verified\":%zu", s->proof.codes);
    buf_printf(&out, ",\"milliseconds\":%lld}\n", (long long)took_ms);
    fputs(buf_text(&out), stdout);
    buf_release(&out);
}

static enum err run_session(struct session *s, struct fault *fault)
{
    int64_t began = clock_steady_ms();
    const struct badge_layout *layout;
    enum err e = badges_layout_find(s->options->layout, &layout, fault);
    if (e != OK) return fault->code = ERR_USAGE;
    e = check_folder(s, fault);
    if (e == OK) e = load(s, fault);
    if (e == OK) e = fonts_new(&s->fonts, fault);
    if (e != OK) return e;
    s->doing = "drawing";
    e = badges_write(&s->run, s->fonts, &s->pdf, &s->report, fault);
    end_progress(s);
    if (e == OK && s->options->verify) {
        s->doing = "proving";
        e = badges_verify(&s->run, &s->pdf, &s->arena, &s->proof, fault);
        end_progress(s);
    }
    if (e == OK) e = write_file(s, fault);
    if (e != OK) return e;
    e = db_transaction(s->store.db, record_run, s, fault);
    if (e != OK) return e;
    tell_warnings(s);
    tell_result(s, clock_steady_ms() - began);
    return OK;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    const struct opt table[] = {
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"output", 'o', OPT_TEXT, &o.output, "FILE.pdf", "where the PDF goes", 0, 0},
        {"layout", 0, OPT_TEXT, &o.layout, "NAME", "a4x8 (eight on A4, the default) or a6 (one a page)", 0, 0},
        {"only", 0, OPT_LIST, &o.only, "CODE,..", "only these people or badge numbers", 0, 0},
        {"unit", 0, OPT_TEXT, &o.unit, "CODE", "only this delegation", 0, 0},
        {"verify", 0, OPT_FLAG, &o.verify, NULL, "draw the finished PDF and read every QR code back; a bad one fails the run", 0, 0},
        {"allow-missing", 0, OPT_FLAG, &o.allow_missing, NULL, "print a box for a character that no font has, instead of refusing", 0, 0},
        {"public-url", 0, OPT_TEXT, &o.public_url, "URL", "the address in the QR codes: http://HOST[:PORT]", 0, 0},
        {"data", 0, OPT_TEXT, &o.data, "DIR", "the data folder (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"json", 0, OPT_FLAG, &o.json, NULL, "tell the result as one line of JSON", 0, 0},
        {"version", 0, OPT_FLAG, &o.version, NULL, "tell the version", 0, 0},
    };
    const struct opt_command command = {
        .usage = "plenum-badges --event SLUG -o FILE.pdf [options]",
        .about = "Makes the badges of an event: name, title, delegation, category, seat, number and a QR code.\n"
                 "Names in any script that this machine's fonts cover; a character that none covers is refused before anything is written.",
        .options = table, .option_count = sizeof table / sizeof table[0]};
    struct fault fault = {0};
    const char *words[1];
    size_t word_count;
    bool help;
    enum err e = opt_parse(&command, argc, argv, words, &word_count, &help, &fault);
    if (e == OK && help) {
        opt_print_help(&command);
        return 0;
    }
    if (e == OK && o.version) {
        printf("plenum-badges %s\n", PLENUM_VERSION);
        return 0;
    }
    if (e == OK && (!o.event || !o.output)) e = fault_set(&fault, ERR_USAGE, "--event and -o are needed; --help tells more");
    if (e == OK) e = crypto_init() == OK ? OK : fault_set(&fault, ERR_BUG, "libsodium does not start");
    struct session s = {.options = &o};
    buf_init(&s.pdf, BUF_LIMIT_FILE);
    if (e == OK) e = run_session(&s, &fault);
    end_progress(&s);
    if (e != OK) warn(fault.text[0] ? fault.text : err_name(e));
    fonts_free(s.fonts);
    store_close(&s.store);
    buf_release(&s.pdf);
    arena_release(&s.arena);
    return err_exit_code(e);
}
