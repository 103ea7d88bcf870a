/* Private to core/congress/delegates: what all amendments share. */
#ifndef PLENUM_CONGRESS_AMEND_PRIVATE_H
#define PLENUM_CONGRESS_AMEND_PRIVATE_H

#include "core/congress/delegates/amend.h"
#include "core/congress/register/register.h"

#include "catalogue.h"

typedef struct sql_amend_find_row amend_row;

/* What the register takes of an amendment. */
enum err amend_doing(const struct amend *a, struct register_doing *ret);

/* Whether this request was done before: then *ret is its answer and true in *ret_done. ERR_INPUT: no UUID; ERR_CONFLICT: the UUID was used for something else. */
enum err amend_begin(const struct amend *a, const char *kind, struct amended *ret, bool *ret_done);
/* The delegate with this code or number. */
enum err amend_find(const struct amend *a, const char *word, amend_row *ret);
/* The same, as whoever asks saw them: ERR_CONFLICT "amend_older" when they are not so any more. */
enum err amend_find_seen(const struct amend *a, const char *word, amend_row *ret);
/* A name for what is known of a delegate now; without a secret, and nothing can be read from it. */
enum err amend_version(const struct amend *a, const amend_row *row, const char **ret);
/* The row as the import's statement writes it, to be changed and written with amend_store. */
struct sql_import_delegate_write_in amend_values(const struct amend *a, const amend_row *row);
enum err amend_store(const struct amend *a, const struct sql_import_delegate_write_in *values);

/* The doors learn of it with their next look at the roster. */
enum err amend_tell_doors(const struct amend *a, int64_t delegate_id);
/* Counts as `after` says instead of `before`; NULL: nobody. Also where they are and were. */
struct amend_count {
    int64_t delegate_id, category_id, delegation_id; /* delegation DB_NULL: none */
    bool is_expected;
};
enum err amend_recount(const struct amend *a, const struct amend_count *before, const struct amend_count *after);

/* Behind all that was changed: the line of the history and of the audit log, and the index of names. `detail` is JSON and is taken. */
enum err amend_finish(const struct amend *a, const char *kind, int64_t delegate_id, int64_t other_id, const char *subject, json_t *detail);

/* A person by the wish: found, or made and stored. */
struct amend_who {
    int64_t id, unit_id; /* unit_id DB_NULL: none */
    const char *code, *name;
    bool is_new;
};
enum err amend_take_person(const struct amend *a, const struct amend_person *wish, bool anyway, struct amend_who *ret);
/* A value as it is stored: tidy, "" as NULL. ERR_INPUT with `what` for what cannot be. */
enum err amend_text(const struct amend *a, const char *given, const char *what, size_t most, const char **ret);
/* The same for a person's title, which may also be a language map in the store: a text that looks like one is kept as what it is. */
enum err amend_label(const struct amend *a, const char *given, const char *what, const char **ret);
/* The same for a phone number and for a day or year of birth. */
enum err amend_phone(const struct amend *a, const char *given, const char **ret);
enum err amend_born(const struct amend *a, const char *given, const char **ret);
/* The organisation's first language: how its lists are sorted. */
const char *amend_language(const struct amend *a);

#endif
