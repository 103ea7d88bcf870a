#include "server/serve.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/checkin/scan_key.h"
#include "core/congress/figures/keep.h"
#include "core/congress/list_import/list_import.h"
#include "core/congress/purge/purge.h"
#include "core/congress/store/restore_swap.h"
#include "core/net/http_client.h"
#include "core/typeset/fonts.h"
#include "server/access.h"
#include "server/backup_job.h"
#include "server/bucket.h"
#include "server/hot_papers.h"
#include "server/mirror_job.h"
#include "server/live_feed.h"
#include "server/paper_job.h"
#include "server/pages/opened.h"
#include "server/pages/fragment.h"
#include "server/pages/phone_papers.h"
#include "server/pages/stencil.h"
#include "server/pages/pages.h"
#include "server/paper_reader.h"
#include "server/serve_parts.h"
#include "server/tls/presented.h"
#include "server/venue/proof.h"
#include "server/venue/watch.h"

#include "catalogue.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PRINT_THREADS 4 /* printers that are waited for at a time */
#define PRINT_QUEUE 32
#define PAST_NICE 10
#define PAST_QUEUE 16   /* questions for figures of the past that wait for the one that is worked at */

/* --- what each thread has of its own ---------------------------------------------------------------------------------------------- */

static void *worker_open(void *context)
{
    struct app *app = context;
    struct worker *worker = calloc(1, sizeof *worker);
    struct fault fault;
    if (!worker) return NULL;
    worker->app = app;
    if (store_connect(&app->store, DB_READ, &worker->db, &fault) == OK) return worker;
    log_line(LOG_ERROR, "server", "a worker could not open the database: %s", fault.text);
    free(worker);
    return NULL;
}

/* Of a thread that works long: when a processor is wanted by a door, it waits. */
static void *patient_worker_open(void *context)
{
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), PAST_NICE); /* Linux: of this thread alone */
    return worker_open(context);
}

static void worker_close(void *context, void *state)
{
    (void)context;
    struct worker *worker = state;
    if (!worker) return;
    programme_cache_release(&worker->programmes);
    fonts_free(worker->fonts);
    news_moments_release(&worker->moments);
    fragments_free(worker->fragments);
    stencils_free(worker->stencils);
    db_close(worker->db);
    free(worker);
}

/* --- start ------------------------------------------------------------------------------------------------------------------------- */

/* Once, after an older version wrote the folder. */
static enum err add_crcs(struct app *app, struct fault *fault)
{
    int64_t added = 0, left = 0;
    enum err e = blob_add_crcs(&app->store, &added, &left, fault);
    if (added) log_line(LOG_NOTICE, "server", "%lld papers were read once more, for archives of papers", (long long)added);
    if (left) log_line(LOG_ERROR, "server", "%lld papers are missing or damaged: run `plenum doctor`", (long long)left);
    return e;
}

/* A list that did not reach its end, because the power went: nobody sees half of it. One that another program takes in just now is that program's. */
static enum err take_lists_back(struct app *app, struct fault *fault)
{
    struct list_import_own own;
    int lock = -1;
    size_t count = 0;
    enum err e = list_import_lock(app->store.folder, &lock, NULL);
    if (e != OK) return e == ERR_BUSY ? OK : fault_set(fault, e, "%s/list_import.lock: %s", app->store.folder, err_name(e));
    list_import_own_open(&own, app->store.db);
    e = list_import_recover(&own.door, &count, fault);
    list_import_own_close(&own);
    file_unlock(lock);
    if (count) log_line(LOG_NOTICE, "server", "a list had not been taken in to its end: it was taken back");
    if (e == OK) return OK;
    log_line(LOG_ERROR, "server", "a list was not taken in to its end and could not be taken back (%s): doors and desks work, lists wait", fault->text);
    *fault = (struct fault){0};
    return OK;
}

/* A restore that was agreed in the console, or that the power cut short. */
static enum err carry_out_restore(const char *folder, struct fault *fault)
{
    bool done = false;
    enum err e = restore_carry_out(folder, &done, fault);
    if (done) log_line(LOG_NOTICE, "server", "%s: a backup was restored; what was here before is kept beside it", folder);
    if (e != OK || !fault->text[0]) return e;
    log_line(LOG_ERROR, "server", "%s", fault->text);
    *fault = (struct fault){0};
    return OK;
}

/* Workbooks that a server was writing when it was killed (server/pages/exports.c): they name people. */
static void sweep_exports(const struct app *app)
{
    DIR *dir = opendir(app->store.folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (strncmp(entry->d_name, ".export-", 8) == 0) (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir) (void)closedir(dir);
}

/* Of a purge beside an event that was open. No reason not to start. */
static void clear_traces(struct app *app)
{
    struct fault fault = {0};
    bool done = false;
    if (purge_clear(app->store.db, app->store.folder, false, &done, &fault) != OK) log_line(LOG_WARNING, "purge", "the database was not made anew: %s", fault.text);
}

static enum err open_store(const struct serve_options *o, struct app *app, struct fault *fault)
{
    const char *folder = store_choose_folder(o->data);
    enum err e = o->practice ? OK : carry_out_restore(folder, fault);
    if (e == OK) e = store_open(folder, o->practice ? STORE_PRACTICE : STORE_CREATE, &app->store, fault);
    if (e == OK) e = store_lock(&app->store, &app->lock, fault);
    if (e == ERR_BUSY) return fault_set(fault, e, "another `plenum serve` runs on %s", app->store.folder);
    if (e == OK) e = db_prepare_all(app->store.db, fault);
    if (e == OK) e = take_lists_back(app, fault);
    if (e == OK) sweep_exports(app);
    if (e == OK) clear_traces(app);
    return e == OK ? add_crcs(app, fault) : e;
}

static enum err load_event_urls(struct app *app, struct fault *fault)
{
    struct sql_serve_event_urls_row *rows;
    enum err e = sql_serve_event_urls(app->store.db, &app->arena, &rows, &app->event_url_count);
    if (e != OK) return db_fault(app->store.db, e, fault, "read the events");
    const char **urls = arena_array(&app->arena, app->event_url_count + 1, sizeof *urls);
    if (!urls) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < app->event_url_count; i++) urls[i] = rows[i].public_url;
    app->event_urls = urls;
    return OK;
}

/* Devices hear the epoch whether there is a mirror or not: a copy may be taken from a disk too. */
static enum err load_epoch(struct app *app, struct fault *fault)
{
    char server[MIRROR_NAME_SIZE], epoch[MIRROR_NAME_SIZE];
    enum err e = mirror_identity(app->store.db, server, epoch);
    if (e != OK) return db_fault(app->store.db, e, fault, "the epoch");
    app->epoch = arena_strdup(&app->arena, epoch);
    return app->epoch ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* Where gates shall look when this laptop is gone. They take over its key, so only addresses are told. */
static enum err load_spares(const struct serve_options *o, struct app *app, struct fault *fault)
{
    struct buf list;
    if (!o->spares.count) {
        enum err e = setting_read(app->store.db, &app->arena, "spares", &app->spares);
        return e == OK ? OK : db_fault(app->store.db, e, fault, "settings");
    }
    buf_init(&list, BUF_LIMIT_LINE);
    bool none = o->spares.count == 1 && strcmp(o->spares.items[0], "none") == 0;
    enum err e = OK;
    for (size_t i = 0; e == OK && !none && i < o->spares.count; i++) {
        if (strncmp(o->spares.items[i], "https://", 8) != 0 || !http_server_is_valid(o->spares.items[i]))
            e = fault_set(fault, ERR_USAGE, "--spare: \"%s\" is not https://HOST:PORT", o->spares.items[i]);
        buf_printf(&list, "%s%s", i ? " " : "", o->spares.items[i]);
    }
    bool fits = buf_ok(&list) && list.length < HTTP_SPARES_SIZE && o->spares.count < HTTP_SERVERS_MOST; /* with this laptop's own: what a gate takes */
    if (e == OK && !fits) e = fault_set(fault, ERR_USAGE, "--spare: more addresses than a scanner can keep, which is %d", HTTP_SERVERS_MOST - 1);
    if (e == OK) app->spares = list.length ? arena_strdup(&app->arena, buf_text(&list)) : NULL;
    if (e == OK && (e = setting_write(app->store.db, "spares", app->spares)) != OK) db_fault(app->store.db, e, fault, "settings");
    buf_release(&list);
    return e;
}

static unsigned port_of(const char *address)
{
    const char *colon = address ? strrchr(address, ':') : NULL;
    return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

/* A decision that the console keeps as "1" or "0" (server/pages/venue.c). */
static enum err is_decided(struct app *app, const char *setting, bool *ret)
{
    const char *value = NULL;
    enum err e = setting_read(app->store.db, &app->arena, setting, &value);
    *ret = value && strcmp(value, "1") == 0;
    return e;
}

static enum err load_settings(const struct serve_options *o, struct app *app, struct fault *fault)
{
    bool plain_desk = false, answers_probes = false;
    enum err e = public_url_choose(app->store.db, &app->arena, o->public_url, NULL, port_of(o->listen), &app->public_url, &app->public_url_guessed, fault);
    if (e != OK) return e;
    if (o->public_url) e = setting_write(app->store.db, "public_url", app->public_url);
    if (e == OK) e = is_decided(app, "plain_desk", &plain_desk);
    if (e == OK) e = is_decided(app, "answer_probes", &answers_probes);
    if (e == OK) e = proof_key_read(app->store.db, &app->arena, true, &app->proof_key);
    if (e == OK) e = scan_key_read(app->store.db, &app->arena, true, &app->scan_key);
    if (e != OK) return db_fault(app->store.db, e, fault, "settings");
    atomic_store(&app->plain_desk, plain_desk);
    if (watch_new(answers_probes, &app->watch) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return load_event_urls(app, fault);
}

static void batch_begin(void *context)
{
    write_tools_begin(((struct app *)context)->write_tools);
}

static enum err batch_end(struct db *db, void *context)
{
    return write_tools_flush(((struct app *)context)->write_tools, db);
}

#define FILES_OF_OUR_OWN 256 /* databases, papers that are being sent, children, the log */
#define CONNECTIONS_MOST 6000u
#define CONNECTIONS_LEAST 64u
#define STREAMS_MOST 2000u

/* How many connections there may be: each needs an open file, and who comes when none is left hangs without an answer. */
static unsigned connections_allowed(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= CONNECTIONS_MOST + FILES_OF_OUR_OWN) return CONNECTIONS_MOST;
    unsigned files = (unsigned)limit.rlim_cur, most = files < 2 * FILES_OF_OUR_OWN ? files / 2 : files - FILES_OF_OUR_OWN;
    return most < CONNECTIONS_LEAST ? CONNECTIONS_LEAST : most;
}

/* Of all connections at most half are live streams: the doors keep theirs. */
static unsigned streams_allowed(void)
{
    unsigned half = connections_allowed() / 2;
    return half < STREAMS_MOST ? half : STREAMS_MOST;
}

static void tell_limits(void)
{
    if (connections_allowed() == CONNECTIONS_MOST) return;
    log_line(LOG_WARNING, "server", "the system allows few open files: at most %u connections, %u of them live streams; \"ulimit -Hn\" or LimitNOFILE= raises it",
             connections_allowed(), streams_allowed());
}

static enum err start_threads(const struct serve_options *o, struct app *app, struct fault *fault)
{
    struct db *db = NULL;
    enum err e = store_connect(&app->store, DB_WRITE, &db, fault);
    app->write_tools = calloc(1, sizeof *app->write_tools);
    if (!app->write_tools) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    struct writer_config writer = {.begin = batch_begin, .end = batch_end, .context = app, .commit_each = o->commit_each};
    if (e == OK) e = writer_start(db, &writer, &app->writer);
    if (e != OK) {
        db_close(db);
        return e;
    }
    struct pool_config pool = {.context = app, .thread_open = worker_open, .thread_close = worker_close};
    e = pool_start(&pool, &app->pool);
    pool.threads = PRINT_THREADS;
    pool.queue_limit = PRINT_QUEUE;
    if (e == OK) e = pool_start(&pool, &app->print_pool);
    pool = (struct pool_config){.context = app, .thread_open = patient_worker_open, .thread_close = worker_close, .threads = 1, .queue_limit = PAST_QUEUE};
    if (e == OK) e = pool_start(&pool, &app->past_pool);
    if (e == OK) e = figures_keep_new(&app->figures);
    if (e == OK) e = hot_papers_new(app->store.folder, &app->hot_papers);
    if (e == OK) e = opened_log_new(app->writer, &app->opened);
    if (e == OK) e = paper_reader_new(&app->store, app->writer, &app->reader);
    if (e == OK) e = bucket_new(20, 3000, &app->pair_bucket);
    if (e == OK) e = live_feed_new(app, &app->feed, fault);
    struct live_config live = {
        .stream_limit = streams_allowed(), .channel_limit = LIVE_FEED_CHANNELS, .tick_ms = LIVE_FEED_TICK_MS, .context = app, .on_tick = live_feed_tick};
    if (e == OK) e = live_hub_start(&live, &app->hub);
    return e == OK ? OK : fault_set(fault, e, "the server's threads could not be started: %s", err_name(e));
}

static enum err start_http(const struct serve_options *o, struct app *app, struct fault *fault)
{
    size_t count;
    const struct http_route *routes = routes_table(&count);
    enum err e = OK;
    if (o->listen_tls) e = serve_tls_load(app, o->tls_cert, o->tls_key, fault);
    if (e != OK) return e;
    struct http_config config = {
        .listen = o->listen, .listen_tls = o->listen_tls, .tls_callback = tls_presented_callback(), .tls_context = app->tls_shown, .routes = routes,
        .route_count = count, .context = app, .connection_limit = connections_allowed(),
        .hooks = {.authorize = access_authorize, .accept_form = access_accept_form, .host_is_ours = access_host_is_ours, .error_page = pages_error,
                  .worker_open = worker_open, .worker_close = worker_close}};
    e = http_server_start(&config, &app->http, fault);
    if (e != OK) return e;
    tell_limits();
    app->plain_port = http_server_port(app->http);
    app->tls_port = http_server_port_tls(app->http);
    char port[16];
    (void)snprintf(port, sizeof port, "%u", app->plain_port);
    e = setting_write(app->store.db, "plain_port", port); /* for `plenum doctor --venue`, which does not know how this server was started */
    if (e != OK) return db_fault(app->store.db, e, fault, "keep the port");
    return serve_tls_publish(app, o->listen_tls, fault);
}

enum err serve_start(const struct serve_options *o, struct app *app, struct fault *fault)
{
    *app = (struct app){.lock = -1, .started_ms = clock_now_ms(), .store_nothing = o->store_nothing};
    enum err e = open_store(o, app, fault);
    if (e == OK) e = load_settings(o, app, fault);
    if (e == OK) e = load_epoch(app, fault);
    if (e == OK) e = load_spares(o, app, fault);
    if (e == OK) e = pages_load(&app->pages, fault);
    if (e == OK) e = start_threads(o, app, fault);
    if (e == OK && !o->practice) e = backup_job_start(app, &app->backup_job, fault);
    if (e == OK) e = start_http(o, app, fault);
    if (e == OK) e = paper_job_start(&app->store, &app->paper_job, fault);
    if (e == OK && o->mirror) e = mirror_job_start(&app->store, o->mirror, &app->mirror, fault); /* the keys are made now */
    if (e == OK) e = serve_first_account(app, fault);
    if (e != OK) return e;
    atomic_store(&app->is_open, true);
    serve_print_addresses(app, o->welcome);
    return OK;
}

void serve_stop(struct app *app)
{
    atomic_store(&app->is_open, false); /* long work that asks ends now */
    paper_job_stop(app->paper_job);
    if (app->hub) live_hub_close(app->hub);
    http_server_stop(app->http);
    pool_stop(app->pool);
    pool_stop(app->print_pool);
    pool_stop(app->past_pool);
    backup_job_stop(app->backup_job);
    paper_reader_free(app->reader);
    opened_log_free(app->opened);
    writer_stop(app->writer);
    mirror_job_stop(app->mirror);
    live_hub_free(app->hub);
    live_feed_free(app->feed);
    figures_keep_free(app->figures);
    hot_papers_free(app->hot_papers); /* behind the hub, whose ticks sweep it */
    bucket_free(app->pair_bucket);
    watch_free(app->watch);
    if (app->write_tools) write_tools_release(app->write_tools);
    free(app->write_tools);
    pages_free(app->pages);
    serve_tls_release(app);
    file_unlock(app->lock);
    store_close(&app->store);
    arena_release(&app->arena);
}
