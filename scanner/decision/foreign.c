#include "scanner/decision/foreign.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

enum foreign_kind foreign_kind_of(const char *text, size_t length)
{
    if (strspn(text, " \t\r\n") == length) return FOREIGN_EMPTY;
    if (begins(text, "WIFI:")) return FOREIGN_WIFI;
    if (begins(text, "BEGIN:VCARD") || begins(text, "MECARD:") || begins(text, "BIZCARD:")) return FOREIGN_CONTACT;
    if (begins(text, "http://") || begins(text, "https://") || begins(text, "www.")) return FOREIGN_WEB;
    if (begins(text, "mailto:") || begins(text, "tel:") || begins(text, "sms:") || begins(text, "smsto:")) return FOREIGN_MAIL_OR_PHONE;
    if (strspn(text, "0123456789") == length) return FOREIGN_NUMBER;
    return FOREIGN_OTHER;
}
