/* Private to docs-bundle: a bundle in memory, and the steps from a folder to a ZIP and from a ZIP into the data folder.
 *
 *     manifest.json     what is in it, signed
 *     manifest.sig      64 bytes: Ed25519 over the bytes of manifest.json, by the key that stands in it
 *     papers/…          the papers, by session and name
 *     pages/CODE/…      text.txt (a form feed behind each page) and a JPEG of each page
 *
 * Entries are stored as they are, in this order, the files in that of the manifest's "files"; core/base/zip.h makes every other byte. */
#ifndef PLENUM_DOCS_BUNDLE_H
#define PLENUM_DOCS_BUNDLE_H

#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/base/map.h"
#include "core/base/zip.h"
#include "docs-bundle/docs.h"
#include "docs-bundle/zip_read.h"

#define BUNDLE_FORMAT "plenum-docs/1"
#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_SIGNATURE "manifest.sig"
#define BUNDLE_MANIFEST_MOST (32u << 20)
#define BUNDLE_PAPERS_MOST 5000
#define BUNDLE_FILES_MOST 200000
#define BUNDLE_BYTES_MOST (INT64_C(64) << 30)
#define BUNDLE_KEY_TEXT 56 /* "ed25519:" and 43 letters, with NUL: 52 */
#define BUNDLE_PRINT_TEXT 40 /* "3f2a-91c0-…", 8 groups, with NUL */

struct bundle_file {
    const char *path;   /* in the bundle */
    int64_t size;
    char sha256[CRYPTO_HASH_HEX];
    const char *source; /* building: where it lies now */
    uint32_t crc;       /* found while it was hashed */
};

struct bundle_page {
    const char *picture; /* path in the bundle; NULL: none */
    int64_t width, height;
};

struct bundle_paper {
    const char *code, *title /* JSON: text or language map */, *file, *media_type;
    const char *session;     /* a session's code or title; NULL: none */
    const char *language, *number, *issued, *issuer, *audience /* JSON */, *publish_at;
    bool publish_now;        /* publish_at is there and null: at once, as in an event file. Not there: whoever installs it decides */
    bool restricted, must_read;
    const char *original;    /* the file that it was made of, when it was another */
    const char *source;      /* docs_source_word */
    const char *text;        /* path in the bundle; NULL: none */
    struct bundle_page *pages;
    size_t page_count;
    int64_t unread;
    const char *secrecy;     /* the stamp that it bears: the organiser let it pass */
    const char **warnings;
    size_t warning_count;
};

struct bundle {
    const char *title;       /* NULL: none */
    int64_t signed_ms;
    const char *key;         /* the signer's, as text */
    const char *signer;      /* their name for themselves */
    struct bundle_paper *papers;
    size_t paper_count, paper_capacity;
    struct bundle_file *files;
    size_t file_count, file_capacity;
    struct map by_path;      /* -> struct bundle_file */
};

/* --- manifest.c --- */
enum err bundle_manifest_write(const struct bundle *bundle, struct buf *out);
/* Checks everything that can be known from the manifest alone: paths, codes, that each file is listed once and belongs to a paper. ERR_INPUT with the place. */
enum err bundle_manifest_read(struct arena *arena, const char *text, size_t length, struct bundle *ret, struct fault *fault);
struct bundle_file *bundle_find_file(const struct bundle *bundle, const char *path);
enum err bundle_add_file(struct arena *arena, struct bundle *bundle, const struct bundle_file *file);
/* What an organiser may say of a paper, by its keys in a manifest.json; `generated` allows those that only we write. Texts are copied. */
enum err bundle_paper_take(struct arena *arena, json_t *object, bool generated, const struct json_place *place, struct bundle_paper *ret, struct fault *fault);

/* --- names.c: what names of folders and files say --- */
struct paper_name {
    const char *title, *session; /* session NULL: the file lies in no folder */
    const char *code;
};
/* `relative` is composed (NFC). NULL texts: out of memory. */
enum err paper_name_read(struct arena *arena, const char *relative, struct paper_name *ret);
/* "bao-cao-chinh-tri": a code made of a title, the same each time. */
char *paper_name_code(struct arena *arena, const char *session, const char *title);
/* Numbers by value, letters as Vietnamese sorts them: below 0, 0, above 0. */
int paper_name_compare(const char *a, const char *b);

/* --- folder.c: what lies in a folder, or what its manifest.json says --- */
struct folder_item {
    const char *relative, *path; /* as shown (NFC), as opened */
    struct bundle_paper paper;   /* what is known of it already */
    bool code_is_made;           /* out of its name */
};
struct folder_problem {
    const char *relative, *sentence;
};
struct folder_list {
    struct folder_item *items;
    size_t count, capacity;
    struct folder_problem *problems; /* what cannot be taken in, each with its reason */
    size_t problem_count, problem_capacity;
    struct folder_problem *notes;    /* what is left out, or looks like a mistake, without being one */
    size_t note_count, note_capacity;
    const char *title;
};
struct folder_wishes {
    const char *folder;
    const char *const *leave_out; /* relative paths that the organiser leaves out */
    size_t leave_out_count;
};
/* In the order in which papers are shown. ERR_INPUT: a mistake in manifest.json, with its place. */
enum err folder_read(struct arena *arena, const struct folder_wishes *wishes, struct folder_list *ret, struct fault *fault);

/* --- key.c: whose signature --- */
struct bundle_key {
    uint8_t public_key[CRYPTO_PUBLIC_BYTES], secret[CRYPTO_SECRET_BYTES];
    char text[BUNDLE_KEY_TEXT], print[BUNDLE_PRINT_TEXT];
    const char *name;
};
/* The data folder's own key; made when missing and `make` is given (ERR_NOT_FOUND else). `name` (may be NULL) becomes its name. The caller forgets it with
 * crypto_forget. */
enum err bundle_key_open(struct arena *arena, const char *data_folder, bool make, const char *name, struct bundle_key *ret, bool *ret_new, struct fault *fault);
/* From "ed25519:…", or from a file that `key --export` wrote. */
enum err bundle_key_read(struct arena *arena, const char *text_or_file, uint8_t ret[CRYPTO_PUBLIC_BYTES], const char **ret_name, struct fault *fault);
bool bundle_key_parse(const char *text, uint8_t ret[CRYPTO_PUBLIC_BYTES]);
void bundle_key_print(const uint8_t public_key[CRYPTO_PUBLIC_BYTES], char ret_text[BUNDLE_KEY_TEXT], char ret_print[BUNDLE_PRINT_TEXT]);

/* --- check.c: what is true of a ZIP --- */
enum check_kind { CHECK_MISSING, CHECK_CHANGED, CHECK_EXTRA, CHECK_KIND_COUNT };
const char *check_word(enum check_kind kind);
struct check_finding {
    enum check_kind kind;
    const char *path, *sentence;
};
struct bundle_check {
    struct bundle bundle;
    struct zip_reader *zip; /* borrowed */
    char manifest_sha256[CRYPTO_HASH_HEX], print[BUNDLE_PRINT_TEXT];
    bool signature_good;
    struct check_finding *findings;
    size_t count, capacity;
    bool packed_anew;       /* another program made the ZIP of it, or its records were altered */
    uint64_t packed_offset; /* where that is seen first */
};
/* Reads every byte. ERR_INPUT: hostile, or no bundle at all, with the place; else what is wrong with it stands in `ret`. */
enum err bundle_check(struct arena *arena, struct zip_reader *zip, bool (*progress)(void *, size_t, size_t), void *context, struct bundle_check *ret,
    struct fault *fault);
bool bundle_check_is_intact(const struct bundle_check *check);

/* --- twins.c: the same file as two papers, of which one asks for the PIN and the other does not --- */
struct twin {
    const char *code, *sha256; /* sha256 NULL: it has no file */
    bool restricted, ours;     /* ours: among those that are asked about */
};
struct twin_pair {
    const char *restricted, *open; /* codes */
};
/* For each restricted paper the first open one that is the same file; pairs without one of ours are left out. Sorts `items`;
 * codes are copied. ERR_NOMEM. */
enum err twins_find(struct arena *arena, struct twin *items, size_t count, struct twin_pair **ret, size_t *ret_count);
enum err bundle_twins(struct arena *arena, const struct bundle *bundle, struct twin_pair **ret, size_t *ret_count);
json_t *twins_show(const struct twin_pair *pairs, size_t count); /* [{"restricted", "open"}] */
/* The sentence for an organiser; NULL: no memory. */
const char *twin_sentence(struct arena *arena, const struct twin_pair *pair);

/* --- build.c, install.c, list.c --- */
struct bundle_talk {
    void (*tell)(void *context, const char *path, const char *sentence); /* a warning about a file */
    bool (*progress)(void *context, size_t done, size_t total);          /* false stops */
    void *context;
};
struct bundle_build {
    const char *folder, *output, *data_folder, *title;
    const char *const *allow_secret, *const *leave_out; /* relative paths */
    size_t allow_secret_count, leave_out_count;
    int64_t signed_ms;
    struct bundle_talk talk;
};
struct bundle_built {
    size_t papers, files, pages, warnings;
    int64_t bytes;
    char print[BUNDLE_PRINT_TEXT];
    bool key_is_new;
};
enum err bundle_build(struct arena *arena, const struct bundle_build *wishes, struct bundle_built *ret, struct fault *fault);

/* Who signed, as this folder sees it. */
enum bundle_trust { TRUST_NONE, TRUST_LISTED, TRUST_OWN };
/* `data_folder` and `db` may be NULL (nothing is known then); *ret_name as the receiver calls them, NULL when unknown. */
enum err bundle_trust_find(struct arena *arena, const char *data_folder, struct db *db, const char *key, enum bundle_trust *ret, const char **ret_name,
    struct fault *fault);

struct bundle_install {
    const char *data_folder, *file, *event, *actor;
    const char *accept_signer; /* a key (text, or file) that is taken this once; NULL: only those on the list */
    bool dry_run, older, repacked;
    bool publish; /* new papers of which the manifest does not say when are shown at once; else they wait for the organiser, as uploads do */
    bool hold;    /* all new papers wait for the organiser, whatever the manifest says */
    struct bundle_talk talk;
};
enum change_kind { CHANGE_NEW, CHANGE_VERSION, CHANGE_DETAILS, CHANGE_SAME, CHANGE_KIND_COUNT };
const char *change_word(enum change_kind kind);
struct bundle_change {
    enum change_kind kind;
    const char *code;
    int64_t version; /* that it has afterwards */
    const char *stamp; /* the secrecy stamp that stops it now; NULL: none does, or the organiser has decided */
    bool shown, held; /* a new paper: everybody in its audience sees it from now on; it waits for the organiser (else: for its time) */
};
struct bundle_installed {
    struct bundle_check check;
    enum bundle_trust trust;
    const char *signer; /* as the receiver calls them */
    struct bundle_change *changes;
    size_t count, totals[CHANGE_KIND_COUNT];
    struct twin_pair *twins; /* of which at least one is in the bundle */
    size_t twin_count;
};
/* One step or nothing: files first, then one transaction. ERR_DENIED: the signer is not trusted; ERR_CONFLICT: the bundle is not intact, or older than what is
 * installed. `ret->check` is set as soon as the archive could be read, also on failure. */
enum err bundle_install(struct arena *arena, const struct bundle_install *wishes, struct bundle_installed *ret, struct fault *fault);

/* {"event", "documents": [{"code", "title", "versions": […]}], "twins"}; a new reference. */
enum err bundle_list(struct db *db, const char *slug, json_t **ret, struct fault *fault);

#endif
