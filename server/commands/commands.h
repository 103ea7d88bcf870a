/* The commands of program `plenum`. Each gets its own argv (argv[0] is the command's name) and returns the exit code: 0 fine, 1 refused or failed, 2
 * wrong usage. They print results to standard output and one clear line to standard error when they fail; they work beside a running server. */
#ifndef PLENUM_SERVER_COMMANDS_H
#define PLENUM_SERVER_COMMANDS_H

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/opt.h"
#include "core/congress/store/store.h"

int command_serve(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_figures(int argc, char **argv);
/* `plenum figures fix|list|show`; false: it is none of these. */
bool command_figures_fixed(int argc, char **argv, int *ret_code);
int command_user(int argc, char **argv);
int command_device(int argc, char **argv);
int command_printer(int argc, char **argv);
int command_photos(int argc, char **argv);
int command_stills(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_takeover(int argc, char **argv);
int command_purge(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_rehearse(int argc, char **argv);
/* `plenum doctor --venue`; `event` may be NULL. */
int command_doctor_venue(const char *data, const char *event, bool json);

/* Parses; true when the command is to go on. Else *ret_code is the exit code: help was shown, or usage was wrong and said so. */
bool command_parse(const struct opt_command *command, int argc, char **argv, const char **words, size_t *ret_word_count, int *ret_code);
/* Says what is wrong, on one line, and returns the exit code of `e`; 0 for OK. */
int command_end(const char *name, enum err e, const struct fault *fault);
/* Opens the store for writing (`data` as given, or NULL), does `apply` in one transaction and closes it. */
enum err command_apply(const char *data, enum err (*apply)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault);
/* A JSON value on standard output, with a line feed. ERR_IO when it could not be written. */
enum err command_print_json(const json_t *value, bool indent, struct fault *fault);
/* The option that all commands have; `target` is a const char **. */
#define COMMAND_DATA(target) {"data", 0, OPT_TEXT, target, "DIR", "the data folder (default: $PLENUM_DATA, else ./plenum-data)", 0, 0}

/* A command with sub-commands: "plenum user add …". */
struct command_verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};
int command_verbs(const char *name, const struct command_verb *verbs, size_t count, int argc, char **argv);

#endif
