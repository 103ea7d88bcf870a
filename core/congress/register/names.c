#include "core/congress/register/known.h"

#include <string.h>

static const char *const began_names[] = {"listed", "joined", "moved_in", "returned"};
static const char *const ended_names[] = {"removed", "left", "retired", "died", "moved_out"};
_Static_assert(sizeof began_names / sizeof began_names[0] == REGISTER_BEGAN_COUNT && sizeof ended_names / sizeof ended_names[0] == REGISTER_ENDED_COUNT, "names");

const char *register_began_name(enum register_began began)
{
    return began_names[began];
}

const char *register_ended_name(enum register_ended ended)
{
    return ended_names[ended];
}

static bool find_name(const char *const *names, size_t count, const char *name, size_t *ret)
{
    for (size_t i = 0; name && i < count; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *ret = i;
        return true;
    }
    return false;
}

bool register_began_from_name(const char *name, enum register_began *ret)
{
    size_t i;
    if (!find_name(began_names, REGISTER_BEGAN_COUNT, name, &i)) return false;
    *ret = (enum register_began)i;
    return true;
}

bool register_ended_from_name(const char *name, enum register_ended *ret)
{
    size_t i;
    if (!find_name(ended_names, REGISTER_ENDED_COUNT, name, &i)) return false;
    *ret = (enum register_ended)i;
    return true;
}

int64_t known_of_fields(const struct register_person *p)
{
    const char *gender = p->gender ? p->gender : "";
    int64_t known = 0;
    if (p->born) known |= KNOWN_BORN;
    if (p->gender) known |= KNOWN_GENDER;
    if (p->phone) known |= KNOWN_PHONE;
    if (p->photo_blob) known |= KNOWN_PHOTO;
    if (p->joined) known |= KNOWN_JOINED;
    if (p->email) known |= KNOWN_EMAIL;
    if (p->title) known |= KNOWN_TITLE;
    if (p->honorific) known |= KNOWN_HONORIFIC;
    if (strcmp(gender, "f") == 0) known |= KNOWN_WOMAN;
    if (strcmp(gender, "m") == 0) known |= KNOWN_MAN;
    if (p->unit_id != DB_NULL) known |= KNOWN_UNIT;
    return known;
}
