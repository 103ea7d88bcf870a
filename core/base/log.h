/* One line a message on standard error; only the edges of programs log. Tokens, keys, names and phone numbers never go here.
 *
 * Thread-safe: a line is one write(2). */
#ifndef PLENUM_BASE_LOG_H
#define PLENUM_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO };

/* "2026-12-01T00:31:05.123Z warning server: sentence". `room` is the part of the house that speaks. */
void log_line(enum log_level level, const char *room, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
