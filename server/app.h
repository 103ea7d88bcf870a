/* The running server as one context, passed down: no globals. What a handler may reach.
 *
 * Threads: `app` is set up before the listeners open and not changed after; what is inside is thread-safe by itself. A `struct worker` belongs to
 * one thread (an HTTP worker or a pool thread). */
#ifndef PLENUM_SERVER_APP_H
#define PLENUM_SERVER_APP_H

#include "core/congress/account.h"
#include "core/congress/checkin/scan_seal.h"
#include "core/congress/device.h"
#include "core/congress/programme/programme.h"
#include "core/congress/reason.h"
#include "core/congress/store/store.h"
#include "core/congress/write_tools.h"
#include "core/base/id.h"
#include "core/db/writer.h"
#include "server/http/http.h"
#include "server/live/live.h"
#include "server/pool/pool.h"
#include "server/routes.h"

#include <stdatomic.h>

struct bucket;
struct i18n;
struct tls_material;
struct tls_presented;
struct serve_tls_files;
struct figures_keep;
struct live_feed;
struct hot_papers;
struct paper_job;
struct mirror_job;
struct backup_job;
struct opened_log;
struct fragments;
struct stencils;
struct paper_reader;
struct watch;
struct pages; /* server/pages: templates and words */

struct app {
    struct store store;         /* its db belongs to the main thread */
    struct writer *writer;
    struct write_tools *write_tools; /* used by the writer thread only */
    struct pool *pool;
    struct pool *print_pool;    /* waits for printers, so that a stuck one keeps nothing else waiting */
    struct pool *past_pool;     /* figures of the past: one at a time, beneath everything else (docs/decisions/0043-past.md) */
    atomic_uint past_of_screens; /* how many of its questions are walls' and devices' now (server/api/stats.c) */
    struct figures_keep *figures; /* core/congress/figures/keep.h */
    struct hot_papers *hot_papers; /* server/hot_papers.h */
    struct opened_log *opened;     /* server/pages/opened.h */
    struct paper_reader *reader;   /* server/paper_reader.h */
    struct live_hub *hub;
    struct http_server *http;
    struct pages *pages;
    struct live_feed *feed;     /* server/live_feed.h */
    struct paper_job *paper_job; /* server/paper_job.h */
    struct mirror_job *mirror;   /* server/mirror_job.h; NULL without --mirror */
    struct backup_job *backup_job; /* server/backup_job.h; NULL on a practice copy */
    _Atomic bool begins_again;   /* when this server has stopped, it starts anew (server/commands/serve.c): a restore was agreed */
    const char *spares;          /* where this server may be found after a takeover, "https://a:8443 https://b:8443"; NULL */
    const char *epoch;           /* core/congress/store/mirror.h */
    const char *public_url;     /* of the machine, without an event's own; owned by the app */
    bool public_url_guessed;
    const char *const *event_urls; /* the events' own public URLs, as they were at start */
    size_t event_url_count;
    unsigned plain_port, tls_port; /* really listened on; 0: no such listener */
    const char *plain_base;     /* "http://127.0.0.1:8080" */
    const char *secure_base;    /* "https://…:8443"; NULL without TLS */
    const char *pairing_url;    /* for scanners: "https://…:8443/#sha256//…"; without TLS plain_base; NULL: neither */
    const char *fingerprint;    /* of the authority's certificate, for people; NULL without TLS */
    const char *pin;            /* of the server's key, "sha256//…", for devices; NULL without TLS */
    struct tls_material *tls;   /* owned; as it was at the start */
    struct tls_presented *tls_shown; /* owned; what new connections are shown */
    struct serve_tls_files *tls_files; /* server/serve_tls.c; main thread */
    struct arena arena;         /* the application's own texts; main thread, before the listeners open */
    int lock;                   /* of the data folder */
    bool store_nothing;         /* only for measuring: check-ins are decided, not stored */
    _Atomic bool plain_desk;    /* the organiser's recorded decision: desk role over plain HTTP; read for each request */
    struct watch *watch;        /* server/venue/watch.h */
    const char *proof_key;      /* server/venue/proof.h */
    struct scan_key scan_key;   /* core/congress/checkin/scan_key.h */
    struct bucket *pair_bucket; /* tries of pairing codes */
    int64_t started_ms;
    _Atomic bool is_open;       /* all of the above is set; what comes in a moment before (the listeners tell their ports first) is asked to come again */
};

/* What a thread has of its own. */
struct worker {
    struct app *app;
    struct db *db; /* read-only */
    struct programme_cache programmes;
    struct fonts *fonts; /* pool threads: made when first needed */
    struct news_moments {
        int64_t event_id, config_seq;
        int64_t *at; /* owned */
        size_t count;
        struct news_target { /* announcements that are for some delegations only */
            int64_t id;
            char *audience; /* owned */
        } *targets;          /* owned */
        size_t target_count;
    } moments;           /* server/pages/phone_papers.h */
    struct fragments *fragments; /* server/pages/fragment.h; made when first needed */
    struct stencils *stencils;   /* server/pages/stencil.h; likewise */
};

/* Who asks; req->principal, never NULL in a handler. */
struct principal {
    unsigned roles;          /* enum who: those that hold for this route's event */
    struct account account;  /* staff */
    struct web_session session; /* staff and display */
    struct device device;    /* devices */
    bool is_staff, is_device, is_display;
    bool is_badge_head;      /* a head of delegation who is in with badge and PIN (docs/decisions/0036) */
    int64_t head_unit_id;    /* then: the one delegation they answer for */
    const char *head_name, *head_actor, *head_csrf;
    struct request_write *write; /* the write that is on its way, or was last (server/app.c) */
};

static inline struct app *app_of(const struct http_request *req) { return req->context; }
static inline struct principal *principal_of(const struct http_request *req) { return req->principal; }
/* This HTTP worker's state; replies "503 busy" and gives NULL when its connection could not be opened. */
struct worker *worker_of(struct http_request *req);

/* Does this server answer to what stands in a printed QR code ("host" or "host:port")? Its own URL, an event's, or an address that this machine has now. */
bool app_answers_to(const struct app *app, const char *host);

/* Replies with a reason of the registry: problem+json or error page. The second adds a sentence for the reader. */
void reply_reason(struct http_request *req, enum reason reason);
void reply_reason_with(struct http_request *req, enum reason reason, const char *sentence);
/* A sentence that names the data folder is for the log, not for an answer. */
bool app_tells_of_files(const struct app *app, const char *sentence);
/* Maps a result of the core to a reply: ERR_BUSY busy, ERR_FULL disk_full, ERR_NOT_FOUND not_found, ERR_INPUT bad_request, … else internal (logged). */
void reply_error(struct http_request *req, enum err error, const struct fault *fault);

/* The programme of the route's {event} with its counters; replies unknown_event and gives NULL when there is none. Borrowed until the next call on
 * this worker. */
const struct programme *event_of(struct http_request *req, struct worker *worker, struct programme_seqs *ret_seqs);

/* Writes: `apply` runs on the writer thread in a savepoint and may run again; after COMMIT the request resumes on its worker with `then`, which finds the
 * result in write_result. Replies "503 busy" itself when the writer's queue is full. One write at a time per request. `apply` may use req->arena. */
typedef enum err write_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault);
void request_write(struct http_request *req, write_apply *apply, void (*then)(struct http_request *req));
enum err write_result(struct http_request *req, const struct fault **ret_fault);

/* What is read by somebody is noted first: in a `then` of request_write, `work` in the pool when the note stands, else `refuse`. */
void request_work_noted(struct http_request *req, void (*work)(struct http_request *req, void *thread_state),
                        void (*refuse)(struct http_request *req, enum err error, const struct fault *fault));

/* Actor for the audit log: account name or device code. Borrowed. */
const char *actor_of(const struct http_request *req);

#endif
