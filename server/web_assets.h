/* The files of web/, compiled in (server/gen/embed.c). Names are paths below web/: "css/plenum.css"; sorted by name.
 *
 * Only css/, js/ and icons/ are given to browsers (server/pages/assets.c); templates/ and i18n/ are read at start. */
#ifndef PLENUM_SERVER_WEB_ASSETS_H
#define PLENUM_SERVER_WEB_ASSETS_H

#include "server/http/http.h"

struct web_asset {
    const char *name;
    struct http_asset body;
};

extern const struct web_asset web_assets[];
extern const size_t web_asset_count;
extern const char web_build[]; /* another text whenever any file changes */

/* NULL when there is none. (server/pages/assets.c) */
const struct web_asset *web_asset_find(const char *name);

#endif
