/* A congress of some hundreds, whose first day is today, made by the real import; its badges and one scanner. For programs that need a server that decides. */
#ifndef PLENUM_TORTURE_EVENT_H
#define PLENUM_TORTURE_EVENT_H

#include "core/base/id.h"
#include "tests/torture/kit.h"

#define EVENT_TOKENS_MOST 600
#define EVENT_SLUG "rush"

struct event {
    char tokens[EVENT_TOKENS_MOST][ID_TOKEN_SIZE];
    size_t count;
    char key[80], device[16];
};

/* Imports it with so many people into `folder` and pairs the scanner of the gate "main". False: the check has the reason. */
bool event_make(struct check *check, const char *folder, size_t people, struct event *ret);

#endif
