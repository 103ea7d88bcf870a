/* Private to docs-bundle: a page of our work as it was made. */
#ifndef PLENUM_DOCS_WORK_H
#define PLENUM_DOCS_WORK_H

#include "core/congress/store/store.h"
#include "docs-bundle/docs.h"

struct docs_work_page {
    int64_t page;
    struct blob blob;
    const char *media_type;
    unsigned width, height;             /* 0: a text */
    bool has_large;
    struct blob large;
    unsigned large_width, large_height;
};

#endif
