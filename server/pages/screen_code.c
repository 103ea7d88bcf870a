#include "server/pages/screen_code.h"

#include "core/base/crypto.h"

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
