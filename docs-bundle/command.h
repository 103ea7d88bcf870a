/* Private to plenum-docs: its commands. Each prints its result to standard output and warnings to standard error. */
#ifndef PLENUM_DOCS_COMMAND_H
#define PLENUM_DOCS_COMMAND_H

#include "core/base/err.h"
#include "core/base/opt.h"
#include "core/base/progress.h"
#include "docs-bundle/bundle.h"

/* argv[0] is the command's name. Each prints its own fault and gives the exit code. */
int docs_command_key(int argc, char **argv);
int docs_command_build(int argc, char **argv);
int docs_command_verify(int argc, char **argv);
int docs_command_install(int argc, char **argv);
int docs_command_list(int argc, char **argv);
int docs_command_read(int argc, char **argv);

/* --- what they share --- */
/* A line on standard error, behind the bar of `progress` (struct progress) if one is open. */
void docs_tell(void *progress, const char *path, const char *sentence);
/* Parses, answers --help; *ret_done when there is nothing more to do. */
enum err docs_parse(const struct opt_command *command, int argc, char **argv, const char **words, size_t *ret_count, bool *ret_done, struct fault *fault);
int docs_finish(enum err e, const struct fault *fault);
/* Prints and releases. */
enum err docs_print_json(json_t *value, struct fault *fault);

#endif
