/* Lists that leave the house: delegates and check-ins of an event, members of the register; as CSV (RFC 4180), XLSX or JSON. Never tokens, PINs, hashes; attributes
 * that are marked sensitive only by name, and then export_note comes first. docs/decisions/0058-export.md.
 *
 *     export_open      what the wish means: columns, headings; reads a little
 *     export_note      in a transaction of the writer, where sensitive attributes are named: the line in the audit log
 *     export_write     row after row into a file; memory does not grow with the rows of members, except as JSON
 *
 * What goes out as CSV or XLSX is taken in again by `plenum import` without a change (delegates, members); so is the JSON of members, which is an event file
 * without events. Not thread-safe: one export, one thread. The caller holds a snapshot from export_open to export_write. */
#ifndef PLENUM_CONGRESS_EXPORT_H
#define PLENUM_CONGRESS_EXPORT_H

#include "core/congress/register/register.h"

enum export_what { EXPORT_DELEGATES, EXPORT_CHECKINS, EXPORT_MEMBERS };
enum export_format { EXPORT_CSV, EXPORT_XLSX, EXPORT_JSON };

/* "delegates", "csv", …; false: none of them. */
bool export_what_parse(const char *name, enum export_what *ret);
bool export_format_parse(const char *name, enum export_format *ret);

struct export_wish {
    enum export_what what;
    enum export_format format;
    const char *event;            /* slug; members: NULL */
    const char *unit;             /* members: code; those of the unit and of all beneath it. NULL: everybody */
    const char *language;         /* of headings and of words like "Nữ"; NULL: XLSX the organisation's first; CSV keys and codes, for programs */
    const char *const *sensitive; /* codes of attribute types */
    size_t sensitive_count;
};

struct export; /* opened */

/* ERR_NOT_FOUND: no such event, unit. ERR_INPUT: a code names no sensitive attribute; the language is none of vi, en, pt, ar. Texts of the wish are borrowed. */
enum err export_open(struct db *db, struct arena *arena, const struct export_wish *wish, struct export **ret, struct fault *fault);

/* One line in the audit log for all people of the list; nothing where nothing sensitive is wished. */
enum err export_note(struct register_doing *doing, const struct export_wish *wish);
/* The same for an event file that takes all sensitive attributes along. ERR_NOT_FOUND. */
enum err export_note_event(struct register_doing *doing, const char *slug);

/* Writes all of it: CSV and JSON to `fd`; XLSX to `path` (sheet_writer_close says how). ERR_LIMIT: more than a sheet holds. */
enum err export_write(struct db *db, struct export *export, int fd, const char *path, int64_t *ret_rows, struct fault *fault);

/* "dai-hoi-2026-delegates.xlsx", "members-HT-04.csv": ASCII. NULL: out of memory. */
char *export_file_name(struct arena *arena, const struct export_wish *wish);
const char *export_content_type(enum export_format format);

/* The heading of a column; NULL: there is none of the code. `language` as above, not NULL. */
const char *export_heading(const char *code, const char *language);
/* The columns of a list, by their codes as headings know them, at most `most`; attributes not among them. */
size_t export_codes(enum export_what what, const char **ret, size_t most);

#endif
