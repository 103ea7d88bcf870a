#include "server/pages/screen_code.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "server/bucket.h"
#include "server/pages/pin.h"
#include "server/pages/throttle.h"

#include <ctype.h>
#include <string.h>

#define TYPED_MOST 64

bool screen_code_matches(struct arena *arena, const char *typed, const char *code)
{
    char *plain = typed && strlen(typed) <= TYPED_MOST ? arena_strdup(arena, typed) : NULL, *out = plain;
    if (!plain) return false;
    for (const char *p = plain; *p; p++) {
        char c = (char)toupper((unsigned char)*p);
        if (isalnum((unsigned char)c)) *out++ = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    *out = '\0';
    return plain[0] && crypto_equal(plain, code);
}

static char *name_of_browser(struct http_request *req)
{
    const char *word = pin_browser_of(req);
    return word[0] ? arena_printf(req->arena, "wall %s", word) : NULL;
}

bool screen_try_take(struct http_request *req)
{
    const struct pages *pages = app_of(req)->pages;
    struct throttle *throttle = pages_throttle(pages);
    const char *name = name_of_browser(req), *address = enter_address_of(req);
    if (name && throttle_take(throttle, name, clock_steady_ms()) > 0) return false;
    bool free = buckets_take(pages_number_buckets(pages), address) == 0;
    bool taken = free && (req->is_loopback || bucket_take(pages_wall_bucket(pages)));
    if (free && !taken) buckets_give_back(pages_number_buckets(pages), address);
    if (!taken && name) throttle_spare(throttle, name);
    return taken;
}

void screen_try_right(struct http_request *req)
{
    const struct pages *pages = app_of(req)->pages;
    const char *name = name_of_browser(req);
    if (name) throttle_passed(pages_throttle(pages), name);
}

void screen_try_wrong(struct http_request *req)
{
    bool is_new = pin_browser_of(req)[0] == '\0';
    const char *word = pin_browser_make(req), *name = is_new && word ? arena_printf(req->arena, "wall %s", word) : NULL;
    if (name) (void)throttle_take(pages_throttle(app_of(req)->pages), name, clock_steady_ms());
}
