/* Private to docs-bundle: the parts of an installation. */
#ifndef PLENUM_DOCS_INSTALL_H
#define PLENUM_DOCS_INSTALL_H

#include "catalogue.h"
#include "core/base/id.h"
#include "core/congress/store/store.h"
#include "docs-bundle/bundle.h"

/* What is known of a paper of the bundle before the transaction. */
struct install_paper {
    const struct bundle_paper *paper;
    struct blob blob;
    const char *media_type;      /* found in the bytes */
    struct docs_reading reading; /* of the bundle's texts; count 0 when there is nothing to store */
    const char *stamp;           /* secrecy stamp: its sender's word, its name, or its first page */
    const char **shas;           /* of the pages' pictures */
    int64_t *sizes;
};

struct installing {
    struct arena *arena;
    const struct bundle_install *wishes;
    struct bundle_installed *ret;
    struct zip_reader zip;
    struct store store;
    struct install_paper *papers;
    struct fault *fault;
    struct arena plan; /* of one try of the transaction */
    int64_t now_ms;
};

/* install_files.c: everything that goes beside the database. With dry_run only looks. */
enum err install_read_papers(struct installing *i);

/* Whether somebody looked into it: then it has a reading, maybe of no pages. */
static inline bool install_was_read(const struct install_paper *paper)
{
    return paper->reading.count || paper->reading.source != DOCS_SOURCE_NONE;
}

/* install_plan.c: what becomes of each paper; writes it unless dry_run. Within a transaction, or a snapshot. */
enum err install_apply(struct db *db, void *installing, struct fault *fault);

#endif
