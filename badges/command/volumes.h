/* Private to plenum-badges: a run as one file or several. */
#ifndef PLENUM_BADGES_VOLUMES_H
#define PLENUM_BADGES_VOLUMES_H

#include "badges/command/session.h"

/* "FILE-001.pdf" for volume 1 of several (`number` counts from 0). NULL when out of memory, or without -o. */
const char *volumes_name(struct session *s, size_t number);

/* A folder that does not take the file is told before the work, not after it. */
enum err volumes_check_folder(struct session *s, struct fault *fault);

/* Draws, proves and writes all volumes of s->ready, without giving them their names: whoever presses Ctrl-C finds whole files or none. Photos that cannot
 * be used are told on standard error. ERR_TIMEOUT when stopped. */
enum err volumes_make(struct session *s, struct fault *fault);
/* Gives the files their names: all of them or none, as far as a file system can. After an error those that were not there before are gone again; the fault
 * names those that took an older file's place and stay. */
enum err volumes_commit(struct session *s, struct fault *fault);
/* Removes what has no name yet; always called. */
void volumes_abandon(struct session *s);

#endif
