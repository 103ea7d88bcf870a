/* What the files of announcements share. Private to core/congress/messages. */
#ifndef PLENUM_CONGRESS_MESSAGES_ANNOUNCEMENTS_PRIVATE_H
#define PLENUM_CONGRESS_MESSAGES_ANNOUNCEMENTS_PRIVATE_H

#include "core/congress/messages/announcements.h"

#include "catalogue.h"

/* All that nobody has ended, and those of a file that were ended on the console. */
enum err announcement_of_file(struct db *db, struct arena *arena, int64_t event_id, struct announcement **ret, size_t *ret_count);
/* A stored title as a JSON value; a new reference. */
json_t *announcement_title(const char *stored);

#endif
