/* Ready text to paste into a chat group: plain, in one language. It is made of what the organiser wrote and of the event's public address, and of nothing that
 * belongs to one person: this room reads no badge, no name and no number. Thread-safe. */
#ifndef PLENUM_CONGRESS_MESSAGES_CHAT_TEXT_H
#define PLENUM_CONGRESS_MESSAGES_CHAT_TEXT_H

#include "core/base/buf.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct chat_session {
    const char *from, *until, *title, *room; /* "08:00"; room may be NULL or "" */
};

/* Words of one language; what is NULL or empty is left out. */
struct chat_text {
    const char *title;                     /* of the event */
    const char *urgent_word, *announcement; /* urgent_word: NULL when it is not */
    const char *programme_title;           /* "Programme today, …:" */
    const struct chat_session *sessions;
    size_t session_count;
    const char *papers_title;
    const char *const *papers;             /* titles */
    size_t paper_count;
    const char *wifi_title, *wifi_name, *password_title, *wifi_password;
    const char *link_title, *link;
    bool isolate;                          /* a text read from right to left: titles, rooms and the address keep their own direction (FSI … PDI) */
};

/* Appends the text: paragraphs with an empty line between, no line with white space at its end. ERR_DENIED, and nothing is appended: it would hold a badge's address
 * (announcement_names_badge). */
enum err chat_text_write(const struct chat_text *text, struct buf *out);

#endif
