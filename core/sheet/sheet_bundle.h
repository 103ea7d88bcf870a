/* A ZIP in which an organiser sends many lists at once: filled-in forms of units. */
#ifndef PLENUM_SHEET_BUNDLE_H
#define PLENUM_SHEET_BUNDLE_H

#include "core/base/err.h"

#include <stddef.h>

#define SHEET_BUNDLE_FILES 3000u
#define SHEET_BUNDLE_BYTES (100u * 1024u * 1024u)    /* the archive */
#define SHEET_BUNDLE_ONE (20u * 1024u * 1024u)       /* a file of it */
#define SHEET_BUNDLE_UNPACKED (400u * 1024u * 1024u) /* all files */

/* `name`: without folders. What is wrong with one file is the taker's to find out: its content is handed on as it is. An error ends it. */
typedef enum err sheet_bundle_take(void *context, const char *name, const void *data, size_t length, struct fault *fault);

/* Hands out the files of an archive, by name; what programs leave lying about in archives (._x, ~$x, Thumbs.db) is passed over. The archive is read in a child, with
 * bounds of time and memory. ERR_NOT_FOUND: it is none (also: a workbook, which is a ZIP too). ERR_INPUT, ERR_LIMIT: damaged, or above a bound. */
enum err sheet_bundle_read(const char *path, sheet_bundle_take *take, void *context, struct fault *fault);

#endif
