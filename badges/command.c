#include "badges/command.h"

#include "badges/layout.h"
#include "badges/prepare.h"
#include "badges/proof.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/store/store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVE_PORT 8080 /* of `plenum serve`, when no address is stored and one has to be guessed */
#define CODES_MOST 100000
#define LAYOUT_BYTES_MOST (256u * 1024u)
#define MODULES_WISHED 29
#define PHOTO_FLAWS_TOLD 20

struct session {
    const struct badge_options *options;
    struct store store;
    struct arena arena, photos;
    struct fonts *fonts;
    const struct badge_layout *layout;
    struct badge_wish wish;
    struct badge_ready ready; /* all badges */
    struct file_new *files; /* one for each volume */
    size_t volumes, bytes;
    struct badge_report report;
    size_t verified, photos_read, photos_bad;
    const char *base_url;
    bool guessed;
    const char *doing; /* what the progress bar says */
    bool bar_open, bar_wanted;
    sigset_t stops, before;
};

/* --- progress and Ctrl-C --------------------------------------------------------------------------------------------------------------- */

/* Ctrl-C waits while files are being made; it is looked for here, so that none is left half. */
static bool is_stopped(const struct session *s)
{
    sigset_t waiting;
    if (sigpending(&waiting) != 0) return false;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sigismember(&waiting, signals[i]) == 1 && sigismember(&s->stops, signals[i]) == 1) return true;
    return false;
}

static bool show_progress(void *data, size_t done, size_t total)
{
    struct session *s = data;
    if (is_stopped(s)) return false;
    if (!s->bar_wanted) return true;
    char bar[41];
    size_t filled = total ? done * 40 / total : 0;
    memset(bar, '.', 40);
    memset(bar, '#', filled > 40 ? 40 : filled);
    bar[40] = '\0';
    fprintf(stderr, "\r%-8s [%s] %zu/%zu", s->doing, bar, done, total);
    s->bar_open = true;
    return true;
}

static void end_progress(struct session *s)
{
    if (s->bar_open) fputc('\n', stderr);
    s->bar_open = false;
}

static void hold_signals(struct session *s)
{
    sigemptyset(&s->stops);
    sigaddset(&s->stops, SIGINT);
    sigaddset(&s->stops, SIGTERM);
    sigaddset(&s->stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &s->stops, &s->before);
}

/* --- what is asked for ------------------------------------------------------------------------------------------------------------------ */

static enum err pick_layout(struct session *s, struct fault *fault)
{
    const char *name = s->options->layout;
    size_t length = name ? strlen(name) : 0;
    bool path = name && (strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".json") == 0));
    if (!path) {
        enum err e = badges_layout_find(&s->arena, store_choose_folder(s->options->data), name, &s->layout, fault);
        return e == ERR_NOT_FOUND && fault ? fault->code = ERR_USAGE : e;
    }
    char *text;
    enum err e = file_read(&s->arena, name, LAYOUT_BYTES_MOST, &text, &length, fault);
    return e == OK ? badges_layout_read(&s->arena, name, text, length, &s->layout, fault) : e;
}

static enum err read_options(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    const struct badge_words words = {.order = o->order, .duplex = o->duplex, .separators = o->separators, .page = o->page};
    enum err e = badges_wish_read(&words, "--", &s->wish, fault);
    return e == OK ? pick_layout(s, fault) : e;
}

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

/* --- the list and its pictures ---------------------------------------------------------------------------------------------------------- */

static enum err load(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct badge_wish *wish = &s->wish;
    enum err e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e == OK) e = split_codes(&s->arena, &o->only, &wish->filter.only, &wish->filter.only_count, fault);
    if (e == OK) e = public_url_choose(s->store.db, &s->arena, o->public_url, o->event, SERVE_PORT, &s->base_url, &s->guessed, fault);
    if (e != OK) return e;
    wish->filter.unit = o->unit;
    wish->event = o->event;
    wish->folder = s->store.folder;
    wish->layout = s->layout;
    wish->base_url = s->base_url;
    wish->desk_phone = o->desk_phone;
    wish->allow_missing = o->allow_missing;
    wish->threads = o->threads >= 0 ? (unsigned)o->threads : crew_threads_here();
    wish->progress_data = s;
    wish->on_progress = show_progress;
    e = badges_prepare(s->store.db, &s->arena, wish, clock_now_ms(), &s->ready, fault);
    if (e == OK && s->ready.logo_flaw) fprintf(stderr, "plenum-badges: the organization's logo is left out: %s\n", s->ready.logo_flaw);
    return e;
}

/* One volume with its photos; a bad one is told, its badge shows initials. */
static enum err load_part(struct session *s, size_t first, size_t count, struct badge_run *run, struct fault *fault)
{
    struct photo_list photos;
    s->doing = "photos";
    enum err e = badges_prepare_part(&s->ready, &s->wish, first, count, &s->photos, run, &photos, fault);
    end_progress(s);
    if (e != OK) return e;
    for (size_t i = 0; i < photos.flaw_count; i++) {
        const struct badge *badge = &run->badges[photos.flaws[i].index];
        if (++s->photos_bad > PHOTO_FLAWS_TOLD) continue;
        fprintf(stderr, "plenum-badges: %s %s: photo: %s\n", badge->person_code ? badge->person_code : "", badge->name ? badge->name : "", photos.flaws[i].sentence);
    }
    s->photos_read += photos.read;
    return OK;
}

/* --- files ------------------------------------------------------------------------------------------------------------------------------- */

/* "FILE-001.pdf" for volume 1 of several. */
static const char *volume_name(struct session *s, size_t number)
{
    const char *name = s->options->output, *dot = strrchr(name, '.');
    if (!s->options->volume) return name;
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - name) : strlen(name);
    return arena_printf(&s->arena, "%.*s-%03zu%s", (int)stem, name, number + 1, name + stem);
}

/* A folder that does not take the file is told before the work, not after it. */
static enum err check_folder(struct session *s, struct fault *fault)
{
    const char *folder = file_folder(&s->arena, s->options->output);
    if (!folder) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (access(folder, W_OK | X_OK) == 0) return OK;
    return fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
}

static void add_report(struct session *s, const struct badge_report *r)
{
    s->report.badges += r->badges;
    s->report.pages += r->pages;
    s->report.cut += r->cut;
    s->report.missing += r->missing;
    if (r->modules > s->report.modules) s->report.modules = r->modules;
}

/* Makes, proves and writes one volume; its file gets its name only when all are done. */
static enum err make_volume(struct session *s, size_t number, size_t first, size_t count, struct fault *fault)
{
    struct badge_run run;
    struct badge_report report = {0};
    struct badge_proof proof = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_FILE);
    arena_clear(&s->photos);
    enum err e = load_part(s, first, count, &run, fault);
    run.first_page = (unsigned)s->report.pages + 1;
    s->doing = "drawing";
    if (e == OK) e = badges_write(&run, s->fonts, &pdf, &report, fault);
    end_progress(s);
    s->doing = "proving";
    if (e == OK && s->options->verify) e = badges_verify(&run, &pdf, &s->arena, &proof, fault);
    end_progress(s);
    const char *name = volume_name(s, number);
    if (e == OK && !name) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    /* Badges open people's papers: the file is for its owner only. */
    if (e == OK) e = file_new_open(&s->files[number], name, 0600, fault);
    if (e == OK) {
        s->volumes++;
        e = file_write_all(s->files[number].fd, pdf.data, pdf.length);
        if (e != OK) (void)fault_set(fault, e, "%s: %s", name, err_name(e));
    }
    s->bytes += pdf.length;
    s->verified += proof.codes;
    add_report(s, &report);
    buf_release(&pdf);
    return e;
}

/* All volumes, then all names: whoever presses Ctrl-C finds whole files or none. */
static enum err make_volumes(struct session *s, struct fault *fault)
{
    size_t most = s->options->volume ? (size_t)s->options->volume : s->ready.run.count, count = most ? (s->ready.run.count + most - 1) / most : 0;
    s->files = arena_array(&s->arena, count + 1, sizeof *s->files);
    if (!s->files) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (!count) return fault_set(fault, ERR_INPUT, "there is no badge to print");
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        size_t first = i * most;
        e = make_volume(s, i, first, s->ready.run.count - first < most ? s->ready.run.count - first : most, fault);
    }
    if (e == OK && is_stopped(s)) e = fault_set(fault, ERR_TIMEOUT, "stopped");
    for (size_t i = 0; e == OK && i < s->volumes; i++) e = file_new_commit(&s->files[i], fault);
    for (size_t i = 0; i < s->volumes; i++) file_new_abandon(&s->files[i]);
    return e;
}

static enum err record_run(struct db *db, void *arg, struct fault *fault)
{
    const struct session *s = arg;
    struct id_source ids = {0};
    enum err e = badge_list_record(db, &ids, s->ready.list.event_id, s->layout->name, s->base_url, s->ready.run.count, "command line", clock_now_ms());
    if (e == OK && s->options->public_url) e = setting_write(db, "public_url", s->base_url); /* what is printed is what must answer */
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

/* --- what is told ------------------------------------------------------------------------------------------------------------------------ */

static void tell_warnings(const struct session *s)
{
    const struct badge_report *r = &s->report;
    if (s->guessed) fprintf(stderr, "plenum-badges: the QR codes say %s, this machine's address now; give --public-url to be sure\n", s->base_url);
    if (r->modules > MODULES_WISHED)
        fprintf(stderr, "plenum-badges: the address is long: QR codes of %u × %u cells are harder to read; a shorter host helps\n", r->modules, r->modules);
    if (r->cut) fprintf(stderr, "plenum-badges: %zu texts are too long for their place and end in …\n", r->cut);
    if (r->missing) fprintf(stderr, "plenum-badges: %zu texts have characters that no font has; they are printed as boxes\n", r->missing);
    if (s->photos_bad) fprintf(stderr, "plenum-badges: %zu photos cannot be used; those badges show initials\n", s->photos_bad);
}

static void tell_result(struct session *s, int64_t took_ms)
{
    const struct badge_options *o = s->options;
    const struct badge_report *r = &s->report;
    if (!o->json) {
        const char *first = volume_name(s, 0);
        printf("%s: %zu badges on %zu pages%s", first ? first : o->output, r->badges, r->pages, o->verify ? ", every QR code read back" : "");
        if (s->volumes > 1) printf(", in %zu files", s->volumes);
        printf("\n");
        return;
    }
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, "{\"file\":");
    buf_put_json(&out, volume_name(s, 0));
    buf_puts(&out, ",\"public_url\":");
    buf_put_json(&out, s->base_url);
    buf_printf(&out, ",\"badges\":%zu,\"pages\":%zu,\"files\":%zu,\"bytes\":%zu,\"cut\":%zu,\"missing\":%zu,\"modules\":%u,\"photos\":%zu,\"bad_photos\":%zu",
               r->badges, r->pages, s->volumes, s->bytes, r->cut, r->missing, r->modules, s->photos_read, s->photos_bad);
    if (o->verify) buf_printf(&out, ",\"verified\":%zu", s->verified);
    buf_printf(&out, ",\"milliseconds\":%lld}\n", (long long)took_ms);
    fputs(buf_text(&out), stdout);
    buf_release(&out);
}

static enum err run_session(struct session *s, struct fault *fault)
{
    int64_t began = clock_steady_ms();
    enum err e = read_options(s, fault);
    if (e == OK) e = check_folder(s, fault);
    if (e == OK) e = load(s, fault);
    if (e == OK) e = fonts_new(&s->fonts, fault);
    if (e == OK) e = make_volumes(s, fault);
    if (e != OK) return e;
    e = db_transaction(s->store.db, record_run, s, fault);
    if (e != OK) return e;
    tell_warnings(s);
    tell_result(s, clock_steady_ms() - began);
    return OK;
}

enum err badges_command(const struct badge_options *options, struct fault *fault)
{
    struct session s = {.options = options, .bar_wanted = isatty(STDERR_FILENO)};
    hold_signals(&s);
    enum err e = run_session(&s, fault);
    end_progress(&s);
    fonts_free(s.fonts);
    store_close(&s.store);
    arena_release(&s.photos);
    arena_release(&s.arena);
    sigprocmask(SIG_SETMASK, &s.before, NULL); /* a Ctrl-C that waited ends the program here */
    return e;
}

enum err badges_show_layout(const char *name, struct fault *fault)
{
    size_t length;
    const char *text = badges_layout_source(name, &length);
    if (!text) return fault_set(fault, ERR_USAGE, "no ready layout is called \"%.40s\"", name);
    return fwrite(text, 1, length, stdout) == length ? OK : fault_set(fault, ERR_IO, "the layout cannot be written");
}
