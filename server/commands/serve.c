/* plenum serve */
#include "server/serve.h"
#include "core/base/log.h"
#include "core/base/opt.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/commands/commands.h"
#include "server/serve_parts.h"

#define LOOK_SECONDS 60

/* Signals are taken by sigwait in this thread alone; all other threads inherit the mask. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is told like a full disk, and ends nobody */
}

/* Thousands of phones at once need as many open files as the system lets us have. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Until somebody ends it. In between: a renewed certificate is looked for every minute, and at once when asked for by SIGHUP. */
static void wait_for_end(const sigset_t *set, struct app *app)
{
    const bool had_terminal = isatty(STDERR_FILENO) != 0;
    const struct timespec patience = {.tv_sec = LOOK_SECONDS};
    for (;;) {
        int got = sigtimedwait(set, NULL, &patience);
        if (got == SIGINT || got == SIGTERM) return;
        if (got == SIGHUP && had_terminal && !isatty(STDERR_FILENO)) return; /* its window was closed */
        if (got == SIGHUP || (got < 0 && errno == EAGAIN)) serve_tls_look(app, got == SIGHUP);
    }
}

/* This program once more, in this process, on the data folder that it had: threads that did not end are gone, and whoever watches the process sees none end. Returns only
 * when it cannot. */
static enum err begin_again(int argc, char **argv, const char *folder, struct fault *fault)
{
    char **words = calloc((size_t)argc + 4, sizeof *words);
    if (!words) return fault_set(fault, ERR_NOMEM, "not enough memory");
    words[0] = "plenum";
    for (int i = 0; i < argc; i++) words[i + 1] = argv[i];
    words[argc + 1] = "--data"; /* the last one counts */
    words[argc + 2] = (char *)folder;
    execv("/proc/self/exe", words);
    enum err e = fault_set(fault, err_from_errno(errno), "the server could not start again: %s", strerror(errno));
    free(words);
    return e;
}

static enum err run(const struct serve_options *options, char folder[PATH_MAX], struct fault *fault)
{
    sigset_t set;
    block_signals(&set);
    raise_file_limit();
    struct app app;
    enum err e = serve_start(options, &app, fault);
    if (e == OK) {
        wait_for_end(&set, &app);
        log_line(LOG_NOTICE, "server", "stopping");
        if (atomic_load(&app.begins_again)) (void)snprintf(folder, PATH_MAX, "%s", app.store.folder);
    }
    serve_stop(&app);
    return e;
}

/* Nobody's phone and no scanner of the real event may come to a practice copy by mistake. */
static enum err choose_practice(struct serve_options *o, struct fault *fault)
{
    const char *listen = o->listen ? o->listen : "127.0.0.1:8080";
    if (o->mirror || o->listen_tls) return fault_set(fault, ERR_USAGE, "--practice goes with neither --mirror nor --listen-tls");
    if (strncmp(listen, "127.0.0.1:", 10) != 0 && strncmp(listen, "[::1]:", 6) != 0)
        return fault_set(fault, ERR_USAGE, "--practice: a practice copy is shown on this machine only: --listen 127.0.0.1:PORT");
    o->listen = listen;
    return OK;
}

static enum err choose_addresses(struct serve_options *o, struct fault *fault)
{
    if (o->practice) return choose_practice(o, fault);
    if (!o->listen) o->listen = "0.0.0.0:8080";
    if (!o->listen_tls) o->listen_tls = "0.0.0.0:8443";
    else if (strcmp(o->listen_tls, "none") == 0) o->listen_tls = NULL;
    return OK;
}

int command_serve(int argc, char **argv)
{
    struct serve_options o = {0};
    const char *measure = NULL;
    const struct opt options[] = {
        {.name = "data", .kind = OPT_TEXT, .target = &o.data, .value = "DIR", .help = "the data folder (else PLENUM_DATA, else ./plenum-data)"},
        {.name = "listen", .kind = OPT_TEXT, .target = &o.listen, .value = "ADDR:PORT", .help = "plain HTTP, for badges and public pages (0.0.0.0:8080)"},
        {.name = "listen-tls", .kind = OPT_TEXT, .target = &o.listen_tls, .value = "ADDR:PORT", .help = "HTTPS, for staff and devices (0.0.0.0:8443; none = off)"},
        {.name = "tls-cert", .kind = OPT_TEXT, .target = &o.tls_cert, .value = "FILE", .help = "a certificate of your own (PEM, with its chain)"},
        {.name = "tls-key", .kind = OPT_TEXT, .target = &o.tls_key, .value = "FILE", .help = "its key (PEM)"},
        {.name = "public-url", .kind = OPT_TEXT, .target = &o.public_url, .value = "URL", .help = "what badges point at; kept in the data folder"},
        {.name = "mirror", .kind = OPT_TEXT, .target = &o.mirror, .value = "DIR",
         .help = "keep a second copy current there, for `plenum takeover`: a stick, another machine's folder"},
        {.name = "spare", .kind = OPT_LIST, .target = &o.spares, .value = "URL",
         .help = "a spare laptop's https://HOST:PORT, told to all scanners; kept in the data folder (again for more; none = forget them)"},
        {.name = "practice", .kind = OPT_FLAG, .target = &o.practice, .help = "look at what `plenum rehearse --keep` left: on this machine only, never a record"},
        {.name = "welcome", .kind = OPT_TEXT, .target = &o.welcome, .value = "EVENT", .help = "print the event's addresses and one delegate's page with its QR code"},
        {.name = "measure", .kind = OPT_TEXT, .target = &measure, .value = "HOW", .help = "for `make bench` only: commit-each, or store-nothing"},
    };
    const struct opt_command command = {.usage = "plenum serve [options]", .about = "Runs the server until Ctrl-C or SIGTERM.", .options = options,
                                        .option_count = sizeof options / sizeof options[0]};
    struct fault fault = {0};
    size_t words;
    bool help;
    char folder[PATH_MAX] = "";
    enum err e = opt_parse(&command, argc, argv, NULL, &words, &help, &fault);
    if (e == OK && help) {
        opt_print_help(&command);
        return 0;
    }
    if (e == OK) e = choose_addresses(&o, &fault);
    if (e == OK && measure) {
        o.commit_each = strcmp(measure, "commit-each") == 0;
        o.store_nothing = strcmp(measure, "store-nothing") == 0;
        if (!o.commit_each && !o.store_nothing) e = fault_set(&fault, ERR_USAGE, "--measure: \"%s\" is neither commit-each nor store-nothing", measure);
    }
    if (e == OK) e = run(&o, folder, &fault);
    if (e == OK && *folder) e = begin_again(argc, argv, folder, &fault);
    if (e != OK) fprintf(stderr, "plenum serve: %s\n", fault.text[0] ? fault.text : err_name(e));
    return err_exit_code(e);
}
