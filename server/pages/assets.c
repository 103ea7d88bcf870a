/* GET /assets/{build}/{name*}: styles, scripts and icons. The build stands in the URL, so that browsers keep them for a year and relative imports
 * of scripts find their own build. A page of an older build gets today's file, to be asked for again. */
#include "server/web_assets.h"

#include "server/app.h"

#include <string.h>

const struct web_asset *web_asset_find(const char *name)
{
    size_t low = 0, high = web_asset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, web_assets[middle].name);
        if (order == 0) return &web_assets[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static bool asset_is_public(const char *name)
{
    return strncmp(name, "css/", 4) == 0 || strncmp(name, "js/", 3) == 0 || strncmp(name, "icons/", 6) == 0;
}

void assets_get(struct http_request *req)
{
    const char *name = http_param(req, "name");
    const struct web_asset *asset = asset_is_public(name) ? web_asset_find(name) : NULL;
    if (asset == NULL) {
        reply_reason(req, REASON_not_found);
        return;
    }
    http_reply_asset(req, &asset->body, strcmp(http_param(req, "build"), web_build) == 0 ? HTTP_IMMUTABLE : HTTP_REVALIDATE);
}

void favicon_get(struct http_request *req)
{
    const struct web_asset *asset = web_asset_find("icons/plenum.svg");
    if (asset == NULL) reply_reason(req, REASON_not_found);
    else http_reply_asset(req, &asset->body, HTTP_REVALIDATE);
}
