/* `plenum backup FILE`, `plenum restore FILE`, `plenum doctor` */
#include "core/congress/register/history.h"
#include "core/congress/store/backup.h"
#include "catalogue.h"
#include "core/base/ask.h"
#include "core/base/crypto_stream.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/base/text.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/event_page.h"
#include "core/congress/figures/figures.h"
#include "core/congress/figures/fixed.h"
#include "server/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A passphrase: the first line of a file, else as it is typed; twice where a mistake would lock everything away. */
static enum err read_passphrase(const char *file, bool twice, char out[CRYPTO_PASSPHRASE_LONGEST], struct fault *fault)
{
    struct arena arena = {0};
    char again[CRYPTO_PASSPHRASE_LONGEST], *text = NULL;
    size_t length;
    enum err e = file ? file_read(&arena, file, 4096, &text, &length, fault) : ask_line("Passphrase: ", true, out, CRYPTO_PASSPHRASE_LONGEST, fault);
    if (e == OK && text) (void)snprintf(out, CRYPTO_PASSPHRASE_LONGEST, "%.*s", (int)strcspn(text, "\r\n"), text);
    if (e == OK && twice && (!text_is_printable(out) || text_length(out) < CRYPTO_PASSPHRASE_LEAST))
        e = fault_set(fault, ERR_INPUT, "a passphrase has at least %d characters: whoever gets the file may try without end", CRYPTO_PASSPHRASE_LEAST);
    if (e == OK && twice && !file && ask_is_possible()) {
        e = ask_line("The same again: ", true, again, sizeof again, fault);
        if (e == OK && strcmp(again, out) != 0) e = fault_set(fault, ERR_INPUT, "the two are not the same");
    }
    arena_release(&arena);
    return e;
}

static bool tell(void *context, int64_t done, int64_t total)
{
    (void)progress_show(context, (size_t)(done / 1024), (size_t)(total / 1024));
    return true;
}

int command_backup(int argc, char **argv)
{
    const char *data = NULL, *file = NULL, *passphrase_file = NULL;
    bool encrypt = false;
    char passphrase[CRYPTO_PASSPHRASE_LONGEST] = "";
    const struct opt options[] = {COMMAND_DATA(&data),
        {"encrypt", 0, OPT_FLAG, &encrypt, NULL, "sealed with a passphrase, which is asked for; without it nobody can ever open the file", 0, 0},
        {"passphrase-file", 0, OPT_TEXT, &passphrase_file, "FILE", "with --encrypt: it is the first line of FILE", 0, 0}};
    const struct opt_command command = {"plenum backup FILE [--encrypt [--passphrase-file FILE]] [--data DIR]",
                                        "Writes database, papers and keys into one file (.tar.gz), also while the server runs. It holds badge tokens: "
                                            "keep it like a key, or seal it with --encrypt.",
                                        options, sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    struct store store = {0};
    struct backup_figures figures = {0};
    struct progress bar;
    int code;
    if (!command_parse(&command, argc, argv, &file, NULL, &code)) return code;
    enum err e = passphrase_file && !encrypt ? fault_set(&fault, ERR_USAGE, "--passphrase-file goes with --encrypt") : OK;
    if (e == OK && encrypt) e = read_passphrase(passphrase_file, true, passphrase, &fault);
    if (e == OK) e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    progress_begin(&bar, "backup");
    const struct backup_options how = {.passphrase = encrypt ? passphrase : NULL, .progress = tell, .context = &bar};
    if (e == OK) e = backup_write_with(&store, file, &how, &figures, &fault);
    progress_end(&bar);
    progress_finish(&bar);
    crypto_forget(passphrase, sizeof passphrase);
    if (e == OK) printf("%s: the database and %" PRId64 " papers and pictures, %" PRId64 " bytes%s\n", file, figures.blobs, figures.bytes,
        encrypt ? ", sealed. Without the passphrase nobody can open it, not even you." : ". It holds badge tokens: keep it like a key.");
    store_close(&store);
    return command_end("backup", e, &fault);
}

int command_restore(int argc, char **argv)
{
    const char *data = NULL, *file = NULL, *passphrase_file = NULL;
    bool sealed = false;
    char passphrase[CRYPTO_PASSPHRASE_LONGEST] = "";
    const struct opt options[] = {COMMAND_DATA(&data),
        {"passphrase-file", 0, OPT_TEXT, &passphrase_file, "FILE", "of a sealed backup: its passphrase is the first line of FILE", 0, 0}};
    const struct opt_command command = {"plenum restore FILE [--passphrase-file FILE] [--data DIR]",
        "Unpacks a backup into a data folder that is empty or not there; checks everything before. Asks for the passphrase of a sealed one.", options,
        sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    struct backup_figures figures = {0};
    int code;
    if (!command_parse(&command, argc, argv, &file, NULL, &code)) return code;
    enum err e = backup_is_sealed(file, &sealed);
    if (e != OK) (void)fault_set(&fault, e, "%s: %s", file, e == ERR_NOT_FOUND ? "there is no such file" : err_name(e));
    if (e == OK && sealed) e = read_passphrase(passphrase_file, false, passphrase, &fault);
    if (e == OK) e = backup_restore_with(file, store_choose_folder(data), sealed ? passphrase : NULL, &figures, &fault);
    crypto_forget(passphrase, sizeof passphrase);
    if (e == OK) printf("%s: restored, with %" PRId64 " papers and pictures.\n", store_choose_folder(data), figures.blobs);
    return command_end("restore", e, &fault);
}

/* --- doctor --- */

static void say_bad(void *context, const char *sentence)
{
    printf("bad   %s\n", sentence);
    ++*(int *)context;
}

static void say(int *bad, const char *what, enum err e, const struct fault *fault)
{
    if (e == OK) printf("ok    %s\n", what);
    else printf("bad   %s: %s\n", what, fault->text[0] ? fault->text : err_name(e));
    *bad += e != OK;
}

/* Nothing is said of an event that has none. */
static void check_fixed(struct store *store, int64_t event_id, const char *slug, int *bad)
{
    struct fault why = {0};
    char what[128];
    int64_t count = 0;
    enum err e = fixed_verify(store->db, event_id, slug, &count, &why);
    if (e == OK && count == 0) return;
    if (e == OK) (void)snprintf(what, sizeof what, "fixed figures of %.80s: %" PRId64 ", as they were fixed", slug, count);
    else (void)snprintf(what, sizeof what, "fixed figures of %.80s", slug);
    say(bad, what, e, &why);
}

static enum err check_figures(struct store *store, int *bad, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_doctor_events_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_doctor_events(store->db, &arena, &rows, &count);
    if (e != OK) e = db_fault(store->db, e, fault, "read the events");
    for (size_t i = 0; e == OK && i < count; i++) {
        struct fault why = {0};
        char what[128];
        (void)snprintf(what, sizeof what, "figures of %.80s: a recount agrees", rows[i].slug);
        say(bad, what, figures_verify(store->db, rows[i].slug, &why), &why);
        check_fixed(store, rows[i].id, rows[i].slug, bad);
    }
    if (e == OK && count) {
        struct fault why = {0};
        if (fixed_verify_whole(store->db, &why) != OK) say(bad, "fixed figures", ERR_CONFLICT, &why);
    }
    arena_release(&arena);
    return e;
}

/* Badges that point elsewhere than the public address. No server runs here, so where no address is set any port of this machine is ours. A warning
 * only: the data are sound. */
static enum err warn_of_hosts(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct event_page_host *hosts = NULL;
    size_t count = 0;
    bool colour = isatty(STDOUT_FILENO);
    enum err e = event_page_print_hosts(db, &arena, 0, &hosts, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        const char *url = NULL, *port = strrchr(hosts[i].host, ':');
        unsigned printed = port ? (unsigned)strtoul(port + 1, NULL, 10) : 80;
        bool guessed = false;
        e = public_url_choose(db, &arena, NULL, hosts[i].event, printed, &url, &guessed, fault);
        if (e != OK || strcasecmp(strstr(url, "://") + 3, hosts[i].host) == 0) continue;
        if (guessed && public_url_is_here(hosts[i].host, printed, 0)) continue;
        printf("%swarn  %" PRId64 " printed %s%s point at %s, but the public address is %s: give it that address again, or print anew%s\n",
               colour ? "\033[1;31m" : "", hosts[i].badges, hosts[i].event ? "badges of " : "member cards", hosts[i].event ? hosts[i].event : "",
               hosts[i].host, strstr(url, "://") + 3, colour ? "\033[0m" : "");
    }
    arena_release(&arena);
    return e;
}

static enum err check_search(struct store *store, int *bad, struct fault *fault)
{
    int64_t entries = 0;
    char what[96];
    enum err e = find_index_check(store->db, &entries, fault);
    (void)snprintf(what, sizeof what, "search: %" PRId64 " names are found by their words", entries);
    say(bad, e == OK ? what : "search", e, fault);
    if (e == ERR_CONFLICT) *fault = (struct fault){0};
    return e == ERR_CONFLICT ? OK : e;
}

static enum err check_register(struct store *store, int *bad, struct fault *fault)
{
    enum err e = register_check(store->db, fault);
    say(bad, e == OK ? "register: everybody is in the unit that their membership says" : "register", e, fault);
    if (e == ERR_CONFLICT) *fault = (struct fault){0};
    return e == ERR_CONFLICT ? OK : e;
}

static enum err mend(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    enum err e = find_index_rebuild(db);
    return e == OK ? OK : db_fault(db, e, fault, "make the index of names anew");
}

/* The index says nothing that the rows do not say: making it anew loses nothing. */
static int mend_search(const char *data)
{
    struct fault fault = {0};
    struct store store = {0};
    enum err e = store_open(store_choose_folder(data), STORE_WRITE, &store, &fault);
    if (e == OK) e = db_transaction(store.db, mend, NULL, &fault);
    if (e == OK) printf("The index of names was made anew.\n");
    store_close(&store);
    return command_end("doctor", e, &fault);
}

int command_doctor(int argc, char **argv)
{
    const char *data = NULL, *event = NULL;
    bool venue = false, json = false, mends_search = false;
    const struct opt options[] = {COMMAND_DATA(&data),
        {"venue", 0, OPT_FLAG, &venue, NULL, "instead: this machine and the venue's network, before the phones come", 0, 0},
        {"event", 0, OPT_TEXT, &event, "SLUG", "for which event, with --venue (default: the largest to come)", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "the findings as JSON, with --venue", 0, 0},
        {"mend-search", 0, OPT_FLAG, &mends_search, NULL, "instead: makes the desk's index of names anew", 0, 0}};
    const struct opt_command command = {"plenum doctor [--data DIR] [--mend-search] [--venue [--event SLUG] [--json]]",
        "Checks the data folder: schema, statements, papers, the figures by a recount, search, the register, where printed badges point. Changes nothing without "
        "--mend-search.", options,
        sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    int code, bad = 0;
    int64_t total = 0, damaged = 0;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    if (mends_search && !venue && !event && !json) return mend_search(data);
    if (mends_search) return command_end("doctor", fault_set(&fault, ERR_USAGE, "--mend-search goes with --data alone"), &fault);
    if (venue) return command_doctor_venue(data, event, json);
    if (event || json) return command_end("doctor", fault_set(&fault, ERR_USAGE, "--event and --json go with --venue"), &fault);
    enum err e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK) {
        struct fault why = {0};
        printf("ok    %s: the newest schema\n", store.folder);
        say(&bad, "every statement can be prepared", db_prepare_all(store.db, &why), &why);
        e = backup_check_blobs(store.db, store.folder, say_bad, &bad, &total, &damaged, &fault);
    }
    if (e == OK && !damaged) printf("ok    %" PRId64 " papers and pictures: all there, all undamaged\n", total);
    if (e == OK) e = check_figures(&store, &bad, &fault);
    if (e == OK) e = check_search(&store, &bad, &fault);
    if (e == OK) e = check_register(&store, &bad, &fault);
    if (e == OK) e = warn_of_hosts(store.db, &fault);
    if (e == OK && bad) e = fault_set(&fault, ERR_CONFLICT, "%d things are wrong", bad);
    store_close(&store);
    return command_end("doctor", e, &fault);
}
