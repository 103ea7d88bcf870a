/* Private to core/congress/register: what edits of people and units share. */
#ifndef PLENUM_CONGRESS_REGISTER_EDIT_PRIVATE_H
#define PLENUM_CONGRESS_REGISTER_EDIT_PRIVATE_H

#include "core/base/json.h"
#include "core/congress/register/write_private.h"

#define EDIT_TEXT_MOST 300 /* code points */

/* One line of the audit log; `detail` is taken. */
enum err edit_audit(struct register_doing *doing, const char *action, const char *subject, json_t *detail);
/* Those that are named, or a fault that says so. */
enum err edit_find_person(struct register_doing *doing, const char *code, struct register_person *ret);
enum err edit_find_unit(struct register_doing *doing, const char *code, int64_t *ret); /* one that goes on */
/* doing->day is a day, and not in the future. */
enum err edit_check_day(struct register_doing *doing);
/* A text as it is stored, at *place; given NULL: unchanged; "": NULL. */
enum err edit_text(struct register_doing *doing, const char *field, const char *given, size_t most, const char **place);
enum err edit_label(struct register_doing *doing, const char *field, const char *given, bool as_stored, const char **place);
/* A person's code that nobody has, or `now`. */
enum err edit_code(struct register_doing *doing, const char *given, const char *now);
/* The search form and the sort key of the name. */
enum err edit_derive(struct register_doing *doing, struct register_person *person);

#endif
