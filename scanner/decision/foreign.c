#include "scanner/decision/foreign.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* A badge of another event, or of another make: …/d/ and what may be a token. */
static bool is_other_badge(const char *text)
{
    for (const char *at = text; (at = strchr(at, '/')); at++)
        if ((at[1] == 'd' || at[1] == 'D') && at[2] == '/') return strspn(at + 3, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") >= 10;
    return false;
}

enum foreign_kind foreign_kind_of(const char *text, size_t length)
{
    if (strspn(text, " \t\r\n") == length) return FOREIGN_EMPTY;
    if (begins(text, "WIFI:")) return FOREIGN_WIFI;
    if (begins(text, "BEGIN:VCARD") || begins(text, "MECARD:") || begins(text, "BIZCARD:")) return FOREIGN_CONTACT;
    if (begins(text, "http") && is_other_badge(text)) return FOREIGN_BADGE;
    if (begins(text, "http://") || begins(text, "https://") || begins(text, "www.")) return FOREIGN_WEB;
    if (begins(text, "mailto:") || begins(text, "tel:") || begins(text, "sms:") || begins(text, "smsto:")) return FOREIGN_MAIL_OR_PHONE;
    if (strspn(text, "0123456789") == length) return FOREIGN_NUMBER;
    return FOREIGN_OTHER;
}
