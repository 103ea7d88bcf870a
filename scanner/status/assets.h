/* The status page's files and words, compiled in (scanner/gen/embed_page.c). */
#ifndef PLENUM_SCANNER_STATUS_ASSETS_H
#define PLENUM_SCANNER_STATUS_ASSETS_H

#include <stddef.h>

struct status_asset {
    const char *path, *type; /* as in a request; media type */
    const unsigned char *data;
    size_t length;
};

extern const struct status_asset status_assets[];
extern const size_t status_asset_count;

#endif
