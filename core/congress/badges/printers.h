/* The printers that may be printed to: what the organiser set up, by name. The server prints to these and no others, so that it is no door into the
 * network for whoever is at a desk. Kept in the setting `printers` as JSON: {"printers": [{"name", "uri", "pin", "about"}], "events": {"SLUG": "NAME"}}.
 *
 * A connection belongs to its thread; what is returned lives in the arena. */
#ifndef PLENUM_CONGRESS_PRINTERS_H
#define PLENUM_CONGRESS_PRINTERS_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRINTERS_MOST 50

struct printer_setting {
    const char *name;  /* a code (core/base/text.h) */
    const char *uri;   /* ipp://…, ipps://…, or a queue that CUPS knows on this machine */
    const char *pin;   /* of ipps:// printers: SHA-256 of the certificate seen when it was added, hex; else NULL */
    const char *about; /* what it calls itself; NULL: not known */
};

struct printer_settings {
    struct printer_setting *items; /* in the order in which they were added */
    size_t count;
};

/* Whether a text can be a destination by its form: an address ipp://HOST[:PORT][/PATH] or ipps://… without user name, or the name of a queue. */
bool printers_is_destination(const char *text);

/* All of them; none is no error. ERR_INPUT: the setting is damaged. */
enum err printers_load(struct db *db, struct arena *arena, struct printer_settings *ret, struct fault *fault);
/* NULL: there is none of that name. */
const struct printer_setting *printers_find(const struct printer_settings *settings, const char *name);

/* The printer by its name; name NULL: the event's own, else the first of all. ERR_NOT_FOUND with the names that there are. */
enum err printers_choose(struct db *db, struct arena *arena, const char *event, const char *name, const struct printer_setting **ret, struct fault *fault);

/* In a transaction, with an audit entry each. add: a printer of that name is replaced; ERR_INPUT for a name or address that is none, ERR_LIMIT.
 * remove: also as the choice of events; ERR_NOT_FOUND. set_default: name NULL takes the choice back; ERR_NOT_FOUND. */
enum err printers_add(struct db *db, struct arena *arena, const struct printer_setting *printer, const char *actor, int64_t now_ms, struct fault *fault);
enum err printers_remove(struct db *db, struct arena *arena, const char *name, const char *actor, int64_t now_ms, struct fault *fault);
enum err printers_set_default(struct db *db, struct arena *arena, const char *event, const char *name, const char *actor, int64_t now_ms, struct fault *fault);

#endif
