/* What is known of a person, as bits: the column person.known, made with every write (write.c), read from an index with the unit (tree.h). Private to the register and
 * to what makes SQL for it. The same numbers stand in the migration 0032-register. */
#ifndef PLENUM_CONGRESS_REGISTER_KNOWN_H
#define PLENUM_CONGRESS_REGISTER_KNOWN_H

#include "core/congress/register/register.h"

enum {
    KNOWN_BORN = 1, KNOWN_GENDER = 2, KNOWN_PHONE = 4, KNOWN_PHOTO = 8, KNOWN_JOINED = 16, KNOWN_EMAIL = 32, KNOWN_TITLE = 64, KNOWN_HONORIFIC = 128,
    KNOWN_WOMAN = 256, KNOWN_MAN = 512, /* not whether it is known, but which: counted most often */
    KNOWN_UNIT = 1024,
    KNOWN_NOBODY = 2048, /* who was erased from an event: stands in its counts, and in no list of the register (core/congress/purge) */
    KNOWN_FIELDS = 65535 /* bits of columns; above stand attribute types, by attribute_type.known_mask */
};
#define KNOWN_TYPES_MOST 46

int64_t known_of_fields(const struct register_person *person);

#endif
