/* Papers: what is inside of a file, and bundles of papers that can be checked and moved by USB stick (format plenum-docs/1, docs/decisions/0019-bundle.md).
 * The one header of this room for the server.
 *
 * Texts are UTF-8 and live in the given arena. Nothing prints. Files that strangers made are opened by child processes only (core/base/child.h), except
 * for their first bytes and plain text. Thread-safe: two calls share nothing but the disk. */
#ifndef PLENUM_DOCS_H
#define PLENUM_DOCS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOCS_FILE_MOST (INT64_C(512) << 20)
#define DOCS_VIDEO_MOST (INT64_C(200) << 20)
#define DOCS_TEXT_MOST (INT64_C(4) << 20)
#define DOCS_PAGES_MOST 2000       /* of one paper; later pages are in the file only */
#define DOCS_PAGES_REFUSED 20000   /* a file that says it has more is made to do harm */
#define DOCS_PAGE_TEXT_MOST 262144 /* bytes of text of one page */
#define DOCS_PICTURE_SIDE 1280     /* the longer side of a page's picture, pixels */
#define DOCS_PICTURE_MOST (INT64_C(4) << 20)

enum docs_kind { DOCS_PDF, DOCS_OFFICE, DOCS_PICTURE, DOCS_AUDIO, DOCS_VIDEO, DOCS_TEXT, DOCS_MARKDOWN };

/* What a file is, by its name and its first bytes, which must agree. ERR_INPUT: it is nothing that is shown to delegates, and why. ERR_LIMIT: too large.
 * *ret_type (may be NULL) is static text. */
enum err docs_kind_find(const char *path, const char *name, enum docs_kind *ret, const char **ret_type, struct fault *fault);

/* Where a paper's text is from; the word is what the database and the manifest say. */
enum docs_source {
    DOCS_SOURCE_NONE, /* "none": it has no text (music, video, a picture without words) */
    DOCS_SOURCE_FILE, /* "file": it is in the file */
    DOCS_SOURCE_OCR,  /* "ocr": some of it was read from pictures of pages, and may be wrong */
    DOCS_SOURCE_SCAN  /* "scan": the pages are pictures, and nobody read them */
};
const char *docs_source_word(enum docs_source source);

struct docs_page {
    const char *text;    /* never NULL; printable, composed (NFC), at most DOCS_PAGE_TEXT_MOST bytes */
    const char *picture; /* path of a JPEG in the work folder; NULL: none */
    unsigned width, height;
};

struct docs_reading {
    enum docs_kind kind;
    const char *media_type;
    const char *file;     /* what phones get: the path that was given, or of a PDF in the work folder that was made of it */
    enum docs_source source;
    struct docs_page *pages; /* none for sound, video and what cannot be opened here */
    size_t count, unread;    /* unread: pages that are pictures only and were not read */
    const char *secrecy;     /* the stamp on its first page or in its name: "MẬT", "TỐI MẬT", "TUYỆT MẬT"; NULL: none was found */
    const char **warnings;   /* sentences for the organiser */
    size_t warning_count;
};

struct docs_wishes {
    const char *folder; /* an empty work folder, absolute: pictures and made files stay there for the caller, who removes it */
    const char *name;   /* the file's name for people, with folders ("01 Khai mạc/02. Báo cáo.pdf"); NULL: that of the path */
    bool (*on_page)(void *context, size_t done, size_t total); /* may be NULL; false stops (ERR_TIMEOUT) */
    void *context;
};

/* Text and pictures of a paper. Takes from milliseconds to minutes, never on a request thread. ERR_INPUT: the file is damaged, needs a password, or is of no
 * kind that is shown; ERR_LIMIT; ERR_NOT_FOUND: poppler is not installed. */
enum err docs_extract(struct arena *arena, const char *path, const struct docs_wishes *wishes, struct docs_reading *ret, struct fault *fault);

/* The stamp in a file's or folder's name, or on a page's text; NULL: none. `from_picture`: the text was read from a picture, where accents get lost. */
const char *docs_secrecy_in_name(struct arena *arena, const char *name);
const char *docs_secrecy_in_text(struct arena *arena, const char *text, bool from_picture);
/* Of a paper: the stricter one of its name and its first page (either may be NULL). */
const char *docs_secrecy_of(struct arena *arena, const char *name, const char *first_page, bool from_picture);
const char *docs_secrecy_stricter(const char *a, const char *b);

/* Markdown as a fragment of HTML: no raw HTML, no pictures from elsewhere, links to http, https, mailto and tel only; with tables (docs-bundle/markdown_tables.h).
 * And as plain text. `below`: the level of the page's heading above it; its own begin behind that. NULL: out of memory, or no UTF-8. */
char *docs_markdown_html(struct arena *arena, const char *text, size_t length);
char *docs_markdown_html_below(struct arena *arena, const char *text, size_t length, unsigned below);
char *docs_markdown_text(struct arena *arena, const char *text, size_t length);

/* --- into the data folder --- */

/* The pictures of a reading as blobs, before anything is written: hash and size for each page (hash NULL without a picture). */
enum err docs_pictures_put(struct arena *arena, const char *data_folder, const struct docs_reading *reading, const char ***ret_shas, int64_t **ret_sizes,
                           struct fault *fault);
bool docs_reading_is_there(struct db *db, const char *sha256);

/* The rows of readings in turns, each a short transaction, so that no check-in waits for all pages of a paper: first as drafts, which nobody sees; then
 * docs_reading_show, in the caller's one transaction, makes them what they are. Whoever writes drafts holds a lock of the data folder that dies with the
 * process, so drafts that are there when the lock is got are leftovers of somebody who was killed: they are removed, in turns too. */
#define DOCS_TURN_PAGES 16
#define DOCS_TURN_BYTES (256u << 10) /* of text, as soon as there is more than one page */
struct docs_turns {
    const char *folder; /* of the data */
    /* Runs a piece in one transaction. */
    enum err (*transact)(void *context, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault);
    void *context;
    bool (*on_page)(void *context, size_t done, size_t total); /* as in docs_wishes: may be NULL; also asked while waiting for the lock */
    void *page_context;
    int lock; /* own */
};
/* `transact` for a connection (the context) of one's own: gives others time between the pieces. */
enum err docs_turns_on_connection(void *db, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault);
/* ERR_BUSY: somebody else has been writing for minutes; ERR_TIMEOUT: on_page said stop. docs_turns_end also after an error: it removes drafts that nobody showed. */
enum err docs_turns_begin(struct docs_turns *turns, struct fault *fault);
void docs_turns_end(struct docs_turns *turns);

struct docs_draft {
    const char *sha256;     /* of the file that phones get, which lies in the data folder */
    const char *media_type; /* NULL: its blob has its row already; else also: */
    int64_t size, crc;      /* crc as in the blob's row */
    const struct docs_reading *reading;
    const char *const *shas; /* as docs_pictures_put gave them */
    const int64_t *sizes;
    int64_t now_ms;
};
/* A file that was read before stays as it is. */
enum err docs_draft_write(struct docs_turns *turns, const struct docs_draft *draft, struct fault *fault);
/* Within the caller's transaction; nothing when it is no draft. */
enum err docs_reading_show(struct db *db, const char *sha256);

/* Looks into one stored paper and keeps its pages, in a transaction of its own. Errors as docs_extract; ERR_NOT_FOUND: a program that opens such files is not
 * installed; ERR_TIMEOUT: on_page said stop. */
struct docs_paper {
    const char *sha256, *name;
    bool (*on_page)(void *context, size_t done, size_t total); /* as in docs_wishes */
    void *context;
};
enum err docs_read_paper(struct db *db, const char *data_folder, const struct docs_paper *paper, struct fault *fault);

/* Reads every newest paper of an event that was not read yet, each in a transaction of its own; `tell` hears what could not be read. For after an
 * import, and for papers that were uploaded. */
enum err docs_read_missing(struct db *db, const char *data_folder, const char *slug, void (*tell)(void *context, const char *code, const char *sentence), void *context,
                           size_t *ret_read, struct fault *fault);

/* Papers whose name or first page (as far as it was read) bears a secrecy stamp that nobody has seen yet are stopped until the organiser decides, each in
 * a transaction of its own; `tell` (may be NULL) hears of each. Reads all first pages: `watch` (may be NULL: look anyhow; zeroed: never looked) remembers what there
 * was, so that nothing is read before an event's configuration, a version or a reading is new. */
struct docs_stamp_watch {
    size_t looks; /* how often pages were read */
    int64_t config, versions, readings, made_ms;
};
enum err docs_stop_stamped(struct db *db, int64_t now_ms, struct docs_stamp_watch *watch,
                           void (*tell)(void *context, const char *event, const char *code, const char *stamp), void *context, struct fault *fault);

/* --- our work: what a wall gets of a picture, a text or pages of a PDF (core/congress/our_work) --- */

#define DOCS_WORK_PICTURE_MOST (INT64_C(32) << 20)
#define DOCS_WORK_PDF_MOST (INT64_C(200) << 20)
#define DOCS_WORK_TEXT_MOST (INT64_C(32) << 10)

struct docs_work {
    bool is_text;
    int64_t pages;            /* of the PDF; 1 of others */
    struct docs_work_page *made;
    size_t count;
};
/* A slide's file made ready as blobs in the data folder: pictures that fit into 1920 × 1920, and into 3840 × 2160 where there is more to see, without what
 * cameras write into them; a text as a fragment of HTML. Of a PDF the pages from `first` to `last` (0: all), at most OUR_WORK_PAGES_MOST. `name` says by
 * its ending what it is, and its content must agree. Seconds to minutes; never on a request thread. The faults have reasons (refusal.work_…, refusal.paper_…).
 * ERR_TIMEOUT: on_page said stop; ERR_NOT_FOUND: poppler is not installed. */
struct docs_work_wish {
    const char *data_folder, *path, *name;
    int64_t first, last;
    bool (*on_page)(void *context, size_t done, size_t total); /* may be NULL */
    void *context;
};
enum err docs_work_make(struct arena *arena, const struct docs_work_wish *wish, struct docs_work *ret, struct fault *fault);
/* Its rows, in the caller's transaction; of a file that was looked into before, the pages are added. `why` instead of `work`: that it cannot be shown. */
enum err docs_work_store(struct db *db, const char *sha256, const struct docs_work *work, const struct fault *why, int64_t now_ms);
/* Makes ready what playlists and welcome scenes name and nobody made yet (an import), each file in a transaction of its own, and tells screens. `watch`
 * (may be NULL, zeroed at first) remembers what was looked at, so that nothing is done twice; `on_page` as above. *ret_made: pages. */
struct docs_work_watch {
    int64_t config_sum; /* of all events' config_seq, and one; 0: never looked */
    int64_t again_ms;   /* what failed for want of something here is tried again then */
};
enum err docs_work_make_missing(struct db *db, const char *data_folder, struct docs_work_watch *watch, bool (*on_page)(void *context, size_t done, size_t total),
                                void *context, size_t *ret_made, struct fault *fault);

/* --- bundles --- */

/* A work folder in TMPDIR (else /tmp), mode 0700; and its end with all that is in it. Folders that processes of this account, killed more than a day ago, left
 * there are removed. */
char *docs_work_folder(struct arena *arena, struct fault *fault);
void docs_remove_folder(const char *folder);

#endif
