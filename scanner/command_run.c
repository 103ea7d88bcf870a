/* plenum-scanner without a word: pairing, and the door itself. What is wished comes from the command line; what happens to a frame is
 * door.c's. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/opt.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "scanner/commands.h"
#include "scanner/door.h"
#include "scanner/identity.h"
#include "scanner/status/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define DRAIN_MS 5000 /* an absent server does not hold up the end for longer */
#define FIRST_CONTACT_MS 1500
#define AGAIN_SECONDS 3
#define COMPLAIN_MS 10000

struct wishes {
    const char *pair, *name, *authority, *pin, *gate, *spool, *direction, *frames, *lines, *camera, *input, *on_result;
    struct opt_list servers, images;
    struct http_servers list; /* of --server, without the pin */
    const char **paths; /* of --images: its values and the words behind them */
    size_t path_count;
    long again, rate, status;
    bool once, no_photos, json, version;
};

/* All that is open while the door works. */
struct session {
    struct wishes wishes;
    struct arena arena;
    struct identity identity;
    int lock_fd, stop_fd, input_fd;
    bool has_http;
    struct queue queue;
    struct source *source;
    struct status *status;
    struct door door;
};

static const char about[] =
    "First pair once, with a code from `plenum device pair` or the console:\n"
    "  plenum-scanner --server URL --pair CODE     the whole URL: what follows # names the server's key, and no certificate is needed\n"
    "Then stand at the door, with one of:\n"
    "  --camera DEV      a camera: /dev/video0, a path of /dev/v4l/by-id/, or auto\n"
    "  --input DEV       a hand scanner, grabbed: a path of /dev/input/by-id/ that ends in -event-kbd\n"
    "  --frames -        yuv4mpeg or MJPEG on standard input, from any camera through ffmpeg:\n"
    "                    ffmpeg -loglevel error -f v4l2 -i /dev/video0 -f yuv4mpegpipe -strict -1 - | plenum-scanner --frames -\n"
    "  --images PATH...  picture files and folders (JPEG, PNG, PGM); each picture is a showing. Without --once, folders are watched\n"
    "  --lines -         anything that gives one code a line\n"
    "Every scan is on disk before anybody hears a beep. The server may be away at the start, go away and come back.\n"
    "Other commands: plenum-scanner decode PATH... · plenum-scanner queue list|export · plenum-scanner undo";

#define OPTIONS(w)                                                                                                                                    \
    {                                                                                                                                                 \
        {.name = "server", .kind = OPT_LIST, .target = &(w)->servers, .value = "URL", \
         .help = "https://HOST:PORT/#sha256//… as pairing shows it, or http:// on the same machine; again for each spare laptop's address"},    \
        {.name = "pair", .kind = OPT_TEXT, .target = &(w)->pair, .value = "CODE", .help = "one-time code: makes this spool a device of that server"}, \
        {.name = "name", .kind = OPT_TEXT, .target = &(w)->name, .value = "NAME", .help = "how lists call this device (default: the host's name)"},   \
        {.name = "pin", .kind = OPT_TEXT, .target = &(w)->pin, .value = "PIN", \
         .help = "sha256//… of the server's key, when the URL lacks it (plenum tls show)"},\
        {.name = "authority", .kind = OPT_TEXT, .target = &(w)->authority, .value = "FILE", .help = "or: PEM file of the authority that signs the server's certificate"},\
        {.name = "gate", .kind = OPT_TEXT, .target = &(w)->gate, .value = "CODE", .help = "the gate that this device was paired for"},                \
        {.name = "direction", .kind = OPT_TEXT, .target = &(w)->direction, .value = "in|out", .help = "which way people pass (default in)"},          \
        {.name = "frames", .kind = OPT_TEXT, .target = &(w)->frames, .value = "-", .help = "frames from standard input, or from a pipe or file by name"},\
        {.name = "images", .kind = OPT_LIST, .target = &(w)->images, .value = "PATH", .help = "pictures and folders; more paths may follow"},         \
        {.name = "lines", .kind = OPT_TEXT, .target = &(w)->lines, .value = "-", .help = "codes from standard input, or from a pipe or file by name"},\
        {.name = "camera", .kind = OPT_TEXT, .target = &(w)->camera, .value = "DEV", .help = "/dev/video0, /dev/v4l/by-id/…, or auto; unplugged, it is waited for"},\
        {.name = "input", .kind = OPT_TEXT, .target = &(w)->input, .value = "DEV", .help = "/dev/input/by-id/…-event-kbd: a hand scanner, whose keys go nowhere else"},\
        {.name = "rate", .kind = OPT_NUMBER, .target = &(w)->rate, .value = "N", .help = "frames a second, where the stream does not say", .least = 1,\
         .most = 240},                                                                                                                                \
        {.name = "again", .kind = OPT_NUMBER, .target = &(w)->again, .value = "SECONDS", .least = 0, .most = 3600,                                    \
         .help = "a badge that was away so long is a new scan (frames: 3; lines and pictures: each one is)"},                                         \
        {.name = "once", .kind = OPT_FLAG, .target = &(w)->once, .help = "end when all pictures are read and sent; or with the device"},\
        {.name = "on-result", .kind = OPT_TEXT, .target = &(w)->on_result, .value = "CMD",                                                            \
         .help = "program to run for each result (outcome, reason, name; PLENUM_… in its environment)"},                                              \
        {.name = "status", .kind = OPT_NUMBER, .target = &(w)->status, .value = "PORT", .least = 0, .most = 65535,                                     \
         .help = "the operator's screen: a page at http://127.0.0.1:PORT/ (0: any free port)"},                                                      \
        {.name = "no-photos", .kind = OPT_FLAG, .target = &(w)->no_photos, .help = "the operator's screen shows no photos (others can see it)"},         \
        {.name = "spool", .kind = OPT_TEXT, .target = &(w)->spool, .value = "DIR",                                                                    \
         .help = "this scanner's folder (default " SPOOL_DEFAULT " or PLENUM_SPOOL)"},                                                                \
        {.name = "json", .kind = OPT_FLAG, .target = &(w)->json, .help = "one JSON line a scan on standard output"},                                  \
        {.name = "version", .kind = OPT_FLAG, .target = &(w)->version, .help = "print the version"},                                                  \
    }

/* --- what is wished ------------------------------------------------------------------------------------------------------------- */

/* One key for all of them: a spare laptop takes the first one's key over with its data. */
static enum err check_servers(struct wishes *w, struct arena *arena, struct fault *fault)
{
    if (w->servers.count > HTTP_SERVERS_MOST) return fault_set(fault, ERR_USAGE, "--server: at most %d addresses", HTTP_SERVERS_MOST);
    for (size_t i = 0; i < w->servers.count; i++) {
        const char *url_pin = NULL;
        enum err e = http_server_split(arena, w->servers.items[i], &w->list.urls[i], &url_pin, fault);
        if (e != OK) return e;
        if (url_pin && w->pin && strcmp(url_pin, w->pin) != 0) return fault_set(fault, ERR_USAGE, "--pin is not the one in the URL");
        if (url_pin) w->pin = url_pin;
        w->list.count++;
    }
    return OK;
}

static enum err check_wishes(struct wishes *w, struct arena *arena, const char *const *words, size_t word_count, struct fault *fault)
{
    int sources = (w->camera != NULL) + (w->input != NULL) + (w->frames != NULL) + (w->lines != NULL) + (w->images.count > 0);
    if (sources > 1) return fault_set(fault, ERR_USAGE, "only one of --camera, --input, --frames, --images and --lines");
    if (sources == 0 && !w->pair)
        return fault_set(fault, ERR_USAGE, "what shall be read? --camera DEV, --input DEV, --frames -, --images PATH... or --lines - (see --help)");
    if (word_count > 0 && !w->images.count) return fault_set(fault, ERR_USAGE, "unexpected \"%s\"", words[0]);
    if (w->pin && !http_pin_is_valid(w->pin)) return fault_set(fault, ERR_USAGE, "--pin is sha256// and 44 characters");
    if (w->pair && !w->servers.count) return fault_set(fault, ERR_USAGE, "--pair needs --server URL");
    if (w->direction && strcmp(w->direction, "in") != 0 && strcmp(w->direction, "out") != 0) return fault_set(fault, ERR_USAGE, "--direction is in or out");
    enum err e = check_servers(w, arena, fault);
    if (e != OK) return e;
    for (size_t i = 0; i < w->images.count; i++) w->paths[w->path_count++] = w->images.items[i];
    for (size_t i = 0; i < word_count; i++) w->paths[w->path_count++] = words[i];
    return OK;
}

/* --- pairing -------------------------------------------------------------------------------------------------------------------- */

/* What waits in the spool was read for another event, gate or server: a new pairing must not send it there. A list of another server, changes to it, or that server's
 * epoch would be wrong as well, whatever its event and gate are called. */
static enum err check_repairing(struct session *s, const struct identity *fresh, bool had, struct fault *fault)
{
    struct queue_counts counts;
    bool is_other = false;
    enum err e = queue_is_of_other(&s->queue, fresh->seal_key, &is_other, fault);
    if (e == OK) e = queue_count(&s->queue, &counts, fault);
    bool same = had && !is_other && strcmp(s->identity.event, fresh->event) == 0 && strcmp(s->identity.gate, fresh->gate) == 0;
    if (e != OK || same) return e;
    if (counts.waiting > 0 && had)
        return fault_set(fault, ERR_CONFLICT, "%s holds %lld scans of %s/%s%s that were not sent: use another --spool for %s/%s", s->wishes.spool,
                         (long long)counts.waiting, s->identity.event, s->identity.gate, is_other ? " of another server" : "", fresh->event, fresh->gate);
    e = queue_forget_server(&s->queue, fault);
    return e == OK ? roster_clear(s->queue.db, fault) : e;
}

static enum err pair(struct session *s, struct fault *fault)
{
    struct identity wanted = {.server = s->wishes.list.urls[0], .pin = s->wishes.pin}, fresh;
    char host[HOST_NAME_MAX + 1] = "scanner", authority[PATH_MAX];
    struct fault ignored;
    (void)gethostname(host, sizeof host - 1);
    if (s->wishes.authority) {
        if (!realpath(s->wishes.authority, authority)) return fault_set(fault, err_from_errno(errno), "--authority %s: %s", s->wishes.authority, strerror(errno));
        wanted.authority = authority;
    }
    bool had = identity_load(&s->arena, s->wishes.spool, &s->identity, &ignored) == OK;
    wanted.servers = s->wishes.list;
    enum err e = ERR_NETWORK;
    for (size_t i = 0; i < s->wishes.list.count && (e == ERR_NETWORK || e == ERR_TIMEOUT); i++) {
        wanted.server = s->wishes.list.urls[i];
        e = identity_pair(&s->arena, &wanted, s->wishes.pair, s->wishes.name ? s->wishes.name : host, &fresh, fault);
    }
    if (e == OK) e = check_repairing(s, &fresh, had, fault);
    if (e == OK) e = queue_seal_to(&s->queue, fresh.seal_key, fault);
    /* Also when it told none: another server's spare one would take our key for a revoked one. */
    if (e == OK) e = queue_keep_spares(&s->queue, fresh.spares, fault);
    if (e == OK) e = identity_store(s->wishes.spool, &fresh, fault);
    if (e != OK) return e;
    if (s->wishes.json) printf("{\"device\":\"%s\",\"event\":\"%s\",\"gate\":\"%s\"}\n", fresh.device, fresh.event, fresh.gate);
    else printf("paired with %s as device %s for event %s, gate %s\n", fresh.server, fresh.device, fresh.event, fresh.gate);
    (void)fflush(stdout);
    return OK;
}

/* --- opening -------------------------------------------------------------------------------------------------------------------- */

static void tell_sync(void *ctx, enum sync_event event, const char *text)
{
    char line[FAULT_TEXT_SIZE + 64];
    const char *before = event == SYNC_LOST ? "the server is away: " : "";
    (void)snprintf(line, sizeof line, "%s%s", before, text);
    feedback_notice(ctx, event == SYNC_REVOKED || event == SYNC_SET_ASIDE, line);
}

/* Ends of the program come as a readable file, so that a wait for frames and a wait for the end are one poll. */
static int open_stop(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static enum err open_spool(struct session *s, struct fault *fault)
{
    char path[PATH_MAX];
    enum err e = file_make_directories(s->wishes.spool, fault);
    if (e != OK) return e;
    (void)snprintf(path, sizeof path, "%.4000s/lock", s->wishes.spool);
    e = file_lock(path, &s->lock_fd, fault);
    if (e == ERR_BUSY) return fault_set(fault, e, "another plenum-scanner uses %s: give each its own --spool", s->wishes.spool);
    if (e == OK) e = queue_open(s->wishes.spool, true, &s->queue, fault);
    if (e == OK) e = queue_recover(&s->queue, fault);
    return e;
}

static enum err open_input(struct session *s, const char *name, struct fault *fault)
{
    s->input_fd = STDIN_FILENO;
    if (strcmp(name, "-") == 0) return OK;
    s->input_fd = open(name, O_RDONLY | O_CLOEXEC);
    return s->input_fd >= 0 ? OK : fault_set(fault, err_from_errno(errno), "%s: %s", name, strerror(errno));
}

static void tell_device(void *ctx, const struct device_news *news)
{
    feedback_device(ctx, news);
}

static enum err open_source(struct session *s, struct fault *fault)
{
    const struct wishes *w = &s->wishes;
    if (w->path_count) return source_open_images(w->paths, w->path_count, !w->once, s->stop_fd, &s->source, fault);
    struct device_settings device = {.path = w->camera ? w->camera : w->input, .stop_fd = s->stop_fd, .ends = w->once, .tell = tell_device, .ctx = s->door.feedback};
    if (w->camera) return source_open_camera(&device, &s->source, fault);
    if (w->input) return source_open_input(&device, &s->source, fault);
    enum err e = open_input(s, w->frames ? w->frames : w->lines, fault);
    if (e != OK) return e;
    if (w->lines) return source_open_lines(s->input_fd, s->stop_fd, &s->source, fault);
    return source_open_stream(s->input_fd, s->stop_fd, (double)w->rate, &s->source, fault);
}

static enum err open_identity(struct session *s, struct fault *fault)
{
    enum err e = identity_load(&s->arena, s->wishes.spool, &s->identity, fault);
    if (e != OK) return e;
    if (s->wishes.list.count) { /* the server moved; its key moved with it, unless the URL says otherwise */
        bool is_secure = false;
        for (size_t i = 0; i < s->wishes.list.count; i++) is_secure = is_secure || strncmp(s->wishes.list.urls[i], "https://", 8) == 0;
        s->identity.server = s->wishes.list.urls[0];
        s->identity.servers = s->wishes.list;
        s->identity.pin = !is_secure ? NULL : s->wishes.pin ? s->wishes.pin : s->identity.pin;
    }
    const char *spares;
    if ((e = queue_spares(&s->queue, &s->arena, &spares, fault)) != OK) return e;
    (void)http_servers_add(&s->identity.servers, &s->arena, spares);
    if (s->wishes.gate && strcmp(s->wishes.gate, s->identity.gate) != 0)
        return fault_set(fault, ERR_DENIED, "this device was paired for gate \"%s\", not \"%s\": pair it again, or use another --spool", s->identity.gate,
                         s->wishes.gate);
    return OK;
}

static struct http_settings server_of(const struct identity *identity)
{
    return (struct http_settings){.server = identity->server, .servers = &identity->servers, .key = identity->key, .authority = identity->authority,
                                  .pin = identity->pin};
}

/* Said also because 0 lets the system choose the port. */
static enum err open_status(struct session *s, struct fault *fault)
{
    if (s->wishes.status < 0) return OK;
    char text[80];
    struct http_settings photos = server_of(&s->identity);
    struct status_settings settings = {.port = (int)s->wishes.status, .spool = s->wishes.spool, .event = s->identity.event, .gate = s->identity.gate,
                                       .direction = s->door.direction, .sync = s->door.sync, .photos = s->wishes.no_photos ? NULL : &photos};
    enum err e = status_start(&settings, &s->status, fault);
    if (e != OK) return e;
    feedback_show_on(s->door.feedback, s->status);
    (void)snprintf(text, sizeof text, "status page: http://127.0.0.1:%d/", status_port(s->status));
    feedback_notice(s->door.feedback, false, text);
    return OK;
}

static enum err open_door(struct session *s, struct fault *fault)
{
    const struct wishes *w = &s->wishes;
    struct door *door = &s->door;
    const char *language = getenv("LC_ALL");
    if (!language || !*language) language = getenv("LANG");
    struct feedback_settings feedback = {.json = w->json, .on_result = w->on_result, .vietnamese = language && strncmp(language, "vi", 2) == 0};
    enum err e = feedback_start(&feedback, &door->feedback, fault);
    if (e != OK) return e;
    struct http_settings http = server_of(&s->identity);
    struct sync_settings sync = {.spool = w->spool, .servers = &s->identity.servers, .server = s->identity.server, .key = s->identity.key,
                                 .authority = s->identity.authority, .pin = s->identity.pin, .event = s->identity.event, .tell = tell_sync, .ctx = door->feedback};
    door->queue = &s->queue;
    door->decoder = guarded_new();
    door->client = http_client_new(&http);
    door->gate = s->identity.gate;
    door->direction = w->direction ? w->direction : "in";
    if (!door->decoder || !door->client) return fault_set(fault, ERR_NOMEM, "not enough memory to start");
    /* A picture or a line is a showing of its own; a camera sees the same badge many times. */
    debounce_init(&door->badges, w->again >= 0 ? w->again * 1000 : w->frames || w->camera ? AGAIN_SECONDS * 1000 : 0);
    debounce_init(&door->others, AGAIN_SECONDS * 1000);
    e = sync_start(&sync, &door->sync, fault);
    if (e == OK) e = open_status(s, fault);
    if (e == OK) sync_wait_first(door->sync, FIRST_CONTACT_MS);
    return e;
}

/* --- working -------------------------------------------------------------------------------------------------------------------- */

/* What could not be read. A camera that breaks each picture says so fifteen times a second: then one line in ten seconds, with how many. */
struct complaints {
    int64_t next_ms, more;
};

static void complain(struct complaints *c, struct session *s, const char *text)
{
    char line[FAULT_TEXT_SIZE + 64];
    int64_t now = clock_steady_ms();
    if (s->wishes.camera && now < c->next_ms) {
        c->more++;
        return;
    }
    (void)snprintf(line, sizeof line, c->more ? "%s (and %lld before it)" : "%s", text, (long long)c->more);
    feedback_notice(s->door.feedback, false, line);
    *c = (struct complaints){.next_ms = now + COMPLAIN_MS};
}

static enum err work(struct session *s, struct fault *fault)
{
    struct arena arena = {0};
    struct complaints complaints = {0};
    bool all_read = true, is_device = s->wishes.camera || s->wishes.input;
    enum err e;
    for (;;) {
        struct frame frame;
        arena_clear(&arena);
        e = source_next(s->source, &arena, &frame, fault);
        if (e == OK && (e = door_take_frame(&s->door, &frame, &arena, fault)) == ERR_NOMEM) e = ERR_INPUT; /* one picture is lost, never the door */
        if (e == OK) continue;
        if (e != ERR_INPUT) break;
        all_read = all_read && is_device; /* a picture of a camera that is broken is no reason to fail: another follows */
        complain(&complaints, s, fault->text);
    }
    arena_release(&arena);
    if (e == ERR_NOT_FOUND) e = all_read ? OK : fault_set(fault, ERR_INPUT, "not everything could be read");
    return e;
}

static void drain(struct session *s)
{
    char text[160];
    struct queue_counts counts;
    int64_t left = sync_drain(s->door.sync, DRAIN_MS, s->stop_fd);
    if (queue_count(&s->queue, &counts, NULL) != OK) return;
    if (left > 0) {
        (void)snprintf(text, sizeof text, "%lld scans are kept in %.60s and go to the server at the next start", (long long)left, s->wishes.spool);
        feedback_notice(s->door.feedback, false, text);
    }
    if (counts.set_aside > 0) {
        (void)snprintf(text, sizeof text, "%lld scans are set aside, the server does not take them: plenum-scanner queue list", (long long)counts.set_aside);
        feedback_notice(s->door.feedback, false, text);
    }
}

static void close_session(struct session *s)
{
    source_close(s->source);
    status_stop(s->status); /* it looks at the sync */
    sync_stop(s->door.sync);
    door_release(&s->door);
    guarded_free(s->door.decoder);
    http_client_free(s->door.client);
    feedback_stop(s->door.feedback);
    queue_close(&s->queue);
    if (s->input_fd > STDIN_FILENO) close(s->input_fd);
    if (s->stop_fd >= 0) close(s->stop_fd);
    file_unlock(s->lock_fd);
    if (s->has_http) http_client_finish();
    arena_release(&s->arena);
}

static bool has_source(const struct wishes *w) { return w->path_count || w->camera || w->input || w->frames || w->lines; }

static enum err run(struct session *s, struct fault *fault)
{
    enum err e = http_client_start();
    if (e != OK) return fault_set(fault, e, "libcurl does not start");
    s->has_http = true;
    if ((e = open_spool(s, fault)) != OK) return e;
    if (s->wishes.pair && (e = pair(s, fault)) != OK) return e;
    if (!has_source(&s->wishes)) return OK;
    if ((e = open_identity(s, fault)) != OK) return e;
    s->stop_fd = open_stop();
    if ((e = open_door(s, fault)) != OK) return e;
    if ((e = open_source(s, fault)) != OK) return e;
    source_keep_encoded(s->source);
    e = work(s, fault);
    drain(s);
    if (e == OK && s->door.lost > 0) e = fault_set(fault, ERR_FULL, "%lld scans could not be kept: they are to be written down by hand", (long long)s->door.lost);
    return e;
}

int command_run(int argc, char **argv)
{
    const char *spool = getenv("PLENUM_SPOOL");
    struct session s = {.lock_fd = -1, .stop_fd = -1, .input_fd = -1, .wishes = {.again = -1, .status = -1, .spool = spool && *spool ? spool : SPOOL_DEFAULT}};
    struct opt options[] = OPTIONS(&s.wishes);
    struct opt_command command = {.usage = "plenum-scanner [--server URL --pair CODE] [--gate CODE]\n"
                                           "       (--camera DEV | --input DEV | --frames - | --images PATH... | --lines -) [options]",
                                  .about = about, .options = options, .option_count = sizeof options / sizeof *options, .most_words = (size_t)argc};
    const char **words = calloc((size_t)argc + 1, sizeof *words);
    bool help = false;
    size_t count = 0;
    struct fault fault = {0};
    s.wishes.paths = calloc((size_t)argc + OPT_LIST_MOST, sizeof *s.wishes.paths);
    enum err e = words && s.wishes.paths ? opt_parse(&command, argc, argv, words, &count, &help, &fault) : fault_set(&fault, ERR_NOMEM, "not enough memory");
    if (e == OK && help) opt_print_help(&command);
    else if (e == OK && s.wishes.version) printf("plenum-scanner %s\n", PLENUM_VERSION);
    else if (e == OK) {
        e = check_wishes(&s.wishes, &s.arena, words, count, &fault);
        if (e == OK) e = run(&s, &fault);
        close_session(&s);
    }
    if (e != OK) fprintf(stderr, "plenum-scanner: %s\n", fault.text);
    free(s.wishes.paths);
    free(words);
    return err_exit_code(e);
}
