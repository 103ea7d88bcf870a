/* Forms that go out to units to be filled in, and come back as lists (core/congress/list_import): an XLSX for each unit with its people, or an event's delegates of it,
 * and empty rows for others. Lists to choose from, checks of days, the code locked, a line that says whose form it is (core/congress/list/list_form.h).
 *
 *     forms_open       what the wish means: which units, which columns
 *     forms_note       in a transaction of the writer, where sensitive attributes are named: the line in the audit log
 *     forms_write      one of them as a workbook; forms_write_all: all of them as a ZIP, one in memory at a time
 *
 * Not thread-safe: one forms, one thread. The caller holds a snapshot from forms_open to the end. docs/decisions/0063-forms.md. */
#ifndef PLENUM_CONGRESS_FORMS_H
#define PLENUM_CONGRESS_FORMS_H

#include "core/congress/export/export.h"
#include "core/congress/list/list_form.h"

#define FORMS_ROWS_MOST 2000
#define FORMS_ROWS_USUAL 20
#define FORMS_MOST 5000 /* of one ZIP */

struct forms_wish {
    const char *event;            /* slug: its delegates, by delegation; NULL: people of the register, by unit */
    const char *unit;             /* code; NULL: all units. LIST_FORM_ONE needs it */
    enum list_form_span span;
    unsigned empty_rows;          /* for people who are not known yet */
    const char *language;         /* of titles and words; NULL: the organisation's first */
    const char *const *sensitive; /* codes of attribute types */
    size_t sensitive_count;
};

struct forms;

/* ERR_NOT_FOUND: no such event, unit. ERR_INPUT: no unit gets a form; a code names no sensitive attribute; the language is none of ours. Texts are borrowed. Closed by
 * forms_close. */
enum err forms_open(struct db *db, struct arena *arena, const struct forms_wish *wish, struct forms **ret, struct fault *fault);
void forms_close(struct forms *forms); /* accepts NULL */
enum err forms_note(struct register_doing *doing, const struct forms_wish *wish);

size_t forms_count(const struct forms *forms);
/* "HT-04-cong-doan-ben-thuy.xlsx": ASCII; NULL: out of memory. */
char *forms_name(const struct forms *forms, struct arena *arena, size_t index);
enum err forms_write(struct db *db, struct forms *forms, size_t index, const char *path, struct fault *fault);
/* All as a ZIP to `fd`; workbooks come to be in `folder`, one after the other. `watch` (may be NULL) is told how many there are. */
enum err forms_write_all(struct db *db, struct forms *forms, const char *folder, int fd, void (*watch)(void *context, size_t done, size_t total), void *context,
                         struct fault *fault);
/* "forms-HT.zip", "dai-hoi-2026-forms.zip", or that of the only one. */
char *forms_file_name(const struct forms *forms, struct arena *arena);

/* The units that forms of such a wish go to, by the register as it is now: of which are not back yet. Codes live in the arena. */
enum err forms_units(struct db *db, struct arena *arena, enum list_form_span span, const char *root, const char *const **ret_codes, size_t *ret_count);

#endif
